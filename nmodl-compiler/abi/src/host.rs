//! What a kernel asks from outside its own row.

use serde::{Deserialize, Serialize};

/// A request of a kernel to its [`Host`]; `slot` is a number fixed at compile time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostCall {
    /// `net_send(time of the event ms, flag)`: no value. NMODL gives a delay; the sum is the compiler's.
    NetSend,
    /// `net_event(t ms)`: no value.
    NetEvent,
    /// `net_move(t ms)`: no value.
    NetMove,
    /// Whether stream `slot` of this row is set: 0 or 1.
    StreamIsSet,
    /// Restart stream `slot` at a position (4*seq + which): no value.
    StreamSetSeq,
    /// Set stream `slot` to three identifiers and restart it: no value.
    StreamSetIds,
    /// Uniform deviate in (0, 1) of stream `slot`.
    StreamUniform,
    /// Exponential deviate of mean 1 of stream `slot`.
    StreamNegexp,
    /// Normal deviate (0, 1) of stream `slot`.
    StreamNormal,
    /// 32-bit integer of stream `slot`.
    StreamPick,
    /// NEURON's process-wide scop_random(): uniform in (0, 1).
    ScopRandom,
    /// set_seed(x) of that generator: no value.
    ScopSeed,
    /// Length of vector `slot` of this row; 0 if none is played.
    VectorSize,
    /// Element of vector `slot` of this row.
    VectorGet,
    /// Value of FUNCTION_TABLE `slot` at its argument, or at its two.
    FunctionTable,
    /// What the first argument was, the second argument ms ago.
    Lag,
    /// A WATCH statement begins: the first in a call of NET_RECEIVE forgets the instance's conditions. No value.
    WatchBegin,
    /// From now on condition `slot` sends an event with the flag that is the first argument when it begins to hold; the
    /// second argument is its present value. No value.
    Watch,
    /// Number of NetCons that lead to the instance.
    NetConCount,
    /// Weight `slot` of the NetCon whose number is the argument.
    NetConWeight,
    /// Sets weight `slot` of the NetCon whose number is the first argument to the second: no value.
    NetConSetWeight,
    /// Give up: argument is a [`KernelError`] number.
    Fail,
}

impl HostCall {
    /// All of them, in order of their numbers.
    pub const ALL: [HostCall; 22] = [
        HostCall::NetSend,
        HostCall::NetEvent,
        HostCall::NetMove,
        HostCall::StreamIsSet,
        HostCall::StreamSetSeq,
        HostCall::StreamSetIds,
        HostCall::StreamUniform,
        HostCall::StreamNegexp,
        HostCall::StreamNormal,
        HostCall::StreamPick,
        HostCall::ScopRandom,
        HostCall::ScopSeed,
        HostCall::VectorSize,
        HostCall::VectorGet,
        HostCall::FunctionTable,
        HostCall::Lag,
        HostCall::WatchBegin,
        HostCall::Watch,
        HostCall::NetConCount,
        HostCall::NetConWeight,
        HostCall::NetConSetWeight,
        HostCall::Fail,
    ];

    /// Name in the text form of kernels.
    pub fn name(self) -> &'static str {
        match self {
            HostCall::NetSend => "net_send",
            HostCall::NetEvent => "net_event",
            HostCall::NetMove => "net_move",
            HostCall::StreamIsSet => "stream_is_set",
            HostCall::StreamSetSeq => "stream_set_seq",
            HostCall::StreamSetIds => "stream_set_ids",
            HostCall::StreamUniform => "stream_uniform",
            HostCall::StreamNegexp => "stream_negexp",
            HostCall::StreamNormal => "stream_normal",
            HostCall::StreamPick => "stream_pick",
            HostCall::ScopRandom => "scop_random",
            HostCall::ScopSeed => "scop_seed",
            HostCall::VectorSize => "vector_size",
            HostCall::VectorGet => "vector_get",
            HostCall::FunctionTable => "function_table",
            HostCall::Lag => "lag",
            HostCall::WatchBegin => "watch_begin",
            HostCall::Watch => "watch",
            HostCall::NetConCount => "netcon_count",
            HostCall::NetConWeight => "netcon_weight",
            HostCall::NetConSetWeight => "netcon_set_weight",
            HostCall::Fail => "fail",
        }
    }

    /// Number of arguments.
    pub fn arity(self) -> usize {
        match self {
            HostCall::NetSend
            | HostCall::FunctionTable
            | HostCall::Lag
            | HostCall::Watch
            | HostCall::NetConSetWeight => 2,
            HostCall::StreamSetIds => 3,
            HostCall::NetEvent
            | HostCall::NetMove
            | HostCall::StreamSetSeq
            | HostCall::ScopSeed
            | HostCall::VectorGet
            | HostCall::NetConWeight
            | HostCall::Fail => 1,
            HostCall::StreamIsSet
            | HostCall::StreamUniform
            | HostCall::StreamNegexp
            | HostCall::StreamNormal
            | HostCall::StreamPick
            | HostCall::ScopRandom
            | HostCall::WatchBegin
            | HostCall::NetConCount
            | HostCall::VectorSize => 0,
        }
    }

    /// Whether it gives a value.
    pub fn has_value(self) -> bool {
        !matches!(
            self,
            HostCall::NetSend
                | HostCall::NetEvent
                | HostCall::NetMove
                | HostCall::StreamSetSeq
                | HostCall::StreamSetIds
                | HostCall::ScopSeed
                | HostCall::WatchBegin
                | HostCall::Watch
                | HostCall::NetConSetWeight
                | HostCall::Fail
        )
    }
}

/// Answers kernels. One value serves one kernel call; `row` is the row of the mechanism that asks.
pub trait Host {
    /// Performs `call`; the answer is ignored where the call has no value. Errors are kept by the host and looked at
    /// by the engine after the kernel returns.
    fn call(&mut self, call: HostCall, row: usize, slot: u32, arguments: &[f64]) -> f64;
}

/// A host for kernels that ask nothing: answers 0 and remembers nothing.
#[derive(Debug, Default)]
pub struct SilentHost;

impl Host for SilentHost {
    fn call(&mut self, _: HostCall, _: usize, _: u32, _: &[f64]) -> f64 {
        0.0
    }
}

/// Why a kernel gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KernelError {
    /// The arrays do not fit the layout: our mistake.
    #[error("kernel called with arrays that do not fit its layout ({0}); please report this")]
    Shape(&'static str),
    /// Newton's iteration did not converge in 50 rounds.
    #[error("the implicit solver (derivimplicit) did not converge in 50 iterations")]
    NotConverged,
    /// A matrix had no usable pivot.
    #[error("the implicit solver met a singular matrix")]
    Singular,
    /// An index of an array variable is outside it.
    #[error("array index out of range")]
    Index,
    /// An event without a NetCon (sent from INITIAL) reads or writes NET_RECEIVE arguments.
    #[error("NET_RECEIVE uses its arguments in an event that no NetCon sent")]
    NoWeights,
    /// A POINTER that points nowhere.
    #[error("a POINTER is used that points nowhere; connect it before the run")]
    Pointer,
    /// An EXTERNAL that nothing provides.
    #[error("an EXTERNAL is used, which is not connected to the GLOBAL of another mechanism")]
    External,
    /// A FUNCTION that calls itself more often than its code provides for.
    #[error("a FUNCTION or PROCEDURE calls itself too often")]
    Recursion,
    /// The mechanism's own code gives up (hoc_execerror).
    #[error("the mechanism gives up: its VERBATIM calls hoc_execerror")]
    Own,
    /// A VERBATIM block that needs what only hoc has.
    #[error("a VERBATIM block is reached that needs hoc's objects, pointers or strings")]
    HocObject,
}

impl KernelError {
    /// Its number in [`HostCall::Fail`].
    pub fn number(self) -> f64 {
        match self {
            KernelError::Shape(_) => 0.0,
            KernelError::NotConverged => 1.0,
            KernelError::Singular => 2.0,
            KernelError::Index => 3.0,
            KernelError::NoWeights => 4.0,
            KernelError::Pointer => 5.0,
            KernelError::External => 6.0,
            KernelError::Recursion => 7.0,
            KernelError::Own => 8.0,
            KernelError::HocObject => 9.0,
        }
    }

    /// The error of a number.
    pub fn of_number(number: f64) -> KernelError {
        match number as i64 {
            1 => KernelError::NotConverged,
            2 => KernelError::Singular,
            3 => KernelError::Index,
            4 => KernelError::NoWeights,
            5 => KernelError::Pointer,
            6 => KernelError::External,
            7 => KernelError::Recursion,
            8 => KernelError::Own,
            9 => KernelError::HocObject,
            _ => KernelError::Shape("unknown failure"),
        }
    }
}

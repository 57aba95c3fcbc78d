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
    /// Give up: argument is a [`KernelError`] number.
    Fail,
}

impl HostCall {
    /// All of them, in order of their numbers.
    pub const ALL: [HostCall; 15] = [
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
            HostCall::Fail => "fail",
        }
    }

    /// Number of arguments.
    pub fn arity(self) -> usize {
        match self {
            HostCall::NetSend => 2,
            HostCall::StreamSetIds => 3,
            HostCall::NetEvent
            | HostCall::NetMove
            | HostCall::StreamSetSeq
            | HostCall::ScopSeed
            | HostCall::VectorGet
            | HostCall::Fail => 1,
            HostCall::StreamIsSet
            | HostCall::StreamUniform
            | HostCall::StreamNegexp
            | HostCall::StreamNormal
            | HostCall::StreamPick
            | HostCall::ScopRandom
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
        }
    }

    /// The error of a number.
    pub fn of_number(number: f64) -> KernelError {
        match number as i64 {
            1 => KernelError::NotConverged,
            2 => KernelError::Singular,
            3 => KernelError::Index,
            4 => KernelError::NoWeights,
            _ => KernelError::Shape("unknown failure"),
        }
    }
}

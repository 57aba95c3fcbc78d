//! Kernel IR: what one kernel does to one row, in structured single-assignment form.
//!
//! - Every temporary ([`ValueId`]) is an f64 and is assigned exactly once, by the statement that defines it; it is
//!   visible in the statements after it in the same block and in the blocks inside those statements. The results of an
//!   `if` and the parameters of a `loop` are visible after it.
//! - [`Op`]s are pure: no memory, no order. Everything that touches memory or the host is a statement, and happens in
//!   the order of statements.
//! - Booleans are f64: 0.0 is false, anything else true; comparisons give 1.0 or 0.0. NaN is true, as in C.
//! - Floating point is IEEE double in the order written: nothing is contracted or re-associated.
//! - A kernel runs for each row in ascending order, one after the other; columns of different numbers never alias.
//! - Places name physical columns and global slots of the [`mech_abi::MechanismLayout`]; the layout is not repeated
//!   in the kernel.
//!
//! `print` writes the text form, `read` reads it back, `validate` checks the rules above; after `validate` returns Ok
//! no backend may panic.

#[cfg(test)]
pub(crate) mod arbitrary;
mod print;
mod read;
#[cfg(test)]
mod tests;
mod text;
mod validate;
pub(crate) mod walk;

use mech_abi::{HostCall, IonVariable, KernelKind};

pub use crate::intrinsic::Intrinsic;
pub use print::print;
pub use read::{ReadError, read};
pub use text::kind_name;
pub use validate::{ValidateError, validate};

/// A temporary of one kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(pub u32);

/// A value or a literal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operand {
    /// A temporary.
    Value(ValueId),
    /// A literal.
    Const(f64),
}

/// One kernel.
#[derive(Debug, Clone, PartialEq)]
pub struct Kernel {
    /// Mechanism it belongs to.
    pub mechanism: String,
    /// What it does.
    pub kind: KernelKind,
    /// Name of each temporary in the text form (without `%`), unique; its length is the number of temporaries.
    pub names: Vec<String>,
    /// Doubles of scratch memory for each row (matrices of implicit solvers); zeroed at the start of a row.
    pub scratch: u32,
    /// The code of one row.
    pub body: Block,
}

/// Statements in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Block {
    /// Statements.
    pub statements: Vec<Stmt>,
}

/// A scalar of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Uniform {
    /// Time, ms.
    T,
    /// Step, ms.
    Dt,
    /// Temperature, degC.
    Celsius,
    /// `secondorder` of the engine: 0, 1 or 2.
    SecondOrder,
    /// Whether jumps of cnexp states are aged by half a step: 0 or 1.
    StateAdjust,
    /// `flag` of an event.
    Flag,
    /// Whether the event has weights: 0 or 1.
    HasWeights,
}

/// One-operand arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unary {
    /// `-x`
    Neg,
    /// `x == 0`
    Not,
}

/// Two-operand arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are the operations' own")]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
}

/// A pure operation.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// A copy (made by lowering, removed by passes).
    Copy(Operand),
    /// Arithmetic.
    Unary(Unary, Operand),
    /// Arithmetic and comparison.
    Binary(Binary, Operand, Operand),
    /// `condition ? a : b`; both are evaluated.
    Select(Operand, Operand, Operand),
    /// An elementary function.
    Call(Intrinsic, Vec<Operand>),
    /// A scalar of the call.
    Uniform(Uniform),
}

/// A field of the row's node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeField {
    /// Membrane potential, mV.
    V,
    /// Right-hand side, mA/cm2 (only accumulated to).
    Rhs,
    /// Diagonal, S/cm2 (only accumulated to).
    D,
    /// Area, um2 (read only).
    Area,
    /// Diameter, um (read only).
    Diam,
}

/// Memory of one f64.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// A physical column at this row.
    Column(u32),
    /// Element `index` (truncated; checked against `len`) of `len` physical columns from `first`, at this row.
    ColumnAt {
        /// First physical column.
        first: u32,
        /// Length of the array.
        len: u32,
        /// Which element.
        index: Operand,
    },
    /// A slot of the global array.
    Global(u32),
    /// Element `index` (truncated; checked against `len`) of `len` slots from `first`.
    GlobalAt {
        /// First slot.
        first: u32,
        /// Length of the array or table.
        len: u32,
        /// Which element.
        index: Operand,
    },
    /// A field of the row's node.
    Node(NodeField),
    /// A variable of an ion at the row's node; `ion` is a position in `layout.ions`.
    Ion {
        /// Position in `layout.ions`.
        ion: u32,
        /// Which variable.
        variable: IonVariable,
    },
    /// Charge of an ion (read only).
    IonCharge(u32),
    /// Style bits of an ion at the row's node, as a number (read only).
    IonStyle(u32),
    /// Weight of the NetCon (event kernels) or argument (Function kernels).
    Weight(u32),
    /// Value of a Function kernel.
    Result,
    /// Scratch memory of the row; `index` is truncated and checked against `Kernel::scratch`.
    Scratch(Operand),
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Stmt {
    /// `%dst = op`
    Let {
        /// Temporary.
        dst: ValueId,
        /// Its value.
        op: Op,
    },
    /// `%dst = load place`
    Load {
        /// Temporary.
        dst: ValueId,
        /// From where.
        place: Place,
    },
    /// `store place, value`
    Store {
        /// Where to.
        place: Place,
        /// What.
        value: Operand,
    },
    /// `add place, value`: accumulation into memory that rows share (node rhs and d, ion currents).
    Accumulate {
        /// Where to.
        place: Place,
        /// What is added.
        value: Operand,
    },
    /// Two-way branch with values.
    If {
        /// Condition.
        condition: Operand,
        /// Taken when it is not zero.
        then: Block,
        /// Taken when it is zero.
        otherwise: Block,
        /// Values of the branch: temporary, its operand in `then`, its operand in `otherwise`.
        results: Vec<(ValueId, Operand, Operand)>,
    },
    /// `while` with carried values.
    Loop {
        /// Carried temporaries: temporary, first value, value for the next round (defined in `header` or `body`).
        carried: Vec<(ValueId, Operand, Operand)>,
        /// Runs before the condition is looked at, in each round.
        header: Block,
        /// Ends the loop when zero; defined outside, carried, or in `header`.
        condition: Operand,
        /// Runs while the condition holds.
        body: Block,
    },
    /// `%dst = host call[slot](arguments)`
    Host {
        /// Temporary, for calls with a value.
        dst: Option<ValueId>,
        /// Which.
        call: HostCall,
        /// Which stream or vector of the row; 0 where meaningless.
        slot: u32,
        /// Arguments.
        arguments: Vec<Operand>,
    },
}

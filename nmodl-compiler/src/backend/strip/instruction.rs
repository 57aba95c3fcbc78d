//! Instructions over the rows of a strip, and where their operands come from.

use mech_abi::IonVariable;

use crate::kir::{Binary, Intrinsic, NodeField, Unary, Uniform};

/// A strip register.
pub(super) type Slot = u16;

/// Where an operand comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Arg {
    /// A strip register.
    Slot(Slot),
    /// One number for all rows: a position in `Plan::scalars`.
    Scalar(u16),
    /// A column, read in place.
    Column(u32),
    /// A column of the plan's own that the set-up filled.
    Kept(u16),
}

/// How one number for all rows is made.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Const(f64),
    Global(u32),
    Charge(u32),
    Uniform(Uniform),
    Unary(Unary, u16),
    Binary(Binary, u16, u16),
    Select(u16, u16, u16),
    Call(Intrinsic, Vec<u16>),
}

/// Memory that rows reach through an index and may share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shared {
    Node(NodeField),
    Ion(u32, IonVariable),
}

/// An instruction over the rows of a strip.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Instruction {
    Unary(Unary, Slot, Arg),
    Binary(Binary, Slot, Arg, Arg),
    Select(Slot, Arg, Arg, Arg),
    Call(Intrinsic, Slot, Vec<Arg>),
    LoadColumn(Slot, u32),
    StoreColumn {
        column: u32,
        value: Arg,
        mask: Option<Arg>,
    },
    Load(Slot, Shared),
    LoadStyle(Slot, u32),
    Store {
        to: Shared,
        value: Arg,
        mask: Option<Arg>,
    },
    Accumulate {
        to: Shared,
        value: Arg,
        mask: Option<Arg>,
    },
    /// Element of `len` shared variables from `first`; outside it the host is told and the first stands in.
    Lookup {
        dst: Slot,
        first: u32,
        len: u32,
        index: Arg,
        mask: Option<Arg>,
    },
    /// Fills a column of the plan's own (only in the set-up).
    Keep(u16, Arg),
    /// The last row's value stays.
    StoreGlobal(u32, Arg),
    /// Go to instruction `to` if `condition` is `truth` in no row.
    SkipUnlessAny {
        condition: Arg,
        truth: bool,
        to: usize,
    },
}

impl Instruction {
    /// Visits operands and masks that are read.
    pub(super) fn arguments(&mut self, visit: &mut dyn FnMut(&mut Arg)) {
        match self {
            Instruction::Unary(_, _, a) | Instruction::StoreGlobal(_, a) | Instruction::Keep(_, a) => visit(a),
            Instruction::SkipUnlessAny { condition, .. } => visit(condition),
            Instruction::Binary(_, _, a, b) => {
                visit(a);
                visit(b);
            }
            Instruction::Select(_, c, a, b) => {
                visit(c);
                visit(a);
                visit(b);
            }
            Instruction::Call(_, _, arguments) => arguments.iter_mut().for_each(visit),
            Instruction::LoadColumn(..) | Instruction::Load(..) | Instruction::LoadStyle(..) => {}
            Instruction::StoreColumn { value, mask, .. }
            | Instruction::Store { value, mask, .. }
            | Instruction::Accumulate { value, mask, .. } => {
                visit(value);
                mask.iter_mut().for_each(visit);
            }
            Instruction::Lookup { index, mask, .. } => {
                visit(index);
                mask.iter_mut().for_each(visit);
            }
        }
    }

    /// The register that is filled.
    pub(super) fn filled(&mut self) -> Option<&mut Slot> {
        match self {
            Instruction::Unary(_, slot, _)
            | Instruction::Binary(_, slot, ..)
            | Instruction::Select(slot, ..)
            | Instruction::Call(_, slot, _)
            | Instruction::LoadColumn(slot, _)
            | Instruction::Load(slot, _)
            | Instruction::LoadStyle(slot, _)
            | Instruction::Lookup { dst: slot, .. } => Some(slot),
            Instruction::StoreColumn { .. }
            | Instruction::Store { .. }
            | Instruction::Accumulate { .. }
            | Instruction::Keep(..)
            | Instruction::StoreGlobal(..)
            | Instruction::SkipUnlessAny { .. } => None,
        }
    }
}

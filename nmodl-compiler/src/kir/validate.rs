//! Checks that a kernel keeps the rules of the module documentation, so that backends need not.
//!
//! 1. Every temporary is defined once, before it is used, in a block that encloses the use.
//! 2. Places are in the layout: columns, globals, ions, weights; arrays lie within one another's bounds.
//! 3. `rhs`, `d` and ion currents are only accumulated; area, diam, charge and style are only read.
//! 4. Elementary functions and host calls have their number of arguments, and a destination if and only if they have
//!    a value.
//! 5. Names of temporaries are unique and readable.
//! 6. Artificial cells have no node and no ions.
//! 7. Layouts are consecutive and small enough for the offsets of machine code.

use std::collections::HashSet;

use mech_abi::{IonVariable, KernelKind, MechanismKind, MechanismLayout};

use super::print::first_line;
use super::text::is_plain;
use super::{Block, Kernel, NodeField, Op, Operand, Place, Stmt, ValueId};

/// A rule that a kernel breaks: always a mistake of ours or a damaged library, never the user's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("kernel {kernel} of {mechanism} is not valid: {what}")]
pub struct ValidateError {
    /// Mechanism.
    pub mechanism: String,
    /// Kind.
    pub kernel: String,
    /// Which rule, and where.
    pub what: String,
}

/// Checks all rules.
pub fn validate(kernel: &Kernel, layout: &MechanismLayout) -> Result<(), ValidateError> {
    let mut check = Check { kernel, layout, defined: HashSet::new(), visible: vec![false; kernel.names.len()] };
    let fail = |what: String| ValidateError {
        mechanism: kernel.mechanism.clone(),
        kernel: super::text::kind_name(kernel.kind, layout),
        what,
    };
    check.layout().map_err(fail)?;
    check.names().map_err(fail)?;
    check.block(&kernel.body).map(drop).map_err(fail)
}

/// How a place is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Load,
    Store,
    Accumulate,
}

/// Variables follow one another without gaps, so that counting them by the last one is right.
fn consecutive<'a>(variables: impl Iterator<Item = (&'a String, u32, u32)>, what: &str) -> Checked {
    let mut next = 0_u64;
    for (name, first, len) in variables {
        if u64::from(first) != next || len == 0 {
            return Err(format!("{what} {name} does not follow the one before it"));
        }
        next += u64::from(len);
        if next > MAX_DOUBLES {
            return Err(format!("{what} {name} is too long"));
        }
    }
    Ok(())
}

struct Check<'a> {
    kernel: &'a Kernel,
    layout: &'a MechanismLayout,
    defined: HashSet<ValueId>,
    visible: Vec<bool>,
}

type Checked = Result<(), String>;

/// Most doubles that one kind of memory may have: offsets in bytes stay far below the 2^31 of machine code.
const MAX_DOUBLES: u64 = 1 << 24;

impl Check<'_> {
    fn layout(&self) -> Checked {
        if !is_plain(&self.kernel.mechanism) {
            return Err(format!("{} is not a plain name", self.kernel.mechanism));
        }
        let columns = self.layout.columns.iter().map(|one| (&one.name, one.first, one.len));
        consecutive(columns, "column")?;
        let globals = self.layout.globals.iter().map(|one| (&one.name, one.first, one.len));
        consecutive(globals, "global")?;
        if u64::from(self.kernel.scratch) > MAX_DOUBLES {
            return Err(format!("{} doubles of scratch memory are too many", self.kernel.scratch));
        }
        Ok(())
    }

    fn names(&self) -> Checked {
        let mut seen = HashSet::new();
        for name in &self.kernel.names {
            if !is_plain(name) || !seen.insert(name) {
                return Err(format!("%{name} is not a unique, plain name"));
            }
        }
        Ok(())
    }

    fn name(&self, value: ValueId) -> String {
        self.kernel.names.get(value.0 as usize).map_or_else(|| format!("%?{}", value.0), |name| format!("%{name}"))
    }

    fn define(&mut self, value: ValueId) -> Checked {
        let Some(visible) = self.visible.get_mut(value.0 as usize) else {
            return Err(format!("temporary {} has no name", value.0));
        };
        *visible = true;
        if self.defined.insert(value) { Ok(()) } else { Err(format!("{} is defined twice", self.name(value))) }
    }

    fn operand(&self, operand: &Operand) -> Checked {
        match operand {
            Operand::Const(_) => Ok(()),
            Operand::Value(value) if self.visible.get(value.0 as usize) == Some(&true) => Ok(()),
            Operand::Value(value) => Err(format!("{} is used where it is not defined", self.name(*value))),
        }
    }

    fn operands(&self, operands: &[Operand]) -> Checked {
        operands.iter().try_for_each(|one| self.operand(one))
    }

    /// Checks a block and returns what became visible in it, which stays visible until `hide`.
    fn block(&mut self, block: &Block) -> Result<Vec<ValueId>, String> {
        let mut made = Vec::new();
        for statement in &block.statements {
            if let Err(what) = self.statement(statement, &mut made) {
                // The innermost statement says where; those around it leave that alone.
                let told = what.contains(" in `");
                let line = first_line(self.kernel, self.layout, statement);
                return Err(if told { what } else { format!("{what} in `{line}`") });
            }
        }
        Ok(made)
    }

    fn hide(&mut self, made: &[ValueId]) {
        for value in made {
            self.visible[value.0 as usize] = false;
        }
    }

    fn place(&self, place: &Place, how: Use) -> Checked {
        let within = |first: u32, len: u32, count: usize, what: &str| {
            let end = u64::from(first) + u64::from(len);
            if len > 0 && end <= count as u64 { Ok(()) } else { Err(format!("{what} {first} is outside the layout")) }
        };
        let read_only = |what: &str| {
            if how == Use::Load { Ok(()) } else { Err(format!("{what} is read only")) }
        };
        let ion = |at: u32| within(at, 1, self.layout.ions.len(), "ion");
        if matches!(place, Place::Node(_) | Place::Ion { .. } | Place::IonCharge(_) | Place::IonStyle(_))
            && self.layout.kind == MechanismKind::ArtificialCell
        {
            return Err("an artificial cell has no node".to_owned());
        }
        match place {
            Place::Column(at) => within(*at, 1, self.layout.n_columns(), "column"),
            Place::ColumnAt { first, len, index } => {
                self.operand(index)?;
                within(*first, *len, self.layout.n_columns(), "column")
            }
            Place::Global(at) => within(*at, 1, self.layout.n_globals(), "global"),
            Place::GlobalAt { first, len, index } => {
                self.operand(index)?;
                within(*first, *len, self.layout.n_globals(), "global")
            }
            Place::Node(NodeField::V) if how == Use::Accumulate => Err("node.v is not accumulated".to_owned()),
            Place::Node(NodeField::V) => Ok(()),
            Place::Node(NodeField::Rhs | NodeField::D) if how == Use::Accumulate => Ok(()),
            Place::Node(NodeField::Rhs | NodeField::D) => Err("node.rhs and node.d are only accumulated".to_owned()),
            Place::Node(NodeField::Area | NodeField::Diam) => read_only("node.area and node.diam"),
            Place::Ion { ion: at, variable } => {
                ion(*at)?;
                let summed = matches!(variable, IonVariable::Current | IonVariable::CurrentSlope);
                match how {
                    Use::Store if summed => Err("an ion current is only read and accumulated".to_owned()),
                    Use::Accumulate if !summed => Err("only ion currents are accumulated".to_owned()),
                    _ => Ok(()),
                }
            }
            Place::IonCharge(at) | Place::IonStyle(at) => {
                ion(*at)?;
                read_only("charge and style of an ion")
            }
            Place::Weight(at) => {
                let count = match self.kernel.kind {
                    KernelKind::Function(function) => {
                        self.layout.functions.get(function as usize).map_or(0, |one| one.arguments.len())
                    }
                    _ => self.layout.n_weights(),
                };
                within(*at, 1, count, "weight")
            }
            Place::Result if matches!(self.kernel.kind, KernelKind::Function(_)) => Ok(()),
            Place::Result => Err("only a function has a result".to_owned()),
            Place::Scratch(index) => {
                self.operand(index)?;
                if self.kernel.scratch == 0 { Err("there is no scratch memory".to_owned()) } else { Ok(()) }
            }
        }?;
        let summed = matches!(place, Place::Node(NodeField::Rhs | NodeField::D) | Place::Ion { .. });
        if how == Use::Accumulate && !summed { Err("this place is not accumulated".to_owned()) } else { Ok(()) }
    }

    fn op(&self, op: &Op) -> Checked {
        match op {
            Op::Copy(a) | Op::Unary(_, a) => self.operand(a),
            Op::Binary(_, a, b) => self.operands(&[*a, *b]),
            Op::Select(c, a, b) => self.operands(&[*c, *a, *b]),
            Op::Call(intrinsic, arguments) => {
                if arguments.len() != intrinsic.arity() {
                    let (name, arity) = (intrinsic.name(), intrinsic.arity());
                    return Err(format!("{name} takes {arity} arguments, not {}", arguments.len()));
                }
                self.operands(arguments)
            }
            Op::Uniform(_) => Ok(()),
        }
    }

    fn statement(&mut self, statement: &Stmt, made: &mut Vec<ValueId>) -> Checked {
        match statement {
            Stmt::Let { dst, op } => {
                self.op(op)?;
                made.push(*dst);
                self.define(*dst)
            }
            Stmt::Load { dst, place } => {
                self.place(place, Use::Load)?;
                made.push(*dst);
                self.define(*dst)
            }
            Stmt::Store { place, value } => {
                self.operand(value)?;
                self.place(place, Use::Store)
            }
            Stmt::Accumulate { place, value } => {
                self.operand(value)?;
                self.place(place, Use::Accumulate)
            }
            Stmt::If { condition, then, otherwise, results } => {
                self.operand(condition)?;
                let inside = self.block(then)?;
                results.iter().try_for_each(|(_, a, _)| self.operand(a))?;
                self.hide(&inside);
                let inside = self.block(otherwise)?;
                results.iter().try_for_each(|(_, _, b)| self.operand(b))?;
                self.hide(&inside);
                for (dst, ..) in results {
                    made.push(*dst);
                    self.define(*dst)?;
                }
                Ok(())
            }
            Stmt::Loop { carried, header, condition, body } => {
                carried.iter().try_for_each(|(_, first, _)| self.operand(first))?;
                for (dst, ..) in carried {
                    made.push(*dst);
                    self.define(*dst)?;
                }
                let mut inside = self.block(header)?;
                self.operand(condition)?;
                inside.extend(self.block(body)?);
                carried.iter().try_for_each(|(_, _, next)| self.operand(next))?;
                self.hide(&inside);
                Ok(())
            }
            Stmt::Host { dst, call, arguments, .. } => {
                if arguments.len() != call.arity() || dst.is_some() && !call.has_value() {
                    return Err(format!(
                        "host call {} has the wrong arguments or a value it does not give",
                        call.name()
                    ));
                }
                self.operands(arguments)?;
                match dst {
                    Some(dst) => {
                        made.push(*dst);
                        self.define(*dst)
                    }
                    None => Ok(()),
                }
            }
        }
    }
}

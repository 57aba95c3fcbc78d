//! A kernel as a flat list of instructions over strips of rows.
//!
//! What is the same for all rows (shared variables, scalars of the call and all that follows from them) is computed
//! once per call, as scalars. Branches become masks: both arms are computed and the results picked row by row; an arm
//! that no row takes is stepped over. A kernel whose rows depend on one another, or that asks the host, has no plan.
//!
//! When it is known what does not change between calls, what follows from it alone is moved into a set-up of its own:
//! parameters that are alike in all rows become numbers, and the rest is computed once and kept in columns.

use std::collections::{BTreeMap, BTreeSet};

use mech_abi::KernelKind;

use super::instruction::{Arg, Instruction, Scalar, Shared, Slot};
use super::passes::{read_columns_in_place, remove_unused, reuse_slots, set_up};
use crate::kir::{Binary, Block, Kernel, Op, Operand, Place, Stmt, ValueId};

/// A kernel over strips.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) scalars: Vec<Scalar>,
    pub(super) code: Vec<Instruction>,
    pub(super) slots: usize,
    /// What is computed once, into columns of the plan's own.
    pub(super) setup: Vec<Instruction>,
    /// Number of those columns.
    pub(super) kept: usize,
    /// Rows must be on different nodes, because they read what others change there.
    pub(super) own_nodes: bool,
    /// Ions (positions in the layout) of which rows must have elements of their own, for the same reason.
    pub(super) own_ions: Vec<u32>,
}

/// What is known not to change between calls.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Columns in which all rows have one value.
    pub(super) alike: BTreeMap<u32, f64>,
    /// Columns that nothing changes.
    pub(super) columns: BTreeSet<u32>,
    /// Shared variables that nothing changes.
    pub(super) globals: BTreeSet<u32>,
    /// Columns that need not be written.
    pub(super) unread: BTreeSet<u32>,
    /// Whether anything is known; if not, nothing is moved into a set-up.
    pub(super) anything: bool,
}

/// The plan of a kernel that all rows go through, if its rows do not depend on one another.
pub(super) fn plan(kernel: &Kernel, known: &Known) -> Option<Plan> {
    let all_rows = matches!(
        kernel.kind,
        KernelKind::Current
            | KernelKind::State
            | KernelKind::BeforeBreakpoint
            | KernelKind::AfterSolve
            | KernelKind::BeforeStep
    );
    if !all_rows {
        return None;
    }
    let mut uses = Uses::default();
    uses.block(&kernel.body, false)?;
    let own = uses.own()?;
    let mut planner =
        Planner { values: vec![None; kernel.names.len()], scalars: Vec::new(), code: Vec::new(), slots: 0, known };
    planner.block(&kernel.body, None)?;
    let Planner { scalars, mut code, slots, .. } = planner;
    remove_unused(&mut code, slots);
    let (mut setup, kept) = if known.anything { set_up(&mut code, slots, &scalars, known)? } else { (Vec::new(), 0) };
    read_columns_in_place(&mut code);
    read_columns_in_place(&mut setup);
    let slots = reuse_slots(&mut code, slots)?.max(reuse_slots(&mut setup, slots)?);
    Some(Plan { scalars, code, slots, setup, kept, own_nodes: own.0, own_ions: own.1 })
}

/// How a kernel uses memory that rows share.
#[derive(Debug, Default)]
struct Uses {
    loads: BTreeMap<Shared, u32>,
    stores: BTreeMap<Shared, u32>,
    accumulates: BTreeMap<Shared, u32>,
    global_loads: Vec<(u32, u32)>,
    global_stores: Vec<u32>,
}

impl Uses {
    fn block(&mut self, block: &Block, masked: bool) -> Option<()> {
        block.statements.iter().try_for_each(|statement| self.statement(statement, masked))
    }

    fn statement(&mut self, statement: &Stmt, masked: bool) -> Option<()> {
        match statement {
            Stmt::Let { .. } => Some(()),
            Stmt::Load { place, .. } => match place {
                Place::Global(at) => {
                    self.global_loads.push((*at, at + 1));
                    Some(())
                }
                Place::GlobalAt { first, len, .. } => {
                    self.global_loads.push((*first, first + len));
                    Some(())
                }
                Place::Column(_) | Place::IonCharge(_) | Place::IonStyle(_) => Some(()),
                other => {
                    *self.loads.entry(shared(other)?).or_default() += 1;
                    Some(())
                }
            },
            Stmt::Store { place, .. } => match place {
                Place::Column(_) => Some(()),
                // Which row wrote last is not kept under a mask.
                Place::Global(at) if !masked => {
                    self.global_stores.push(*at);
                    Some(())
                }
                Place::Global(_) => None,
                other => {
                    *self.stores.entry(shared(other)?).or_default() += 1;
                    Some(())
                }
            },
            Stmt::Accumulate { place, .. } => {
                *self.accumulates.entry(shared(place)?).or_default() += 1;
                Some(())
            }
            Stmt::If { then, otherwise, .. } => {
                self.block(then, true)?;
                self.block(otherwise, true)
            }
            Stmt::Loop { .. } | Stmt::Host { .. } => None,
        }
    }

    /// Whether rows must be on nodes of their own, and of which ions they must have elements of their own; none if
    /// rows depend on one another through shared variables.
    fn own(&self) -> Option<(bool, Vec<u32>)> {
        let reads_what_it_writes = |at: &u32| self.global_loads.iter().any(|(first, end)| (*first..*end).contains(at));
        if self.global_stores.iter().any(reads_what_it_writes) {
            return None;
        }
        let (mut nodes, mut ions) = (false, Vec::new());
        let written = self.stores.keys().chain(self.accumulates.keys());
        for one in written {
            let loads = self.loads.get(one).copied().unwrap_or(0);
            let stores = self.stores.get(one).copied().unwrap_or(0);
            let accumulates = self.accumulates.get(one).copied().unwrap_or(0);
            // Sums into one place, or a last value that stays, come out the same strip by strip.
            if loads == 0 && (stores == 0 || accumulates == 0) && stores + accumulates == 1 {
                continue;
            }
            match one {
                Shared::Node(_) => nodes = true,
                Shared::Ion(ion, _) => ions.push(*ion),
            }
        }
        ions.dedup();
        Some((nodes, ions))
    }
}

fn shared(place: &Place) -> Option<Shared> {
    match place {
        Place::Node(field) => Some(Shared::Node(*field)),
        Place::Ion { ion, variable } => Some(Shared::Ion(*ion, *variable)),
        _ => None,
    }
}

struct Planner<'a> {
    values: Vec<Option<Arg>>,
    scalars: Vec<Scalar>,
    code: Vec<Instruction>,
    slots: usize,
    known: &'a Known,
}

impl Planner<'_> {
    fn scalar(&mut self, scalar: Scalar) -> Option<Arg> {
        let same = |one: &Scalar| match (one, &scalar) {
            // -0.0 is not 0.0, and a number that is none equals itself.
            (Scalar::Const(a), Scalar::Const(b)) => a.to_bits() == b.to_bits(),
            (a, b) => a == b,
        };
        let at = self.scalars.iter().position(same).unwrap_or_else(|| {
            self.scalars.push(scalar.clone());
            self.scalars.len() - 1
        });
        u16::try_from(at).ok().map(Arg::Scalar)
    }

    fn slot(&mut self) -> Option<Slot> {
        self.slots += 1;
        Slot::try_from(self.slots - 1).ok()
    }

    fn operand(&mut self, operand: &Operand) -> Option<Arg> {
        match operand {
            Operand::Value(value) => self.values[value.0 as usize],
            Operand::Const(number) => self.scalar(Scalar::Const(*number)),
        }
    }

    fn set(&mut self, value: ValueId, arg: Arg) {
        self.values[value.0 as usize] = Some(arg);
    }

    /// Appends an instruction that fills a new register.
    fn fill(&mut self, dst: ValueId, make: impl FnOnce(Slot) -> Instruction) -> Option<()> {
        let slot = self.slot()?;
        self.code.push(make(slot));
        self.set(dst, Arg::Slot(slot));
        Some(())
    }

    fn op(&mut self, dst: ValueId, op: &Op) -> Option<()> {
        match op {
            Op::Copy(a) => {
                let a = self.operand(a)?;
                self.set(dst, a);
                Some(())
            }
            Op::Uniform(uniform) => {
                let a = self.scalar(Scalar::Uniform(*uniform))?;
                self.set(dst, a);
                Some(())
            }
            Op::Unary(operation, a) => {
                let a = self.operand(a)?;
                if let Arg::Scalar(a) = a {
                    let made = self.scalar(Scalar::Unary(*operation, a))?;
                    self.set(dst, made);
                    return Some(());
                }
                self.fill(dst, |slot| Instruction::Unary(*operation, slot, a))
            }
            Op::Binary(operation, a, b) => {
                let (a, b) = (self.operand(a)?, self.operand(b)?);
                if let (Arg::Scalar(a), Arg::Scalar(b)) = (a, b) {
                    let made = self.scalar(Scalar::Binary(*operation, a, b))?;
                    self.set(dst, made);
                    return Some(());
                }
                self.fill(dst, |slot| Instruction::Binary(*operation, slot, a, b))
            }
            Op::Select(c, a, b) => {
                let (c, a, b) = (self.operand(c)?, self.operand(a)?, self.operand(b)?);
                self.select(dst, c, a, b)
            }
            Op::Call(intrinsic, arguments) => {
                let arguments: Vec<Arg> = arguments.iter().map(|one| self.operand(one)).collect::<Option<_>>()?;
                let scalars: Option<Vec<u16>> = arguments.iter().map(|one| scalar_of(*one)).collect();
                if let Some(scalars) = scalars {
                    let made = self.scalar(Scalar::Call(*intrinsic, scalars))?;
                    self.set(dst, made);
                    return Some(());
                }
                self.fill(dst, |slot| Instruction::Call(*intrinsic, slot, arguments))
            }
        }
    }

    fn select(&mut self, dst: ValueId, c: Arg, a: Arg, b: Arg) -> Option<()> {
        if let (Arg::Scalar(c), Arg::Scalar(a), Arg::Scalar(b)) = (c, a, b) {
            let made = self.scalar(Scalar::Select(c, a, b))?;
            self.set(dst, made);
            return Some(());
        }
        self.fill(dst, |slot| Instruction::Select(slot, c, a, b))
    }

    fn block(&mut self, block: &Block, mask: Option<Arg>) -> Option<()> {
        block.statements.iter().try_for_each(|statement| self.statement(statement, mask))
    }

    fn statement(&mut self, statement: &Stmt, mask: Option<Arg>) -> Option<()> {
        match statement {
            Stmt::Let { dst, op } => self.op(*dst, op),
            Stmt::Load { dst, place } => self.load(*dst, place, mask),
            Stmt::Store { place, value } => {
                if matches!(place, Place::Column(column) if self.known.unread.contains(column)) {
                    return Some(());
                }
                let value = self.operand(value)?;
                self.code.push(match place {
                    Place::Column(column) => Instruction::StoreColumn { column: *column, value, mask },
                    Place::Global(at) => Instruction::StoreGlobal(*at, value),
                    other => Instruction::Store { to: shared(other)?, value, mask },
                });
                Some(())
            }
            Stmt::Accumulate { place, value } => {
                let value = self.operand(value)?;
                self.code.push(Instruction::Accumulate { to: shared(place)?, value, mask });
                Some(())
            }
            Stmt::If { condition, then, otherwise, results } => {
                let condition = self.operand(condition)?;
                self.arm(then, condition, true, mask)?;
                self.arm(otherwise, condition, false, mask)?;
                for (dst, a, b) in results {
                    let (a, b) = (self.operand(a)?, self.operand(b)?);
                    self.select(*dst, condition, a, b)?;
                }
                Some(())
            }
            Stmt::Loop { .. } | Stmt::Host { .. } => None,
        }
    }

    fn load(&mut self, dst: ValueId, place: &Place, mask: Option<Arg>) -> Option<()> {
        match place {
            Place::Column(column) => match self.known.alike.get(column) {
                Some(value) => {
                    let made = self.scalar(Scalar::Const(*value))?;
                    self.set(dst, made);
                    Some(())
                }
                None => self.fill(dst, |slot| Instruction::LoadColumn(slot, *column)),
            },
            Place::Global(at) => {
                let made = self.scalar(Scalar::Global(*at))?;
                self.set(dst, made);
                Some(())
            }
            Place::GlobalAt { first, len, index } => {
                let index = self.operand(index)?;
                let (first, len) = (*first, *len);
                self.fill(dst, |dst| Instruction::Lookup { dst, first, len, index, mask })
            }
            Place::IonCharge(ion) => {
                let made = self.scalar(Scalar::Charge(*ion))?;
                self.set(dst, made);
                Some(())
            }
            Place::IonStyle(ion) => self.fill(dst, |slot| Instruction::LoadStyle(slot, *ion)),
            other => {
                let from = shared(other)?;
                self.fill(dst, |slot| Instruction::Load(slot, from))
            }
        }
    }

    /// One arm of a branch: under a mask if it changes memory, and stepped over where no row takes it.
    fn arm(&mut self, arm: &Block, condition: Arg, truth: bool, outer: Option<Arg>) -> Option<()> {
        if arm.statements.is_empty() {
            return Some(());
        }
        let skip = self.code.len();
        self.code.push(Instruction::SkipUnlessAny { condition, truth, to: 0 });
        let mask = match condition {
            // One answer for all rows needs no mask.
            Arg::Scalar(_) => outer,
            _ if touches_memory(arm) => Some(self.mask(condition, truth, outer)?),
            _ => outer,
        };
        self.block(arm, mask)?;
        let end = self.code.len();
        // Stepping over a few cheap instructions costs as much as doing them.
        let cheap = |one: &Instruction| matches!(one, Instruction::Unary(..) | Instruction::Binary(..));
        let keep = matches!(condition, Arg::Scalar(_)) || end - skip > 8 || !self.code[skip + 1..].iter().all(cheap);
        match (&mut self.code[skip], keep) {
            (Instruction::SkipUnlessAny { to, .. }, true) => *to = end,
            _ => {
                self.code.remove(skip);
            }
        }
        Some(())
    }

    /// 1 where `condition` is `truth` and `outer` is set.
    fn mask(&mut self, condition: Arg, truth: bool, outer: Option<Arg>) -> Option<Arg> {
        let mut mask = self.slot()?;
        let zero = self.scalar(Scalar::Const(0.0))?;
        let test = if truth { Binary::Ne } else { Binary::Eq };
        self.code.push(Instruction::Binary(test, mask, condition, zero));
        if let Some(outer) = outer {
            let both = self.slot()?;
            self.code.push(Instruction::Binary(Binary::Mul, both, Arg::Slot(mask), outer));
            mask = both;
        }
        Some(Arg::Slot(mask))
    }
}

fn scalar_of(arg: Arg) -> Option<u16> {
    match arg {
        Arg::Scalar(at) => Some(at),
        Arg::Slot(_) | Arg::Column(_) | Arg::Kept(_) => None,
    }
}

/// Whether a block stores, or looks up with an index that may be out of range in rows that do not take it.
fn touches_memory(block: &Block) -> bool {
    block.statements.iter().any(|statement| match statement {
        Stmt::Store { .. } | Stmt::Accumulate { .. } => true,
        Stmt::Load { place, .. } => matches!(place, Place::GlobalAt { .. }),
        Stmt::If { then, otherwise, .. } => touches_memory(then) || touches_memory(otherwise),
        Stmt::Let { .. } | Stmt::Loop { .. } | Stmt::Host { .. } => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kir::arbitrary::{layout, plain_kernel};
    use crate::kir::read;

    fn planned(text: &str) -> Option<Plan> {
        plan(&read(&format!("kernel any state scratch 0 {{\n{text}\n}}"), &layout()).unwrap(), &Known::default())
    }

    #[test]
    fn what_is_the_same_for_all_rows_is_computed_once() {
        let plan = planned(
            "%q10 = load global q10
             %celsius = uniform celsius
             %pow = call pow %q10, %celsius
             %m = load column m
             %p = mul %m, %pow
             store column h, %p",
        )
        .unwrap();
        assert_eq!(plan.scalars.len(), 3);
        let column = Arg::Column(0);
        assert_eq!(
            plan.code,
            [
                Instruction::Binary(Binary::Mul, 0, column, Arg::Scalar(2)),
                Instruction::StoreColumn { column: 4, value: Arg::Slot(0), mask: None },
            ]
        );
    }

    #[test]
    fn a_column_that_changes_is_read_before() {
        let plan = planned("%m = load column m\nstore column m, 1.0\nstore column h, %m").unwrap();
        assert_eq!(plan.code[0], Instruction::LoadColumn(0, 0));
    }

    #[test]
    fn what_follows_from_known_things_is_computed_once() {
        let text = "kernel any state scratch 0 {
             %tau = load column m
             %dt = uniform dt
             %t = uniform t
             %rate = div %dt, %tau
             %f = call exp %rate
             %x = load column h
             %p = mul %x, %f
             %q = add %p, %t
             store column h, %q
             store column x.0, %tau
        }";
        let kernel = read(text, &layout()).unwrap();
        let known = Known { columns: [0].into(), unread: [1].into(), anything: true, ..Known::default() };
        let one = plan(&kernel, &known).unwrap();
        assert_eq!(one.kept, 1);
        assert_eq!(one.setup.last(), Some(&Instruction::Keep(0, Arg::Slot(1))));
        assert_eq!(one.code.len(), 3, "{:?}", one.code);
        assert_eq!(one.code[0], Instruction::Binary(Binary::Mul, 0, Arg::Column(4), Arg::Kept(0)));
        // Where all rows are alike nothing is kept either.
        let known = Known { alike: [(0, 5.0)].into(), ..known };
        let one = plan(&kernel, &known).unwrap();
        assert_eq!((one.kept, one.setup.len()), (0, 0));
    }

    #[test]
    fn rows_that_depend_on_one_another_have_no_plan() {
        // The next row sees what this one left in a shared variable.
        assert_eq!(planned("%q = load global q10\n%s = add %q, 1.0\nstore global q10, %s"), None);
        assert_eq!(planned("host net_event 0 (1.0)"), None);
        assert_eq!(planned("%v = load node.v\nif %v {\n store global q10, 1.0\n}"), None);
        // Here only where rows share nodes.
        assert!(planned("accumulate node.rhs, 1.0\naccumulate node.rhs, 2.0").unwrap().own_nodes);
        assert!(!planned("accumulate node.rhs, 1.0\naccumulate node.d, 2.0").unwrap().own_nodes);
        assert_eq!(planned("%i = load ion ca.inside\nstore ion ca.inside, %i").unwrap().own_ions, [1]);
    }

    #[test]
    fn most_arbitrary_kernels_have_a_plan() {
        let tape = |seed: u32| -> Vec<u16> {
            (0..300_u32).map(|at| ((seed * 7919 + at).wrapping_mul(2_654_435_761) >> 16) as u16).collect()
        };
        let with_plan = (0..200).filter(|seed| plan(&plain_kernel(&tape(*seed)), &Known::default()).is_some()).count();
        assert!(with_plan > 60, "{with_plan} of 200");
    }
}

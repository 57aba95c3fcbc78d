//! Passes over a plan's instructions: what nobody needs, what can be computed once, which registers hold what.

use std::collections::BTreeMap;

use super::instruction::{Arg, Instruction, Scalar, Shared, Slot};
use super::plan::Known;
use crate::kir::{NodeField, Uniform};

/// Removes what fills registers that nobody reads.
pub(super) fn remove_unused(code: &mut Vec<Instruction>, slots: usize) {
    let mut used = vec![false; slots];
    let mut gone = vec![false; code.len()];
    for (at, one) in code.iter_mut().enumerate().rev() {
        // A look-up may tell the host that its index is out of range.
        let keeps = matches!(one, Instruction::Lookup { .. });
        if !keeps && one.filled().is_some_and(|slot| !used[usize::from(*slot)]) {
            gone[at] = true;
            continue;
        }
        one.arguments(&mut |arg| {
            if let Arg::Slot(slot) = arg {
                used[usize::from(*slot)] = true;
            }
        });
    }
    remove(code, |at, _| gone[at]);
}

/// Moves what follows from known things alone out of `code`; the moved instructions, which keep what `code` still needs
/// in columns of the plan's own, and the number of those columns.
pub(super) fn set_up(
    code: &mut Vec<Instruction>,
    slots: usize,
    scalars: &[Scalar],
    known: &Known,
) -> Option<(Vec<Instruction>, usize)> {
    let frozen_scalars = frozen_scalars(scalars, known);
    let mut frozen = vec![false; slots];
    let mut moved = vec![false; code.len()];
    for (at, one) in code.iter_mut().enumerate() {
        let mut follows = match one {
            Instruction::LoadColumn(_, column) => known.columns.contains(column),
            Instruction::Load(_, Shared::Node(NodeField::Area | NodeField::Diam)) => true,
            Instruction::Unary(..) | Instruction::Binary(..) | Instruction::Select(..) | Instruction::Call(..) => true,
            _ => false,
        };
        one.arguments(&mut |arg| {
            follows &= match arg {
                Arg::Slot(slot) => frozen[usize::from(*slot)],
                Arg::Scalar(scalar) => frozen_scalars[usize::from(*scalar)],
                Arg::Column(_) | Arg::Kept(_) => false,
            };
        });
        if let (true, Some(slot)) = (follows, one.filled()) {
            frozen[usize::from(*slot)] = true;
            moved[at] = true;
        }
    }
    // A known column is read where it is; all other known values that `code` needs are kept.
    let is_column = |one: &Instruction| matches!(one, Instruction::LoadColumn(..));
    let mut setup: Vec<Instruction> =
        code.iter().zip(&moved).filter(|(_, moved)| **moved).map(|(one, _)| one.clone()).collect();
    let mut columns = vec![false; slots];
    for one in setup.iter_mut().filter(|one| is_column(one)) {
        if let Some(slot) = one.filled() {
            columns[usize::from(*slot)] = true;
        }
    }
    let mut kept: BTreeMap<Slot, u16> = BTreeMap::new();
    for (_, one) in code.iter_mut().enumerate().filter(|(at, _)| !moved[*at]) {
        one.arguments(&mut |arg| {
            if let Arg::Slot(slot) = arg
                && frozen[usize::from(*slot)]
                && !columns[usize::from(*slot)]
            {
                let next = kept.len();
                let name = *kept.entry(*slot).or_insert(next as u16);
                *arg = Arg::Kept(name);
            }
        });
    }
    remove(code, |at, one| moved[at] && !is_column(one));
    remove_unused(code, slots);
    setup.extend(kept.iter().map(|(slot, name)| Instruction::Keep(*name, Arg::Slot(*slot))));
    remove_unused(&mut setup, slots);
    Some((setup, kept.len()))
}

/// Which numbers do not change between calls.
fn frozen_scalars(scalars: &[Scalar], known: &Known) -> Vec<bool> {
    let mut frozen: Vec<bool> = Vec::with_capacity(scalars.len());
    for one in scalars {
        let is = |at: &u16| frozen[usize::from(*at)];
        let follows = match one {
            Scalar::Const(_) | Scalar::Charge(_) => true,
            Scalar::Global(at) => known.globals.contains(at),
            Scalar::Uniform(Uniform::T | Uniform::Flag | Uniform::HasWeights) => false,
            Scalar::Uniform(Uniform::Dt | Uniform::Celsius | Uniform::SecondOrder | Uniform::StateAdjust) => true,
            Scalar::Unary(_, a) => is(a),
            Scalar::Binary(_, a, b) => is(a) && is(b),
            Scalar::Select(c, a, b) => is(c) && is(a) && is(b),
            Scalar::Call(_, arguments) => arguments.iter().all(is),
        };
        frozen.push(follows);
    }
    frozen
}

/// Position of the last reader of each register.
fn last_uses(code: &mut [Instruction], slots: usize) -> Vec<usize> {
    let mut last = vec![0; slots];
    for (at, one) in code.iter_mut().enumerate() {
        one.arguments(&mut |arg| {
            if let Arg::Slot(slot) = arg {
                last[usize::from(*slot)] = at;
            }
        });
    }
    last
}

/// A column that is not changed before its last reader is read where it is.
pub(super) fn read_columns_in_place(code: &mut Vec<Instruction>) {
    let slots = code.iter_mut().filter_map(|one| one.filled().copied()).max().map_or(0, |slot| usize::from(slot) + 1);
    let last = last_uses(code, slots);
    let mut in_place: BTreeMap<Slot, u32> = BTreeMap::new();
    for (at, one) in code.iter().enumerate() {
        let Instruction::LoadColumn(slot, column) = one else { continue };
        let end = last[usize::from(*slot)];
        let stores =
            |one: &Instruction| matches!(one, Instruction::StoreColumn { column: other, .. } if other == column);
        if end > at && !code[at..=end].iter().any(stores) {
            in_place.insert(*slot, *column);
        }
    }
    for one in code.iter_mut() {
        one.arguments(&mut |arg| {
            if let Arg::Slot(slot) = arg
                && let Some(column) = in_place.get(slot)
            {
                *arg = Arg::Column(*column);
            }
        });
    }
    remove(code, |_, one| matches!(one, Instruction::LoadColumn(slot, _) if in_place.contains_key(slot)));
}

/// Removes instructions and keeps the ends of arms where they were.
fn remove(code: &mut Vec<Instruction>, gone: impl Fn(usize, &Instruction) -> bool) {
    let mut kept_before = Vec::with_capacity(code.len() + 1);
    let mut kept = Vec::with_capacity(code.len());
    for (at, one) in std::mem::take(code).into_iter().enumerate() {
        kept_before.push(kept.len());
        if !gone(at, &one) {
            kept.push(one);
        }
    }
    kept_before.push(kept.len());
    for one in &mut kept {
        if let Instruction::SkipUnlessAny { to, .. } = one {
            *to = kept_before[*to];
        }
    }
    *code = kept;
}

/// Gives registers whose last reader has passed to new values; the number of registers that are left.
pub(super) fn reuse_slots(code: &mut [Instruction], slots: usize) -> Option<usize> {
    let last = last_uses(code, slots);
    let mut ends: BTreeMap<usize, Vec<Slot>> = BTreeMap::new();
    let mut names: Vec<Option<Slot>> = vec![None; slots];
    let (mut free, mut count): (Vec<Slot>, usize) = (Vec::new(), 0);
    for (at, one) in code.iter_mut().enumerate() {
        one.arguments(&mut |arg| {
            if let Arg::Slot(slot) = arg
                && let Some(name) = names[usize::from(*slot)]
            {
                *arg = Arg::Slot(name);
            }
        });
        if let Some(slot) = one.filled() {
            let name = match free.pop() {
                Some(name) => name,
                None => {
                    count += 1;
                    Slot::try_from(count - 1).ok()?
                }
            };
            names[usize::from(*slot)] = Some(name);
            ends.entry(last[usize::from(*slot)].max(at)).or_default().push(name);
            *slot = name;
        }
        // After the new register is taken, so that it is none of the operands.
        free.extend(ends.remove(&at).unwrap_or_default());
    }
    Some(count)
}

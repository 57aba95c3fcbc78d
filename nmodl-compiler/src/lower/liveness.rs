//! Which invisible variables must outlive a kernel: those whose old value can change anything that can be seen.

use std::collections::{BTreeMap, BTreeSet};

use crate::hir::VariableId;
use crate::kir::{Block, Kernel, Op, Operand, Place, Stmt, ValueId};

/// The variables of `columns` (invisible scalars) that some kernel reads to an effect other than storing a variable
/// that is itself not needed.
pub(crate) fn needed(kernels: &[Kernel], columns: &BTreeMap<u32, VariableId>) -> BTreeSet<VariableId> {
    let mut kept: BTreeSet<u32> = BTreeSet::new();
    loop {
        let before = kept.len();
        for kernel in kernels {
            let dropped = |place: &Place| matches!(place, Place::Column(column) if columns.contains_key(column) && !kept.contains(column));
            let mut graph = Graph { uses: vec![Vec::new(); kernel.names.len()], loads: Vec::new(), roots: Vec::new() };
            graph.block(&kernel.body, &dropped);
            let live = graph.live();
            let read = graph.loads.iter().filter(|(value, _)| live.contains(value)).map(|(_, column)| *column);
            let read: Vec<u32> = read.filter(|column| columns.contains_key(column)).collect();
            kept.extend(read);
        }
        if kept.len() == before {
            return kept.iter().filter_map(|column| columns.get(column).copied()).collect();
        }
    }
}

/// What each value is made of, which loads there are, and what must be there in any case.
struct Graph {
    uses: Vec<Vec<Operand>>,
    loads: Vec<(ValueId, u32)>,
    roots: Vec<Operand>,
}

impl Graph {
    /// Collects a block; says whether it has effects.
    fn block(&mut self, block: &Block, dropped: &dyn Fn(&Place) -> bool) -> bool {
        let mut effects = false;
        for stmt in &block.statements {
            effects |= self.statement(stmt, dropped);
        }
        effects
    }

    fn statement(&mut self, stmt: &Stmt, dropped: &dyn Fn(&Place) -> bool) -> bool {
        match stmt {
            Stmt::Let { dst, op } => {
                let operands = match op {
                    Op::Copy(a) | Op::Unary(_, a) => vec![*a],
                    Op::Binary(_, a, b) => vec![*a, *b],
                    Op::Select(a, b, c) => vec![*a, *b, *c],
                    Op::Call(_, arguments) => arguments.clone(),
                    Op::Uniform(_) => Vec::new(),
                };
                self.uses[dst.0 as usize].extend(operands);
                false
            }
            Stmt::Load { dst, place } => {
                if let Place::Column(column) = place {
                    self.loads.push((*dst, *column));
                }
                // A bad index is an error whether the value is used or not.
                let index = index_of(place);
                self.roots.extend(index);
                index.is_some()
            }
            Stmt::Store { place, .. } if dropped(place) => false,
            Stmt::Store { place, value } | Stmt::Accumulate { place, value } => {
                self.roots.push(*value);
                self.roots.extend(index_of(place));
                true
            }
            Stmt::If { condition, then, otherwise, results } => {
                let effects = self.block(then, dropped) | self.block(otherwise, dropped);
                for (dst, a, b) in results {
                    self.uses[dst.0 as usize].extend([*condition, *a, *b]);
                }
                if effects {
                    self.roots.push(*condition);
                }
                effects
            }
            Stmt::Loop { carried, header, condition, body } => {
                self.block(header, dropped);
                self.block(body, dropped);
                for (dst, first, next) in carried {
                    self.uses[dst.0 as usize].extend([*condition, *first, *next]);
                }
                // Whether a loop ends is an effect too.
                self.roots.push(*condition);
                true
            }
            Stmt::Host { arguments, .. } => {
                self.roots.extend(arguments);
                true
            }
        }
    }

    fn live(&self) -> BTreeSet<ValueId> {
        let mut live = BTreeSet::new();
        let mut pending = self.roots.clone();
        while let Some(operand) = pending.pop() {
            if let Operand::Value(value) = operand
                && live.insert(value)
            {
                pending.extend(&self.uses[value.0 as usize]);
            }
        }
        live
    }
}

fn index_of(place: &Place) -> Option<Operand> {
    match place {
        Place::ColumnAt { index, .. } | Place::GlobalAt { index, .. } | Place::Scratch(index) => Some(*index),
        _ => None,
    }
}

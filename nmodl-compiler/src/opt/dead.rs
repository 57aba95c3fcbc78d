//! What nobody looks at is not computed. Stores, accumulations and host calls stay; loads have no effect.
//!
//! One walk from the end to the start: when a temporary's definition is met, all its uses have been seen. Only the
//! values that a loop carries are used before the text reaches them, so all of a loop is walked for uses first.

use std::collections::HashSet;

use crate::kir::walk::{Met, visit_op, visit_place, visit_statement};
use crate::kir::{Block, Kernel, Operand, Place, Stmt, ValueId};

pub(super) fn dead(kernel: &mut Kernel) {
    sweep(&mut kernel.body, &mut Used::default());
}

#[derive(Default)]
struct Used(HashSet<ValueId>);

impl Used {
    fn mark(&mut self, met: Met<'_>) {
        if let Met::Use(Operand::Value(value)) = met {
            self.0.insert(*value);
        }
    }

    fn operand(&mut self, operand: &mut Operand) {
        self.mark(Met::Use(operand));
    }
}

/// A load with a computed index can fail, and failing is an effect.
fn checks_index(place: &Place) -> bool {
    matches!(place, Place::ColumnAt { .. } | Place::GlobalAt { .. } | Place::Scratch(_))
}

fn sweep(block: &mut Block, used: &mut Used) {
    let mut kept = Vec::with_capacity(block.statements.len());
    for mut statement in std::mem::take(&mut block.statements).into_iter().rev() {
        if keep(&mut statement, used) {
            kept.push(statement);
        }
    }
    kept.reverse();
    block.statements = kept;
}

/// Whether a statement stays; what it uses is then marked.
fn keep(statement: &mut Stmt, used: &mut Used) -> bool {
    match statement {
        Stmt::Let { dst, op } => {
            let stays = used.0.contains(dst);
            if stays {
                visit_op(op, &mut |met| used.mark(met));
            }
            stays
        }
        Stmt::Load { dst, place } => {
            let stays = used.0.contains(dst) || checks_index(place);
            if stays {
                visit_place(place, &mut |met| used.mark(met));
            }
            stays
        }
        Stmt::Store { .. } | Stmt::Accumulate { .. } | Stmt::Host { .. } => {
            visit_statement(statement, &mut |met| used.mark(met));
            true
        }
        Stmt::If { condition, then, otherwise, results } => {
            results.retain(|(dst, ..)| used.0.contains(dst));
            for (_, a, b) in results.iter_mut() {
                used.operand(a);
                used.operand(b);
            }
            sweep(otherwise, used);
            sweep(then, used);
            let stays = !(then.statements.is_empty() && otherwise.statements.is_empty() && results.is_empty());
            if stays {
                used.operand(condition);
            }
            stays
        }
        Stmt::Loop { .. } => {
            // It may not end, so it stays; what one round computes for the next counts as used.
            visit_statement(statement, &mut |met| used.mark(met));
            if let Stmt::Loop { header, body, .. } = statement {
                sweep(body, used);
                sweep(header, used);
            }
            true
        }
    }
}

//! What nobody looks at is not computed. Stores, accumulations and host calls stay; loads have no effect.

use std::collections::HashSet;

use crate::kir::walk::{Met, visit_block};
use crate::kir::{Block, Kernel, Place, Stmt, ValueId};

pub(super) fn dead(kernel: &mut Kernel) {
    // A removed statement may free what it used: repeat until nothing changes.
    loop {
        let mut used = HashSet::new();
        visit_block(&mut kernel.body, &mut |met| {
            if let Met::Use(crate::kir::Operand::Value(value)) = met {
                used.insert(*value);
            }
        });
        if !sweep(&mut kernel.body, &used) {
            return;
        }
    }
}

/// A load with a computed index can fail, and failing is an effect.
fn checks_index(place: &Place) -> bool {
    matches!(place, Place::ColumnAt { .. } | Place::GlobalAt { .. } | Place::Scratch(_))
}

fn sweep(block: &mut Block, used: &HashSet<ValueId>) -> bool {
    let before = block.statements.len();
    let mut changed = false;
    block.statements.retain_mut(|statement| match statement {
        Stmt::Let { dst, .. } => used.contains(dst),
        Stmt::Load { dst, place } => used.contains(dst) || checks_index(place),
        Stmt::Store { .. } | Stmt::Accumulate { .. } | Stmt::Host { .. } => true,
        Stmt::If { then, otherwise, results, .. } => {
            changed |= sweep(then, used);
            changed |= sweep(otherwise, used);
            let n = results.len();
            results.retain(|(dst, ..)| used.contains(dst));
            changed |= results.len() != n;
            !(then.statements.is_empty() && otherwise.statements.is_empty() && results.is_empty())
        }
        Stmt::Loop { header, body, .. } => {
            // A loop may not end; it stays.
            changed |= sweep(header, used);
            changed |= sweep(body, used);
            true
        }
    });
    changed || block.statements.len() != before
}

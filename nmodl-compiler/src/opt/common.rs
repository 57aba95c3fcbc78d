//! Common subexpressions: a pure operation that was done before on the same operands is a copy of its result.
//!
//! Results are shared downward only: what a branch computes is forgotten after it, so every use stays dominated.

use std::collections::HashMap;

use crate::kir::walk::{Met, visit_op};
use crate::kir::{Block, Kernel, Op, Operand, Stmt, ValueId};

pub(super) fn common(kernel: &mut Kernel) {
    block(&mut kernel.body, &mut HashMap::new());
}

/// An operation with the bits of its operands; equal keys have equal results.
fn key(op: &Op) -> (String, Vec<(bool, u64)>) {
    let mut shape = op.clone();
    let mut operands = Vec::new();
    visit_op(&mut shape, &mut |met| {
        if let Met::Use(operand) = met {
            operands.push(match operand {
                Operand::Value(value) => (true, u64::from(value.0)),
                Operand::Const(number) => (false, number.to_bits()),
            });
            *operand = Operand::Const(0.0);
        }
    });
    (format!("{shape:?}"), operands)
}

type Seen = HashMap<(String, Vec<(bool, u64)>), ValueId>;

fn block(code: &mut Block, seen: &mut Seen) {
    for statement in &mut code.statements {
        match statement {
            Stmt::Let { op: Op::Copy(_), .. } => {}
            Stmt::Let { dst, op } => {
                let key = key(op);
                match seen.get(&key) {
                    Some(before) => *op = Op::Copy(Operand::Value(*before)),
                    None => {
                        seen.insert(key, *dst);
                    }
                }
            }
            Stmt::If { then, otherwise, .. } => {
                block(then, &mut seen.clone());
                block(otherwise, &mut seen.clone());
            }
            Stmt::Loop { header, body, .. } => {
                let mut inside = seen.clone();
                block(header, &mut inside);
                block(body, &mut inside);
            }
            Stmt::Load { .. } | Stmt::Store { .. } | Stmt::Accumulate { .. } | Stmt::Host { .. } => {}
        }
    }
}

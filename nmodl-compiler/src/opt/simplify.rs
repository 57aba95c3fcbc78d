//! Copies and constants: what is known is put in the place of what is computed.
//!
//! Only identities that hold for every double, signed zeros, infinities and NaN included: `x * 1`, `x / 1`, `x - 0`;
//! not `x + 0`, which makes +0 of -0. A constant operation is done here by the interpreter's own functions, unless its
//! result is NaN, whose sign is the machine's choice.

use std::collections::HashMap;

use crate::backend::{binary, unary};
use crate::kir::walk::{Met, visit_op, visit_place};
use crate::kir::{Binary, Block, Kernel, Op, Operand, Stmt, ValueId};

pub(super) fn simplify(kernel: &mut Kernel) {
    let mut known = Known::default();
    known.block(&mut kernel.body);
}

#[derive(Default)]
struct Known(HashMap<ValueId, Operand>);

impl Known {
    fn replace(&self, operand: &mut Operand) {
        if let Operand::Value(value) = operand
            && let Some(better) = self.0.get(value)
        {
            *operand = *better;
        }
    }

    fn met(&self, met: Met<'_>) {
        if let Met::Use(operand) = met {
            self.replace(operand);
        }
    }

    fn block(&mut self, block: &mut Block) {
        let mut out = Vec::with_capacity(block.statements.len());
        for statement in std::mem::take(&mut block.statements) {
            self.statement(statement, &mut out);
        }
        block.statements = out;
    }

    fn statement(&mut self, mut statement: Stmt, out: &mut Vec<Stmt>) {
        match &mut statement {
            Stmt::Let { dst, op } => {
                visit_op(op, &mut |met| self.met(met));
                if let Some(better) = value_of(op) {
                    self.0.insert(*dst, better);
                    return;
                }
            }
            Stmt::Load { place, .. } => visit_place(place, &mut |met| self.met(met)),
            Stmt::Store { place, value } | Stmt::Accumulate { place, value } => {
                visit_place(place, &mut |met| self.met(met));
                self.replace(value);
            }
            Stmt::If { condition, then, otherwise, results } => {
                self.replace(condition);
                if let Operand::Const(number) = *condition {
                    let yes = number != 0.0;
                    let taken = if yes { then } else { otherwise };
                    for statement in std::mem::take(&mut taken.statements) {
                        self.statement(statement, out);
                    }
                    for (dst, a, b) in results {
                        let mut value = if yes { *a } else { *b };
                        self.replace(&mut value);
                        self.0.insert(*dst, value);
                    }
                    return;
                }
                self.block(then);
                self.block(otherwise);
                results.retain_mut(|(dst, a, b)| {
                    self.replace(a);
                    self.replace(b);
                    let same = same(a, b);
                    if same {
                        self.0.insert(*dst, *a);
                    }
                    !same
                });
            }
            Stmt::Loop { carried, header, condition, body } => {
                carried.iter_mut().for_each(|(_, first, _)| self.replace(first));
                self.block(header);
                self.replace(condition);
                self.block(body);
                carried.iter_mut().for_each(|(_, _, next)| self.replace(next));
            }
            Stmt::Host { arguments, .. } => arguments.iter_mut().for_each(|one| self.replace(one)),
        }
        out.push(statement);
    }
}

/// Same bits for certain: only operands known before the branch can be, since each side has its own temporaries.
fn same(a: &Operand, b: &Operand) -> bool {
    match (a, b) {
        (Operand::Value(a), Operand::Value(b)) => a == b,
        (Operand::Const(a), Operand::Const(b)) => a.to_bits() == b.to_bits(),
        _ => false,
    }
}

/// The operand that an operation is equal to, if there is one.
fn value_of(op: &Op) -> Option<Operand> {
    let constant = |number: f64| (!number.is_nan()).then_some(Operand::Const(number));
    match op {
        Op::Copy(a) => Some(*a),
        Op::Unary(operation, Operand::Const(a)) => constant(unary(*operation, *a)),
        Op::Binary(operation, Operand::Const(a), Operand::Const(b)) => constant(binary(*operation, *a, *b)),
        Op::Binary(Binary::Mul, x, Operand::Const(1.0)) | Op::Binary(Binary::Mul, Operand::Const(1.0), x) => Some(*x),
        Op::Binary(Binary::Div, x, Operand::Const(1.0)) => Some(*x),
        Op::Binary(Binary::Sub, x, Operand::Const(zero)) if zero.to_bits() == 0 => Some(*x),
        Op::Select(Operand::Const(c), a, b) => Some(if *c != 0.0 { *a } else { *b }),
        Op::Call(intrinsic, arguments) => {
            let numbers: Option<Vec<f64>> = arguments
                .iter()
                .map(|one| match one {
                    Operand::Const(number) => Some(*number),
                    Operand::Value(_) => None,
                })
                .collect();
            constant(intrinsic.evaluate(&numbers?))
        }
        Op::Unary(..) | Op::Binary(..) | Op::Select(..) | Op::Uniform(_) => None,
    }
}

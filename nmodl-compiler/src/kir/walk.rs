//! Visits of the operands and temporaries of a statement, in the order of the text form.

use super::{Block, Op, Operand, Place, Stmt, ValueId};

/// What a visit meets.
pub(crate) enum Met<'a> {
    /// A temporary where it is defined.
    Definition(&'a mut ValueId),
    /// An operand.
    Use(&'a mut Operand),
}

/// Visits all of a block, inner blocks included.
pub(crate) fn visit_block(block: &mut Block, visit: &mut dyn FnMut(Met<'_>)) {
    for statement in &mut block.statements {
        visit_statement(statement, visit);
    }
}

/// Visits a statement, inner blocks included.
pub(crate) fn visit_statement(statement: &mut Stmt, visit: &mut dyn FnMut(Met<'_>)) {
    match statement {
        Stmt::Let { dst, op } => {
            visit(Met::Definition(dst));
            visit_op(op, visit);
        }
        Stmt::Load { dst, place } => {
            visit(Met::Definition(dst));
            visit_place(place, visit);
        }
        Stmt::Store { place, value } | Stmt::Accumulate { place, value } => {
            visit_place(place, visit);
            visit(Met::Use(value));
        }
        Stmt::If { condition, then, otherwise, results } => {
            visit(Met::Use(condition));
            visit_block(then, visit);
            visit_block(otherwise, visit);
            for (dst, a, b) in results {
                visit(Met::Definition(dst));
                visit(Met::Use(a));
                visit(Met::Use(b));
            }
        }
        Stmt::Loop { carried, header, condition, body } => {
            for (dst, first, next) in carried {
                visit(Met::Definition(dst));
                visit(Met::Use(first));
                visit(Met::Use(next));
            }
            visit_block(header, visit);
            visit(Met::Use(condition));
            visit_block(body, visit);
        }
        Stmt::Host { dst, arguments, .. } => {
            if let Some(dst) = dst {
                visit(Met::Definition(dst));
            }
            arguments.iter_mut().for_each(|one| visit(Met::Use(one)));
        }
    }
}

/// Visits the operands of an operation.
pub(crate) fn visit_op(op: &mut Op, visit: &mut dyn FnMut(Met<'_>)) {
    match op {
        Op::Copy(a) | Op::Unary(_, a) => visit(Met::Use(a)),
        Op::Binary(_, a, b) => {
            visit(Met::Use(a));
            visit(Met::Use(b));
        }
        Op::Select(c, a, b) => {
            visit(Met::Use(c));
            visit(Met::Use(a));
            visit(Met::Use(b));
        }
        Op::Call(_, arguments) => arguments.iter_mut().for_each(|one| visit(Met::Use(one))),
        Op::Uniform(_) => {}
    }
}

/// Visits the index of a place, if it has one.
pub(crate) fn visit_place(place: &mut Place, visit: &mut dyn FnMut(Met<'_>)) {
    match place {
        Place::ColumnAt { index, .. } | Place::GlobalAt { index, .. } | Place::Scratch(index) => visit(Met::Use(index)),
        Place::Column(_)
        | Place::Global(_)
        | Place::Node(_)
        | Place::Ion { .. }
        | Place::IonCharge(_)
        | Place::IonStyle(_)
        | Place::Weight(_)
        | Place::Result => {}
    }
}

//! Expressions.

use diag::Diagnostic;

use super::body::{Code, Meaning};
use crate::codes;
use crate::hir::{Expr, Operator};
use crate::intrinsic::Intrinsic;
use crate::syntax::ast::{self, ExprKind, Name, VariableName};

impl Code<'_, '_> {
    /// A value. What cannot be resolved is reported and stands as a number that no result is made of.
    pub(crate) fn expr(&mut self, expr: &ast::Expr) -> Expr {
        match &expr.kind {
            ExprKind::Number(number, _) => Expr::Number(number.value),
            ExprKind::Text(_) => {
                let problem = Diagnostic::error(codes::STRING_VALUE, expr.span, "a string is no number");
                self.r.report(problem.help("strings are for printf only"));
                Expr::Number(f64::NAN)
            }
            ExprKind::Variable(name) => self.variable_value(name),
            ExprKind::Call(name, arguments) => self.call_value(name, arguments, expr.span),
            ExprKind::Int(inside) => Expr::Intrinsic(Intrinsic::Trunc, vec![self.expr(inside)]),
            ExprKind::Neg(inside) => Expr::Neg(Box::new(self.expr(inside))),
            ExprKind::Not(inside) => Expr::Not(Box::new(self.expr(inside))),
            ExprKind::Paren(inside) => Expr::Paren(Box::new(self.expr(inside))),
            ExprKind::Binary(operator, left, right) => {
                let left = self.expr(left);
                Expr::Binary(*operator, Box::new(left), Box::new(self.expr(right)))
            }
        }
    }

    fn variable_value(&mut self, name: &VariableName) -> Expr {
        if name.order > 0 {
            let title = "the value of a derivative is not supported yet";
            let problem = Diagnostic::error(codes::UNSUPPORTED_ORDER, name.span, title);
            self.r.report(problem.help("write the right side of its equation, or a LOCAL that holds it"));
            return Expr::Number(f64::NAN);
        }
        if let Some(at) = &name.at {
            let problem = Diagnostic::error(codes::UNSUPPORTED_DISCRETE, at.span, "`@` is not supported yet");
            self.r.report(problem.help("keep the old value in a variable"));
            return Expr::Number(f64::NAN);
        }
        match self.meaning(&name.name) {
            Meaning::Local(id) => {
                let len = self.locals[id.0 as usize].len;
                Expr::Local(id, self.index_for(&name.name, len, name.index.as_deref()))
            }
            Meaning::Variable(id) => {
                let len = self.r.variable(id).len;
                Expr::Variable(id, self.index_for(&name.name, len, name.index.as_deref()))
            }
            Meaning::Flag => Expr::Flag,
            Meaning::Flux(backward) => Expr::Flux(backward),
            Meaning::Nothing => Expr::Number(f64::NAN),
        }
    }

    /// The index of something of length `len`; reports an index too many or too few.
    pub(crate) fn index_for(&mut self, name: &Name, len: u32, index: Option<&ast::Expr>) -> Option<Box<Expr>> {
        let array = len > 1 || self.is_array(name);
        match index {
            None if array => {
                let title = format!("`{}` is an array of {len}; which element?", name.text);
                let problem = Diagnostic::error(codes::BAD_ARRAY, name.span, title);
                self.r.report(problem.label("expected an index").help(format!("write {}[i]", name.text)));
                None
            }
            None => None,
            Some(index) if !array => {
                let title = format!("`{}` is no array", name.text);
                self.r.report(Diagnostic::error(codes::BAD_ARRAY, index.span, title).label("index of a single value"));
                None
            }
            Some(index) => {
                let resolved = self.integer(index);
                if let Expr::Number(at) = resolved
                    && !(0.0..f64::from(len)).contains(&at)
                {
                    let title = format!("`{}` has elements 0 to {}", name.text, len - 1);
                    let problem = Diagnostic::error(codes::BAD_ARRAY, index.span, title);
                    self.r.report(problem.label(format!("found {at}")));
                }
                Some(Box::new(resolved))
            }
        }
    }

    /// An array of length 1 is an array too; only the declaration knows.
    fn is_array(&self, name: &Name) -> bool {
        self.local_named(&name.text).is_none() && self.r.arrays.contains(&name.text)
    }

    /// Integer arithmetic of an index or a loop bound: names are truncated, `/` is C's integer division.
    pub(crate) fn integer(&mut self, expr: &ast::Expr) -> Expr {
        match &expr.kind {
            ExprKind::Number(number, _) if number.integer => Expr::Number(number.value),
            ExprKind::Variable(name)
                if self.local_named(&name.name.text).is_some_and(|id| self.integers.contains(&id)) =>
            {
                self.variable_value(name)
            }
            ExprKind::Neg(inside) => match self.integer(inside) {
                Expr::Number(value) => Expr::Number(-value),
                other => Expr::Neg(Box::new(other)),
            },
            ExprKind::Paren(inside) => self.integer(inside),
            ExprKind::Int(_) => self.expr(expr),
            ExprKind::Binary(
                operator @ (Operator::Add | Operator::Sub | Operator::Mul | Operator::Div),
                left,
                right,
            ) => {
                let left = self.integer(left);
                let right = self.integer(right);
                match (operator, left, right) {
                    (Operator::Add, Expr::Number(a), Expr::Number(b)) => Expr::Number(a + b),
                    (Operator::Sub, Expr::Number(a), Expr::Number(b)) => Expr::Number(a - b),
                    (Operator::Mul, Expr::Number(a), Expr::Number(b)) => Expr::Number(a * b),
                    (Operator::Div, Expr::Number(a), Expr::Number(b)) if b != 0.0 => Expr::Number((a / b).trunc()),
                    (Operator::Div, left, right) => Expr::IntegerDiv(Box::new(left), Box::new(right)),
                    (_, left, right) => Expr::Binary(*operator, Box::new(left), Box::new(right)),
                }
            }
            _ => Expr::Intrinsic(Intrinsic::Trunc, vec![self.expr(expr)]),
        }
    }
}

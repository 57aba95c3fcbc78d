//! LINEAR and NONLINEAR blocks: equations that hold at once (NEURON: src/nocmodl/simultan.cpp; src/scopmath/simeq.hpp
//! with its constants and its order of operations; NONLINEAR takes the iteration of derivimplicit).

use diag::{Diagnostic, Span};
use mech_abi::KernelError;

use super::{Unknown, in_symbol_order};
use crate::codes;
use crate::hir::{self, Class, Expr, Operator, Stmt, VariableId};
use crate::kir::{Binary, Intrinsic, Operand, Place};
use crate::lower::build::{Builder, Key, ONE, ZERO};
use crate::lower::stmt::{expressions, subexpressions, walk};

/// Smallest |pivot|.
const SMALLEST_PIVOT: f64 = 1e-20;

/// The LINEAR or NONLINEAR block being lowered.
#[derive(Debug, Clone)]
pub(crate) struct Equations {
    pub unknowns: Vec<Unknown>,
    linear: bool,
    /// Scratch: rows of the matrix with the right side behind them (LINEAR).
    matrix: u32,
    /// Equations met so far.
    pub row: usize,
}

/// A term of a linear equation: what it multiplies (nothing: a constant) and its factor.
type Term = (Option<Unknown>, Expr);

/// The unknowns of a block: the states it mentions, or those of SOLVEFOR.
fn unknowns(mechanism: &hir::Mechanism, solve_for: &[VariableId], body: &hir::Body) -> Vec<Unknown> {
    let mut states = Vec::new();
    let mut mention = |id: VariableId| {
        if mechanism.variable(id).class == Class::State
            && (solve_for.is_empty() || solve_for.contains(&id))
            && !states.contains(&id)
        {
            states.push(id);
        }
    };
    walk(&body.statements, &mut |stmt| {
        if let Stmt::Equation { .. } = stmt {
            expressions(stmt, &mut |expr| {
                subexpressions(expr, &mut |one| {
                    if let Expr::Variable(id, _) = one {
                        mention(*id);
                    }
                });
            });
        }
    });
    in_symbol_order(mechanism, states)
}

impl<'a> Builder<'a> {
    /// A LINEAR block: the states become the solution.
    pub(super) fn linear(&mut self, solve_for: &[VariableId], body: &'a hir::Body, span: Span) {
        let unknowns = unknowns(self.mechanism, solve_for, body);
        let n = unknowns.len();
        let matrix = self.allocate_scratch((n * (n + 1)) as u32);
        for at in 0..n * (n + 1) {
            self.store(scratch(matrix, at), ZERO);
        }
        self.run_equations(Equations { unknowns: unknowns.clone(), linear: true, matrix, row: 0 }, body, span);
        let solution = self.solve_linear(matrix, n);
        for (at, unknown) in unknowns.iter().enumerate() {
            let value = self.load("solution", scratch(solution, at));
            self.set_unknown(*unknown, value);
        }
    }

    /// The unknowns of a NONLINEAR block.
    pub(super) fn nonlinear_unknowns(&self, solve_for: &[VariableId], body: &hir::Body) -> Vec<Unknown> {
        unknowns(self.mechanism, solve_for, body)
    }

    /// Runs a NONLINEAR block: its residuals are in [`Key::Residual`].
    pub(super) fn run_nonlinear(&mut self, unknowns: &[Unknown], body: &'a hir::Body, span: Span) {
        self.run_equations(Equations { unknowns: unknowns.to_vec(), linear: false, matrix: 0, row: 0 }, body, span);
    }

    fn run_equations(&mut self, equations: Equations, body: &'a hir::Body, span: Span) {
        let n = equations.unknowns.len();
        let outer = self.equations.replace(equations);
        self.enter(body, None, &[]);
        self.statements(&body.statements);
        self.leave();
        let rows = self.equations.as_ref().map_or(0, |equations| equations.row);
        self.equations = outer;
        if rows != n && self.problems.iter().all(|one| one.code != codes::EQUATION_COUNT) {
            let title = format!("{rows} equations for {n} states");
            self.problems.push(
                Diagnostic::error(codes::EQUATION_COUNT, span, title)
                    .help("write one `~ a = b` for each state; SOLVEFOR says which states are unknown"),
            );
        }
    }

    /// `~ left = right`
    pub fn simultaneous(&mut self, left: &Expr, right: &Expr, span: Span) {
        let Some(equations) = &mut self.equations else { return };
        let (row, linear, matrix, n) = (equations.row, equations.linear, equations.matrix, equations.unknowns.len());
        equations.row += 1;
        if !linear {
            let left = self.expr(left);
            let left = self.neg(left);
            let right = self.expr(right);
            let residual = self.add(left, right);
            self.write(Key::Residual(row), residual);
            return;
        }
        if row >= n {
            return;
        }
        for (side, sign) in [(left, Binary::Sub), (right, Binary::Add)] {
            let Some(terms) = self.terms(side) else {
                if self.problems.iter().all(|one| one.code != codes::NOT_LINEAR) {
                    self.problems.push(
                        Diagnostic::error(codes::NOT_LINEAR, span, "this equation is not linear in its states")
                            .help("write the block as NONLINEAR"),
                    );
                }
                return;
            };
            for (unknown, factor) in terms {
                let value = self.expr(&factor);
                let equations = self.equations.as_ref();
                let column = unknown.and_then(|one| equations?.unknowns.iter().position(|other| *other == one));
                // Constants are on the other side, with the other sign.
                let (column, sign) = match (column, sign) {
                    (Some(column), sign) => (column, sign),
                    (None, Binary::Sub) => (n, Binary::Add),
                    (None, _) => (n, Binary::Sub),
                };
                let place = scratch(matrix, row * (n + 1) + column);
                let was = self.load("a", place.clone());
                let now = self.binary(sign, was, value);
                self.store(place, now);
            }
        }
    }

    /// An expression as a sum of factors times unknowns; none if it is not linear.
    fn terms(&self, expr: &Expr) -> Option<Vec<Term>> {
        let mut unknown = false;
        subexpressions(expr, &mut |one| unknown |= matches!(one, Expr::Variable(id, _) if self.is_unknown(*id)));
        if !unknown {
            return Some(vec![(None, expr.clone())]);
        }
        let paren = |x: Expr| Expr::Paren(Box::new(x));
        let each = |terms: Vec<Term>, change: &dyn Fn(Expr) -> Expr| -> Vec<Term> {
            terms.into_iter().map(|(unknown, factor)| (unknown, change(factor))).collect()
        };
        match expr {
            Expr::Variable(id, index) => Some(vec![(Some(self.unknown_at(*id, index.as_deref())?), Expr::Number(1.0))]),
            Expr::Paren(inside) => self.terms(inside),
            Expr::Neg(inside) => Some(each(self.terms(inside)?, &|x| Expr::Neg(Box::new(paren(x))))),
            Expr::Binary(operator @ (Operator::Add | Operator::Sub), left, right) => {
                let mut terms = self.terms(left)?;
                let right = self.terms(right)?;
                match operator {
                    Operator::Sub => terms.extend(each(right, &|x| Expr::Neg(Box::new(paren(x))))),
                    _ => terms.extend(right),
                }
                Some(terms)
            }
            Expr::Binary(Operator::Mul, left, right) => {
                let (a, b) = (self.terms(left)?, self.terms(right)?);
                let times = |x: Expr, y: Expr| Expr::Binary(Operator::Mul, Box::new(paren(x)), Box::new(paren(y)));
                match (&a[..], &b[..]) {
                    (_, [(None, factor)]) => Some(each(a.clone(), &|x| times(x, factor.clone()))),
                    ([(None, factor)], _) => Some(each(b.clone(), &|x| times(factor.clone(), x))),
                    _ => None,
                }
            }
            Expr::Binary(Operator::Div, left, right) => {
                let over = |x: Expr| Expr::Binary(Operator::Div, Box::new(paren(x)), right.clone());
                match &self.terms(right)?[..] {
                    [(None, _)] => Some(each(self.terms(left)?, &over)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn is_unknown(&self, id: VariableId) -> bool {
        self.equations.as_ref().is_some_and(|equations| equations.unknowns.iter().any(|one| one.id == id))
    }

    /// Gaussian elimination with partial pivoting; gives where the solution is.
    fn solve_linear(&mut self, matrix: u32, n: usize) -> u32 {
        let order = self.allocate_scratch(n as u32);
        let solution = self.allocate_scratch(n as u32);
        for at in 0..n {
            self.store(scratch(order, at), Operand::Const(at as f64));
        }
        let count = |at: usize| Operand::Const(at as f64);
        let last = count(n);
        let singular = self.new_local();
        self.write(singular, ZERO);
        self.count_up(ZERO, last, &mut |builder, j| {
            let (pivot, place) = (builder.new_local(), builder.new_local());
            let first = builder.load_at(order, j);
            builder.write(pivot, first);
            builder.write(place, j);
            let below = builder.add(j, ONE);
            builder.count_up(below, last, &mut |builder, i| {
                let row = builder.load_at(order, i);
                let best = builder.read(pivot);
                let (a, b) = (builder.element_at(matrix, n, best, j), builder.element_at(matrix, n, row, j));
                let (a, b) = (builder.call(Intrinsic::Fabs, vec![a]), builder.call(Intrinsic::Fabs, vec![b]));
                let larger = builder.binary(Binary::Lt, a, b);
                let best = builder.select(larger, row, best);
                builder.write(pivot, best);
                let from = builder.read(place);
                let from = builder.select(larger, i, from);
                builder.write(place, from);
            });
            let (row, from) = (builder.read(pivot), builder.read(place));
            [pivot, place].iter().for_each(|key| builder.forget(*key));
            let displaced = builder.load_at(order, j);
            builder.store_at(order, from, displaced);
            builder.store_at(order, j, row);
            let diagonal = builder.element_at(matrix, n, row, j);
            let size = builder.call(Intrinsic::Fabs, vec![diagonal]);
            let small = builder.binary(Binary::Lt, size, Operand::Const(SMALLEST_PIVOT));
            let before = builder.read(singular);
            let now = builder.either(small, before);
            builder.write(singular, now);
            let end = count(n + 1);
            builder.count_up(below, end, &mut |builder, column| {
                let a = builder.element_at(matrix, n, row, column);
                let a = builder.div(a, diagonal);
                builder.set_element_at(matrix, n, row, column, a);
            });
            builder.count_up(below, last, &mut |builder, i| {
                let other = builder.load_at(order, i);
                let factor = builder.element_at(matrix, n, other, j);
                builder.count_up(below, end, &mut |builder, column| {
                    let a = builder.element_at(matrix, n, row, column);
                    let part = builder.mul(a, factor);
                    let b = builder.element_at(matrix, n, other, column);
                    let b = builder.sub(b, part);
                    builder.set_element_at(matrix, n, other, column, b);
                });
            });
        });
        self.count_up(ZERO, last, &mut |builder, back| {
            let top = builder.sub(count(n), ONE);
            let i = builder.sub(top, back);
            let row = builder.load_at(order, i);
            let sum = builder.new_local();
            let right = builder.element_at(matrix, n, row, count(n));
            builder.write(sum, right);
            let behind = builder.add(i, ONE);
            builder.count_up(behind, last, &mut |builder, j| {
                let a = builder.element_at(matrix, n, row, j);
                let x = builder.load_at(solution, j);
                let part = builder.mul(a, x);
                let before = builder.read(sum);
                let now = builder.sub(before, part);
                builder.write(sum, now);
            });
            let value = builder.read(sum);
            builder.forget(sum);
            builder.store_at(solution, i, value);
        });
        let failed = self.read(singular);
        self.forget(singular);
        self.when(failed, |builder| builder.fail(KernelError::Singular));
        solution
    }

    /// `for (i = from; i < to; i = i + 1)`
    fn count_up(&mut self, from: Operand, to: Operand, body: &mut dyn FnMut(&mut Builder<'a>, Operand)) {
        let counter = self.new_local();
        self.write(counter, from);
        self.repeat(
            &mut |builder| {
                let i = builder.read(counter);
                builder.binary(Binary::Lt, i, to)
            },
            &mut |builder| {
                let i = builder.read(counter);
                body(builder, i);
                let next = builder.add(i, ONE);
                builder.write(counter, next);
            },
        );
        self.forget(counter);
    }

    fn load_at(&mut self, first: u32, at: Operand) -> Operand {
        let index = self.add(Operand::Const(f64::from(first)), at);
        self.load("row", Place::Scratch(index))
    }

    fn store_at(&mut self, first: u32, at: Operand, value: Operand) {
        let index = self.add(Operand::Const(f64::from(first)), at);
        self.store(Place::Scratch(index), value);
    }

    fn index_at(&mut self, matrix: u32, n: usize, row: Operand, column: Operand) -> Operand {
        let start = self.mul(row, Operand::Const((n + 1) as f64));
        let start = self.add(Operand::Const(f64::from(matrix)), start);
        self.add(start, column)
    }

    fn element_at(&mut self, matrix: u32, n: usize, row: Operand, column: Operand) -> Operand {
        let index = self.index_at(matrix, n, row, column);
        self.load("a", Place::Scratch(index))
    }

    fn set_element_at(&mut self, matrix: u32, n: usize, row: Operand, column: Operand, value: Operand) {
        let index = self.index_at(matrix, n, row, column);
        self.store(Place::Scratch(index), value);
    }
}

fn scratch(first: u32, at: usize) -> Place {
    Place::Scratch(Operand::Const((first as usize + at) as f64))
}

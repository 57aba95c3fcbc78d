//! METHOD cnexp: each equation is solved exactly over the step as if it were linear in its own state with constant
//! coefficients; equations are updated one after the other (NEURON: src/nocmodl/deriv.cpp, cvode_cnexp_success).

use super::Unknown;
use super::symbolic::{Analysis, analyse};
use crate::hir::{self, Expr, Stmt, Target};
use crate::kir::{Intrinsic, Operand};
use crate::lower::build::{Builder, ONE, ZERO};
use crate::lower::stmt::{subexpressions, walk};

/// Whether every equation of the block can be differentiated; otherwise the whole block is solved by derivimplicit.
pub(super) fn is_solvable(body: &hir::Body) -> bool {
    let mut solvable = true;
    walk(&body.statements, &mut |stmt| {
        if let Stmt::Derivative { state: Target::Variable(id, index), value, .. } = stmt {
            solvable &= analyse(value, *id).differentiable;
            // The analysis does not tell elements apart: no other may be in the equation.
            subexpressions(value, &mut |one| {
                solvable &= !matches!(one, Expr::Variable(other, at) if other == id && at != index);
            });
        }
    });
    solvable
}

impl<'a> Builder<'a> {
    /// `s' = value`: `s = s + (1. - exp(dt*(DE)))*(- ( B ) / ( DE ) - s)`.
    pub(super) fn cnexp(&mut self, state: Unknown, value: &Expr) {
        let Analysis { derivative, rest, linear, .. } = analyse(value, state.id);
        self.begin_memo();
        let s = self.unknown(state);
        let dt = self.time_step();
        let new = match derivative {
            None => {
                let b = rest.map_or(ZERO, |rest| self.expr(&rest));
                let b = self.neg(b);
                let change = self.mul(dt, b);
                self.sub(s, change)
            }
            Some(derivative) => {
                let rate = self.expr(&derivative);
                let gain = self.gain(dt, rate);
                let distance = if linear {
                    let target = self.target(rest.as_ref(), rate);
                    self.sub(target, s)
                } else {
                    self.neg(s)
                };
                let change = self.mul(gain, distance);
                self.add(s, change)
            }
        };
        self.end_memo();
        self.set_unknown(state, new);
    }

    /// `1. - exp(dt*rate)`
    pub(super) fn gain(&mut self, dt: Operand, rate: Operand) -> Operand {
        let exponent = self.mul(dt, rate);
        let decay = self.call(Intrinsic::Exp, vec![exponent]);
        self.sub(ONE, decay)
    }

    /// `- ( rest ) / ( rate )`
    pub(super) fn target(&mut self, rest: Option<&Expr>, rate: Operand) -> Operand {
        let rest = rest.map_or(ZERO, |rest| self.expr(rest));
        let rest = self.neg(rest);
        self.div(rest, rate)
    }
}

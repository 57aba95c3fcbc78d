//! SOLVE: from the equations of DERIVATIVE and KINETIC blocks to straight code, one file for each METHOD.

mod cnexp;
mod derivimplicit;
mod elimination;
mod explicit;
mod jump;
pub(crate) mod simultaneous;
pub(crate) mod sparse;
mod symbolic;
#[cfg(test)]
mod tests;
mod unknown;

use diag::Diagnostic;

pub(crate) use self::unknown::Unknown;
use self::unknown::{in_symbol_order, states_of};
use crate::codes;
use crate::hir::{self, Method, Solve, Solved, Stmt, Target, VariableId};
use crate::kir::{Operand, Uniform};
use crate::lower::build::{Builder, Key};

/// What an equation `x' = …` of the block being lowered becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Equation {
    /// The update of METHOD cnexp.
    Cnexp,
    /// Only the derivative, kept as a temporary.
    Derivative,
    /// The response to a jump of one state.
    Response(VariableId),
}

/// How a SOLVE is really done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Call,
    Evaluate,
    Cnexp,
    DerivImplicit,
    Euler,
    Runge,
    Sparse,
    Linear,
    Nonlinear,
}

impl<'a> Builder<'a> {
    fn way(&self, solve: &Solve) -> Way {
        match (&self.mechanism.solved[solve.what.0 as usize], solve.method) {
            (Solved::Procedure(_), _) => Way::Call,
            (Solved::Kinetic { .. }, _) => Way::Sparse,
            (Solved::Equations { linear: true, .. }, _) => Way::Linear,
            (Solved::Equations { linear: false, .. }, _) => Way::Nonlinear,
            (Solved::Derivative { body, .. }, Method::Cnexp) if cnexp::is_solvable(body) => Way::Cnexp,
            (Solved::Derivative { .. }, Method::None) => Way::Evaluate,
            (Solved::Derivative { .. }, Method::Euler) => Way::Euler,
            (Solved::Derivative { .. }, Method::Runge) => Way::Runge,
            (Solved::Derivative { .. }, _) => Way::DerivImplicit,
        }
    }

    /// Whether the method halves dt when secondorder is not 0.
    pub fn takes_half_steps(&self, solve: &Solve) -> bool {
        matches!(self.way(solve), Way::DerivImplicit | Way::Euler | Way::Sparse)
    }

    /// A SOLVE where it stands; implicit methods extrapolate if secondorder is not 0.
    pub fn solve(&mut self, solve: &Solve) {
        let solved = &self.mechanism.solved[solve.what.0 as usize];
        if self.solving {
            let title = "a SOLVE inside a block that is itself being solved";
            self.problems.push(Diagnostic::error(codes::SOLVE_INSIDE_SOLVE, solve.span, title));
            return;
        }
        let way = self.way(solve);
        if solve.steady_state && way == Way::DerivImplicit {
            self.problems.push(
                Diagnostic::warning(codes::STEADY_STATE_METHOD, solve.span, "NEURON does not reach this steady state")
                    .label("its STEADYSTATE derivimplicit takes a step of 1e-9 ms; here it is one of 1e9 ms")
                    .help("for NEURON set the states to their steady values in INITIAL, or write the block as KINETIC"),
            );
        }
        self.solving = way != Way::Call;
        let rates: Vec<(Unknown, Operand)> = match (way, solved) {
            (Way::Call, Solved::Procedure(id)) => {
                self.inline(*id, &[]);
                Vec::new()
            }
            (Way::Cnexp, Solved::Derivative { body, .. }) => {
                self.equations(body, Equation::Cnexp);
                Vec::new()
            }
            (Way::Evaluate, Solved::Derivative { body, .. }) => {
                self.equations(body, Equation::Derivative);
                Vec::new()
            }
            (Way::Euler, Solved::Derivative { body, .. }) => self.euler(body),
            (Way::Runge, Solved::Derivative { body, .. }) => self.runge(body),
            (Way::DerivImplicit, Solved::Derivative { body, .. }) if solve.steady_state => {
                let step = self.step.replace(Operand::Const(sparse::STEADY_STEP));
                let rates = self.derivimplicit(body);
                self.step = step;
                rates
            }
            (Way::DerivImplicit, Solved::Derivative { body, .. }) => self.derivimplicit(body),
            (Way::Sparse, Solved::Kinetic { body, solve_for, .. }) => self.sparse(solve_for, body, solve.steady_state),
            (Way::Linear, Solved::Equations { body, solve_for, .. }) => {
                self.linear(solve_for, body, solve.span);
                Vec::new()
            }
            (Way::Nonlinear, Solved::Equations { body, solve_for, .. }) => {
                self.nonlinear(solve_for, body, solve.span);
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.solving = false;
        if rates.is_empty() || solve.steady_state {
            return;
        }
        let second_order = self.uniform(Uniform::SecondOrder);
        self.when(second_order, |builder| {
            let dt = builder.time_step();
            for (unknown, rate) in rates {
                let state = builder.unknown(unknown);
                let change = builder.mul(dt, rate);
                let state = builder.add(state, change);
                builder.set_unknown(unknown, state);
            }
        });
    }

    fn equations(&mut self, body: &'a hir::Body, equation: Equation) {
        let before = self.equation.replace(equation);
        self.enter(body, None, &[]);
        self.statements(&body.statements);
        self.leave();
        self.equation = before;
    }

    /// `x' = value`
    pub fn derivative(&mut self, stmt: &Stmt) {
        let Stmt::Derivative { state, value, span } = stmt else { return };
        let unknown = match state {
            Target::Variable(id, index) => self.unknown_at(*id, index.as_deref()),
            Target::Local(..) => None,
        };
        let Some(unknown) = unknown else {
            if self.problems.iter().all(|one| one.code != codes::ARRAY_EQUATION) {
                self.problems.push(
                    Diagnostic::error(codes::ARRAY_EQUATION, *span, "which element has this equation is not known")
                        .help("index with numbers, or with the variable of a FROM loop that has constant bounds"),
                );
            }
            return;
        };
        match self.equation {
            Some(Equation::Cnexp) => self.cnexp(unknown, value),
            Some(Equation::Response(jumped)) => self.response(unknown.id, value, jumped),
            Some(Equation::Derivative) | None => {
                let rate = self.expr(value);
                self.write(Key::Rate(unknown), rate);
            }
        }
    }
}

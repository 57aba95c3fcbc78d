//! SOLVE: from the equations of DERIVATIVE and KINETIC blocks to straight code, one file for each METHOD.

mod cnexp;
mod derivimplicit;
mod elimination;
mod jump;
pub(crate) mod sparse;
mod symbolic;
#[cfg(test)]
mod tests;

use diag::Diagnostic;

use self::sparse::Unknown;
use crate::codes;
use crate::hir::{self, Method, Solve, Solved, Stmt, Target, VariableId};
use crate::kir::{Operand, Uniform};
use crate::lower::build::{Builder, Key};
use crate::lower::stmt::walk;

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
    Sparse,
}

/// The states of a DERIVATIVE block in order of their equations.
pub(crate) fn states_of(body: &hir::Body) -> Vec<VariableId> {
    let mut states = Vec::new();
    walk(&body.statements, &mut |stmt| {
        if let Stmt::Derivative { state: Target::Variable(id, _), .. } = stmt
            && !states.contains(id)
        {
            states.push(*id);
        }
    });
    states
}

impl<'a> Builder<'a> {
    fn way(&self, solve: &Solve) -> Way {
        match (&self.mechanism.solved[solve.what.0 as usize], solve.method) {
            (Solved::Procedure(_), _) => Way::Call,
            (Solved::Kinetic { .. }, _) => Way::Sparse,
            (Solved::Derivative { body, .. }, Method::Cnexp) if cnexp::is_solvable(body) => Way::Cnexp,
            (Solved::Derivative { .. }, Method::None) => Way::Evaluate,
            (Solved::Derivative { .. }, Method::Euler) => Way::Euler,
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
        if solve.steady_state && way != Way::Sparse && way != Way::Call {
            self.problems.push(
                Diagnostic::error(codes::STEADY_STATE_METHOD, solve.span, "STEADYSTATE works for KINETIC blocks only")
                    .label("NEURON refuses this or leaves the states where they were")
                    .help("set the states to their steady values in INITIAL, or write the block as KINETIC"),
            );
            return;
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
            (Way::Euler, Solved::Derivative { body, .. }) => scalar(self.euler(body)),
            (Way::DerivImplicit, Solved::Derivative { body, .. }) => scalar(self.derivimplicit(body)),
            (Way::Sparse, Solved::Kinetic { body, .. }) => self.sparse(body, solve.steady_state),
            _ => Vec::new(),
        };
        self.solving = false;
        if rates.is_empty() {
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

    /// METHOD euler: all derivatives first, then all states.
    fn euler(&mut self, body: &'a hir::Body) -> Vec<(VariableId, Operand)> {
        self.equations(body, Equation::Derivative);
        let dt = self.time_step();
        let mut rates = Vec::new();
        for id in states_of(body) {
            let rate = self.read(Key::Rate(id));
            let change = self.mul(dt, rate);
            let state = self.variable(id, None);
            let state = self.add(state, change);
            self.assign_variable(id, None, state);
            rates.push((id, rate));
        }
        rates
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
        let Target::Variable(id, None) = state else {
            self.problems.push(
                Diagnostic::error(codes::ARRAY_EQUATION, *span, "an array cannot have a differential equation")
                    .help("use one scalar STATE for each element, or a KINETIC block"),
            );
            return;
        };
        match self.equation {
            Some(Equation::Cnexp) => self.cnexp(*id, value),
            Some(Equation::Response(jumped)) => self.response(*id, value, jumped),
            Some(Equation::Derivative) | None => {
                let rate = self.expr(value);
                self.write(Key::Rate(*id), rate);
            }
        }
    }
}

fn scalar(rates: Vec<(VariableId, Operand)>) -> Vec<(Unknown, Operand)> {
    rates.into_iter().map(|(id, rate)| (Unknown { id, element: None }, rate)).collect()
}

//! SOLVE: from the equations of DERIVATIVE and KINETIC blocks to straight code, one file for each METHOD.

mod cnexp;
pub(crate) mod sparse;
mod symbolic;

use diag::Diagnostic;

use crate::codes;
use crate::hir::{self, Expr, Method, Solve, Solved, Stmt, Target, VariableId};
use crate::kir::Operand;
use crate::lower::build::Builder;
use crate::lower::stmt::walk;

/// What an equation `x' = …` of the block being lowered becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Equation {
    /// The update of METHOD cnexp.
    Cnexp,
    /// Only the derivative, kept as a temporary.
    Derivative,
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

    /// A SOLVE of BREAKPOINT.
    pub fn solve_and_extrapolate(&mut self, solve: &Solve) {
        self.solve(solve);
    }

    /// A SOLVE where it stands.
    pub fn solve(&mut self, solve: &Solve) {
        let solved = &self.mechanism.solved[solve.what.0 as usize];
        match (self.way(solve), solved) {
            (Way::Call, Solved::Procedure(id)) => {
                self.inline(*id, &[]);
            }
            (Way::Cnexp, Solved::Derivative { body, .. }) => self.equations(body, Equation::Cnexp),
            (Way::Evaluate, Solved::Derivative { body, .. }) => self.equations(body, Equation::Derivative),
            _ => self.problems.push(Diagnostic::error("M0410", solve.span, "this method is not done yet")),
        }
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
            Some(Equation::Derivative) | None => {
                let rate = self.expr(value);
                self.rates.insert(*id, rate);
            }
        }
    }

    /// An assignment in NET_RECEIVE; true if it was done as a jump of a state.
    pub fn jump(&mut self, _target: &Target, _value: &Expr) -> bool {
        false
    }

    /// A statement of a KINETIC block.
    pub fn reaction(&mut self, _stmt: &Stmt) {}
}

#[allow(dead_code, reason = "used by the implicit methods")]
fn unused(_: Operand) {}

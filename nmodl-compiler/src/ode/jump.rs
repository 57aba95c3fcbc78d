//! Jumps of states in NET_RECEIVE while NEURON's nrn_netrec_state_adjust is on: the jump is aged by half a step, so
//! that an event in the middle of a step has second-order effect (NEURON: src/nocmodl/nocpout.cpp, netrec_discon).

use super::Equation;
use super::symbolic::analyse;
use super::{Unknown, Way};
use crate::hir::{self, Class, Expr, Solved, Stmt, Target, VariableId};
use crate::kir::{Operand, Uniform};
use crate::lower::build::{Builder, Key, ONE, ZERO};
use crate::lower::stmt::{expressions, subexpressions, walk};

impl<'a> Builder<'a> {
    /// An assignment in NET_RECEIVE; false if its target is no solved scalar state, and nothing was done.
    pub fn jump(&mut self, target: &Target, value: &Expr) -> bool {
        let Target::Variable(id, None) = target else { return false };
        let mechanism = self.mechanism;
        if mechanism.variable(*id).class != Class::State {
            return false;
        }
        let found = mechanism.solves.iter().find_map(|solve| {
            let solved = &mechanism.solved[solve.what.0 as usize];
            match solved {
                Solved::Derivative { body, .. } if is_state_of(body, *id) => Some((self.way(solve), body, &[][..])),
                Solved::Kinetic { body, solve_for, .. } if reacts(body, *id) => {
                    Some((Way::Sparse, body, &solve_for[..]))
                }
                _ => None,
            }
        });
        let Some((way, body, solve_for)) = found else { return false };
        if matches!(way, Way::Call | Way::Evaluate | Way::Euler | Way::Runge) {
            return false;
        }
        let key = Key::Variable(*id);
        let adjust = self.uniform(Uniform::StateAdjust);
        self.branch(
            adjust,
            |builder| match own_equation(body, *id).filter(|_| way == Way::Cnexp) {
                Some(equation) => {
                    let (state, primary) = builder.primary(*id, value);
                    let analysis = analyse(equation, *id);
                    let rate = analysis.derivative.map_or(ZERO, |derivative| builder.expr(&derivative));
                    let dt = builder.time_step();
                    let half = builder.mul(Operand::Const(0.5), dt);
                    let gain = builder.gain(half, rate);
                    let goal = builder.target(analysis.rest.as_ref(), rate);
                    let distance = builder.sub(goal, primary);
                    let change = builder.mul(gain, distance);
                    let primary = builder.add(primary, change);
                    let state = builder.add(state, primary);
                    builder.write(key, state);
                }
                None => builder.general_jump(way, solve_for, body, *id, value),
            },
            |builder| {
                let value = builder.expr(value);
                builder.write(key, value);
            },
        );
        true
    }

    /// The state before the jump, and the jump.
    fn primary(&mut self, id: VariableId, value: &Expr) -> (Operand, Operand) {
        let state = self.variable(id, None);
        let value = self.expr(value);
        let primary = self.sub(value, state);
        (state, primary)
    }

    /// The response of the linearised block over half a step.
    fn general_jump(&mut self, way: Way, solve_for: &[VariableId], body: &'a hir::Body, id: VariableId, value: &Expr) {
        let (_, jump) = self.primary(id, value);
        let outer_step = self.step;
        let dt = self.time_step();
        self.step = Some(self.mul(dt, Operand::Const(0.5)));
        self.jumps = false;
        if way == Way::Sparse {
            self.kinetic_response(solve_for, body, id, jump);
        } else {
            self.write(Key::Rate(Unknown { id, element: None }), jump);
            self.equations(body, Equation::Response(id));
            let change = self.read(Key::Rate(Unknown { id, element: None }));
            let state = self.variable(id, None);
            let state = self.add(state, change);
            self.write(Key::Variable(id), state);
        }
        self.jumps = true;
        self.step = outer_step;
    }

    /// `D = D / (1. - dt*( derivative ))` for the state that jumped; the others do not change.
    pub(super) fn response(&mut self, id: VariableId, value: &Expr, jumped: VariableId) {
        if id != jumped {
            return;
        }
        let rate = analyse(value, id).derivative.map_or(ZERO, |derivative| self.expr(&derivative));
        let dt = self.time_step();
        let part = self.mul(dt, rate);
        let divisor = self.sub(ONE, part);
        let jump = self.read(Key::Rate(Unknown { id, element: None }));
        let change = self.div(jump, divisor);
        self.write(Key::Rate(Unknown { id, element: None }), change);
    }
}

/// The right-hand side of a state's equation, if it stands alone and mentions no LOCAL.
fn own_equation(body: &hir::Body, id: VariableId) -> Option<&Expr> {
    let mut found = None;
    walk(&body.statements, &mut |stmt| {
        if let Stmt::Derivative { state: Target::Variable(state, _), value, .. } = stmt
            && *state == id
        {
            found = Some(value);
        }
    });
    let mut has_local = false;
    subexpressions(found?, &mut |one| has_local |= matches!(one, Expr::Local(..)));
    found.filter(|_| !has_local)
}

/// Whether a state has an equation in the block.
fn is_state_of(body: &hir::Body, id: VariableId) -> bool {
    let mut found = false;
    walk(&body.statements, &mut |stmt| {
        found |= matches!(stmt, Stmt::Derivative { state: Target::Variable(one, _), .. } if *one == id);
    });
    found
}

fn reacts(body: &hir::Body, id: VariableId) -> bool {
    let mut found = false;
    let is = |target: &Target| matches!(target, Target::Variable(one, None) if *one == id);
    walk(&body.statements, &mut |stmt| match stmt {
        Stmt::Reaction { left, right, .. } => found |= left.iter().chain(right).any(|(_, target)| is(target)),
        Stmt::Conserve { sum, .. } => found |= sum.iter().any(|(_, target)| is(target)),
        Stmt::Flux { state, .. } => found |= is(state),
        _ => expressions(stmt, &mut |_| ()),
    });
    found
}

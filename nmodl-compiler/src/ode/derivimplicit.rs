//! METHOD derivimplicit: backward Euler, solved by Newton's method with a numerical Jacobian (NEURON:
//! src/scopmath/newton_thread.hpp and crout_thread.hpp, with their constants and their order of operations).

use diag::Span;
use mech_abi::KernelError;

use super::{Equation, Unknown};
use crate::hir;
use crate::kir::{Binary, Intrinsic, Operand, Place};
use crate::lower::build::{Builder, Key, ONE, ZERO};

const MAX_ITERATIONS: f64 = 50.0;
/// The Jacobian is made anew when the states changed by more than this fraction.
const MAX_CHANGE: f64 = 0.05;
const CONVERGED: f64 = 1e-6;
const NEARLY_ZERO: f64 = 1e-8;
const SMALLEST_STEP: f64 = 1e-6;
const SMALLEST_PIVOT: f64 = 1e-20;

/// What must become 0.
enum Goal {
    /// Derivative - (state - old) / dt, with the old states.
    Step(Vec<Operand>),
    /// Right minus left side of the equations of a NONLINEAR block, SOLVEd here.
    Equations(Span),
}

/// Where the parts of one solve are.
struct Newton<'b> {
    body: &'b hir::Body,
    states: Vec<Unknown>,
    goal: Goal,
    /// Residuals of the last evaluation.
    residual: Vec<Key>,
    /// Row numbers in the order of elimination.
    order: Vec<Key>,
    /// Scratch: Jacobian, row by row.
    jacobian: u32,
    /// Scratch: residuals at the higher state.
    high: u32,
}

impl Newton<'_> {
    fn n(&self) -> usize {
        self.states.len()
    }
}

impl<'a> Builder<'a> {
    /// One step; gives the states with their final derivatives.
    pub(super) fn derivimplicit(&mut self, body: &'a hir::Body) -> Vec<(Unknown, Operand)> {
        let states = super::states_of(self.mechanism, body);
        let old = states.iter().map(|unknown| self.unknown(*unknown)).collect();
        self.newton(body, states.clone(), Goal::Step(old));
        states.into_iter().map(|unknown| (unknown, self.read(Key::Rate(unknown)))).collect()
    }

    /// A NONLINEAR block, from the present states.
    pub(super) fn nonlinear(&mut self, solve_for: &[hir::VariableId], body: &'a hir::Body, span: Span) {
        let states = self.nonlinear_unknowns(solve_for, body);
        self.newton(body, states, Goal::Equations(span));
    }

    fn newton(&mut self, body: &'a hir::Body, states: Vec<Unknown>, goal: Goal) {
        let n = states.len();
        let newton = Newton {
            body,
            goal,
            residual: states.iter().map(|_| self.new_local()).collect(),
            order: states.iter().map(|_| self.new_local()).collect(),
            jacobian: self.allocate_scratch((n * n) as u32),
            high: self.allocate_scratch(n as u32),
            states,
        };
        let (count, change, done) = (self.new_local(), self.new_local(), self.new_local());
        self.write(count, ZERO);
        self.write(change, ONE);
        self.write(done, ZERO);
        newton.residual.iter().chain(&newton.order).for_each(|key| self.write(*key, ZERO));
        self.repeat(
            &mut |builder| {
                let done = builder.read(done);
                builder.not(done)
            },
            &mut |builder| builder.newton_round(&newton, count, change, done),
        );
        [count, change, done].iter().chain(&newton.residual).chain(&newton.order).for_each(|key| self.forget(*key));
    }

    fn newton_round(&mut self, newton: &Newton<'a>, count: Key, change: Key, done: Key) {
        let singular = self.new_local();
        self.write(singular, ZERO);
        let rounds = self.read(count);
        let rounds = self.add(rounds, ONE);
        self.write(count, rounds);
        let last_change = self.read(change);
        let stale = self.binary(Binary::Gt, last_change, Operand::Const(MAX_CHANGE));
        self.when(stale, |builder| {
            builder.build_jacobian(newton);
            for key in &newton.residual {
                let value = builder.read(*key);
                let value = builder.neg(value);
                builder.write(*key, value);
            }
            builder.factorise(newton, singular);
        });
        let failed = self.read(singular);
        self.branch(
            failed,
            |builder| {
                builder.fail(KernelError::Singular);
                builder.write(done, ONE);
            },
            |builder| builder.take_step(newton, rounds, change, done),
        );
        self.forget(singular);
    }

    fn take_step(&mut self, newton: &Newton<'a>, rounds: Operand, change: Key, done: Key) {
        let delta = self.substitute(newton);
        let mut largest = ZERO;
        for (unknown, delta) in newton.states.iter().zip(&delta) {
            let x = self.unknown(*unknown);
            let size = self.call(Intrinsic::Fabs, vec![x]);
            let counts = self.binary(Binary::Gt, size, Operand::Const(NEARLY_ZERO));
            let relative = self.div(*delta, x);
            let relative = self.call(Intrinsic::Fabs, vec![relative]);
            let larger = self.binary(Binary::Gt, relative, largest);
            let larger = self.select(counts, larger, ZERO);
            largest = self.select(larger, relative, largest);
            let x = self.add(x, *delta);
            self.set_unknown(*unknown, x);
        }
        self.write(change, largest);
        self.residuals(newton);
        let mut deviation = ZERO;
        for key in &newton.residual {
            let value = self.read(*key);
            let value = self.neg(value);
            self.write(*key, value);
            let size = self.call(Intrinsic::Fabs, vec![value]);
            let larger = self.binary(Binary::Gt, size, deviation);
            deviation = self.select(larger, size, deviation);
        }
        let still = self.binary(Binary::Le, largest, Operand::Const(CONVERGED));
        let close = self.binary(Binary::Le, deviation, Operand::Const(NEARLY_ZERO));
        let converged = self.select(still, close, ZERO);
        let last = self.binary(Binary::Ge, rounds, Operand::Const(MAX_ITERATIONS));
        let given_up = self.select(converged, ZERO, last);
        self.when(given_up, |builder| builder.fail(KernelError::NotConverged));
        let finished = self.either(converged, last);
        self.write(done, finished);
    }

    /// Evaluates the block: how far the goal is.
    fn residuals(&mut self, newton: &Newton<'a>) {
        let old = match &newton.goal {
            Goal::Step(old) => old,
            Goal::Equations(span) => {
                self.run_nonlinear(&newton.states, newton.body, *span);
                for (at, key) in newton.residual.iter().enumerate() {
                    let value = self.read(Key::Residual(at));
                    self.forget(Key::Residual(at));
                    self.write(*key, value);
                }
                return;
            }
        };
        self.equations(newton.body, Equation::Derivative);
        let dt = self.time_step();
        for (at, unknown) in newton.states.iter().enumerate() {
            let rate = self.read(Key::Rate(*unknown));
            let x = self.unknown(*unknown);
            let change = self.sub(x, old[at]);
            let mean = self.div(change, dt);
            let residual = self.sub(rate, mean);
            self.write(newton.residual[at], residual);
        }
    }

    /// Central differences. The block stands once in a loop over three phases for each column: up, down, back.
    fn build_jacobian(&mut self, newton: &Newton<'a>) {
        let n = newton.n();
        let (column, phase, increment) = (self.new_local(), self.new_local(), self.new_local());
        [column, phase, increment].iter().for_each(|key| self.write(*key, ZERO));
        self.repeat(
            &mut |builder| {
                let column = builder.read(column);
                builder.binary(Binary::Lt, column, Operand::Const(n as f64))
            },
            &mut |builder| {
                let (j, at) = (builder.read(column), builder.read(phase));
                let up = builder.binary(Binary::Eq, at, ZERO);
                let down = builder.binary(Binary::Eq, at, ONE);
                let is_column: Vec<Operand> =
                    (0..n).map(|i| builder.binary(Binary::Eq, j, Operand::Const(i as f64))).collect();
                let mut x = ZERO;
                for (unknown, is_column) in newton.states.iter().zip(&is_column) {
                    let value = builder.unknown(*unknown);
                    x = builder.select(*is_column, value, x);
                }
                let part = builder.mul(Operand::Const(0.02), x);
                let part = builder.call(Intrinsic::Fabs, vec![part]);
                let enough = builder.binary(Binary::Gt, part, Operand::Const(SMALLEST_STEP));
                let fresh = builder.select(enough, part, Operand::Const(SMALLEST_STEP));
                let kept = builder.read(increment);
                let h = builder.select(up, fresh, kept);
                builder.write(increment, h);
                let double = builder.mul(Operand::Const(2.0), h);
                let back = builder.neg(double);
                let shift = builder.select(down, back, h);
                for (unknown, is_column) in newton.states.iter().zip(&is_column) {
                    let value = builder.unknown(*unknown);
                    let moved = builder.add(value, shift);
                    let value = builder.select(*is_column, moved, value);
                    builder.set_unknown(*unknown, value);
                }
                builder.residuals(newton);
                let values: Vec<Operand> = newton.residual.iter().map(|key| builder.read(*key)).collect();
                let high = |i: usize| Place::Scratch(Operand::Const((newton.high as usize + i) as f64));
                builder.when(up, |builder| {
                    values.iter().enumerate().for_each(|(i, value)| builder.store(high(i), *value));
                });
                builder.when(down, |builder| {
                    for (i, low) in values.iter().enumerate() {
                        let above = builder.load("high", high(i));
                        let rise = builder.sub(above, *low);
                        let slope = builder.div(rise, double);
                        let row = Operand::Const((newton.jacobian as usize + i * n) as f64);
                        let index = builder.add(row, j);
                        builder.store(Place::Scratch(index), slope);
                    }
                });
                let next = builder.add(at, ONE);
                let wraps = builder.binary(Binary::Gt, next, Operand::Const(2.0));
                let next = builder.select(wraps, ZERO, next);
                builder.write(phase, next);
                let following = builder.add(j, ONE);
                let j = builder.select(wraps, following, j);
                builder.write(column, j);
            },
        );
        [column, phase, increment].iter().for_each(|key| self.forget(*key));
    }

    /// Element of the Jacobian in a row that is known at run time.
    fn jacobian_place(&mut self, newton: &Newton<'a>, row: Operand, column: usize) -> Place {
        let stride = self.mul(row, Operand::Const(newton.n() as f64));
        let first = Operand::Const((newton.jacobian as usize + column) as f64);
        Place::Scratch(self.add(first, stride))
    }

    fn entry(&mut self, newton: &Newton<'a>, row: Operand, column: usize) -> Operand {
        let place = self.jacobian_place(newton, row, column);
        self.load("a", place)
    }

    /// Crout's factorisation with implicit equilibration and partial pivoting, in place.
    fn factorise(&mut self, newton: &Newton<'a>, singular: Key) {
        let n = newton.n();
        let mut order: Vec<Operand> = (0..n).map(|i| Operand::Const(i as f64)).collect();
        let row_max = self.largest_entries(newton);
        for r in 0..n {
            for row in &order[r..] {
                let sum = self.partial_sum(newton, *row, r, &order[..r]);
                let a = self.entry(newton, *row, r);
                let a = self.sub(a, sum);
                let place = self.jacobian_place(newton, *row, r);
                self.store(place, a);
            }
            let mut pivot = order[r];
            // The last row has no rival.
            let mut best = if r + 1 < n { self.equilibrated(newton, pivot, r, row_max) } else { ZERO };
            let mut from = Operand::Const(r as f64);
            for (i, row) in order.iter().enumerate().skip(r + 1) {
                let size = self.equilibrated(newton, *row, r, row_max);
                let better = self.binary(Binary::Gt, size, best);
                pivot = self.select(better, *row, pivot);
                from = self.select(better, Operand::Const(i as f64), from);
                best = self.select(better, size, best);
            }
            let displaced = order[r];
            order[r] = pivot;
            for (i, row) in order.iter_mut().enumerate().skip(r + 1) {
                let here = self.binary(Binary::Eq, from, Operand::Const(i as f64));
                *row = self.select(here, displaced, *row);
            }
            let diagonal = self.entry(newton, pivot, r);
            let size = self.call(Intrinsic::Fabs, vec![diagonal]);
            let small = self.binary(Binary::Lt, size, Operand::Const(SMALLEST_PIVOT));
            let before = self.read(singular);
            let now = self.either(small, before);
            self.write(singular, now);
            for column in r + 1..n {
                let sum = self.partial_sum(newton, pivot, column, &order[..r]);
                let a = self.entry(newton, pivot, column);
                let a = self.sub(a, sum);
                let a = self.div(a, diagonal);
                let place = self.jacobian_place(newton, pivot, column);
                self.store(place, a);
            }
        }
        for (key, row) in newton.order.iter().zip(order) {
            self.write(*key, row);
        }
    }

    /// The first entry of largest size in each row, kept in scratch memory; gives the first index.
    fn largest_entries(&mut self, newton: &Newton<'a>) -> u32 {
        let n = newton.n();
        let first = self.allocate_scratch(n as u32);
        for i in 0..n {
            let row = Operand::Const(i as f64);
            let mut largest = self.entry(newton, row, 0);
            for column in 1..n {
                let other = self.entry(newton, row, column);
                let (a, b) = (self.call(Intrinsic::Fabs, vec![other]), self.call(Intrinsic::Fabs, vec![largest]));
                let larger = self.binary(Binary::Gt, a, b);
                largest = self.select(larger, other, largest);
            }
            self.store(Place::Scratch(Operand::Const((first as usize + i) as f64)), largest);
        }
        first
    }

    fn equilibrated(&mut self, newton: &Newton<'a>, row: Operand, column: usize, row_max: u32) -> Operand {
        let a = self.entry(newton, row, column);
        let index = self.add(Operand::Const(f64::from(row_max)), row);
        let largest = self.load("largest", Place::Scratch(index));
        let relative = self.div(a, largest);
        self.call(Intrinsic::Fabs, vec![relative])
    }

    /// Sum over k of a[row][k] * a[order[k]][column].
    fn partial_sum(&mut self, newton: &Newton<'a>, row: Operand, column: usize, order: &[Operand]) -> Operand {
        let mut sum = ZERO;
        for (k, other) in order.iter().enumerate() {
            let (a, b) = (self.entry(newton, row, k), self.entry(newton, *other, column));
            let part = self.mul(a, b);
            sum = self.add(sum, part);
        }
        sum
    }

    /// Forward and back substitution of the (negated) residuals.
    fn substitute(&mut self, newton: &Newton<'a>) -> Vec<Operand> {
        let n = newton.n();
        let order: Vec<Operand> = newton.order.iter().map(|key| self.read(*key)).collect();
        let residual: Vec<Operand> = newton.residual.iter().map(|key| self.read(*key)).collect();
        let mut x: Vec<Operand> = Vec::new();
        for (i, row) in order.iter().enumerate() {
            let mut b = residual[0];
            for (at, value) in residual.iter().enumerate().skip(1) {
                let here = self.binary(Binary::Eq, *row, Operand::Const(at as f64));
                b = self.select(here, *value, b);
            }
            let mut sum = ZERO;
            for (j, known) in x.iter().enumerate() {
                let a = self.entry(newton, *row, j);
                let part = self.mul(a, *known);
                sum = self.add(sum, part);
            }
            let top = self.sub(b, sum);
            let diagonal = self.entry(newton, *row, i);
            x.push(self.div(top, diagonal));
        }
        for i in (0..n).rev() {
            let mut sum = ZERO;
            for (j, known) in x.iter().enumerate().skip(i + 1) {
                let a = self.entry(newton, order[i], j);
                let part = self.mul(a, *known);
                sum = self.add(sum, part);
            }
            x[i] = self.sub(x[i], sum);
        }
        x
    }
}

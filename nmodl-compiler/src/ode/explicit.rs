//! METHODs euler and runge: derivatives first, then states (NEURON: src/scopmath/euler.hpp and runge.hpp, with their
//! order of operations).

use super::{Equation, Unknown, states_of};
use crate::hir;
use crate::kir::{Operand, Uniform};
use crate::lower::build::{Builder, Key};

impl<'a> Builder<'a> {
    /// METHOD euler: all derivatives first, then all states.
    pub(super) fn euler(&mut self, body: &'a hir::Body) -> Vec<(Unknown, Operand)> {
        self.equations(body, Equation::Derivative);
        let dt = self.time_step();
        let mut rates = Vec::new();
        for unknown in states_of(self.mechanism, body) {
            let rate = self.read(Key::Rate(unknown));
            let change = self.mul(dt, rate);
            let state = self.unknown(unknown);
            let state = self.add(state, change);
            self.set_unknown(unknown, state);
            rates.push((unknown, rate));
        }
        rates
    }

    /// METHOD runge: the classical Runge-Kutta method of fourth order. The block sees `t` at the start, the middle and
    /// the end of the step, and runs once more at the new states.
    pub(super) fn runge(&mut self, body: &'a hir::Body) -> Vec<(Unknown, Operand)> {
        let states = states_of(self.mechanism, body);
        let h = self.time_step();
        let half = self.div(h, Operand::Const(2.0));
        let sixth = self.div(h, Operand::Const(6.0));
        let start = self.uniform(Uniform::T);
        let middle = self.add(start, half);
        let end = self.add(middle, half);
        let outer = self.time;
        let old: Vec<Operand> = states.iter().map(|unknown| self.unknown(*unknown)).collect();
        let mut sums = old.clone();
        // Time of the stage, step of the slope, share of it that the next stage starts from, share of it in the sum.
        let stages = [(start, half, 1.0, 3.0), (middle, h, 2.0, 3.0), (middle, h, 1.0, 3.0)];
        for (time, step, share, part) in stages {
            self.time = Some(time);
            self.equations(body, Equation::Derivative);
            for (at, unknown) in states.iter().enumerate() {
                let rate = self.read(Key::Rate(*unknown));
                let change = self.mul(step, rate);
                let shift = if share == 1.0 { change } else { self.div(change, Operand::Const(share)) };
                let state = self.add(old[at], shift);
                self.set_unknown(*unknown, state);
                let weighted = self.div(change, Operand::Const(part));
                sums[at] = self.add(sums[at], weighted);
            }
        }
        self.time = Some(end);
        self.equations(body, Equation::Derivative);
        for (at, unknown) in states.iter().enumerate() {
            let rate = self.read(Key::Rate(*unknown));
            let change = self.mul(sixth, rate);
            let state = self.add(sums[at], change);
            self.set_unknown(*unknown, state);
        }
        self.time = outer;
        self.equations(body, Equation::Derivative);
        Vec::new()
    }
}

//! METHOD sparse: KINETIC blocks by backward Euler (NEURON: src/nocmodl/kinetic.cpp, src/scopmath/sparse_thread.hpp).
//!
//! One evaluation of the block makes the residual and the matrix of Newton's step as temporaries; the elimination is
//! straight code, in the order NEURON's solver takes. Linear schemes need one step; others iterate.

use std::collections::{BTreeMap, BTreeSet};

use diag::{Diagnostic, Span};
use mech_abi::KernelError;

use super::Unknown;
use super::elimination::least_entries_first;
use crate::codes;
use crate::hir::{self, Expr, LocalId, Operator, Side, Stmt, Target, VariableId};
use crate::kir::{Binary, Intrinsic, Operand};
use crate::lower::build::LocalSlot;
use crate::lower::build::{Builder, Key, ONE, ZERO};
use crate::lower::stmt::{expressions, subexpressions, walk};

/// Step that stands for infinite time, ms.
pub(super) const STEADY_STEP: f64 = 1e9;
/// The iteration stops when the sum of |changes| is at most this.
const CONVERGED: f64 = 1e-6;
/// Rounds after which NEURON takes the states as they are.
const MAX_ROUNDS: f64 = 22.0;
/// Linear rounds of a steady state before it gives up on negative states.
const MAX_STEADY_ROUNDS: f64 = 7.0;
/// Smallest |pivot|.
const SMALLEST_PIVOT: f64 = 1e-20;

/// What the matrix is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A step.
    Step,
    /// Only the ordinary statements of the block run.
    Statements,
    /// The linearised response to a jump: no residual of reactions, no conservation.
    Response,
}

/// The KINETIC block being lowered.
#[derive(Debug, Clone)]
pub(crate) struct Matrix {
    unknowns: Vec<Unknown>,
    /// Rows of CONSERVE statements; they come first.
    conserve: BTreeMap<Span, usize>,
    /// Volumes with what stands in them for the element of an array.
    volumes: BTreeMap<VariableId, (Option<LocalId>, Expr)>,
    /// Whether anything reads f_flux or b_flux.
    keeps_fluxes: bool,
    elements: BTreeSet<(usize, usize)>,
    linear: bool,
    purpose: Purpose,
}

impl Matrix {
    fn new(
        mechanism: &hir::Mechanism,
        solve_for: &[VariableId],
        body: &hir::Body,
        problems: &mut Vec<Diagnostic>,
    ) -> Matrix {
        let unknown = |id: &VariableId| solve_for.is_empty() || solve_for.contains(id);
        let is_state = |target: &Target| match target {
            Target::Variable(id, _) if mechanism.variable(*id).class == hir::Class::State && unknown(id) => Some(*id),
            _ => None,
        };
        let mut states: BTreeSet<VariableId> = BTreeSet::new();
        let (mut sums, mut volumes, mut linear) = (Vec::new(), BTreeMap::new(), true);
        walk(&body.statements, &mut |stmt| match stmt {
            Stmt::Reaction { left, right, .. } => {
                for side in [left, right] {
                    let count: u32 = side.iter().map(|(n, _)| n).sum();
                    let solved: Vec<VariableId> = side.iter().filter_map(|(_, target)| is_state(target)).collect();
                    linear &= solved.is_empty() || count == 1;
                    states.extend(solved);
                }
            }
            Stmt::Flux { state, .. } => states.extend(is_state(state)),
            Stmt::Conserve { sum, span, .. } => {
                states.extend(sum.iter().filter_map(|(_, target)| is_state(target)));
                sums.push((sum, *span));
            }
            Stmt::Compartment { index, volume, states, .. } => {
                volumes.extend(states.iter().map(|id| (*id, (*index, Expr::Paren(Box::new(volume.clone()))))));
            }
            _ => {}
        });
        // The last CONSERVE comes first; each takes the last of its scalar states that is still free.
        let (mut unknowns, mut conserve) = (Vec::new(), BTreeMap::new());
        for (sum, span) in sums.into_iter().rev() {
            let free = sum.iter().rev().filter_map(|(_, target)| is_state(target)).find(|id| {
                let taken = unknowns.iter().any(|unknown: &Unknown| unknown.id == *id);
                mechanism.variable(*id).len == 1 && !taken
            });
            match free {
                Some(id) => {
                    conserve.insert(span, unknowns.len());
                    unknowns.push(Unknown { id, element: None });
                }
                None => problems.push(
                    Diagnostic::error(codes::KINETIC_CONSERVE, span, "this CONSERVE has no state of its own")
                        .label("every scalar state in it is already determined by another CONSERVE")
                        .help("remove one of the CONSERVE statements"),
                ),
            }
        }
        let mut rest: Vec<VariableId> = states.into_iter().collect();
        rest.retain(|id| unknowns.iter().all(|unknown| unknown.id != *id));
        unknowns.extend(super::in_symbol_order(mechanism, rest));
        let elements = (0..unknowns.len()).map(|at| (at, at)).collect();
        let keeps_fluxes = reads_fluxes(body);
        Matrix { unknowns, conserve, volumes, keeps_fluxes, elements, linear, purpose: Purpose::Statements }
    }
}

/// Whether anything in the block reads f_flux or b_flux.
fn reads_fluxes(body: &hir::Body) -> bool {
    let mut found = false;
    walk(&body.statements, &mut |stmt| {
        expressions(stmt, &mut |expr| subexpressions(expr, &mut |one| found |= matches!(one, Expr::Flux(_))));
    });
    found
}

impl<'a> Builder<'a> {
    /// One step, or a steady state, of a KINETIC block; gives the states with their mean rates of change.
    pub(super) fn sparse(
        &mut self,
        solve_for: &[VariableId],
        body: &'a hir::Body,
        steady_state: bool,
    ) -> Vec<(Unknown, Operand)> {
        let mut problems = Vec::new();
        let matrix = Matrix::new(self.mechanism, solve_for, body, &mut problems);
        self.problems.append(&mut problems);
        let (unknowns, linear) = (matrix.unknowns.clone(), matrix.linear);
        let outer = self.kinetic.replace(matrix);
        let step = self.step;
        let rates = if steady_state {
            self.step = Some(Operand::Const(STEADY_STEP));
            let rates = if linear {
                self.sparse_step(body, &unknowns, false)
            } else {
                self.nonlinear_steady_state(body, &unknowns)
            };
            self.step = step;
            rates
        } else {
            self.sparse_step(body, &unknowns, linear)
        };
        self.kinetic = outer;
        unknowns.into_iter().zip(rates).collect()
    }

    /// Linear steps until no state is negative, then the iteration (NEURON: src/scopmath/ssimplic_thread.hpp).
    fn nonlinear_steady_state(&mut self, body: &'a hir::Body, unknowns: &[Unknown]) -> Vec<Operand> {
        let (rounds, good) = (self.new_local(), self.new_local());
        self.write(rounds, ZERO);
        self.write(good, ZERO);
        self.repeat(
            &mut |builder| {
                let (rounds, good) = (builder.read(rounds), builder.read(good));
                let left = builder.binary(Binary::Lt, rounds, Operand::Const(MAX_STEADY_ROUNDS));
                builder.select(good, ZERO, left)
            },
            &mut |builder| {
                builder.sparse_step(body, unknowns, true);
                let mut any_negative = ZERO;
                for unknown in unknowns {
                    let state = builder.unknown(*unknown);
                    let negative = builder.binary(Binary::Lt, state, Operand::Const(-1e-6));
                    let clipped = builder.select(negative, ZERO, state);
                    builder.set_unknown(*unknown, clipped);
                    any_negative = builder.either(negative, any_negative);
                }
                let all_good = builder.not(any_negative);
                builder.write(good, all_good);
                let count = builder.read(rounds);
                let next = builder.add(count, ONE);
                builder.write(rounds, next);
            },
        );
        let rates: Vec<Key> = unknowns.iter().map(|_| self.new_local()).collect();
        let condition = self.read(good);
        self.branch(
            condition,
            |builder| {
                let values = builder.sparse_step(body, unknowns, false);
                rates.iter().zip(values).for_each(|(key, value)| builder.write(*key, value));
            },
            |builder| builder.fail(KernelError::NotConverged),
        );
        let values = rates.iter().map(|key| self.read(*key)).collect();
        rates.iter().chain([&rounds, &good]).for_each(|key| self.forget(*key));
        values
    }

    /// NEURON's sparse_thread: with `once` one linear step, otherwise Newton's iteration with states kept at or above 0.
    fn sparse_step(&mut self, body: &'a hir::Body, unknowns: &[Unknown], once: bool) -> Vec<Operand> {
        let old: Vec<Operand> = unknowns.iter().map(|unknown| self.unknown(*unknown)).collect();
        if once {
            let changes = self.newton_changes(body, unknowns, &old);
            for (unknown, change) in unknowns.iter().zip(changes) {
                let state = self.unknown(*unknown);
                let state = self.add(state, change);
                self.set_unknown(*unknown, state);
            }
        } else {
            let (error, rounds) = (self.new_local(), self.new_local());
            self.write(error, ONE);
            self.write(rounds, ZERO);
            self.repeat(
                &mut |builder| {
                    let (error, rounds) = (builder.read(error), builder.read(rounds));
                    let far = builder.binary(Binary::Gt, error, Operand::Const(CONVERGED));
                    let left = builder.binary(Binary::Lt, rounds, Operand::Const(MAX_ROUNDS));
                    builder.select(far, left, ZERO)
                },
                &mut |builder| {
                    let changes = builder.newton_changes(body, unknowns, &old);
                    let mut sum = ZERO;
                    for (unknown, change) in unknowns.iter().zip(changes) {
                        let state = builder.unknown(*unknown);
                        let state = builder.add(state, change);
                        let negative = builder.binary(Binary::Lt, state, ZERO);
                        let state = builder.select(negative, ZERO, state);
                        builder.set_unknown(*unknown, state);
                        let size = builder.call(Intrinsic::Fabs, vec![change]);
                        sum = builder.add(sum, size);
                    }
                    builder.write(error, sum);
                    let count = builder.read(rounds);
                    let next = builder.add(count, ONE);
                    builder.write(rounds, next);
                },
            );
            self.forget(error);
            let rounds = {
                let count = self.read(rounds);
                self.forget(rounds);
                count
            };
            // NEURON leaves in the last round: the block does not run again, and what should hold the rates still holds
            // the old states.
            let in_time = self.binary(Binary::Lt, rounds, Operand::Const(MAX_ROUNDS));
            self.when(in_time, |builder| builder.evaluate(body, &old, Purpose::Statements));
            let rates = self.mean_rates(unknowns, &old);
            return rates.into_iter().zip(old).map(|(rate, old)| self.select(in_time, rate, old)).collect();
        }
        // The block runs once more and leaves its ASSIGNED variables at the new states.
        self.evaluate(body, &old, Purpose::Statements);
        self.mean_rates(unknowns, &old)
    }

    fn mean_rates(&mut self, unknowns: &[Unknown], old: &[Operand]) -> Vec<Operand> {
        let dt = self.time_step();
        let mut rates = Vec::new();
        for (unknown, old) in unknowns.iter().zip(old) {
            let state = self.unknown(*unknown);
            let change = self.sub(state, *old);
            rates.push(self.div(change, dt));
        }
        rates
    }

    /// Solution of the linearised equations at the present states.
    fn newton_changes(&mut self, body: &'a hir::Body, unknowns: &[Unknown], old: &[Operand]) -> Vec<Operand> {
        self.evaluate(body, old, Purpose::Step);
        self.eliminate(unknowns.len())
    }

    /// Runs the block, making residuals and matrix.
    fn evaluate(&mut self, body: &'a hir::Body, old: &[Operand], purpose: Purpose) {
        let Some(matrix) = &mut self.kinetic else { return };
        matrix.purpose = purpose;
        let (unknowns, volumes) = (matrix.unknowns.clone(), matrix.volumes.clone());
        let n_conserve = if purpose == Purpose::Response { 0 } else { matrix.conserve.len() };
        self.enter(body, None, &[]);
        if purpose != Purpose::Statements {
            self.clear_matrix();
            let dt = self.time_step();
            let per_step = self.div(ONE, dt);
            for (row, unknown) in unknowns.iter().enumerate().skip(n_conserve) {
                let mut residual = if purpose == Purpose::Response {
                    self.mul(per_step, old[row])
                } else {
                    let state = self.unknown(*unknown);
                    let change = self.sub(state, old[row]);
                    let minus = self.neg(per_step);
                    self.mul(minus, change)
                };
                let mut diagonal = per_step;
                if let Some(volume) = volumes.get(&unknown.id) {
                    let volume = self.volume(volume, unknown.element);
                    residual = self.mul(residual, volume);
                    diagonal = self.mul(diagonal, volume);
                }
                self.write(Key::Residual(row), residual);
                self.write(Key::Matrix(row, row), diagonal);
            }
        }
        self.statements(&body.statements);
        self.leave();
    }

    /// The volume of one element.
    fn volume(&mut self, (index, volume): &(Option<LocalId>, Expr), element: Option<u32>) -> Operand {
        let Some(index) = *index else { return self.expr(volume) };
        let slot = self.local_slot(index);
        self.set_local_slot(index, LocalSlot::Fixed(f64::from(element.unwrap_or(0))));
        let value = self.expr(volume);
        self.set_local_slot(index, slot);
        value
    }

    fn clear_matrix(&mut self) {
        let Some(matrix) = &self.kinetic else { return };
        let (n, elements) = (matrix.unknowns.len(), matrix.elements.clone());
        for row in 0..n {
            self.forget(Key::Residual(row));
        }
        for (row, column) in elements {
            self.forget(Key::Matrix(row, column));
        }
    }

    /// Gaussian elimination without pivoting; leaves no matrix behind.
    fn eliminate(&mut self, n: usize) -> Vec<Operand> {
        let mut elements = self.kinetic.as_ref().map(|matrix| matrix.elements.clone()).unwrap_or_default();
        let order = least_entries_first(n, &mut elements);
        let mut a: BTreeMap<(usize, usize), Operand> = BTreeMap::new();
        for (row, column) in &elements {
            a.insert((*row, *column), self.read(Key::Matrix(*row, *column)));
        }
        let mut b: Vec<Operand> = (0..n).map(|row| self.read(Key::Residual(row))).collect();
        let at = |a: &BTreeMap<(usize, usize), Operand>, row, column| a.get(&(row, column)).copied().unwrap_or(ZERO);
        let mut singular = ZERO;
        for (step, &pivot) in order.iter().enumerate() {
            let diagonal = at(&a, pivot, pivot);
            let size = self.call(Intrinsic::Fabs, vec![diagonal]);
            let small = self.binary(Binary::Le, size, Operand::Const(SMALLEST_PIVOT));
            singular = self.either(small, singular);
            for &row in &order[step + 1..] {
                if !elements.contains(&(row, pivot)) {
                    continue;
                }
                let ratio = self.div(at(&a, row, pivot), diagonal);
                let part = self.mul(b[pivot], ratio);
                b[row] = self.sub(b[row], part);
                for &column in &order[step + 1..] {
                    if elements.contains(&(pivot, column)) {
                        let part = self.mul(at(&a, pivot, column), ratio);
                        let rest = self.sub(at(&a, row, column), part);
                        a.insert((row, column), rest);
                    }
                }
            }
        }
        for (step, &row) in order.iter().enumerate().rev() {
            for &column in &order[step + 1..] {
                if elements.contains(&(row, column)) {
                    let part = self.mul(at(&a, row, column), b[column]);
                    b[row] = self.sub(b[row], part);
                }
            }
            b[row] = self.div(b[row], at(&a, row, row));
        }
        self.clear_matrix();
        self.when(singular, |builder| builder.fail(KernelError::Singular));
        b
    }

    // ----- statements of the block

    /// A reaction, flux, CONSERVE or COMPARTMENT.
    pub fn reaction(&mut self, stmt: &Stmt) {
        let Some((purpose, keeps_fluxes)) = self.kinetic.as_ref().map(|matrix| (matrix.purpose, matrix.keeps_fluxes))
        else {
            return;
        };
        if purpose == Purpose::Statements && !keeps_fluxes {
            return;
        }
        match stmt {
            Stmt::Reaction { span, .. } if self.is_too_large(*span) => {}
            Stmt::Reaction { left, right, forward, backward, span } => {
                self.two_sides([left, right], [Some(forward), backward.as_ref()], *span, purpose);
            }
            Stmt::Flux { state, value, span } => {
                let flux = self.expr(value);
                if keeps_fluxes {
                    self.write(Key::Flux(false), ZERO);
                    self.write(Key::Flux(true), flux);
                }
                if let (Some(row), Purpose::Step) = (self.row_of(state, *span), purpose) {
                    self.change_residual(row, Binary::Add, flux);
                }
            }
            Stmt::Conserve { sum, total, span } if purpose == Purpose::Step => self.conserve(sum, total, *span),
            _ => {}
        }
    }

    fn two_sides(&mut self, sides: [&Side; 2], rates: [Option<&Expr>; 2], span: Span, purpose: Purpose) {
        let one_way = rates[1].is_none();
        // Terms are taken from right to left.
        let sides: [Vec<(u32, &Target, Option<usize>)>; 2] =
            sides.map(|side| side.iter().rev().map(|(n, target)| (*n, target, self.row_of(target, span))).collect());
        let n_conserve = match purpose {
            Purpose::Response => 0,
            _ => self.kinetic.as_ref().map_or(0, |matrix| matrix.conserve.len()),
        };
        let keeps_fluxes = self.kinetic.as_ref().is_some_and(|matrix| matrix.keeps_fluxes);
        if purpose == Purpose::Step || keeps_fluxes {
            let mut fluxes = [ZERO; 2];
            for (side, rate) in rates.iter().enumerate() {
                if let Some(rate) = rate {
                    let mut factors = Vec::new();
                    for (n, target, _) in &sides[side] {
                        let value = self.target_value(target);
                        factors.extend((0..*n).map(|_| value));
                    }
                    fluxes[side] = self.rate_times(rate, &factors, one_way, span);
                }
            }
            if keeps_fluxes {
                self.write(Key::Flux(false), fluxes[0]);
                self.write(Key::Flux(true), fluxes[1]);
            }
            if purpose == Purpose::Statements {
                return;
            }
            let net = self.sub(fluxes[0], fluxes[1]);
            for (side, binary) in [(0, Binary::Sub), (1, Binary::Add)] {
                for (n, _, row) in sides[side].iter().filter(|_| purpose == Purpose::Step) {
                    if let Some(row) = row.filter(|row| *row >= n_conserve) {
                        let part = if *n > 1 { self.mul(Operand::Const(f64::from(*n)), net) } else { net };
                        self.change_residual(row, binary, part);
                    }
                }
            }
        }
        for (side, rate) in rates.iter().enumerate() {
            let Some(rate) = rate else { continue };
            for (at, (n, _, column)) in sides[side].iter().enumerate() {
                let Some(column) = *column else { continue };
                let mut factors = Vec::new();
                if *n != 1 {
                    factors.push(Operand::Const(f64::from(*n)));
                }
                for (other, (n, target, _)) in sides[side].iter().enumerate() {
                    let times = if other == at { n - 1 } else { *n };
                    for _ in 0..times {
                        factors.push(self.target_value(target));
                    }
                }
                let term = self.rate_times(rate, &factors, one_way, span);
                for (row_side, terms) in sides.iter().enumerate() {
                    for (n, _, row) in terms {
                        let Some(row) = row.filter(|row| *row >= n_conserve) else { continue };
                        let part = if *n != 1 { self.mul(Operand::Const(f64::from(*n)), term) } else { term };
                        let binary = if row_side == side { Binary::Add } else { Binary::Sub };
                        self.change_element(row, column, binary, part);
                    }
                }
            }
        }
    }

    /// `rate * factor * …` as NEURON's text has it: without parentheses around the rate, so that in a sum only the
    /// last term is multiplied.
    fn rate_times(&mut self, rate: &Expr, factors: &[Operand], parenthesised: bool, span: Span) -> Operand {
        let low = |operator: &Operator| {
            matches!(
                operator,
                Operator::Add
                    | Operator::Sub
                    | Operator::Lt
                    | Operator::Le
                    | Operator::Gt
                    | Operator::Ge
                    | Operator::Eq
                    | Operator::Ne
            )
        };
        match rate {
            Expr::Binary(operator, left, right) if low(operator) && !parenthesised && !factors.is_empty() => {
                self.problems.push(
                    Diagnostic::warning(codes::KINETIC_SUM, span, "a rate that is a sum needs parentheses")
                        .label("NEURON multiplies only its last term by the states, and so does this compiler")
                        .help("write the rate as `((a + b), …)`"),
                );
                let left = self.expr(left);
                let right = self.rate_times(right, factors, false, span);
                let binary = match operator {
                    Operator::Add => Binary::Add,
                    Operator::Sub => Binary::Sub,
                    Operator::Lt => Binary::Lt,
                    Operator::Le => Binary::Le,
                    Operator::Gt => Binary::Gt,
                    Operator::Ge => Binary::Ge,
                    Operator::Eq => Binary::Eq,
                    _ => Binary::Ne,
                };
                self.binary(binary, left, right)
            }
            _ => {
                let rate = self.expr(rate);
                factors.iter().fold(rate, |product, factor| self.mul(product, *factor))
            }
        }
    }

    fn conserve(&mut self, sum: &Side, total: &Expr, span: Span) {
        let Some(matrix) = &self.kinetic else { return };
        let Some(row) = matrix.conserve.get(&span).copied() else { return };
        let volumes = matrix.volumes.clone();
        let total = self.expr(total);
        self.write(Key::Residual(row), total);
        for (n, target) in sum.iter().rev() {
            let Some(column) = self.row_of(target, span) else { continue };
            let element = self.kinetic.as_ref().and_then(|matrix| matrix.unknowns.get(column)?.element);
            let volume = match target {
                Target::Variable(id, _) => volumes.get(id).map(|volume| self.volume(volume, element)),
                Target::Local(..) => None,
            };
            let mut element = Operand::Const(f64::from(*n));
            let mut amount = self.target_value(target);
            if let Some(volume) = volume {
                element = self.mul(element, volume);
                amount = self.mul(amount, volume);
            }
            if *n != 1 {
                amount = self.mul(amount, Operand::Const(f64::from(*n)));
            }
            self.touch(row, column);
            self.write(Key::Matrix(row, column), element);
            self.change_residual(row, Binary::Sub, amount);
        }
    }

    fn touch(&mut self, row: usize, column: usize) {
        if let Some(matrix) = &mut self.kinetic {
            matrix.elements.insert((row, column));
        }
    }

    fn change_residual(&mut self, row: usize, binary: Binary, value: Operand) {
        let was = self.read(Key::Residual(row));
        let new = self.binary(binary, was, value);
        self.write(Key::Residual(row), new);
    }

    fn change_element(&mut self, row: usize, column: usize, binary: Binary, value: Operand) {
        self.touch(row, column);
        let was = self.read(Key::Matrix(row, column));
        let new = self.binary(binary, was, value);
        self.write(Key::Matrix(row, column), new);
    }

    fn target_value(&mut self, target: &Target) -> Operand {
        match target {
            Target::Variable(id, index) => self.variable(*id, index.as_deref()),
            Target::Local(id, index) => self.expr(&Expr::Local(*id, index.clone())),
        }
    }

    /// The row of a term; none if it is no state.
    fn row_of(&mut self, target: &Target, span: Span) -> Option<usize> {
        let Target::Variable(id, index) = target else { return None };
        let variable = self.mechanism.variable(*id);
        if variable.class != hir::Class::State {
            return None;
        }
        let element = match index {
            None => None,
            Some(index) => match self.constant(index).map(f64::trunc) {
                // An array of one element is stored as a scalar.
                Some(at) if at >= 0.0 && at < f64::from(variable.len) => (variable.len > 1).then_some(at as u32),
                Some(at) => {
                    let title = format!("`{}` has no element {at}", variable.name);
                    let problem = Diagnostic::error(codes::KINETIC_INDEX, span, title);
                    self.problems.push(problem.help(format!("its elements are 0 to {}", variable.len - 1)));
                    return None;
                }
                None => {
                    let title = format!("which element of `{}` reacts here is not known", variable.name);
                    self.problems.push(
                        Diagnostic::error(codes::KINETIC_INDEX, span, title)
                            .help("index with numbers, or with the variable of a FROM loop that has constant bounds"),
                    );
                    return None;
                }
            },
        };
        let unknowns = &self.kinetic.as_ref()?.unknowns;
        unknowns.iter().position(|one| *one == Unknown { id: *id, element })
    }

    /// The linearised response of all states to a jump of one of them, over half a step.
    pub(super) fn kinetic_response(
        &mut self,
        solve_for: &[VariableId],
        body: &'a hir::Body,
        state: VariableId,
        jump: Operand,
    ) {
        let mut problems = Vec::new();
        let matrix = Matrix::new(self.mechanism, solve_for, body, &mut problems);
        let unknowns = matrix.unknowns.clone();
        let outer = self.kinetic.replace(matrix);
        let jumps: Vec<Operand> = unknowns.iter().map(|one| if one.id == state { jump } else { ZERO }).collect();
        self.evaluate(body, &jumps, Purpose::Response);
        let changes = self.eliminate(unknowns.len());
        for (unknown, change) in unknowns.iter().zip(changes) {
            let value = self.unknown(*unknown);
            let value = self.add(value, change);
            self.set_unknown(*unknown, value);
        }
        self.kinetic = outer;
    }
}

//! Statements.

use mech_abi::HostCall;

use super::build::{Builder, Key, LocalSlot, ONE, ZERO};
use crate::hir::{self, Expr, LocalId, Stmt};
use crate::kir::{self, Binary, Intrinsic, Operand};

/// Loops with bounds known from the text are unrolled if their variable is an array index and they have at most this
/// many rounds (in blocks that SOLVE names always, because their equations need to know which element is meant).
const MAX_UNROLLED: f64 = 64.0;
/// Loops of such blocks longer than this are not unrolled but refused.
const MAX_UNROLLED_KINETIC: f64 = 4096.0;

impl<'a> Builder<'a> {
    /// Statements in order; those after a possible early return run only if it did not happen.
    pub fn statements(&mut self, list: &[Stmt]) {
        for (at, stmt) in list.iter().enumerate() {
            self.statement(stmt);
            if matches!(stmt, Stmt::Return(_) | Stmt::Break) {
                return;
            }
            let rest = &list[at + 1..];
            let one = std::slice::from_ref(stmt);
            let returned = self.frames.last().and_then(|frame| frame.returned).filter(|_| returns(one));
            let broken = self.breaks.last().copied().filter(|_| breaks(one));
            let mut leaves = returned.into_iter().chain(broken);
            if let Some(first) = leaves.next()
                && !rest.is_empty()
            {
                let mut left = self.read(first);
                for other in leaves {
                    let other = self.read(other);
                    left = self.either(left, other);
                }
                let go = self.not(left);
                self.when(go, |builder| builder.statements(rest));
                return;
            }
        }
    }

    fn statement(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Assign { target, value, .. } => {
                if self.jumps && self.jump(target, value) {
                    return;
                }
                let value = self.expr(value);
                self.assign(target, value);
            }
            Stmt::Derivative { .. } => self.derivative(stmt),
            Stmt::Equation { left, right, span } => self.simultaneous(left, right, *span),
            Stmt::Reaction { .. } | Stmt::Flux { .. } | Stmt::Conserve { .. } | Stmt::Compartment { .. } => {
                self.reaction(stmt)
            }
            Stmt::If { condition, then, otherwise } => {
                let condition = self.expr(condition);
                self.branch(condition, |builder| builder.statements(then), |builder| builder.statements(otherwise));
            }
            Stmt::While { condition, body } => self.while_loop(condition, body),
            Stmt::From { variable, from, to, by, body } => self.counted_loop(*variable, from, to, by, body),
            Stmt::ForNetcons { first, count, body } => self.for_netcons(*first, *count, body),
            Stmt::Call(expr) => {
                self.expr(expr);
            }
            Stmt::Solve(solve) => self.solve(solve),
            Stmt::Host { call, slot, arguments, .. } => {
                let arguments = arguments.iter().map(|one| self.expr(one)).collect();
                self.host(*call, *slot, arguments);
            }
            Stmt::Break => {
                if let Some(key) = self.breaks.last().copied() {
                    self.write(key, ONE);
                }
            }
            Stmt::Return(value) => {
                let frame = self.frames.last().cloned();
                let Some(frame) = frame else { return };
                if let Some(value) = value {
                    let value = self.expr(value);
                    let slot = frame.result.and_then(|result| frame.locals.get(result.0 as usize));
                    if let Some(LocalSlot::Scalar(key)) = slot {
                        self.write(*key, value);
                    }
                }
                if let Some(key) = frame.returned {
                    self.write(key, ONE);
                }
            }
        }
    }

    /// Runs a loop that a `break` may leave: `make` gets the key that is then 1.
    fn breakable(&mut self, body: &[Stmt], make: impl FnOnce(&mut Builder<'a>, Option<Key>)) {
        if !breaks(body) {
            return make(self, None);
        }
        let key = self.new_local();
        self.write(key, ZERO);
        self.breaks.push(key);
        make(self, Some(key));
        self.breaks.pop();
        self.forget(key);
    }

    fn while_loop(&mut self, condition: &Expr, body: &[Stmt]) {
        self.breakable(body, |builder, broken| builder.unbroken_while(condition, body, broken));
    }

    fn unbroken_while(&mut self, condition: &Expr, body: &[Stmt], broken: Option<Key>) {
        let returned = self.frames.last().and_then(|frame| frame.returned).filter(|_| returns(body));
        self.repeat(
            &mut |builder| match returned.or(broken) {
                None => builder.expr(condition),
                Some(first) => {
                    let go = builder.new_local();
                    let mut left = builder.read(first);
                    if let Some(broken) = broken {
                        let broken = builder.read(broken);
                        left = builder.either(left, broken);
                    }
                    builder.branch(
                        left,
                        |builder| builder.write(go, ZERO),
                        |builder| {
                            let value = builder.expr(condition);
                            builder.write(go, value);
                        },
                    );
                    let value = builder.read(go);
                    builder.forget(go);
                    value
                }
            },
            &mut |builder| builder.statements(body),
        );
    }

    /// `for (int i = from; i <= to; i += by)`
    fn counted_loop(&mut self, variable: LocalId, from: &Expr, to: &Expr, by: &Expr, body: &[Stmt]) {
        let bounds = [from, to, by].map(|bound| self.constant(bound).map(f64::trunc));
        if let [Some(from), Some(to), Some(by)] = bounds {
            let rounds = if by > 0.0 && to >= from { ((to - from) / by).trunc() + 1.0 } else { 0.0 };
            let solved = self.kinetic.is_some() || self.equations.is_some() || self.equation.is_some();
            let limit = if solved { MAX_UNROLLED_KINETIC } else { MAX_UNROLLED };
            let wanted = solved || indexes_with(body, variable);
            if by > 0.0 && rounds <= limit && wanted && !returns(body) && !breaks(body) {
                self.unroll(variable, from, by, rounds as u32, body);
                return;
            }
        }
        self.breakable(body, |builder, broken| builder.unbroken_from(variable, [from, to, by], body, broken));
    }

    fn unbroken_from(&mut self, variable: LocalId, bounds: [&Expr; 3], body: &[Stmt], broken: Option<Key>) {
        let [from, to, by] = bounds;
        let LocalSlot::Scalar(key) = self.local_slot(variable) else { return };
        let first = self.integer(from);
        self.write(key, first);
        let returned = self.frames.last().and_then(|frame| frame.returned).filter(|_| returns(body));
        self.repeat(
            &mut |builder| {
                let to = builder.integer(to);
                let i = builder.read(key);
                let go = builder.binary(Binary::Le, i, to);
                returned.into_iter().chain(broken).fold(go, |go, left| {
                    let left = builder.read(left);
                    builder.select(left, ZERO, go)
                })
            },
            &mut |builder| {
                builder.statements(body);
                let by = builder.integer(by);
                let i = builder.read(key);
                let next = builder.add(i, by);
                builder.write(key, next);
            },
        );
    }

    /// The body for each NetCon; its weights are asked of the host.
    fn for_netcons(&mut self, first: LocalId, count: u32, body: &[Stmt]) {
        let n = self.new_value("netcons");
        self.emit(kir::Stmt::Host { dst: Some(n), call: HostCall::NetConCount, slot: 0, arguments: Vec::new() });
        let n = Operand::Value(n);
        let counter = self.new_local();
        self.write(counter, ZERO);
        let slots: Vec<LocalSlot> = (0..count).map(|at| self.local_slot(LocalId(first.0 + at))).collect();
        for at in 0..count {
            self.set_local_slot(LocalId(first.0 + at), LocalSlot::NetConWeight { slot: at, netcon: counter });
        }
        self.repeat(
            &mut |builder| {
                let at = builder.read(counter);
                builder.binary(Binary::Lt, at, n)
            },
            &mut |builder| {
                builder.statements(body);
                let at = builder.read(counter);
                let next = builder.add(at, ONE);
                builder.write(counter, next);
            },
        );
        for (at, slot) in slots.into_iter().enumerate() {
            self.set_local_slot(LocalId(first.0 + at as u32), slot);
        }
        self.forget(counter);
    }

    fn unroll(&mut self, variable: LocalId, from: f64, by: f64, rounds: u32, body: &[Stmt]) {
        let slot = self.local_slot(variable);
        for round in 0..rounds {
            self.set_local_slot(variable, LocalSlot::Fixed(from + by * f64::from(round)));
            self.statements(body);
        }
        self.set_local_slot(variable, slot);
    }

    pub fn set_local_slot(&mut self, id: LocalId, slot: LocalSlot) {
        if let Some(place) = self.frames.last_mut().and_then(|frame| frame.locals.get_mut(id.0 as usize)) {
            *place = slot;
        }
    }

    /// An integer expression, truncated as C does where it is not one already.
    fn integer(&mut self, expr: &Expr) -> Operand {
        if let Some(value) = self.constant(expr) {
            return Operand::Const(value.trunc());
        }
        let value = self.expr(expr);
        match expr {
            Expr::Intrinsic(Intrinsic::Trunc, _) | Expr::IntegerDiv(..) => value,
            _ => self.call(Intrinsic::Trunc, vec![value]),
        }
    }
}

/// Calls `visit` on every statement, those inside others included.
pub(crate) fn walk<'s>(list: &'s [Stmt], visit: &mut dyn FnMut(&'s Stmt)) {
    for stmt in list {
        visit(stmt);
        match stmt {
            Stmt::If { then, otherwise, .. } => {
                walk(then, visit);
                walk(otherwise, visit);
            }
            Stmt::While { body, .. } | Stmt::From { body, .. } | Stmt::ForNetcons { body, .. } => walk(body, visit),
            _ => {}
        }
    }
}

/// Calls `visit` on every expression of a statement that is not inside another statement.
pub(crate) fn expressions<'s>(stmt: &'s Stmt, visit: &mut dyn FnMut(&'s Expr)) {
    let target = |target: &'s hir::Target, visit: &mut dyn FnMut(&'s Expr)| {
        let (hir::Target::Variable(_, index) | hir::Target::Local(_, index)) = target;
        if let Some(index) = index {
            visit(index);
        }
    };
    match stmt {
        Stmt::Assign { target: to, value, .. } | Stmt::Derivative { state: to, value, .. } => {
            target(to, visit);
            visit(value);
        }
        Stmt::Equation { left, right, .. } => {
            visit(left);
            visit(right);
        }
        Stmt::Flux { state, value, .. } => {
            target(state, visit);
            visit(value);
        }
        Stmt::Reaction { left, right, forward, backward, .. } => {
            left.iter().chain(right).for_each(|(_, one)| target(one, visit));
            visit(forward);
            if let Some(backward) = backward {
                visit(backward);
            }
        }
        Stmt::Conserve { sum, total, .. } => {
            sum.iter().for_each(|(_, one)| target(one, visit));
            visit(total);
        }
        Stmt::Compartment { volume, .. } => visit(volume),
        Stmt::If { condition, .. } | Stmt::While { condition, .. } => visit(condition),
        Stmt::From { from, to, by, .. } => [from, to, by].into_iter().for_each(visit),
        Stmt::Call(expr) => visit(expr),
        Stmt::Host { arguments, .. } => arguments.iter().for_each(visit),
        Stmt::Return(value) => {
            if let Some(value) = value {
                visit(value);
            }
        }
        Stmt::Solve(_) | Stmt::Break | Stmt::ForNetcons { .. } => {}
    }
}

/// Calls `visit` on an expression and all inside it.
pub(crate) fn subexpressions<'s>(expr: &'s Expr, visit: &mut dyn FnMut(&'s Expr)) {
    visit(expr);
    match expr {
        Expr::Number(_) | Expr::Flag | Expr::Flux(_) | Expr::IonNow(..) => {}
        Expr::Variable(_, index) | Expr::Local(_, index) => {
            if let Some(index) = index {
                subexpressions(index, visit);
            }
        }
        Expr::Neg(a) | Expr::Not(a) | Expr::Paren(a) => subexpressions(a, visit),
        Expr::Binary(_, a, b) | Expr::IntegerDiv(a, b) => {
            subexpressions(a, visit);
            subexpressions(b, visit);
        }
        Expr::Intrinsic(_, list) | Expr::Call(_, list) | Expr::Host(_, _, list) => {
            list.iter().for_each(|one| subexpressions(one, visit));
        }
    }
}

/// Whether any of the statements may leave its body early.
pub(crate) fn returns(list: &[Stmt]) -> bool {
    let mut found = false;
    walk(list, &mut |stmt| found |= matches!(stmt, Stmt::Return(_)));
    found
}

/// Whether any of the statements may leave the loop around them.
fn breaks(list: &[Stmt]) -> bool {
    list.iter().any(|stmt| match stmt {
        Stmt::Break => true,
        Stmt::If { then, otherwise, .. } => breaks(then) || breaks(otherwise),
        _ => false,
    })
}

/// Whether an array is indexed by something that mentions the loop variable.
fn indexes_with(list: &[Stmt], variable: LocalId) -> bool {
    let mut found = false;
    let mut mentions = |index: &Expr| {
        subexpressions(index, &mut |one| found |= matches!(one, Expr::Local(id, _) if *id == variable));
    };
    walk(list, &mut |stmt| {
        if let Stmt::Assign { target: hir::Target::Variable(_, Some(index)), .. } = stmt {
            mentions(index);
        }
        expressions(stmt, &mut |expr| {
            subexpressions(expr, &mut |one| {
                if let Expr::Variable(_, Some(index)) = one {
                    mentions(index);
                }
            });
        });
    });
    found
}

/// Whether the statements, or a function they call, call net_event.
pub(crate) fn calls_net_event(mechanism: &hir::Mechanism, list: &[Stmt]) -> bool {
    let mut seen = vec![false; mechanism.functions.len()];
    fn search(mechanism: &hir::Mechanism, list: &[Stmt], seen: &mut [bool]) -> bool {
        let (mut found, mut called) = (false, Vec::new());
        walk(list, &mut |stmt| {
            found |= matches!(stmt, Stmt::Host { call: HostCall::NetEvent, .. });
            expressions(stmt, &mut |expr| {
                subexpressions(expr, &mut |one| {
                    if let Expr::Call(id, _) = one {
                        called.push(*id);
                    }
                });
            });
        });
        found
            || called.into_iter().any(|id| {
                let known = std::mem::replace(&mut seen[id.0 as usize], true);
                !known && search(mechanism, &mechanism.function(id).body.statements, seen)
            })
    }
    search(mechanism, list, &mut seen)
}

//! Expressions, assignments to targets, and calls.

use diag::Diagnostic;
use mech_abi::{HostCall, KernelError};

use super::build::{Builder, Frame, Key, LocalSlot, ONE, ZERO};
use super::storage::Slots;
use crate::codes;
use crate::hir::{self, Expr, FunctionId, LocalId, Operator, Target, VariableId};
use crate::kir::{Binary, Intrinsic, NodeField, Operand, Place, Stmt, Uniform};

/// The element of an array.
pub(crate) enum Element {
    Fixed(u32),
    Computed(Operand),
}

impl<'a> Builder<'a> {
    /// The value of an expression; statements it needs are emitted.
    pub fn expr(&mut self, expr: &Expr) -> Operand {
        match expr {
            Expr::Number(value) => Operand::Const(*value),
            Expr::Variable(id, index) => self.variable(*id, index.as_deref()),
            Expr::Local(id, index) => self.local(*id, index.as_deref()),
            Expr::Flag => self.uniform(Uniform::Flag),
            Expr::Flux(backward) => self.read(Key::Flux(*backward)),
            Expr::Neg(a) => {
                let a = self.expr(a);
                self.neg(a)
            }
            Expr::Not(a) => {
                let a = self.expr(a);
                self.not(a)
            }
            Expr::Paren(a) => self.expr(a),
            Expr::Binary(Operator::And, a, b) => self.and(a, b),
            Expr::Binary(Operator::Or, a, b) => self.or(a, b),
            Expr::Binary(operator, a, b) => {
                let first = self.expr(a);
                match binary(*operator) {
                    Some(binary) => {
                        let second = self.expr(b);
                        self.binary(binary, first, second)
                    }
                    None => self.pow(first, b),
                }
            }
            Expr::Intrinsic(intrinsic, arguments) => {
                if let (Intrinsic::Pow, [a, b]) = (intrinsic, &arguments[..]) {
                    let a = self.expr(a);
                    return self.pow(a, b);
                }
                let values = self.exprs(arguments);
                self.call(*intrinsic, values)
            }
            Expr::Call(id, arguments) => {
                if let Some(value) = self.remembered(expr) {
                    return value;
                }
                let values = self.exprs(arguments);
                let value = self.inline(*id, &values);
                self.remember(expr, value);
                value
            }
            Expr::Host(call, slot, arguments) => {
                let arguments = self.exprs(arguments);
                let dst = self.new_value(call.name());
                self.emit(Stmt::Host { dst: Some(dst), call: *call, slot: *slot, arguments });
                Operand::Value(dst)
            }
            Expr::IntegerDiv(a, b) => {
                if let Some(value) = self.constant(expr) {
                    return Operand::Const(value);
                }
                let (a, b) = (self.expr(a), self.expr(b));
                let (a, b) = (self.call(Intrinsic::Trunc, vec![a]), self.call(Intrinsic::Trunc, vec![b]));
                let quotient = self.div(a, b);
                self.call(Intrinsic::Trunc, vec![quotient])
            }
            Expr::IonNow(ion, variable) => {
                let name = format!("{}.now", self.mechanism.ions[*ion as usize].name);
                self.load(&name, Place::Ion { ion: *ion, variable: *variable })
            }
        }
    }

    fn exprs(&mut self, list: &[Expr]) -> Vec<Operand> {
        list.iter().map(|one| self.expr(one)).collect()
    }

    /// `pow`, folded for the exponents that C++ compilers fold exactly.
    fn pow(&mut self, a: Operand, exponent: &Expr) -> Operand {
        match self.constant(exponent) {
            Some(2.0) => self.mul(a, a),
            Some(1.0) => a,
            Some(0.0) => ONE,
            Some(-1.0) => self.div(ONE, a),
            _ => {
                let b = self.expr(exponent);
                self.call(Intrinsic::Pow, vec![a, b])
            }
        }
    }

    fn truth(&mut self, expr: &Expr) -> Operand {
        let value = self.expr(expr);
        if is_boolean(expr) { value } else { self.binary(Binary::Ne, value, ZERO) }
    }

    fn and(&mut self, a: &Expr, b: &Expr) -> Operand {
        let a = self.expr(a);
        if is_pure(b) {
            let b = self.truth(b);
            return self.select(a, b, ZERO);
        }
        let key = self.new_local();
        self.branch(
            a,
            |builder| {
                let b = builder.truth(b);
                builder.write(key, b);
            },
            |builder| builder.write(key, ZERO),
        );
        let value = self.read(key);
        self.forget(key);
        value
    }

    fn or(&mut self, a: &Expr, b: &Expr) -> Operand {
        let a = self.expr(a);
        if is_pure(b) {
            let b = self.truth(b);
            return self.select(a, ONE, b);
        }
        let key = self.new_local();
        self.branch(
            a,
            |builder| builder.write(key, ONE),
            |builder| {
                let b = builder.truth(b);
                builder.write(key, b);
            },
        );
        let value = self.read(key);
        self.forget(key);
        value
    }

    // ----- variables

    /// A value known from the text alone: numbers, CONSTANTs and variables of unrolled loops.
    pub fn constant(&self, expr: &Expr) -> Option<f64> {
        match expr {
            Expr::Number(value) => Some(*value),
            Expr::Variable(id, None) => match self.mechanism.variable(*id).storage {
                hir::Storage::Constant(value) => Some(value),
                _ => None,
            },
            Expr::Local(id, None) => match self.local_slot(*id) {
                LocalSlot::Fixed(value) => Some(value),
                _ => None,
            },
            Expr::Neg(a) => self.constant(a).map(|a| -a),
            Expr::Paren(a) => self.constant(a),
            Expr::Intrinsic(Intrinsic::Trunc, arguments) => self.constant(arguments.first()?).map(f64::trunc),
            Expr::IntegerDiv(a, b) => {
                let (a, b) = (self.constant(a)?.trunc(), self.constant(b)?.trunc());
                (b != 0.0).then(|| (a / b).trunc())
            }
            Expr::Binary(operator, a, b) => {
                let (a, b) = (self.constant(a)?, self.constant(b)?);
                match operator {
                    Operator::Add => Some(a + b),
                    Operator::Sub => Some(a - b),
                    Operator::Mul => Some(a * b),
                    Operator::Div => Some(a / b),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub fn local_slot(&self, id: LocalId) -> LocalSlot {
        let slot = self.frames.last().and_then(|frame| frame.locals.get(id.0 as usize));
        slot.copied().unwrap_or(LocalSlot::Fixed(0.0))
    }

    pub fn element(&mut self, index: &Expr, len: u32) -> Element {
        match self.constant(index) {
            Some(at) if at.trunc() >= 0.0 && at.trunc() < f64::from(len) => Element::Fixed(at.trunc() as u32),
            Some(at) => Element::Computed(Operand::Const(at)),
            None => Element::Computed(self.expr(index)),
        }
    }

    /// Where an array variable's element lives.
    fn element_place(&mut self, id: VariableId, index: Option<&Expr>) -> Option<Place> {
        let len = self.mechanism.variable(id).len;
        let element = match index {
            Some(index) => self.element(index, len),
            None => Element::Fixed(0),
        };
        let is_global = self.mechanism.variable(id).storage == hir::Storage::Global;
        let slots = if is_global { self.storage.global(id) } else { self.storage.column(id) };
        slots.map(|Slots { first, len }| match (is_global, element) {
            (false, Element::Fixed(at)) => Place::Column(first + at),
            (true, Element::Fixed(at)) => Place::Global(first + at),
            (false, Element::Computed(index)) => Place::ColumnAt { first, len, index },
            (true, Element::Computed(index)) => Place::GlobalAt { first, len, index },
        })
    }

    /// The value of a variable.
    pub fn variable(&mut self, id: VariableId, index: Option<&Expr>) -> Operand {
        self.must_be_set(id);
        let variable = self.mechanism.variable(id);
        match variable.storage {
            hir::Storage::Instance | hir::Storage::Global | hir::Storage::Ion { .. } => {
                if variable.len == 1 {
                    return self.read(Key::Variable(id));
                }
                match self.element_place(id, index) {
                    Some(place) => self.load(&variable.name, place),
                    None => ZERO,
                }
            }
            hir::Storage::Constant(value) => Operand::Const(value),
            hir::Storage::Voltage => self.read(Key::Voltage),
            hir::Storage::Diam => self.field(NodeField::Diam),
            hir::Storage::Area => self.field(NodeField::Area),
            hir::Storage::Time => match self.time {
                Some(time) => time,
                None => self.uniform(Uniform::T),
            },
            hir::Storage::Step => self.time_step(),
            hir::Storage::Celsius => self.uniform(Uniform::Celsius),
        }
    }

    /// `dt` as the running phase or method sees it, ms.
    pub fn time_step(&mut self) -> Operand {
        match self.step {
            Some(step) => step,
            None => self.uniform(Uniform::Dt),
        }
    }

    fn local(&mut self, id: LocalId, index: Option<&Expr>) -> Operand {
        match self.local_slot(id) {
            LocalSlot::Scalar(key) => self.read(key),
            LocalSlot::Fixed(value) => Operand::Const(value),
            LocalSlot::Weight(at) => self.weight(at),
            LocalSlot::NetConWeight { slot, netcon } => {
                let arguments = vec![self.read(netcon)];
                let dst = self.new_value("weight");
                self.emit(Stmt::Host { dst: Some(dst), call: HostCall::NetConWeight, slot, arguments });
                Operand::Value(dst)
            }
            LocalSlot::Scratch { first, len } => {
                let place = self.scratch_place(first, len, index);
                self.load("element", place)
            }
        }
    }

    fn scratch_place(&mut self, first: u32, len: u32, index: Option<&Expr>) -> Place {
        let element = match index {
            Some(index) => self.element(index, len),
            None => Element::Fixed(0),
        };
        let at = match element {
            Element::Fixed(at) => Operand::Const(f64::from(first + at)),
            Element::Computed(index) => {
                let index = self.call(Intrinsic::Trunc, vec![index]);
                let below = self.binary(Binary::Lt, index, ZERO);
                let above = self.binary(Binary::Ge, index, Operand::Const(f64::from(len)));
                let outside = self.either(below, above);
                self.when(outside, |builder| builder.fail(KernelError::Index));
                let inside = self.select(outside, ZERO, index);
                self.add(Operand::Const(f64::from(first)), inside)
            }
        };
        Place::Scratch(at)
    }

    /// A weight of the delivering NetCon; an error at run time if no NetCon delivered the event.
    fn weight(&mut self, at: u32) -> Operand {
        let key = Key::Weight(at);
        if let Some(value) = self.assigned(key) {
            return value;
        }
        let has = self.uniform(Uniform::HasWeights);
        let loaded = self.new_local();
        self.branch(
            has,
            |builder| {
                let value = builder.load("weight", Place::Weight(at));
                builder.write(loaded, value);
            },
            |builder| builder.fail(KernelError::NoWeights),
        );
        let value = self.read(loaded);
        self.forget(loaded);
        self.write(key, value);
        value
    }

    /// `target = value`
    pub fn assign(&mut self, target: &Target, value: Operand) {
        match target {
            Target::Variable(id, index) => self.assign_variable(*id, index.as_deref(), value),
            Target::Local(id, index) => match self.local_slot(*id) {
                LocalSlot::Scalar(key) => self.write(key, value),
                LocalSlot::Fixed(_) => {}
                LocalSlot::NetConWeight { slot, netcon } => {
                    let netcon = self.read(netcon);
                    self.host(HostCall::NetConSetWeight, slot, vec![netcon, value]);
                }
                LocalSlot::Scratch { first, len } => {
                    let place = self.scratch_place(first, len, index.as_deref());
                    self.store(place, value);
                }
                LocalSlot::Weight(at) => {
                    let has = self.uniform(Uniform::HasWeights);
                    self.branch(
                        has,
                        |builder| builder.store(Place::Weight(at), value),
                        |builder| builder.fail(KernelError::NoWeights),
                    );
                    self.write(Key::Weight(at), value);
                }
            },
        }
    }

    /// A POINTER or EXTERNAL must stand for something.
    fn must_be_set(&mut self, id: VariableId) {
        let variable = self.mechanism.variable(id);
        let Some(set) = variable.set else { return };
        let error = if variable.storage == hir::Storage::Global { KernelError::External } else { KernelError::Pointer };
        let is_set = self.read(Key::Variable(set));
        let unset = self.not(is_set);
        self.when(unset, |builder| builder.fail(error));
    }

    pub fn assign_variable(&mut self, id: VariableId, index: Option<&Expr>, value: Operand) {
        self.must_be_set(id);
        let variable = self.mechanism.variable(id);
        match variable.storage {
            hir::Storage::Instance | hir::Storage::Global | hir::Storage::Ion { .. } => {
                if variable.len == 1 {
                    self.write(Key::Variable(id), value);
                } else if let Some(place) = self.element_place(id, index) {
                    self.store(place, value);
                }
            }
            hir::Storage::Voltage => self.write(Key::Voltage, value),
            hir::Storage::Constant(_)
            | hir::Storage::Diam
            | hir::Storage::Area
            | hir::Storage::Time
            | hir::Storage::Step
            | hir::Storage::Celsius => self.problems.push(
                Diagnostic::error(codes::READ_ONLY, variable.span, format!("`{}` cannot be assigned", variable.name))
                    .help("assign to a variable of your own instead"),
            ),
        }
    }

    // ----- calls

    /// The value of `id(arguments)`: the body in place of the call, or the lookup of its TABLE.
    pub fn inline(&mut self, id: FunctionId, arguments: &[Operand]) -> Operand {
        let function = self.mechanism.function(id);
        let depth = self.calls.iter().filter(|one| **one == id).count();
        if depth > 0 {
            let most = self.mechanism.recursion_depth(id);
            if depth == 1 && self.problems.iter().all(|one| one.code != codes::RECURSION) {
                let title = format!("`{}` calls itself", function.name);
                self.problems.push(
                    Diagnostic::warning(codes::RECURSION, function.span, title)
                        .label(format!(
                            "every call is expanded in place, at most {most} deep; deeper ones are an error"
                        ))
                        .help("write the recursion as a `while` loop"),
                );
            }
            if depth > most {
                self.fail(KernelError::Recursion);
                return ZERO;
            }
        }
        if self.is_too_large(function.span) {
            return ZERO;
        }
        self.calls.push(id);
        let value = match &function.table {
            Some(table) => self.look_up(id, function, table, arguments),
            None => self.inline_body(function, arguments),
        };
        self.calls.pop();
        value
    }

    /// The body of a function with these arguments.
    pub fn inline_body(&mut self, function: &'a hir::Function, arguments: &[Operand]) -> Operand {
        self.enter(&function.body, function.result, arguments);
        self.statements(&function.body.statements);
        let value = match function.result.map(|result| self.local_slot(result)) {
            Some(LocalSlot::Scalar(key)) => self.read(key),
            _ => ZERO,
        };
        self.leave();
        value
    }

    /// Opens a frame: arguments by value, all other locals 0.
    pub fn enter(&mut self, body: &hir::Body, result: Option<LocalId>, arguments: &[Operand]) {
        let mut locals = Vec::new();
        for (at, local) in body.locals.iter().enumerate() {
            locals.push(if local.len > 1 {
                let first = self.allocate_scratch(local.len);
                for element in first..first + local.len {
                    self.store(Place::Scratch(Operand::Const(f64::from(element))), ZERO);
                }
                LocalSlot::Scratch { first, len: local.len }
            } else {
                let key = self.new_local();
                let value = arguments.get(at).copied().filter(|_| at < body.n_arguments as usize);
                self.write(key, value.unwrap_or(ZERO));
                LocalSlot::Scalar(key)
            });
        }
        let returned = super::stmt::returns(&body.statements).then(|| self.new_local());
        if let Some(key) = returned {
            self.write(key, ZERO);
        }
        self.frames.push(Frame { locals, result, returned });
    }

    /// Closes the frame.
    pub fn leave(&mut self) {
        if let Some(frame) = self.frames.pop() {
            for local in frame.locals {
                if let LocalSlot::Scalar(key) = local {
                    self.forget(key);
                }
            }
            if let Some(key) = frame.returned {
                self.forget(key);
            }
        }
    }
}

fn binary(operator: Operator) -> Option<Binary> {
    Some(match operator {
        Operator::Lt => Binary::Lt,
        Operator::Le => Binary::Le,
        Operator::Gt => Binary::Gt,
        Operator::Ge => Binary::Ge,
        Operator::Eq => Binary::Eq,
        Operator::Ne => Binary::Ne,
        Operator::Add => Binary::Add,
        Operator::Sub => Binary::Sub,
        Operator::Mul => Binary::Mul,
        Operator::Div => Binary::Div,
        Operator::Pow | Operator::And | Operator::Or => return None,
    })
}

/// Whether the value is 0 or 1 by construction.
fn is_boolean(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(a) => is_boolean(a),
        Expr::Not(_) => true,
        Expr::Binary(operator, ..) => {
            !matches!(operator, Operator::Add | Operator::Sub | Operator::Mul | Operator::Div | Operator::Pow)
        }
        _ => false,
    }
}

/// Whether evaluating has no effect and cannot fail, so that both sides of && may be evaluated.
fn is_pure(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Flag | Expr::Flux(_) => true,
        Expr::Variable(_, index) => index.is_none(),
        // Weights may be absent: their reads can fail.
        Expr::Local(..) | Expr::Call(..) | Expr::Host(..) | Expr::IonNow(..) => false,
        Expr::Neg(a) | Expr::Not(a) | Expr::Paren(a) => is_pure(a),
        Expr::Binary(_, a, b) | Expr::IntegerDiv(a, b) => is_pure(a) && is_pure(b),
        Expr::Intrinsic(_, arguments) => arguments.iter().all(is_pure),
    }
}

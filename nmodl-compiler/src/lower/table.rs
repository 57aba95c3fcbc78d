//! TABLE: building and looking up (NEURON: src/nocmodl/parsact.cpp, table_massage).
//!
//! Thread-safe mechanisms build all tables in their own kernel, once a step, from the values of one row. Mechanisms
//! that are not thread-safe check at each call in NEURON; here they do so only where it can make a difference, that
//! is where DEPEND names something that differs between rows or changes inside a step.

use super::build::{Builder, Key, ONE, ZERO};
use super::storage::TableSlots;
use crate::hir::{self, FunctionId, VariableId};
use crate::kir::{Binary, Intrinsic, Operand, Place};

impl<'a> Builder<'a> {
    /// The value of a tabled function, or the tabled variables of a procedure, by interpolation.
    pub fn look_up(
        &mut self,
        id: FunctionId,
        function: &'a hir::Function,
        table: &'a hir::Table,
        arguments: &[Operand],
    ) -> Operand {
        let (Some(slots), Some(&x)) = (self.storage.table(id), arguments.first()) else {
            return self.inline_body(function, arguments);
        };
        if checks_at_calls(self.mechanism, table) {
            self.check(id);
        }
        let result = self.new_local();
        let use_table = self.use_table();
        let body = |builder: &mut Builder<'a>| {
            let value = builder.inline_body(function, arguments);
            builder.write(result, value);
        };
        self.branch(use_table, |builder| builder.interpolate(table, slots, x, result), body);
        let value = self.read(result);
        self.forget(result);
        value
    }

    fn use_table(&mut self) -> Operand {
        match self.mechanism.usetable {
            Some(id) => self.variable(id, None),
            None => ONE,
        }
    }

    fn interpolate(&mut self, table: &'a hir::Table, slots: &TableSlots, x: Operand, result: Key) {
        let last = Operand::Const(f64::from(table.intervals));
        let (scale, from) = (self.read(Key::Global(slots.scale)), self.read(Key::Global(slots.from)));
        let distance = self.sub(x, from);
        let at = self.mul(scale, distance);
        // Not a number gives index 0 and, through theta, not a number as the value.
        let below = self.binary(Binary::Le, at, ZERO);
        let above = self.binary(Binary::Ge, at, last);
        let positive = self.binary(Binary::Gt, at, ZERO);
        let whole = self.call(Intrinsic::Trunc, vec![at]);
        let last_interval = Operand::Const(f64::from(table.intervals) - 1.0);
        let index = self.select(above, last_interval, whole);
        let index = self.select(positive, index, ZERO);
        let theta = self.sub(at, index);
        let next = self.add(index, ONE);
        let value_of = |builder: &mut Builder<'a>, first: u32| {
            let len = table.intervals + 1;
            let low = builder.load("low", Place::GlobalAt { first, len, index });
            let high = builder.load("high", Place::GlobalAt { first, len, index: next });
            let rise = builder.sub(high, low);
            let part = builder.mul(theta, rise);
            let between = builder.add(low, part);
            let between = builder.select(above, high, between);
            builder.select(below, low, between)
        };
        if table.variables.is_empty() {
            let value = value_of(self, slots.values[0][0].first);
            self.write(result, value);
            return;
        }
        for (id, elements) in table.variables.iter().zip(&slots.values) {
            for (element, slots) in elements.iter().enumerate() {
                let value = value_of(self, slots.first);
                self.write_element(*id, element, value);
            }
        }
        self.write(result, ZERO);
    }

    fn write_element(&mut self, id: VariableId, element: usize, value: Operand) {
        let index = hir::Expr::Number(element as f64);
        let index = (self.mechanism.variable(id).len > 1).then_some(&index);
        self.assign_variable(id, index, value);
    }

    fn read_element(&mut self, id: VariableId, element: usize) -> Operand {
        let index = hir::Expr::Number(element as f64);
        let index = (self.mechanism.variable(id).len > 1).then_some(&index);
        self.variable(id, index)
    }

    /// Builds the table of a function unless it is up to date or tables are off.
    pub fn check(&mut self, id: FunctionId) {
        let function = self.mechanism.function(id);
        let (Some(slots), Some(table)) = (self.storage.table(id), &function.table) else { return };
        let use_table = self.use_table();
        self.when(use_table, |builder| {
            let built = builder.read(Key::Global(slots.built));
            let mut stale = builder.not(built);
            for (depend, saved) in table.depend.iter().zip(&slots.saved) {
                let (now, saved) = (builder.variable(*depend, None), builder.read(Key::Global(*saved)));
                let differs = builder.binary(Binary::Ne, saved, now);
                stale = builder.either(stale, differs);
            }
            builder.when(stale, |builder| builder.build_table(id, function, table, slots));
        });
    }

    fn build_table(&mut self, id: FunctionId, function: &'a hir::Function, table: &'a hir::Table, slots: &TableSlots) {
        self.enter(&function.body, function.result, &[]);
        let (from, to) = (self.expr(&table.from), self.expr(&table.to));
        self.leave();
        let span = self.sub(to, from);
        let interval = self.div(span, Operand::Const(f64::from(table.intervals)));
        let scale = self.div(ONE, interval);
        self.write(Key::Global(slots.from), from);
        self.write(Key::Global(slots.scale), scale);
        let (i, x) = (self.new_local(), self.new_local());
        self.write(i, ZERO);
        self.write(x, from);
        let nested = self.calls.contains(&id);
        if !nested {
            self.calls.push(id);
        }
        let points = table.intervals + 1;
        self.repeat(
            &mut |builder| {
                let at = builder.read(i);
                builder.binary(Binary::Lt, at, Operand::Const(f64::from(points)))
            },
            &mut |builder| {
                let argument = builder.read(x);
                let value = builder.inline_body(function, &[argument]);
                let index = builder.read(i);
                if table.variables.is_empty() {
                    let first = slots.values[0][0].first;
                    builder.store(Place::GlobalAt { first, len: points, index }, value);
                }
                for (id, elements) in table.variables.iter().zip(&slots.values) {
                    for (element, slots) in elements.iter().enumerate() {
                        let value = builder.read_element(*id, element);
                        builder.store(Place::GlobalAt { first: slots.first, len: points, index }, value);
                    }
                }
                // x accumulates: its rounding is part of the table.
                let argument = builder.read(x);
                let next = builder.add(argument, interval);
                builder.write(x, next);
                let next = builder.add(index, ONE);
                builder.write(i, next);
            },
        );
        if !nested {
            self.calls.pop();
        }
        self.forget(i);
        self.forget(x);
        for (depend, saved) in table.depend.iter().zip(&slots.saved) {
            let now = self.variable(*depend, None);
            self.write(Key::Global(*saved), now);
        }
        self.write(Key::Global(slots.built), ONE);
    }
}

/// Whether a call must look at DEPEND itself: NEURON does so in mechanisms that are not thread-safe, and it matters if
/// a DEPEND value is not the same for all rows throughout a step.
fn checks_at_calls(mechanism: &hir::Mechanism, table: &hir::Table) -> bool {
    let varies = |id: &VariableId| {
        let variable = mechanism.variable(*id);
        match variable.storage {
            hir::Storage::Constant(_) | hir::Storage::Celsius | hir::Storage::Step => false,
            hir::Storage::Global => variable.class != hir::Class::Parameter,
            hir::Storage::Instance
            | hir::Storage::Ion { .. }
            | hir::Storage::Voltage
            | hir::Storage::Diam
            | hir::Storage::Area
            | hir::Storage::Time => true,
        }
    };
    !mechanism.thread_safe && table.depend.iter().any(varies)
}

//! The kernels of a mechanism: what surrounds the user's blocks in each phase (NEURON: src/nocmodl/noccout.cpp and
//! nocpout.cpp).

use diag::Diagnostic;
use mech_abi::{IonVariable, KernelKind, MechanismKind};

use super::build::{Builder, Key, LocalSlot, ONE, ZERO};
use super::storage::Storage;
use crate::codes;
use crate::hir::{self, FunctionId, Mechanism, Moment, VariableId};
use crate::kir::{Intrinsic, Kernel, NodeField, Operand, Place, Uniform};

/// All kernels with what was learned while making them.
pub(crate) struct All {
    pub kernels: Vec<Kernel>,
    pub problems: Vec<Diagnostic>,
}

/// Makes all kernels, in the order of [`KernelKind`].
pub(crate) fn all(mechanism: &Mechanism, storage: &Storage) -> All {
    let mut all = All { kernels: Vec::new(), problems: Vec::new() };
    let mut add = |kind: KernelKind, make: &dyn Fn(&mut Builder<'_>)| {
        if all.problems.iter().any(|one| one.code == codes::TOO_LARGE) {
            return;
        }
        let mut builder = Builder::new(mechanism, storage);
        make(&mut builder);
        let (kernel, problems) = builder.finish(kind);
        all.kernels.push(kernel);
        all.problems.extend(problems);
    };
    if mechanism.functions.iter().any(|function| function.table.is_some()) {
        add(KernelKind::BuildTables, &build_tables);
    }
    let needs_initial = !ions_of(mechanism, &[IonVariable::Inside, IonVariable::Outside, IonVariable::Reversal])
        .is_empty()
        || mechanism.initial.is_some()
        || mechanism.variables.iter().any(|variable| variable.class == hir::Class::State);
    if needs_initial {
        add(KernelKind::Initial, &initial);
    }
    if let Some(body) = &mechanism.breakpoint {
        if !mechanism.currents.is_empty() {
            add(KernelKind::Current, &|builder| current(builder, body));
        }
        if mechanism.currents.is_empty() || !mechanism.solves.is_empty() {
            add(KernelKind::State, &|builder| state(builder, body));
        }
    }
    if let Some(receive) = &mechanism.net_receive {
        add(KernelKind::NetReceive, &|builder| net_receive(builder, receive, &receive.body));
        if let Some(initial) = &receive.initial {
            add(KernelKind::NetInitial, &|builder| net_receive(builder, receive, initial));
        }
    }
    let moments = [
        (Moment::BeforeBreakpoint, KernelKind::BeforeBreakpoint),
        (Moment::AfterSolve, KernelKind::AfterSolve),
        (Moment::BeforeInitial, KernelKind::BeforeInitial),
        (Moment::AfterInitial, KernelKind::AfterInitial),
        (Moment::BeforeStep, KernelKind::BeforeStep),
    ];
    for (moment, kind) in moments {
        let blocks = || mechanism.before_after.iter().filter(move |(at, _)| *at == moment);
        if blocks().next().is_some() {
            add(kind, &|builder| blocks().for_each(|(_, body)| before_after(builder, body)));
        }
    }
    for at in 0..mechanism.functions.len() as u32 {
        add(KernelKind::Function(at), &|builder| function(builder, FunctionId(at)));
    }
    all
}

/// Every WRITE of one of `which`: position of the ion, variable, local copy.
fn ions_of(mechanism: &Mechanism, which: &[IonVariable]) -> Vec<(u32, IonVariable, VariableId)> {
    let mut found = Vec::new();
    for (ion, one) in mechanism.ions.iter().enumerate() {
        let wanted = one.writes.iter().filter(|(variable, _)| which.contains(variable));
        found.extend(wanted.map(|(variable, id)| (ion as u32, *variable, *id)));
    }
    found
}

const CONCENTRATIONS: [IonVariable; 2] = [IonVariable::Inside, IonVariable::Outside];
const STORED: [IonVariable; 3] = [IonVariable::Inside, IonVariable::Outside, IonVariable::Reversal];

/// Reads every READ variable and every WRITE concentration from the ion.
fn load_ions(builder: &mut Builder<'_>) {
    for (ion, one) in builder.mechanism.ions.iter().enumerate() {
        let written = one.writes.iter().filter(|(variable, _)| CONCENTRATIONS.contains(variable));
        for (variable, id) in one.reads.iter().chain(written) {
            builder.bind(*id, Place::Ion { ion: ion as u32, variable: *variable });
        }
    }
}

/// Stores WRITE concentrations and WRITE reversal potentials.
fn store_ions(builder: &mut Builder<'_>) {
    for (ion, variable, id) in ions_of(builder.mechanism, &STORED) {
        let value = builder.variable(id, None);
        builder.store(Place::Ion { ion, variable }, value);
    }
}

fn build_tables(builder: &mut Builder<'_>) {
    for (at, function) in builder.mechanism.functions.iter().enumerate() {
        if function.table.is_some() {
            builder.check(FunctionId(at as u32));
        }
    }
}

fn body(builder: &mut Builder<'_>, body: &hir::Body) {
    builder.enter(body, None, &[]);
    builder.statements(&body.statements);
    builder.leave();
}

fn initial(builder: &mut Builder<'_>) {
    let mechanism = builder.mechanism;
    load_ions(builder);
    for (at, variable) in mechanism.variables.iter().enumerate() {
        if variable.class != hir::Class::State || matches!(variable.storage, hir::Storage::Ion { .. }) {
            continue;
        }
        let value = match variable.start {
            Some(start) => builder.variable(start, None),
            None => Operand::Const(variable.default),
        };
        let id = VariableId(at as u32);
        if variable.len == 1 {
            builder.write(Key::Variable(id), value);
        } else {
            for element in 0..variable.len {
                let index = hir::Expr::Number(f64::from(element));
                builder.assign_variable(id, Some(&index), value);
            }
        }
    }
    if let Some(block) = &mechanism.initial {
        body(builder, block);
    }
    store_ions(builder);
    for (ion, one) in mechanism.ions.iter().enumerate() {
        if one.writes.iter().any(|(variable, _)| CONCENTRATIONS.contains(variable)) {
            wrote_concentration(builder, ion as u32, one);
        }
    }
}

/// Recomputes the reversal potential if style bit 040 is set (NEURON: src/nrnoc/eion.cpp, nrn_wrote_conc).
fn wrote_concentration(builder: &mut Builder<'_>, ion: u32, one: &hir::Ion) {
    let style = builder.load("style", Place::IonStyle(ion));
    let shifted = builder.div(style, Operand::Const(32.0));
    let shifted = builder.call(Intrinsic::Floor, vec![shifted]);
    let bit = builder.call(Intrinsic::Fmod, vec![shifted, Operand::Const(2.0)]);
    builder.when(bit, |builder| {
        let name = |what: &str| format!("{}.{what}", one.name);
        let inside = builder.load(&name("inside"), Place::Ion { ion, variable: IonVariable::Inside });
        let outside = builder.load(&name("outside"), Place::Ion { ion, variable: IonVariable::Outside });
        let charge = builder.load(&name("charge"), Place::IonCharge(ion));
        let celsius = builder.uniform(Uniform::Celsius);
        let reversal = builder.call(Intrinsic::Nernst, vec![inside, outside, charge, celsius]);
        builder.store(Place::Ion { ion, variable: IonVariable::Reversal }, reversal);
    });
}

/// BREAKPOINT at one potential: the sum of all currents in order of declaration.
fn sum_of_currents(builder: &mut Builder<'_>, block: &hir::Body, v: Operand) -> Operand {
    builder.write(Key::Voltage, v);
    body(builder, block);
    let mut sum = ZERO;
    for (at, current) in builder.mechanism.currents.iter().enumerate() {
        let one = builder.variable(current.variable, None);
        // 0 + x differs from x only for -0, which becomes 0.
        sum = if at == 0 { builder.add(ZERO, one) } else { builder.add(sum, one) };
    }
    sum
}

fn current(builder: &mut Builder<'_>, block: &hir::Body) {
    let mechanism = builder.mechanism;
    load_ions(builder);
    let v = builder.field(NodeField::V);
    let step = Operand::Const(0.001);
    let above = builder.add(v, step);
    let at_above = sum_of_currents(builder, block, above);
    let ionic: Vec<(u32, VariableId)> =
        mechanism.currents.iter().filter_map(|one| one.ion.map(|ion| (ion, one.variable))).collect();
    let ionic_above: Vec<Operand> = ionic.iter().map(|(_, id)| builder.variable(*id, None)).collect();
    let at_v = sum_of_currents(builder, block, v);
    let is_point = mechanism.kind == MechanismKind::PointProcess;
    let area = if is_point { builder.field(NodeField::Area) } else { ONE };
    let hundred = Operand::Const(1.0e2);
    // nA to mA/cm2, in the order of NEURON's text: (x * 1.e2) / area here, x * (1.e2 / area) for the sums below.
    let spread = |builder: &mut Builder<'_>, value: Operand| {
        if !is_point {
            return value;
        }
        let value = builder.mul(value, hundred);
        builder.div(value, area)
    };
    for ((ion, id), above) in ionic.iter().zip(ionic_above) {
        let now = builder.variable(*id, None);
        let rise = builder.sub(above, now);
        let slope = builder.div(rise, step);
        let slope = spread(builder, slope);
        builder.accumulate(Place::Ion { ion: *ion, variable: IonVariable::CurrentSlope }, slope);
    }
    let rise = builder.sub(at_above, at_v);
    let mut slope = builder.div(rise, step);
    let mut total = at_v;
    for (ion, id) in &ionic {
        let now = builder.variable(*id, None);
        let now = spread(builder, now);
        builder.accumulate(Place::Ion { ion: *ion, variable: IonVariable::Current }, now);
    }
    store_ions(builder);
    if is_point {
        let factor = builder.div(hundred, area);
        slope = builder.mul(slope, factor);
        total = builder.mul(total, factor);
    }
    let (rhs, d) = if mechanism.electrode_current { (total, builder.neg(slope)) } else { (builder.neg(total), slope) };
    builder.accumulate(Place::Node(NodeField::Rhs), rhs);
    builder.accumulate(Place::Node(NodeField::D), d);
    builder.write(Key::Voltage, v);
}

fn state(builder: &mut Builder<'_>, block: &hir::Body) {
    let mechanism = builder.mechanism;
    load_ions(builder);
    if mechanism.solves.iter().any(|solve| builder.takes_half_steps(solve)) {
        let dt = builder.uniform(Uniform::Dt);
        let second_order = builder.uniform(Uniform::SecondOrder);
        let half = builder.mul(dt, Operand::Const(0.5));
        let step = builder.select(second_order, half, dt);
        builder.step = Some(step);
    }
    for solve in &mechanism.solves {
        builder.solve(solve);
    }
    if mechanism.currents.is_empty() {
        body(builder, block);
    }
    builder.step = None;
    store_ions(builder);
}

fn net_receive(builder: &mut Builder<'_>, receive: &hir::NetReceive, block: &hir::Body) {
    let mechanism = builder.mechanism;
    // Only concentrations are exchanged with the ion, and only states are written back.
    for (ion, one) in mechanism.ions.iter().enumerate() {
        for (variable, id) in one.reads.iter().chain(&one.writes) {
            if CONCENTRATIONS.contains(variable) {
                builder.bind(*id, Place::Ion { ion: ion as u32, variable: *variable });
            }
        }
    }
    builder.enter(block, None, &[]);
    if let Some(frame) = builder.frames.last_mut() {
        for at in 0..receive.arguments.len() {
            frame.locals[at] = LocalSlot::Weight(at as u32);
        }
    }
    builder.jumps = true;
    builder.statements(&block.statements);
    builder.jumps = false;
    builder.leave();
    for (ion, variable, id) in ions_of(mechanism, &CONCENTRATIONS) {
        if mechanism.variable(id).class == hir::Class::State
            && let Some(value) = builder.assigned(Key::Variable(id))
        {
            builder.store(Place::Ion { ion, variable }, value);
        }
    }
    if receive.mentions_v
        && mechanism.kind != MechanismKind::ArtificialCell
        && let Some(v) = builder.assigned(Key::Voltage)
    {
        builder.store(Place::Node(NodeField::V), v);
    }
}

/// One BEFORE or AFTER block; it stores ions by the rule of currents, so a written current is added again.
fn before_after(builder: &mut Builder<'_>, block: &hir::Body) {
    load_ions(builder);
    body(builder, block);
    for (ion, variable, id) in ions_of(builder.mechanism, &[IonVariable::Current]) {
        let mut value = builder.variable(id, None);
        if builder.mechanism.kind == MechanismKind::PointProcess {
            let area = builder.field(NodeField::Area);
            value = builder.mul(value, Operand::Const(1.0e2));
            value = builder.div(value, area);
        }
        builder.accumulate(Place::Ion { ion, variable }, value);
    }
    store_ions(builder);
}

fn function(builder: &mut Builder<'_>, id: FunctionId) {
    let one = builder.mechanism.function(id);
    let arguments: Vec<Operand> = (0..one.body.n_arguments)
        .map(|at| {
            let name = one.body.locals.get(at as usize).map_or("argument", |local| local.name.as_str());
            builder.load(name, Place::Weight(at))
        })
        .collect();
    // A call from outside looks at the table first, as NEURON's wrapper does.
    builder.check(id);
    let value = builder.inline(id, &arguments);
    // hoc sees 1 as the value of a PROCEDURE.
    let value = if one.result.is_some() { value } else { ONE };
    builder.store(Place::Result, value);
}

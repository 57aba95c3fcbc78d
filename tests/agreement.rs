//! The reference interpreter against machine code, on every kernel of every mechanism that we ship, bit for bit.
//!
//! Every mechanism goes through the kernels of its life: all of them, in the engine's order, over and over while the
//! voltage, the ions, the events and the arguments change. After each kernel all that it can touch is compared.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

#[path = "common/shipped.rs"]
mod shipped;

use std::collections::BTreeMap;
use std::sync::Arc;

use mech_abi::{
    ColumnClass, CompiledMechanism, Host, HostCall, IonArrays, IonIndex, IonSpecies, KernelData, KernelKind,
    MechanismLayout, NodeArrays, Times,
};
use nmodl_compiler::Compiled;
use nmodl_compiler::backend::{Clif, Interp, KernelBackend, Strips};

/// Numbers in [0, 1) that only depend on the seed (splitmix64).
#[derive(Debug, Clone, Copy)]
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Between `low` and `high`.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

/// A host that writes down what it was asked and answers with numbers between 0 and 1.
#[derive(Debug, Clone, Default)]
struct Log(Vec<(HostCall, usize, u32, Vec<f64>)>);

impl Host for Log {
    fn call(&mut self, call: HostCall, row: usize, slot: u32, arguments: &[f64]) -> f64 {
        self.0.push((call, row, slot, arguments.to_vec()));
        match call {
            HostCall::StreamIsSet => f64::from(u8::from(!self.0.len().is_multiple_of(3))),
            HostCall::VectorSize => 4.0,
            _ => Draw(self.0.len() as u64).next(),
        }
    }
}

/// All that a kernel can touch.
#[derive(Debug, Clone)]
struct World {
    columns: Vec<Vec<f64>>,
    node_index: Vec<u32>,
    /// v, rhs, d, area, diam.
    nodes: [Vec<f64>; 5],
    ions: Vec<IonArrays>,
    ion_index: Vec<IonIndex>,
    globals: Vec<f64>,
    weights: Vec<f64>,
    times: Times,
    flag: f64,
    result: f64,
    log: Log,
}

/// Voltages from -120 to 80 mV in steps of 5, some between, and those at which shipped rates are 0/0.
fn voltages() -> Vec<f64> {
    let sweep = (0..=40).map(|step| -120.0 + 5.0 * f64::from(step));
    sweep.chain([-64.999, -6.0, -9.0, -21.0, 19.26, 19.88, 1e-9, 0.0]).collect()
}

impl World {
    /// One row for each voltage; `spread` 0 leaves defaults, 1 varies parameters by half and draws all else.
    fn new(layout: &MechanismLayout, spread: f64, draw: &mut Draw) -> World {
        let v = voltages();
        let rows = v.len();
        let mut columns = Vec::new();
        for column in &layout.columns {
            for _ in 0..column.len {
                let value = |draw: &mut Draw| match column.class {
                    ColumnClass::Parameter if column.default != 0.0 => {
                        column.default * (1.0 + spread * (draw.next() - 0.5))
                    }
                    _ => column.default + spread * draw.next(),
                };
                columns.push((0..rows).map(|_| value(draw)).collect());
            }
        }
        let globals = layout.globals.iter().flat_map(|global| {
            let vary = if matches!(global.class, mech_abi::GlobalClass::Parameter) { 0.2 * spread } else { 0.0 };
            let value = global.default * (1.0 + vary * (draw.next() - 0.5));
            std::iter::repeat_n(value, global.len as usize)
        });
        let globals = globals.collect();
        let ions = layout.ions.iter().map(|used| {
            let one = IonSpecies::with_defaults(&used.ion, used.charge.unwrap_or(1.0));
            let mut near = |value: f64| (0..rows).map(|_| value * draw.between(0.5, 2.0)).collect::<Vec<f64>>();
            IonArrays {
                reversal: near(one.reversal),
                inside: near(one.inside),
                outside: near(one.outside),
                current: near(-0.01),
                slope: near(0.001),
                charge: one.charge,
                style: (0..rows as u32).map(|row| if row.is_multiple_of(2) { 0o43 } else { 0o3 }).collect(),
            }
        });
        let ions: Vec<IonArrays> = ions.collect();
        // Neighbours share a node now and then, as point processes do.
        let shared = |row: usize| (if row % 7 == 3 { row - 1 } else { row }) as u32;
        let nodes = [v, vec![0.0; rows], vec![0.0; rows], vec![100.0; rows], vec![1.5; rows]];
        World {
            columns,
            node_index: (0..rows).map(shared).collect(),
            nodes,
            ion_index: (0..ions.len())
                .map(|species| IonIndex { species, index: (0..rows).map(shared).collect() })
                .collect(),
            ions,
            globals,
            weights: Vec::new(),
            times: Times { t: 0.0, dt: 0.025, celsius: 6.3, secondorder: 0, state_adjust: false },
            flag: 0.0,
            result: 0.0,
            log: Log::default(),
        }
    }

    /// Moves the voltages and the states, which INITIAL left at rest.
    fn disturb(&mut self, layout: &MechanismLayout, draw: &mut Draw) {
        for v in &mut self.nodes[0] {
            *v = (*v + draw.between(-15.0, 15.0)).clamp(-120.0, 80.0);
        }
        for column in layout.columns.iter().filter(|column| column.class == ColumnClass::State) {
            for values in &mut self.columns[column.first as usize..(column.first + column.len) as usize] {
                values.iter_mut().for_each(|value| *value = *value * draw.between(0.5, 1.2) + draw.between(0.0, 0.01));
            }
        }
    }

    /// Calls a kernel on some rows; both backends must also agree on refusals.
    fn run(&mut self, mechanism: &CompiledMechanism, kind: KernelKind, rows: std::ops::Range<usize>) {
        let [v, rhs, d, area, diam] = &mut self.nodes;
        let mut data = KernelData {
            rows,
            columns: &mut self.columns,
            node_index: &self.node_index,
            nodes: NodeArrays { v, rhs, d, area, diam },
            ions: &mut self.ions,
            ion_index: &self.ion_index,
            globals: &mut self.globals,
            times: self.times,
            weights: &mut self.weights,
            flag: self.flag,
            result: self.result,
            host: &mut self.log,
        };
        mechanism.kernels[&kind].run(&mut data).unwrap();
        self.result = data.result;
    }

    /// Every number with its place.
    fn numbers<'a>(&'a self, layout: &'a MechanismLayout) -> Vec<(&'a str, &'a [f64])> {
        let mut all = Vec::new();
        for column in &layout.columns {
            let physical = column.first as usize..(column.first + column.len) as usize;
            all.extend(self.columns[physical].iter().map(|one| (column.name.as_str(), one.as_slice())));
        }
        all.extend(["v", "rhs", "d", "area", "diam"].into_iter().zip(self.nodes.iter().map(Vec::as_slice)));
        for (ion, used) in self.ions.iter().zip(&layout.ions) {
            let arrays = [&ion.reversal, &ion.inside, &ion.outside, &ion.current, &ion.slope];
            all.extend(arrays.map(|array| (used.ion.as_str(), array.as_slice())));
        }
        all.push(("globals", &self.globals));
        all.push(("weights", &self.weights));
        all.push(("result", std::slice::from_ref(&self.result)));
        all.extend(self.log.0.iter().map(|(call, _, _, arguments)| (call.name(), arguments.as_slice())));
        all
    }
}

/// What is not a number is one value, since its sign and payload are the machine's choice.
fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

/// Counts over one mechanism, so that the test cannot pass on nothing.
#[derive(Debug, Default)]
struct Counts {
    kernels: usize,
    compared: usize,
    /// Numbers that kernels of a kind changed, or requests they made.
    did: BTreeMap<KernelKind, usize>,
    not_finite: usize,
    asked: usize,
}

/// The two backends of one mechanism and the world they share as long as they agree.
struct Pair<'a> {
    layout: &'a MechanismLayout,
    reference: CompiledMechanism,
    machine: CompiledMechanism,
    world: World,
    counts: Counts,
}

impl Pair<'_> {
    fn step(&mut self, kind: KernelKind, rows: std::ops::Range<usize>) {
        let mut machine = self.world.clone();
        let before = self.world.clone();
        self.world.run(&self.reference, kind, rows.clone());
        machine.run(&self.machine, kind, rows);
        let at = |what: &str| {
            format!("{} {kind:?} at dt {} ms, t {} ms: {what}", self.layout.name, before.times.dt, before.times.t)
        };
        let asked = |world: &World| world.log.0.iter().map(|one| (one.0, one.1, one.2)).collect::<Vec<_>>();
        assert_eq!(asked(&self.world), asked(&machine), "{}", at("what the host is asked"));
        let numbers = self.world.numbers(self.layout);
        for ((name, ours), (_, theirs)) in numbers.iter().zip(machine.numbers(self.layout)) {
            for (index, (a, b)) in ours.iter().zip(theirs).enumerate() {
                assert_eq!(bits(*a), bits(*b), "{}", at(&format!("{name}[{index}]: {a:?}, machine code {b:?}")));
                self.counts.compared += 1;
                self.counts.not_finite += usize::from(!a.is_finite());
            }
        }
        self.counts.kernels += 1;
        self.counts.asked += self.world.log.0.len();
        let did = self.counts.did.entry(kind).or_default();
        *did += self.world.log.0.len();
        for ((_, after), (_, start)) in numbers.iter().zip(before.numbers(self.layout)) {
            *did += after.iter().zip(start).filter(|(a, b)| bits(**a) != bits(**b)).count();
        }
        self.world.log.0.clear();
    }

    /// All kernels once; those of events and calls on single rows, with drawn weights, flags and arguments.
    fn round(&mut self, draw: &mut Draw) {
        let rows = voltages().len();
        for kind in self.layout.kernels.clone() {
            if kind > KernelKind::Initial {
                self.world.disturb(self.layout, draw);
            }
            let arguments = match kind {
                KernelKind::NetReceive | KernelKind::NetInitial => self.layout.n_weights(),
                KernelKind::Function(index) => self.layout.functions[index as usize].arguments.len(),
                _ => {
                    self.step(kind, 0..if kind == KernelKind::BuildTables { 1 } else { rows });
                    continue;
                }
            };
            for row in 0..rows {
                // Arguments of functions are voltages, mostly.
                let range = if matches!(kind, KernelKind::Function(_)) { (-120.0, 80.0) } else { (0.0, 2.0) };
                self.world.weights = (0..arguments).map(|_| draw.between(range.0, range.1)).collect();
                self.world.flag = (row % 4) as f64;
                self.world.result = -12345.0;
                self.step(kind, row..row + 1);
            }
            self.world.weights.clear();
            self.world.flag = 0.0;
        }
    }
}

fn compare(compiled: &Compiled, backend: &dyn KernelBackend, seed: u64) -> Counts {
    let layout = Arc::new(compiled.layout.clone());
    let reference = Interp.compile(layout.clone(), &compiled.kernels).unwrap();
    let machine = backend.compile(layout.clone(), &compiled.kernels).unwrap();
    let mut draw = Draw(seed);
    let world = World::new(&layout, 0.0, &mut draw);
    let mut pair = Pair { layout: &layout, reference, machine, world, counts: Counts::default() };
    for dt in [0.0125, 0.025, 0.1] {
        for spread in [0.0, 1.0] {
            pair.world = World::new(&layout, spread, &mut draw);
            pair.world.times.dt = dt;
            pair.world.times.celsius = if spread == 0.0 { 6.3 } else { draw.between(20.0, 37.0) };
            for round in 0..3 {
                pair.world.times.t = [0.0, draw.between(0.0, 1.0), draw.between(0.0, 30.0)][round];
                pair.world.times.secondorder = if round == 2 { 2 } else { 0 };
                pair.world.times.state_adjust = round == 1;
                pair.round(&mut draw);
            }
        }
    }
    pair.counts
}

/// All mechanisms by file name.
fn mechanisms() -> Vec<(String, Compiled)> {
    let mut all = Vec::new();
    for (name, text) in nmodl_compiler::builtin::SOURCES {
        all.push(((*name).to_owned(), shipped::compile(name, text)));
    }
    for path in tools::mechanisms::find(&[shipped::root().join("mechanisms")]).unwrap() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        all.push((name.clone(), shipped::compile(&name, &std::fs::read_to_string(&path).unwrap())));
    }
    all
}

#[test]
fn machine_code_gives_the_interpreters_bits_for_every_shipped_mechanism() {
    agree(&Clif);
}

#[test]
fn strips_give_the_interpreters_bits_for_every_shipped_mechanism() {
    agree(&Strips);
}

fn agree(backend: &dyn KernelBackend) {
    let all = mechanisms();
    assert!(all.len() > nmodl_compiler::builtin::SOURCES.len() + 15, "{}", all.len());
    let mut asked = 0;
    let mut idle: Vec<String> = Vec::new();
    for (seed, (name, compiled)) in all.iter().enumerate() {
        let counts = compare(compiled, backend, seed as u64);
        assert!(counts.kernels >= 18 * compiled.layout.kernels.len(), "{name}: {counts:?}");
        // A kernel that did nothing, or only made infinities, would agree with anything.
        for kind in &compiled.layout.kernels {
            let empty = compiled.kernels.iter().any(|one| one.kind == *kind && one.body.statements.is_empty());
            idle.extend((!empty && counts.did[kind] == 0).then(|| format!("{name} {kind:?}")));
        }
        assert!(counts.not_finite * 50 < counts.compared, "{name}: {counts:?}");
        asked += counts.asked;
    }
    assert_eq!(idle, Vec::<String>::new());
    assert!(asked > 1000, "hosts were asked {asked} times");
}

//! The built-in mechanisms keep NEURON's interface, and give its numbers to the last bit.
//!
//! The numbers are from NEURON 9.0.2: one segment of 10 x 10 um with hh and pas and the point processes below, fixed
//! step of 0.025 ms, one `fadvance` after `finitialize(v0)`. `V1` is the potential that NEURON comes to; kernels that
//! run after the potential is advanced get it as it is, so that no rounding of the cable solution comes between.

use std::sync::Arc;

use diag::Sources;
use mech_abi::{CompiledMechanism, GlobalClass, HostCall, KernelKind};

use crate::backend::world::World;
use crate::backend::{Clif, Interp, KernelBackend};
use crate::{Compiled, compile};

/// A built-in mechanism by its file name.
fn built_in(file: &str) -> Compiled {
    let (name, text) = super::SOURCES.iter().find(|(name, _)| *name == file).unwrap();
    let mut sources = Sources::new();
    let id = sources.add(*name, *text);
    let (compiled, problems) = compile(id, &sources);
    assert!(problems.is_empty(), "{}", problems.render(&sources, false));
    compiled.unwrap()
}

/// One instance of a built-in mechanism; every kernel runs on both backends, which must agree.
struct Instance {
    backends: [CompiledMechanism; 2],
    world: World,
}

impl Instance {
    fn new(file: &str) -> Instance {
        let one = built_in(file);
        let layout = Arc::new(one.layout);
        let backends = [&Interp as &dyn KernelBackend, &Clif].map(|one_of| {
            let compiled = one_of.compile(layout.clone(), &one.kernels);
            compiled.unwrap_or_else(|error| panic!("{error}"))
        });
        let mut world = World::new(&layout, 1);
        // A cylinder of 10 x 10 um.
        world.area = vec![std::f64::consts::PI * 10.0 * 10.0];
        Instance { backends, world }
    }

    fn run(&mut self, kind: KernelKind) {
        let [reference, machine] = &self.backends;
        let mut other = self.world.clone();
        self.world.run(&*reference.kernels[&kind]).unwrap();
        other.run(&*machine.kernels[&kind]).unwrap();
        assert_eq!(self.world.bits(), other.bits(), "{kind:?}");
    }

    /// Runs a kernel if the mechanism has it.
    fn run_if(&mut self, kind: KernelKind) {
        if self.backends[0].kernels.contains_key(&kind) {
            self.run(kind);
        }
    }

    fn initialise(&mut self, v: f64) {
        self.world.v = vec![v];
        self.run_if(KernelKind::BuildTables);
        self.run_if(KernelKind::Initial);
    }

    /// One step of NEURON: currents half a step on at the old potential, states a whole step on at the new one.
    fn step(&mut self, v1: f64) {
        let start = self.world.times.t;
        self.world.times.t = start + 0.5 * 0.025;
        self.run_if(KernelKind::Current);
        self.world.times.t = start + 0.025;
        self.world.v = vec![v1];
        self.run_if(KernelKind::State);
    }

    fn event(&mut self, weight: f64, flag: f64) {
        self.world.weights = vec![weight];
        self.world.flag = flag;
        self.run(KernelKind::NetReceive);
    }

    fn at(&self, name: &str) -> usize {
        self.backends[0].layout.column(name).unwrap_or_else(|| panic!("no {name}")).first as usize
    }

    fn get(&self, name: &str) -> f64 {
        self.world.columns[self.at(name)][0]
    }

    fn set(&mut self, name: &str, value: f64) {
        let at = self.at(name);
        self.world.columns[at][0] = value;
    }

    fn all(&self, names: &[&str]) -> Vec<f64> {
        names.iter().map(|name| self.get(name)).collect()
    }
}

#[test]
fn all_compile_without_a_word_in_order_of_registration() {
    let names: Vec<String> = super::SOURCES.iter().map(|(file, _)| built_in(file).layout.name).collect();
    assert_eq!(names, ["pas", "IClamp", "AlphaSynapse", "ExpSyn", "Exp2Syn", "SEClamp", "hh", "NetStim"]);
}

/// What hoc sees, with defaults: MechanismStandard's list in NEURON, and the global variables.
#[test]
fn variables_and_defaults() {
    let mut text = String::new();
    for (file, _) in super::SOURCES {
        let layout = built_in(file).layout;
        text += &layout.name;
        text += "\n";
        for column in layout.columns.iter().filter(|column| column.visible) {
            text += &format!("  {} = {:?} {}\n", column.name, column.default, column.unit);
        }
        for global in layout.globals.iter().filter(|global| global.visible) {
            assert_eq!(global.class, GlobalClass::Parameter);
            text += &format!("  global {} = {:?}\n", global.name, global.default);
        }
        let functions: Vec<&str> = layout.functions.iter().map(|one| one.name.as_str()).collect();
        text += &format!("  functions {}\n", functions.join(" "));
    }
    insta::assert_snapshot!(text);
}

struct HhCase {
    celsius: f64,
    v0: f64,
    /// m, h, n, mtau, htau, ntau after `finitialize`.
    start: [f64; 6],
    v1: f64,
    /// m, h, n after the step; gna, gk, il of the step.
    end: [f64; 6],
}

#[test]
fn hh_starts_and_steps_as_neuron_does() {
    let cases = [
        HhCase {
            celsius: 6.3,
            v0: -65.0,
            start: [
                0.05293248525724958,
                0.5961207535084603,
                0.3176769140606974,
                0.2367668786856876,
                8.516010764406575,
                5.458584687514421,
            ],
            v1: -53.998428056574,
            end: [
                0.0606539069952574,
                0.594592495885424,
                0.31860190404435623,
                1.0609192838829855e-05,
                0.0003666444556069116,
                -0.0032100000000000006,
            ],
        },
        HhCase {
            celsius: 6.3,
            v0: -40.3,
            start: [
                0.49270761519647205,
                0.052156723579337656,
                0.6752359886538527,
                0.5000634309207201,
                2.55967056053123,
                3.537645070815824,
            ],
            v1: -48.23491021018134,
            end: [
                0.48177306820286747,
                0.05259930887163443,
                0.6746436974995185,
                0.0007486164601303288,
                0.007483845715088364,
                0.0042,
            ],
        },
        HhCase {
            celsius: 23.5,
            v0: 12.7,
            start: [
                0.9900181727953885,
                0.001448851895343043,
                0.9347264125150723,
                0.028247036827256548,
                0.15219244419524874,
                0.20843252693791375,
            ],
            v1: -39.76966304897178,
            end: [
                0.8540656454704972,
                0.004530459626793801,
                0.9230079000822818,
                0.0001687076356566308,
                0.02748150796004464,
                0.0201,
            ],
        },
        // At the ends of the tables.
        HhCase {
            celsius: 6.3,
            v0: -99.9999,
            start: [
                0.0005329858283347959,
                0.9962871143944894,
                0.025446890407552276,
                0.03574781176178883,
                2.4732803970693102,
                5.033756549403154,
            ],
            v1: -63.401762081875646,
            end: [
                0.006430909879926826,
                0.9949196218819157,
                0.02692026864020074,
                1.8101424128845422e-11,
                1.509528713895061e-08,
                -0.013709969999999998,
            ],
        },
        HhCase {
            celsius: 6.3,
            v0: 130.0,
            start: [
                0.9999701540173902,
                1.828778963398621e-05,
                0.989851174897981,
                0.07142638017953491,
                0.9999830831443808,
                0.6386135427366768,
            ],
            v1: -15.60815874112697,
            end: [
                0.9937665877733795,
                0.00016442092299245235,
                0.9882937735123,
                2.194338267804348e-06,
                0.03456066675042638,
                0.05529,
            ],
        },
    ];
    // Tables are kept from case to case: a change of temperature rebuilds them.
    let mut hh = Instance::new("hh.mod");
    for case in cases {
        hh.world.times.celsius = case.celsius;
        hh.world.times.t = 0.0;
        hh.initialise(case.v0);
        assert_eq!(hh.all(&["m", "h", "n", "mtau", "htau", "ntau"]), case.start, "start at {}", case.v0);
        hh.step(case.v1);
        assert_eq!(hh.all(&["m", "h", "n", "gna", "gk", "il"]), case.end, "end from {}", case.v0);
    }
}

#[test]
fn hh_without_tables_evaluates_the_rates() {
    let mut hh = Instance::new("hh.mod");
    let layout = hh.backends[0].layout.clone();
    hh.world.globals[layout.global("usetable").unwrap().first as usize] = 0.0;
    hh.world.times.celsius = 23.5;
    hh.initialise(12.7);
    assert_eq!(hh.all(&["m", "ntau"]), [0.9900241242028116, 0.2084256193957774]);
}

#[test]
fn pas_leaks() {
    let mut pas = Instance::new("pas.mod");
    pas.initialise(-40.3);
    pas.step(0.0);
    assert_eq!(pas.get("i"), 0.029700000000000004);
    assert_eq!(pas.world.rhs, [-0.029700000000000004]);
}

#[test]
fn alpha_synapse_in_its_rise() {
    let mut synapse = Instance::new("alphasynapse.mod");
    for (name, value) in [("onset", 0.01), ("tau", 0.02), ("gmax", 0.003), ("e", 5.0)] {
        synapse.set(name, value);
    }
    for (v0, i) in [(-65.0, -0.06297047646663634), (12.7, 0.0069267524113299965), (130.0, 0.11244727940470775)] {
        synapse.world.times.t = 0.0;
        synapse.initialise(v0);
        synapse.step(0.0);
        assert_eq!(synapse.get("i"), i);
    }
}

#[test]
fn a_synapse_jumps_and_decays() {
    let mut synapse = Instance::new("expsyn.mod");
    synapse.set("tau", 1.7);
    synapse.initialise(-40.3);
    synapse.event(0.0013, 0.0);
    synapse.step(0.0);
    assert_eq!(synapse.all(&["g", "i"]), [0.00128102223732815, -0.05238999999999999]);
}

#[test]
fn a_synapse_of_two_time_constants() {
    let mut synapse = Instance::new("exp2syn.mod");
    synapse.set("tau1", 0.3);
    synapse.set("tau2", 2.9);
    synapse.initialise(12.7);
    synapse.event(0.0007, 0.0);
    synapse.step(0.0);
    assert_eq!(synapse.all(&["A", "B", "g"]), [0.0009332913940316495, 0.0010056909686003274, 0.0]);
    // A rise that is slower than the decay is made just faster; NEURON changes the parameter, too.
    synapse.set("tau1", 5.0);
    synapse.set("tau2", 3.0);
    synapse.initialise(12.7);
    assert_eq!(synapse.get("tau1"), 2.9997);
}

#[test]
fn a_current_clamp_is_on_from_its_delay_for_its_duration() {
    let mut clamp = Instance::new("iclamp.mod");
    for (name, value) in [("del", 1.0), ("dur", 2.0), ("amp", 0.3)] {
        clamp.set(name, value);
    }
    clamp.initialise(-65.0);
    for (t, i) in [(0.999, 0.0), (1.0, 0.3), (2.999, 0.3), (3.0, 0.0)] {
        clamp.world.times.t = t;
        clamp.run(KernelKind::Current);
        assert_eq!(clamp.get("i"), i, "at {t} ms");
    }
    clamp.world.rhs = vec![0.0];
    clamp.world.times.t = 1.0;
    clamp.run(KernelKind::Current);
    // nA into mA/cm2 of 100 pi um2.
    assert_eq!(clamp.world.rhs, [0.3 * (100.0 / clamp.world.area[0])]);
}

#[test]
fn a_voltage_clamp_tells_the_current_of_the_new_potential() {
    let mut clamp = Instance::new("seclamp.mod");
    for (name, value) in [("dur1", 0.02), ("amp1", -50.0), ("dur2", 1.0), ("amp2", -20.5), ("rs", 3.0)] {
        clamp.set(name, value);
    }
    for (v0, v1, i) in [
        (-65.0, -53.998428056574, 1.3328093521913331),
        (12.7, -39.76966304897178, -3.410112317009407),
        (130.0, -15.60815874112697, -11.46394708629101),
    ] {
        clamp.world.times.t = 0.0;
        clamp.initialise(v0);
        clamp.step(v1);
        assert_eq!(clamp.all(&["i", "vc"]), [i, -50.0]);
    }
    // The second level begins at 0.02 ms, and nothing holds the potential after the last.
    clamp.step(-30.0);
    assert_eq!(clamp.get("vc"), -20.5);
    clamp.world.times.t = 1.02;
    clamp.step(-30.0);
    assert_eq!(clamp.all(&["i", "vc"]), [0.0, 0.0]);
}

/// What a source asked its host, with the times and flags of its events; streams are left out.
fn asked(source: &mut Instance) -> Vec<(HostCall, Vec<f64>)> {
    let asked = std::mem::take(&mut source.world.log.asked);
    let events = asked.into_iter().filter(|(call, ..)| matches!(call, HostCall::NetSend | HostCall::NetEvent));
    events.map(|(call, _, _, arguments)| (call, arguments)).collect()
}

#[test]
fn a_regular_source_fires_its_number_of_events() {
    let mut source = Instance::new("netstim.mod");
    source.set("number", 2.0);
    source.initialise(0.0);
    assert_eq!(asked(&mut source), [(HostCall::NetSend, vec![50.0, 3.0])]);
    source.world.times.t = 50.0;
    source.event(0.0, 3.0);
    assert_eq!(asked(&mut source), [(HostCall::NetSend, vec![50.0, 1.0])]);
    source.event(0.0, 1.0);
    assert_eq!(asked(&mut source), [(HostCall::NetEvent, vec![50.0]), (HostCall::NetSend, vec![60.0, 1.0])]);
    source.world.times.t = 60.0;
    source.event(0.0, 1.0);
    assert_eq!(asked(&mut source), [(HostCall::NetEvent, vec![60.0])]);
    source.event(0.0, 1.0);
    assert_eq!(asked(&mut source), []);
}

#[test]
fn an_event_switches_a_source_on_and_off() {
    let mut source = Instance::new("netstim.mod");
    source.set("start", -1.0);
    source.initialise(0.0);
    assert_eq!(asked(&mut source), []);
    source.event(1.0, 0.0);
    assert_eq!(asked(&mut source), [(HostCall::NetSend, vec![0.0, 1.0])]);
    source.event(1.0, 0.0);
    assert_eq!(asked(&mut source), [], "it is on already");
    source.event(-1.0, 0.0);
    source.event(0.0, 1.0);
    assert_eq!(asked(&mut source), [], "it is off");
    // Without events to give, an event from outside sends one to itself, which finds the source off.
    source.set("number", 0.0);
    source.event(1.0, 0.0);
    assert_eq!(asked(&mut source).len(), 1);
    source.event(0.0, 1.0);
    assert_eq!(asked(&mut source), []);
}

#[test]
fn a_random_source_restarts_its_stream_and_draws_intervals() {
    let mut source = Instance::new("netstim.mod");
    source.set("noise", 0.5);
    source.set("start", 5.0);
    source.initialise(0.0);
    let calls: Vec<HostCall> = source.world.log.asked.iter().map(|(call, ..)| *call).collect();
    assert_eq!(calls, [HostCall::StreamSetSeq, HostCall::StreamNegexp, HostCall::NetSend]);
    // The second answer of the host of this world.
    let deviate = (2.0 * 0.37_f64).sin();
    let first = 5.0 + (0.5 * 10.0 + 0.5 * 10.0 * deviate) - 10.0 * 0.5;
    assert_eq!(asked(&mut source), [(HostCall::NetSend, vec![first, 3.0])]);
}

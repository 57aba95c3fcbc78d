//! A bench for tests: compiles a source text and runs its kernels on a few rows, on both backends, which must agree
//! to the last bit.

use std::sync::Arc;

use diag::Sources;
use mech_abi::{
    CompiledMechanism, Host, HostCall, IonArrays, IonIndex, KernelData, KernelError, KernelKind, NodeArrays, Times,
};

use crate::backend::{Clif, Interp, KernelBackend};
use crate::{Compiled, compile, kir};

/// The mechanism in `source`; its problems are a failure of the test.
pub(crate) fn compiled(source: &str) -> Compiled {
    let (compiled, problems) = problems_of(source);
    compiled.unwrap_or_else(|| panic!("{problems}"))
}

/// The mechanism in `source`, if it compiles, and its problems as text.
pub(crate) fn problems_of(source: &str) -> (Option<Compiled>, String) {
    let mut sources = Sources::new();
    let file = sources.add("test.mod", source);
    let (compiled, problems) = compile(file, &sources);
    (compiled, problems.render(&sources, false))
}

/// One kernel as text, after all passes.
pub(crate) fn text(source: &str, kind: KernelKind) -> String {
    let compiled = compiled(source);
    let kernel = compiled.kernels.iter().find(|kernel| kernel.kind == kind);
    kernel.map_or_else(|| "no such kernel".to_owned(), |kernel| kir::print(kernel, &compiled.layout))
}

/// Remembers what kernels ask; every value it gives is 0.25.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Recorder {
    pub calls: Vec<(HostCall, usize, Vec<f64>)>,
}

impl Host for Recorder {
    fn call(&mut self, call: HostCall, row: usize, _slot: u32, arguments: &[f64]) -> f64 {
        self.calls.push((call, row, arguments.to_vec()));
        0.25
    }
}

/// Rows of one mechanism at nodes of their own; every ion of the mechanism is at every node.
#[derive(Debug, Clone)]
pub(crate) struct Rig {
    pub layout: Arc<mech_abi::MechanismLayout>,
    backends: [CompiledMechanism; 2],
    pub columns: Vec<Vec<f64>>,
    pub globals: Vec<f64>,
    pub ions: Vec<IonArrays>,
    pub v: Vec<f64>,
    pub rhs: Vec<f64>,
    pub d: Vec<f64>,
    pub area: Vec<f64>,
    pub diam: Vec<f64>,
    pub times: Times,
    pub weights: Vec<f64>,
    pub flag: f64,
    pub result: f64,
    pub host: Recorder,
}

impl Rig {
    /// `rows` rows with the default values, at -65 mV, dt 0.025 ms, 6.3 degC.
    pub fn new(source: &str, rows: usize) -> Rig {
        let compiled = compiled(source);
        let layout = Arc::new(compiled.layout);
        let make = |backend: &dyn KernelBackend| {
            backend.compile(layout.clone(), &compiled.kernels).unwrap_or_else(|error| panic!("{error}"))
        };
        let backends = [make(&Interp), make(&Clif)];
        let ion = |one: &mech_abi::IonUse| {
            let species = mech_abi::IonSpecies::with_defaults(&one.ion, one.charge.unwrap_or(1.0));
            IonArrays {
                reversal: vec![species.reversal; rows],
                inside: vec![species.inside; rows],
                outside: vec![species.outside; rows],
                current: vec![0.0; rows],
                slope: vec![0.0; rows],
                charge: species.charge,
                style: vec![0; rows],
            }
        };
        Rig {
            columns: layout.default_row().into_iter().map(|value| vec![value; rows]).collect(),
            globals: layout.default_globals(),
            ions: layout.ions.iter().map(ion).collect(),
            v: vec![-65.0; rows],
            rhs: vec![0.0; rows],
            d: vec![0.0; rows],
            area: vec![100.0; rows],
            diam: vec![1.0; rows],
            times: Times { t: 0.0, dt: 0.025, celsius: 6.3, secondorder: 0, state_adjust: false },
            weights: Vec::new(),
            flag: 0.0,
            result: 0.0,
            host: Recorder::default(),
            backends,
            layout,
        }
    }

    /// Runs a kernel over all rows.
    pub fn run(&mut self, kind: KernelKind) {
        let mut other = self.clone();
        other.run_on(1, kind).unwrap();
        self.run_on(0, kind).unwrap();
        assert_eq!(bits(self), bits(&other), "interpreter and machine code differ in {kind:?}");
        assert_eq!(self.host, other.host, "interpreter and machine code ask different things in {kind:?}");
    }

    fn run_on(&mut self, backend: usize, kind: KernelKind) -> Result<(), KernelError> {
        let rows = self.v.len();
        let index: Vec<u32> = (0..rows as u32).collect();
        let ion_index: Vec<IonIndex> =
            (0..self.ions.len()).map(|species| IonIndex { species, index: index.clone() }).collect();
        let mut data = KernelData {
            rows: 0..rows,
            columns: &mut self.columns,
            node_index: &index,
            nodes: NodeArrays {
                v: &mut self.v,
                rhs: &mut self.rhs,
                d: &mut self.d,
                area: &self.area,
                diam: &self.diam,
            },
            ions: &mut self.ions,
            ion_index: &ion_index,
            globals: &mut self.globals,
            times: self.times,
            weights: &mut self.weights,
            flag: self.flag,
            result: self.result,
            host: &mut self.host,
        };
        let done = self.backends[backend].kernels[&kind].run(&mut data);
        self.result = data.result;
        done
    }

    fn slot(&self, name: &str) -> usize {
        self.layout.column(name).unwrap_or_else(|| panic!("no column {name}")).first as usize
    }

    /// A variable of row 0.
    pub fn get(&self, name: &str) -> f64 {
        self.columns[self.slot(name)][0]
    }

    /// All rows of a variable.
    pub fn all(&self, name: &str) -> &[f64] {
        &self.columns[self.slot(name)]
    }

    /// Sets a variable in all rows.
    pub fn set(&mut self, name: &str, value: f64) {
        let slot = self.slot(name);
        self.columns[slot].fill(value);
    }

    fn global_slot(&self, name: &str) -> usize {
        self.layout.global(name).unwrap_or_else(|| panic!("no global {name}")).first as usize
    }

    /// A shared variable.
    pub fn global(&self, name: &str) -> f64 {
        self.globals[self.global_slot(name)]
    }

    /// Sets a shared variable.
    pub fn set_global(&mut self, name: &str, value: f64) {
        let slot = self.global_slot(name);
        self.globals[slot] = value;
    }

    /// Errors that kernels gave up with.
    pub fn failures(&self) -> Vec<KernelError> {
        let failed = self.host.calls.iter().filter(|(call, ..)| *call == HostCall::Fail);
        failed.map(|(_, _, arguments)| KernelError::of_number(arguments[0])).collect()
    }
}

/// Everything a kernel can change, as bits.
fn bits(rig: &Rig) -> Vec<Vec<u64>> {
    let mut lists: Vec<&[f64]> =
        vec![&rig.globals, &rig.v, &rig.rhs, &rig.d, &rig.weights, std::slice::from_ref(&rig.result)];
    lists.extend(rig.columns.iter().map(Vec::as_slice));
    for ion in &rig.ions {
        lists.extend([&ion.reversal, &ion.inside, &ion.outside, &ion.current, &ion.slope].map(Vec::as_slice));
    }
    lists.into_iter().map(|list| list.iter().map(|x| x.to_bits()).collect()).collect()
}

//! A small world for kernels to run in, for tests.

use mech_abi::{
    Host, HostCall, IonArrays, IonIndex, Kernel as RunKernel, KernelData, KernelError, MechanismLayout, NodeArrays,
    Times,
};

/// All that a kernel can touch, owned.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct World {
    pub columns: Vec<Vec<f64>>,
    pub node_index: Vec<u32>,
    pub v: Vec<f64>,
    pub rhs: Vec<f64>,
    pub d: Vec<f64>,
    pub area: Vec<f64>,
    pub diam: Vec<f64>,
    pub ions: Vec<IonArrays>,
    pub ion_index: Vec<IonIndex>,
    pub globals: Vec<f64>,
    pub weights: Vec<f64>,
    pub times: Times,
    pub flag: f64,
    pub result: f64,
    pub log: Log,
}

/// A host that remembers what it was asked and answers with numbers of its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Log {
    pub asked: Vec<(HostCall, usize, u32, Vec<f64>)>,
}

impl Host for Log {
    fn call(&mut self, call: HostCall, row: usize, slot: u32, arguments: &[f64]) -> f64 {
        self.asked.push((call, row, slot, arguments.to_vec()));
        (self.asked.len() as f64 * 0.37).sin()
    }
}

impl World {
    /// `rows` instances with the layout's defaults, each on a node of its own, at rest.
    pub fn new(layout: &MechanismLayout, rows: usize) -> World {
        let own = || (0..rows as u32).collect::<Vec<u32>>();
        let ion = |reversal: f64, charge: f64| IonArrays {
            reversal: vec![reversal; rows],
            inside: vec![10.0; rows],
            outside: vec![140.0; rows],
            current: vec![0.0; rows],
            slope: vec![0.0; rows],
            charge,
            style: vec![0o43; rows],
        };
        let of = |name: &str| match name {
            "na" => ion(50.0, 1.0),
            "k" => ion(-77.0, 1.0),
            _ => ion(132.0, 2.0),
        };
        World {
            columns: layout.default_row().into_iter().map(|value| vec![value; rows]).collect(),
            node_index: own(),
            v: vec![-65.0; rows],
            rhs: vec![0.0; rows],
            d: vec![0.0; rows],
            area: vec![100.0; rows],
            diam: vec![1.0; rows],
            ions: layout.ions.iter().map(|one| of(&one.ion)).collect(),
            ion_index: (0..layout.ions.len()).map(|species| IonIndex { species, index: own() }).collect(),
            globals: layout.default_globals(),
            weights: vec![0.0; layout.n_weights()],
            times: Times { t: 0.0, dt: 0.025, celsius: 6.3, secondorder: 0, state_adjust: false },
            flag: 0.0,
            result: 0.0,
            log: Log::default(),
        }
    }

    /// Calls a kernel on some rows.
    pub fn run_rows(&mut self, kernel: &dyn RunKernel, rows: std::ops::Range<usize>) -> Result<(), KernelError> {
        let (outcome, result) = self.with_data(rows, |data| (kernel.run(data), data.result));
        self.result = result;
        outcome
    }

    /// Lends all to `what`.
    pub fn with_data<T>(&mut self, rows: std::ops::Range<usize>, what: impl FnOnce(&mut KernelData<'_>) -> T) -> T {
        what(&mut KernelData {
            rows,
            columns: &mut self.columns,
            node_index: &self.node_index,
            nodes: NodeArrays {
                v: &mut self.v,
                rhs: &mut self.rhs,
                d: &mut self.d,
                area: &self.area,
                diam: &self.diam,
            },
            ions: &mut self.ions,
            ion_index: &self.ion_index,
            globals: &mut self.globals,
            times: self.times,
            weights: &mut self.weights,
            flag: self.flag,
            result: self.result,
            host: &mut self.log,
        })
    }

    /// Calls a kernel on all rows.
    pub fn run(&mut self, kernel: &dyn RunKernel) -> Result<(), KernelError> {
        let rows = self.columns.first().map_or(1, Vec::len);
        self.run_rows(kernel, 0..rows)
    }

    /// Every number as bits; what is not a number is one value, since its sign and payload are the machine's choice.
    pub fn bits(&self) -> Vec<u64> {
        let mut all = Vec::new();
        let mut push = |numbers: &[f64]| {
            all.extend(numbers.iter().map(|one| if one.is_nan() { f64::NAN.to_bits() } else { one.to_bits() }));
        };
        self.columns.iter().for_each(|column| push(column));
        [&self.v, &self.rhs, &self.d, &self.globals, &self.weights].iter().for_each(|numbers| push(numbers));
        for ion in &self.ions {
            [&ion.reversal, &ion.inside, &ion.outside, &ion.current, &ion.slope]
                .iter()
                .for_each(|numbers| push(numbers));
        }
        push(&[self.result]);
        for (call, row, slot, arguments) in &self.log.asked {
            let call = HostCall::ALL.iter().position(|one| one == call).unwrap_or(99);
            push(&[call as f64, *row as f64, f64::from(*slot)]);
            push(arguments);
        }
        all
    }
}

//! The state of a simulation and the one place where kernels are called.

use std::sync::Arc;

use cable::{Model, NodeTree};
use mech_abi::{
    Catalogue, CompiledMechanism, IonArrays, IonIndex, Kernel, KernelData, KernelKind, MechanismLayout, NodeArrays,
    Times,
};

use super::error::{EngineError, Place};
use super::events::{Events, NO_NETCON};
use super::hines::TreeMatrix;
use super::host::{EngineHost, Extras, Failure};
use super::play::ContinuousPlay;
use super::random123::ScopRandom;
use crate::record::Recorder;

/// What does not belong to the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Time step, ms.
    pub dt: f64,
    /// Temperature, degC.
    pub celsius: f64,
    /// 0: implicit Euler; 1, 2: Crank-Nicolson, with 2 also of the ion currents.
    pub secondorder: u32,
    /// NEURON's nrn_netrec_state_adjust: age a jump of a cnexp state in NET_RECEIVE by half a step.
    pub state_adjust: bool,
    /// Key of all random streams (NEURON's Random123 global index).
    pub global_index: u32,
    /// Compute total membrane currents (NEURON's use_fast_imem).
    pub membrane_currents: bool,
    /// During steps do not write variables that nothing reads, such as a current that is not recorded; afterwards
    /// [`Simulation::read`] does not know their present values.
    pub only_what_is_read: bool,
}

impl Default for Settings {
    /// NEURON's defaults.
    fn default() -> Settings {
        Settings {
            dt: 0.025,
            celsius: 6.3,
            secondorder: 0,
            state_adjust: false,
            global_index: 0,
            membrane_currents: false,
            only_what_is_read: false,
        }
    }
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), EngineError> {
        if !(self.dt.is_finite() && self.dt > 0.0) {
            return Err(EngineError::Setting { name: "dt", value: self.dt, expected: "it must be above 0 ms" });
        }
        if !self.celsius.is_finite() {
            return Err(EngineError::Setting { name: "celsius", value: self.celsius, expected: "it must be a number" });
        }
        if self.secondorder > 2 {
            let value = f64::from(self.secondorder);
            return Err(EngineError::Setting { name: "secondorder", value, expected: "it may be 0, 1 or 2" });
        }
        Ok(())
    }
}

/// Per-node arrays in Hines order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nodes {
    /// mV
    pub(crate) v: Vec<f64>,
    /// mA/cm2; after the solution the change of v of this (half) step, mV
    pub(crate) rhs: Vec<f64>,
    /// S/cm2
    pub(crate) d: Vec<f64>,
    /// um2
    pub(crate) area: Vec<f64>,
    /// um
    pub(crate) diam: Vec<f64>,
    /// uF/cm2, 0 at zero-area nodes
    pub(crate) cm: Vec<f64>,
}

/// What is needed for total membrane currents: everything on the right-hand side and diagonal that is not electrode
/// current.
#[derive(Debug, Clone, Default)]
pub(crate) struct MembraneCurrents {
    /// Electrode currents, then minus membrane currents, then the result in nA.
    pub(crate) rhs: Vec<f64>,
    pub(crate) d: Vec<f64>,
    scratch_rhs: Vec<f64>,
    scratch_d: Vec<f64>,
}

impl MembraneCurrents {
    pub(crate) fn new(n: usize) -> MembraneCurrents {
        let zeros = vec![0.0; n];
        MembraneCurrents { rhs: zeros.clone(), d: zeros.clone(), scratch_rhs: zeros.clone(), scratch_d: zeros }
    }
}

/// An ion species of the simulation.
#[derive(Debug, Clone)]
pub(crate) struct Ion {
    pub(crate) name: String,
    /// Node of each element, ascending.
    pub(crate) nodes: Vec<u32>,
    /// `Xi0_X_ion`, mM
    pub(crate) inside0: f64,
    /// `Xo0_X_ion`, mM
    pub(crate) outside0: f64,
}

/// Kernels of a mechanism by moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kernels {
    pub(crate) build_tables: Option<Arc<dyn Kernel>>,
    pub(crate) initial: Option<Arc<dyn Kernel>>,
    pub(crate) current: Option<Arc<dyn Kernel>>,
    pub(crate) state: Option<Arc<dyn Kernel>>,
    pub(crate) net_receive: Option<Arc<dyn Kernel>>,
    pub(crate) net_initial: Option<Arc<dyn Kernel>>,
    pub(crate) before_breakpoint: Option<Arc<dyn Kernel>>,
    pub(crate) after_solve: Option<Arc<dyn Kernel>>,
    pub(crate) before_initial: Option<Arc<dyn Kernel>>,
    pub(crate) after_initial: Option<Arc<dyn Kernel>>,
    pub(crate) before_step: Option<Arc<dyn Kernel>>,
    /// By position in `layout.functions`.
    pub(crate) functions: Vec<Option<Arc<dyn Kernel>>>,
}

impl Kernels {
    pub(crate) fn of(mechanism: &CompiledMechanism) -> Kernels {
        let get = |kind| mechanism.kernels.get(&kind).cloned();
        Kernels {
            build_tables: get(KernelKind::BuildTables),
            initial: get(KernelKind::Initial),
            current: get(KernelKind::Current),
            state: get(KernelKind::State),
            net_receive: get(KernelKind::NetReceive),
            net_initial: get(KernelKind::NetInitial),
            before_breakpoint: get(KernelKind::BeforeBreakpoint),
            after_solve: get(KernelKind::AfterSolve),
            before_initial: get(KernelKind::BeforeInitial),
            after_initial: get(KernelKind::AfterInitial),
            before_step: get(KernelKind::BeforeStep),
            functions: super::procedures::of(mechanism),
        }
    }
}

/// All instances of a mechanism, as columns.
#[derive(Debug)]
pub(crate) struct Instances {
    pub(crate) layout: Arc<MechanismLayout>,
    pub(crate) kernels: Kernels,
    /// The kernels for any rows, while `kernels` are made for these ([`Simulation::prepare`]).
    pub(crate) general: Option<Kernels>,
    pub(crate) rows: usize,
    pub(crate) columns: Vec<Vec<f64>>,
    /// Hines order; empty for artificial cells.
    pub(crate) node_index: Vec<u32>,
    pub(crate) ion_index: Vec<IonIndex>,
    pub(crate) globals: Vec<f64>,
    pub(crate) extras: Extras,
}

impl Instances {
    pub(crate) fn is_artificial(&self) -> bool {
        self.layout.kind == mech_abi::MechanismKind::ArtificialCell
    }
}

/// Where the instance of a point process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PointRow {
    pub(crate) mechanism: u32,
    pub(crate) row: u32,
}

/// A value of a column that follows the voltage of a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transfer {
    pub(crate) node: u32,
    pub(crate) mechanism: u32,
    pub(crate) row: u32,
    pub(crate) column: u32,
}

/// Spikes that a simulation gives to the rest of the network and gets from it: (gid, ms).
pub type Exchange = Box<dyn FnMut(&[(u64, f64)]) -> Result<Vec<(u64, f64)>, String> + Send>;

/// A model with its state at a time.
pub struct Simulation {
    pub(crate) model: Model,
    pub(crate) tree: NodeTree,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) settings: Settings,
    /// Time, ms, accumulated in half steps.
    pub(crate) t: f64,
    /// The step the matrix is made for, and 1/dt or 2/dt.
    pub(crate) matrix_dt: f64,
    pub(crate) cj: f64,
    /// Whether `rhs` holds the solution of a step (and not the right-hand side, as after initialisation).
    pub(crate) solved: bool,
    pub(crate) nodes: Nodes,
    pub(crate) matrix: TreeMatrix,
    pub(crate) membrane: Option<MembraneCurrents>,
    pub(crate) ions: Vec<IonArrays>,
    pub(crate) ion_info: Vec<Ion>,
    /// In the order in which kernels of one phase run.
    pub(crate) mechanisms: Vec<Instances>,
    /// By point id.
    pub(crate) points: Vec<PointRow>,
    pub(crate) events: Events,
    /// Weights of all connections, one after the other.
    pub(crate) weights: Vec<f64>,
    /// Events to queue at each initialisation: (connection, ms).
    pub(crate) scheduled: Vec<(u32, f64)>,
    pub(crate) scop: ScopRandom,
    pub(crate) recorders: Vec<Recorder>,
    /// Weighted sums of membrane currents: node and weight of each term.
    pub(crate) sums: Vec<Vec<(u32, f64)>>,
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) plays: Vec<ContinuousPlay>,
    /// What the present kernels were made for; none if they are the general ones.
    pub(crate) prepared: Option<Times>,
    /// Interval of spike exchange, ms, and what does it.
    pub(crate) exchange: Option<(f64, Exchange)>,
}

impl std::fmt::Debug for Simulation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulation")
            .field("t", &self.t)
            .field("settings", &self.settings)
            .field("nodes", &self.nodes.v.len())
            .field("mechanisms", &self.mechanisms.iter().map(|one| &one.layout.name).collect::<Vec<_>>())
            .field("connections", &self.events.connections.len())
            .finish_non_exhaustive()
    }
}

/// One kernel call.
pub(crate) struct Call {
    /// Position in the simulation's mechanisms.
    pub(crate) mechanism: usize,
    pub(crate) rows: std::ops::Range<usize>,
    /// Connection whose weights the kernel sees.
    pub(crate) netcon: u32,
    pub(crate) flag: f64,
}

impl Simulation {
    /// Time, ms.
    pub fn t(&self) -> f64 {
        self.t
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes settings; dt takes effect at the next step, membrane currents at the next initialisation.
    pub fn set_settings(&mut self, settings: Settings) -> Result<(), EngineError> {
        settings.check()?;
        self.forget_prepared();
        self.settings = settings;
        Ok(())
    }

    /// The model it was made from.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The nodes of the model.
    pub fn tree(&self) -> &NodeTree {
        &self.tree
    }

    pub(crate) fn times(&self) -> Times {
        Times {
            t: self.t,
            dt: self.settings.dt,
            celsius: self.settings.celsius,
            secondorder: self.settings.secondorder,
            state_adjust: self.settings.state_adjust,
        }
    }

    /// Runs a kernel of every mechanism that has it, over all rows, in NEURON's order.
    pub(crate) fn run_phase(
        &mut self,
        artificial: bool,
        pick: impl Fn(&Kernels) -> &Option<Arc<dyn Kernel>>,
    ) -> Result<(), EngineError> {
        for mechanism in 0..self.mechanisms.len() {
            let one = &self.mechanisms[mechanism];
            if one.is_artificial() == artificial && pick(&one.kernels).is_some() {
                let rows = 0..one.rows;
                self.run(Call { mechanism, rows, netcon: NO_NETCON, flag: 0.0 }, &pick, &mut [])?;
            }
        }
        Ok(())
    }

    /// Runs one kernel, if the mechanism has it; the weights of `call.netcon` are lent to it, or `arguments`.
    pub(crate) fn run(
        &mut self,
        call: Call,
        pick: impl Fn(&Kernels) -> &Option<Arc<dyn Kernel>>,
        arguments: &mut [f64],
    ) -> Result<f64, EngineError> {
        let times = self.times();
        let Call { mechanism, rows, netcon, flag } = call;
        let Instances { kernels, columns, node_index, ion_index, globals, extras, .. } =
            &mut self.mechanisms[mechanism];
        let Some(kernel) = pick(kernels) else { return Ok(0.0) };
        let weights = match netcon {
            NO_NETCON => arguments,
            at => &mut self.weights[self.events.connections.weight_range(super::netcon::NetConId(at))],
        };
        let mut host = EngineHost {
            events: &mut self.events,
            extras,
            scop: &mut self.scop,
            mechanism: mechanism as u32,
            netcon,
            t: times.t,
            failure: None,
        };
        let Nodes { v, rhs, d, area, diam, .. } = &mut self.nodes;
        let first = rows.start;
        let mut data = KernelData {
            rows,
            columns,
            node_index,
            nodes: NodeArrays { v, rhs, d, area, diam },
            ions: &mut self.ions,
            ion_index,
            globals,
            times,
            weights,
            flag,
            result: 0.0,
            host: &mut host,
        };
        let outcome = kernel.run(&mut data);
        let result = data.result;
        let failure = host.failure.take().or(outcome.err().map(|error| (first, Failure::Kernel(error))));
        match failure {
            None => Ok(result),
            Some((row, failure)) => Err(self.failed(mechanism, row, failure)),
        }
    }

    /// Runs the current kernel of an electrode mechanism row by row and keeps its contributions apart.
    pub(crate) fn run_electrode(&mut self, mechanism: usize) -> Result<(), EngineError> {
        let Some(mut membrane) = self.membrane.take() else {
            let rows = 0..self.mechanisms[mechanism].rows;
            self.run(Call { mechanism, rows, netcon: NO_NETCON, flag: 0.0 }, |one| &one.current, &mut [])?;
            return Ok(());
        };
        let mut outcome = Ok(0.0);
        for row in 0..self.mechanisms[mechanism].rows {
            let node = self.mechanisms[mechanism].node_index[row] as usize;
            std::mem::swap(&mut self.nodes.rhs, &mut membrane.scratch_rhs);
            std::mem::swap(&mut self.nodes.d, &mut membrane.scratch_d);
            let call = Call { mechanism, rows: row..row + 1, netcon: NO_NETCON, flag: 0.0 };
            outcome = self.run(call, |one| &one.current, &mut []);
            std::mem::swap(&mut self.nodes.rhs, &mut membrane.scratch_rhs);
            std::mem::swap(&mut self.nodes.d, &mut membrane.scratch_d);
            let rhs = std::mem::take(&mut membrane.scratch_rhs[node]);
            let d = std::mem::take(&mut membrane.scratch_d[node]);
            self.nodes.rhs[node] += rhs;
            self.nodes.d[node] += d;
            membrane.rhs[node] += rhs;
            membrane.d[node] += d;
            if outcome.is_err() {
                break;
            }
        }
        self.membrane = Some(membrane);
        outcome.map(|_| ())
    }

    fn failed(&self, mechanism: usize, row: usize, failure: Failure) -> EngineError {
        let place = Box::new(self.place(mechanism, row));
        match failure {
            Failure::Kernel(error) => EngineError::Kernel { place, t: self.t, error },
            Failure::Event(what) => EngineError::Event { place, t: self.t, what },
        }
    }

    /// Where an instance is, for messages.
    pub(crate) fn place(&self, mechanism: usize, row: usize) -> Place {
        let one = &self.mechanisms[mechanism];
        let node = one.node_index.get(row).map(|node| *node as usize);
        let place = node.map(|node| self.node_place(node)).unwrap_or_default();
        Place { mechanism: one.layout.name.clone(), ..place }
    }
}

//! What one kernel call may touch.

use std::ops::Range;

/// Per-node arrays in Hines order; all of one length.
#[derive(Debug)]
pub struct NodeArrays<'a> {
    /// Membrane potential, mV.
    pub v: &'a mut [f64],
    /// Right-hand side, mA/cm2.
    pub rhs: &'a mut [f64],
    /// Diagonal, S/cm2.
    pub d: &'a mut [f64],
    /// Segment area, um2 (100 for zero-area nodes).
    pub area: &'a [f64],
    /// Segment diameter, um.
    pub diam: &'a [f64],
}

/// One ion species over all segments that have it; all of one length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IonArrays {
    /// Reversal potential, mV.
    pub reversal: Vec<f64>,
    /// Inside concentration, mM.
    pub inside: Vec<f64>,
    /// Outside concentration, mM.
    pub outside: Vec<f64>,
    /// Current, mA/cm2.
    pub current: Vec<f64>,
    /// Its slope, S/cm2.
    pub slope: Vec<f64>,
    /// Charge of one ion.
    pub charge: f64,
    /// NEURON's style bits, one per segment (nernst after a concentration write when bit 040 is set).
    pub style: Vec<u32>,
}

/// Where the rows of a mechanism find one of its ions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IonIndex {
    /// Position in [`KernelData::ions`].
    pub species: usize,
    /// Element of that species' arrays, one for each row.
    pub index: Vec<u32>,
}

/// Scalars of the call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// Time, ms, as NEURON defines it for the phase.
    pub t: f64,
    /// Step, ms.
    pub dt: f64,
    /// Temperature, degC.
    pub celsius: f64,
    /// NEURON's secondorder: with a value other than 0 implicit methods take half steps and extrapolate.
    pub secondorder: u32,
    /// NEURON's nrn_netrec_state_adjust: age a jump of a cnexp state by half a step.
    pub state_adjust: bool,
}

/// Borrowed arrays and scalars of one kernel call.
///
/// The engine guarantees, and [`crate::Kernel::run`] checks: `columns` has `layout.n_columns()` columns of equal
/// length `n`; `rows.end <= n`; `node_index` has `n` elements below the number of nodes (it is empty for artificial
/// cells); `ion_index` has an entry for each ion of the layout, with `n` elements below the species' length;
/// `globals` has `layout.n_globals()` elements; `weights` has `layout.n_weights()` elements in event kernels, or is
/// empty for a self event that no NetCon caused.
pub struct KernelData<'a> {
    /// Rows to process, in ascending order.
    pub rows: Range<usize>,
    /// One array per physical column.
    pub columns: &'a mut [Vec<f64>],
    /// Node of each row.
    pub node_index: &'a [u32],
    /// Node arrays.
    pub nodes: NodeArrays<'a>,
    /// All ion species of the simulation.
    pub ions: &'a mut [IonArrays],
    /// For each ion of the layout, where its rows are.
    pub ion_index: &'a [IonIndex],
    /// Shared variables of the mechanism.
    pub globals: &'a mut [f64],
    /// Scalars.
    pub times: Times,
    /// Weights of the delivering NetCon (event kernels), arguments (Function kernels), else empty.
    pub weights: &'a mut [f64],
    /// `flag` of the event.
    pub flag: f64,
    /// Value of a Function kernel.
    pub result: f64,
    /// Events, random streams, vectors.
    pub host: &'a mut dyn crate::Host,
}

impl std::fmt::Debug for KernelData<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KernelData").field("rows", &self.rows).field("times", &self.times).finish_non_exhaustive()
    }
}

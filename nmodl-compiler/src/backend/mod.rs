//! Kernels to something that runs: a reference interpreter, Cranelift, and strips of rows, with the same bits.

mod clif;
mod interp;
mod strip;

use std::sync::Arc;

use mech_abi::{CompiledMechanism, KernelData, KernelError, KernelKind, MechanismKind, MechanismLayout, Touches};

use crate::kir::{Block, Kernel, Place, Stmt, ValidateError};

pub use clif::{Clif, clif_text};
pub use interp::Interp;
pub(crate) use interp::{binary, unary};
pub use strip::Strips;

/// Why a mechanism cannot be compiled: a mistake of ours, or a machine that Cranelift does not know.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The kernel breaks a rule.
    #[error(transparent)]
    Invalid(#[from] ValidateError),
    /// Cranelift refuses; please report.
    #[error("machine code of {mechanism} cannot be made: {why}; please report this")]
    Code {
        /// Mechanism.
        mechanism: String,
        /// What Cranelift says.
        why: String,
    },
}

/// Something that makes kernels runnable.
pub trait KernelBackend {
    /// Validates and compiles all kernels of a mechanism.
    fn compile(&self, layout: Arc<MechanismLayout>, kernels: &[Kernel]) -> Result<CompiledMechanism, BackendError>;
}

/// What the arrays of a call must be like, known when the kernel is compiled.
#[derive(Debug, Clone)]
struct Shape {
    columns: usize,
    globals: usize,
    ions: usize,
    weights: usize,
    /// Weights are arguments, which every call has.
    function: bool,
    has_nodes: bool,
}

impl Shape {
    fn new(layout: &MechanismLayout, kind: KernelKind) -> Shape {
        Shape {
            columns: layout.n_columns(),
            globals: layout.n_globals(),
            ions: layout.ions.len(),
            weights: n_weights(layout, kind),
            function: matches!(kind, KernelKind::Function(_)),
            has_nodes: layout.kind != MechanismKind::ArtificialCell,
        }
    }

    /// Checks once per call what all backends rely on.
    fn check(&self, data: &KernelData<'_>) -> Result<(), KernelError> {
        let fail = |what| Err(KernelError::Shape(what));
        let (start, end) = (data.rows.start.min(data.rows.end), data.rows.end);
        if data.columns.len() != self.columns || data.columns.iter().any(|column| column.len() < end) {
            return fail("columns");
        }
        if data.globals.len() != self.globals {
            return fail("globals");
        }
        if self.has_nodes {
            let n = data.nodes.v.len();
            let same = [data.nodes.rhs.len(), data.nodes.d.len(), data.nodes.area.len(), data.nodes.diam.len()];
            if data.node_index.len() < end || same.iter().any(|len| *len != n) {
                return fail("nodes");
            }
            if !all_below(&data.node_index[start..end], n) {
                return fail("node index");
            }
        }
        if data.ion_index.len() != self.ions {
            return fail("ions");
        }
        for ion in data.ion_index {
            let Some(arrays) = data.ions.get(ion.species) else { return fail("ion species") };
            let n = arrays.reversal.len();
            let same = [arrays.inside.len(), arrays.outside.len(), arrays.current.len(), arrays.slope.len()];
            if same.iter().any(|len| *len != n) || arrays.style.len() != n || ion.index.len() < end {
                return fail("ion arrays");
            }
            if !all_below(&ion.index[start..end], n) {
                return fail("ion index");
            }
        }
        if self.function && data.weights.len() < self.weights {
            return fail("arguments");
        }
        if !self.function && !data.weights.is_empty() && data.weights.len() < self.weights {
            return fail("weights");
        }
        Ok(())
    }
}

/// What a kernel touches of its mechanism's own memory.
fn touches(kernel: &Kernel) -> Touches {
    let mut touches = Touches::default();
    touches_of(&kernel.body, &mut touches);
    touches
}

fn touches_of(block: &Block, touches: &mut Touches) {
    for statement in &block.statements {
        match statement {
            Stmt::Let { .. } | Stmt::Host { .. } => {}
            Stmt::Load { place, .. } => match place {
                Place::Column(at) => touches.reads.extend([*at]),
                Place::ColumnAt { first, len, .. } => touches.reads.extend(*first..first + len),
                _ => {}
            },
            Stmt::Store { place, .. } | Stmt::Accumulate { place, .. } => match place {
                Place::Column(at) => touches.writes.extend([*at]),
                Place::ColumnAt { first, len, .. } => touches.writes.extend(*first..first + len),
                Place::Global(at) => touches.global_writes.extend([*at]),
                Place::GlobalAt { first, len, .. } => touches.global_writes.extend(*first..first + len),
                _ => {}
            },
            Stmt::If { then, otherwise, .. } => {
                touches_of(then, touches);
                touches_of(otherwise, touches);
            }
            Stmt::Loop { header, body, .. } => {
                touches_of(header, touches);
                touches_of(body, touches);
            }
        }
    }
}

/// Whether all indices are below `n`; without early exit, so that it costs next to nothing beside a kernel.
fn all_below(indices: &[u32], n: usize) -> bool {
    let largest = indices.iter().fold(0, |largest: u32, index| largest.max(*index));
    indices.is_empty() || (largest as usize) < n
}

/// Number of weights (or arguments) that a kernel may touch.
fn n_weights(layout: &MechanismLayout, kind: KernelKind) -> usize {
    match kind {
        KernelKind::Function(at) => layout.functions.get(at as usize).map_or(0, |one| one.arguments.len()),
        _ => layout.n_weights(),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod world;

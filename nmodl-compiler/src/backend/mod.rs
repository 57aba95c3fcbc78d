//! Kernels to something that runs: a reference interpreter and Cranelift, with the same bits.

mod clif;
mod interp;

use std::sync::Arc;

use mech_abi::{CompiledMechanism, KernelData, KernelError, KernelKind, MechanismKind, MechanismLayout};

use crate::kir::{Kernel, ValidateError};

pub use clif::{Clif, clif_text};
pub use interp::Interp;
pub(crate) use interp::{binary, unary};

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

/// Checks once per call what both backends rely on.
fn check_shape(layout: &MechanismLayout, kind: KernelKind, data: &KernelData<'_>) -> Result<(), KernelError> {
    let fail = |what| Err(KernelError::Shape(what));
    let (start, end) = (data.rows.start.min(data.rows.end), data.rows.end);
    if data.columns.len() != layout.n_columns() || data.columns.iter().any(|column| column.len() < end) {
        return fail("columns");
    }
    if data.globals.len() != layout.n_globals() {
        return fail("globals");
    }
    if layout.kind != MechanismKind::ArtificialCell {
        let n = data.nodes.v.len();
        let same = [data.nodes.rhs.len(), data.nodes.d.len(), data.nodes.area.len(), data.nodes.diam.len()];
        if data.node_index.len() < end || same.iter().any(|len| *len != n) {
            return fail("nodes");
        }
        if !all_below(&data.node_index[start..end], n) {
            return fail("node index");
        }
    }
    if data.ion_index.len() != layout.ions.len() {
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
    if let KernelKind::Function(at) = kind {
        let count = layout.functions.get(at as usize).map_or(0, |one| one.arguments.len());
        if data.weights.len() < count {
            return fail("arguments");
        }
    } else if !data.weights.is_empty() && data.weights.len() < layout.n_weights() {
        return fail("weights");
    }
    Ok(())
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

//! From a resolved mechanism to its layout and its kernels.
//!
//! `storage` decides where every variable lives, `build` makes structured single-assignment code, `expr` and `stmt`
//! walk the HIR (FUNCTIONs and PROCEDUREs are inlined at each call), `table` does TABLE, `kernels` puts the phases
//! together. The integration methods are in [`crate::ode`].
//!
//! Operations come out in the order in which NEURON's translated C++ performs them: nothing is re-associated, and the
//! only folding is `pow` with the exponents that C++ compilers fold without relaxed arithmetic (2, 1, 0, -1).

pub(crate) mod build;
mod expr;
mod kernels;
mod liveness;
pub(crate) mod stmt;
pub(crate) mod storage;
mod table;

#[cfg(test)]
pub(crate) mod rig;
#[cfg(test)]
mod tests;

use diag::Problems;
use mech_abi::MechanismLayout;

use crate::{hir, kir};

/// Layout and kernels of one mechanism.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowered {
    /// Its variables.
    pub layout: MechanismLayout,
    /// Its kernels, one for each of `layout.kernels`, in that order.
    pub kernels: Vec<kir::Kernel>,
}

/// Lowers a mechanism; none if it uses something that cannot be lowered, which is then among the problems.
///
/// Kernels are made twice: the first round finds out which invisible variables must outlive a kernel; only those get
/// a column, all others are temporaries.
pub fn lower(mechanism: &hir::Mechanism, problems: &mut Problems) -> Option<Lowered> {
    let all = storage::Storage::new(mechanism, None);
    let first = kernels::all(mechanism, &all);
    if !first.problems.is_empty() {
        let mut found = Problems::new();
        first.problems.into_iter().for_each(|one| found.push(one));
        let errors = found.has_errors();
        problems.append(found);
        if errors {
            return None;
        }
    }
    let needed = liveness::needed(&first.kernels, &all.invisible(mechanism));
    let storage = storage::Storage::new(mechanism, Some(&needed));
    let second = kernels::all(mechanism, &storage);
    let mut layout = storage.layout;
    layout.kernels = second.kernels.iter().map(|kernel| kernel.kind).collect();
    Some(Lowered { layout, kernels: second.kernels })
}

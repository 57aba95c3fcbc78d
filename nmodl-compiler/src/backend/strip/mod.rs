//! Kernels over strips of rows, in vector instructions, with the bits of the other backends.
//!
//! `plan` makes a kernel flat, once, with the `passes`; `run` goes through the rows strip by strip, one instruction over
//! a whole strip at a time. What has no plan, and calls for a few rows, runs as machine code of Cranelift.

mod instruction;
mod passes;
mod plan;
mod run;

use std::cell::RefCell;
use std::sync::Arc;

use mech_abi::{CompiledMechanism, Frozen, Kernel as RunKernel, KernelData, KernelError, MechanismLayout, Touches};

use self::plan::{Known, Plan};
use super::{BackendError, Clif, KernelBackend, Shape};
use crate::kir::Kernel;

/// Compiles kernels for many rows: strips where rows do not depend on one another, machine code elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Strips;

/// Below this number of rows machine code is faster.
const FEW: usize = 4;

impl KernelBackend for Strips {
    fn compile(&self, layout: Arc<MechanismLayout>, kernels: &[Kernel]) -> Result<CompiledMechanism, BackendError> {
        let mut compiled = Clif.compile(layout.clone(), kernels)?;
        for kernel in kernels {
            let Some(plan) = plan::plan(kernel, &Known::default()) else { continue };
            if let Some(rows) = compiled.kernels.remove(&kernel.kind) {
                let (shape, touches) = (Shape::new(&layout, kernel.kind), super::touches(kernel));
                let one = StripKernel { kernel: kernel.clone(), plan, kept: None, shape, touches, rows };
                compiled.kernels.insert(kernel.kind, Arc::new(one));
            }
        }
        Ok(compiled)
    }
}

/// A kernel over strips.
#[derive(Debug)]
struct StripKernel {
    kernel: Kernel,
    plan: Plan,
    /// Columns of its own, if it is made for certain rows.
    kept: Option<Kept>,
    shape: Shape,
    touches: Touches,
    /// The same row by row.
    rows: Arc<dyn RunKernel>,
}

/// What a kernel for certain rows remembers.
#[derive(Debug)]
struct Kept {
    columns: Vec<Vec<f64>>,
    rows: usize,
}

thread_local! {
    /// Scalars and registers, kept between calls.
    static MEMORY: RefCell<(Vec<f64>, Vec<Vec<f64>>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

impl RunKernel for StripKernel {
    fn run(&self, data: &mut KernelData<'_>) -> Result<(), KernelError> {
        let known_rows = self.kept.as_ref().is_none_or(|kept| data.rows.end <= kept.rows);
        if data.rows.len() < FEW || !known_rows || !self.rows_are_apart(data) {
            return self.rows.run(data);
        }
        self.shape.check(data)?;
        MEMORY.with_borrow_mut(|(values, slots)| {
            run::reserve(slots, &self.plan);
            run::scalars(&self.plan, data, values);
            let kept = self.kept.as_ref().map_or(&[][..], |kept| &kept.columns);
            run::run(&self.plan, values, slots, kept, data);
        });
        Ok(())
    }

    fn touches(&self) -> Option<&Touches> {
        Some(&self.touches)
    }

    fn specialize(&self, frozen: &Frozen<'_>, data: &mut KernelData<'_>) -> Option<Arc<dyn RunKernel>> {
        if data.rows.start != 0 || self.shape.check(data).is_err() {
            return None;
        }
        let plan = plan::plan(&self.kernel, &known(frozen, data))?;
        let columns = MEMORY.with_borrow_mut(|(values, slots)| {
            run::reserve(slots, &plan);
            run::scalars(&plan, data, values);
            run::set_up(&plan, values, slots, data)
        });
        let kept = Some(Kept { columns, rows: data.rows.end });
        let (kernel, shape, touches) = (self.kernel.clone(), self.shape.clone(), self.touches.clone());
        Some(Arc::new(StripKernel { kernel, plan, kept, shape, touches, rows: self.rows.clone() }))
    }
}

/// Names what is frozen, and the columns in which all rows of `data` are alike to the bit.
fn known(frozen: &Frozen<'_>, data: &KernelData<'_>) -> Known {
    let places = |all: &[bool]| all.iter().zip(0..).filter(|(yes, _)| **yes).map(|(_, at)| at).collect();
    let mut known = Known {
        columns: places(frozen.columns),
        globals: places(frozen.globals),
        unread: places(frozen.unread),
        anything: true,
        ..Known::default()
    };
    for at in &known.columns {
        let column = &data.columns[*at as usize][data.rows.clone()];
        if let Some(first) = column.first()
            && column.iter().all(|one| one.to_bits() == first.to_bits())
        {
            known.alike.insert(*at, *first);
        }
    }
    known
}

impl StripKernel {
    /// Whether no row touches what another changes. Rows are in ascending order of nodes.
    fn rows_are_apart(&self, data: &KernelData<'_>) -> bool {
        let apart = |index: &[u32]| {
            index.get(data.rows.clone()).is_some_and(|index| index.windows(2).all(|two| two[0] < two[1]))
        };
        let ions = &data.ion_index;
        let species = |at: usize| ions[..at].iter().all(|other| other.species != ions[at].species);
        (!self.plan.own_nodes || apart(data.node_index))
            && self.plan.own_ions.iter().all(|ion| ions.get(*ion as usize).is_some_and(|one| apart(&one.index)))
            && (1..ions.len()).all(species)
    }
}

//! FUNCTIONs and PROCEDUREs of a point process, called from outside.

use mech_abi::{CompiledMechanism, Kernel, KernelKind};
use std::sync::Arc;

use super::error::EngineError;
use super::events::NO_NETCON;
use super::simulation::{Call, Simulation};

/// Kernels of `layout.functions`, by position.
pub(crate) fn of(mechanism: &CompiledMechanism) -> Vec<Option<Arc<dyn Kernel>>> {
    let get = |at| mechanism.kernels.get(&KernelKind::Function(at)).cloned();
    (0..mechanism.layout.functions.len() as u32).map(get).collect()
}

impl Simulation {
    /// Calls a FUNCTION or PROCEDURE of a point process by its name; the value is 0 if it has none.
    ///
    /// # Errors
    ///
    /// There is none of that name, it takes another number of arguments, or it asks for something impossible.
    pub fn call(&mut self, point: cable::PointId, name: &str, arguments: &[f64]) -> Result<f64, EngineError> {
        let (mechanism, row) = self.point_row(point)?;
        let layout = &self.mechanisms[mechanism].layout;
        let Some(at) = layout.functions.iter().position(|one| one.name == name) else {
            let known: Vec<&str> =
                layout.functions.iter().map(|one| one.name.as_str()).filter(|name| !name.contains('.')).collect();
            let what = format!("{} has no procedure `{name}` (it has {})", layout.name, known.join(", "));
            return Err(EngineError::Model(what));
        };
        let wanted = layout.functions[at].arguments.len();
        if arguments.len() != wanted {
            let what = format!("{name} of {} takes {wanted} arguments, not {}", layout.name, arguments.len());
            return Err(EngineError::Model(what));
        }
        // It may change what was taken for constant.
        self.forget_prepared();
        let call = Call { mechanism, rows: row..row + 1, netcon: NO_NETCON, flag: 0.0 };
        self.run(call, |one| &one.functions[at], &mut arguments.to_vec())
    }
}

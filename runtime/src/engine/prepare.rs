//! Kernels made for the rows that there are, once it is known what does not change during a run.

use std::sync::Arc;

use mech_abi::{Frozen, Kernel, KernelData, MechanismKind, NodeArrays, Times, Touches};

use super::events::NO_NETCON;
use super::host::EngineHost;
use super::netcon::SourceKind;
use super::simulation::{Instances, Kernels, Nodes, Simulation, Transfer};
use crate::record::Probe;

/// Below this number of rows nothing is gained.
const FEW: usize = 4;

impl Simulation {
    /// Before steps: kernels that use what stays as it is. They hold until something else than a step changes the
    /// model ([`Simulation::forget_prepared`]).
    pub(crate) fn prepare(&mut self) {
        let times = Times { t: 0.0, ..self.times() };
        if self.prepared == Some(times) {
            return;
        }
        self.forget_prepared();
        self.prepared = Some(times);
        for mechanism in 0..self.mechanisms.len() {
            let one = &self.mechanisms[mechanism];
            if one.rows >= FEW && one.layout.kind != MechanismKind::ArtificialCell {
                self.prepare_mechanism(mechanism);
            }
        }
    }

    /// Back to kernels that know nothing.
    pub(crate) fn forget_prepared(&mut self) {
        self.prepared = None;
        for one in &mut self.mechanisms {
            if let Some(general) = one.general.take() {
                one.kernels = general;
            }
        }
    }

    fn prepare_mechanism(&mut self, mechanism: usize) {
        let Some(touched) = self.touched_during_steps(mechanism) else { return };
        let times = self.times();
        let Instances { kernels, rows, columns, node_index, ion_index, globals, extras, .. } =
            &mut self.mechanisms[mechanism];
        let frozen_columns: Vec<bool> = (0..columns.len() as u32).map(|at| !touched.writes.contains(&at)).collect();
        let frozen_globals: Vec<bool> =
            (0..globals.len() as u32).map(|at| !touched.global_writes.contains(&at)).collect();
        let unread: Vec<bool> = (0..columns.len() as u32)
            .map(|at| self.settings.only_what_is_read && !touched.reads.contains(&at))
            .collect();
        let frozen = Frozen { columns: &frozen_columns, globals: &frozen_globals, unread: &unread };
        let mut host = EngineHost {
            events: &mut self.events,
            extras,
            scop: &mut self.scop,
            mechanism: mechanism as u32,
            netcon: NO_NETCON,
            t: times.t,
            failure: None,
        };
        let Nodes { v, rhs, d, area, diam, .. } = &mut self.nodes;
        let mut data = KernelData {
            rows: 0..*rows,
            columns,
            node_index,
            nodes: NodeArrays { v, rhs, d, area, diam },
            ions: &mut self.ions,
            ion_index,
            globals,
            times,
            weights: &mut [],
            flag: 0.0,
            result: 0.0,
            host: &mut host,
        };
        let mut special = |kernel: &Option<Arc<dyn Kernel>>| {
            kernel.as_ref().map(|one| one.specialize(&frozen, &mut data).unwrap_or_else(|| one.clone()))
        };
        let made = Kernels {
            current: special(&kernels.current),
            state: special(&kernels.state),
            before_breakpoint: special(&kernels.before_breakpoint),
            after_solve: special(&kernels.after_solve),
            before_step: special(&kernels.before_step),
            ..kernels.clone()
        };
        self.mechanisms[mechanism].general = Some(std::mem::replace(&mut self.mechanisms[mechanism].kernels, made));
    }

    /// What kernels, recorders, detectors, plays and gap junctions read and change during steps; nothing if a kernel
    /// does not say.
    fn touched_during_steps(&self, mechanism: usize) -> Option<Touches> {
        let one = &self.mechanisms[mechanism];
        let mut touches = Touches::default();
        let kernels = &one.kernels;
        let stepping = [
            &kernels.build_tables,
            &kernels.current,
            &kernels.state,
            &kernels.net_receive,
            &kernels.before_breakpoint,
            &kernels.after_solve,
            &kernels.before_step,
        ];
        let others = [&kernels.initial, &kernels.net_initial, &kernels.before_initial, &kernels.after_initial];
        for kernel in stepping.into_iter().flatten() {
            let more = kernel.touches()?;
            touches.reads.extend(&more.reads);
            touches.writes.extend(&more.writes);
            touches.global_writes.extend(&more.global_writes);
        }
        for kernel in others.into_iter().chain(&kernels.functions).flatten() {
            touches.reads.extend(&kernel.touches()?.reads);
        }
        let here = mechanism as u32;
        for recorder in &self.recorders {
            if let Probe::Column { mechanism, column, .. } = recorder.probe()
                && mechanism == here
            {
                touches.reads.insert(column);
            }
        }
        for source in &self.events.connections.sources {
            if let SourceKind::Variable { mechanism, column, .. } = source.kind
                && mechanism == here
            {
                touches.reads.insert(column);
            }
        }
        for play in &self.plays {
            match play.target {
                Probe::Column { mechanism, column, .. } if mechanism == here => {
                    touches.writes.insert(column);
                }
                Probe::Global { mechanism, slot } if mechanism == here => {
                    touches.global_writes.insert(slot);
                }
                _ => {}
            }
        }
        let follows = |one: &&Transfer| one.mechanism == here;
        touches.writes.extend(self.transfers.iter().filter(follows).map(|one| one.column));
        Some(touches)
    }
}

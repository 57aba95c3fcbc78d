//! Threshold detectors.

use super::netcon::{SourceId, SourceKind};
use super::simulation::Simulation;

/// A spike is dated this much after the start of the step in which it is noticed, ms (nrn: NetCvode::check_thresh).
const TEPS: f64 = 1e-10;

impl Simulation {
    /// At the start of a step: every source whose value is above its threshold now and was not before fires at
    /// t + 1e-10 ms. There is no interpolation (nrn: ConditionEvent::check).
    pub(crate) fn check_thresholds(&mut self) {
        for at in 0..self.events.connections.sources.len() {
            let source = &self.events.connections.sources[at];
            let value = match source.kind {
                SourceKind::Voltage { node } => self.nodes.v[node as usize],
                SourceKind::Variable { mechanism, row, column } => {
                    self.mechanisms[mechanism as usize].columns[column as usize][row as usize]
                }
                SourceKind::Point { .. } | SourceKind::Remote | SourceKind::Nothing => continue,
            };
            let above = value - source.threshold > 0.0;
            if above && !source.above {
                self.events.emit(SourceId(at as u32), self.t + TEPS);
            }
            self.events.connections.sources[at].above = above;
        }
    }
}

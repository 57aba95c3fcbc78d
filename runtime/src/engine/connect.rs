//! Sources, connections and spikes as callers see them.

use cable::{PointId, SectionId};

use super::error::EngineError;
use super::netcon::{NO_TARGET, NetConId, SourceId, SourceKind};
use super::simulation::Simulation;

/// What events come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source {
    /// Voltage at a place.
    Voltage {
        /// Section.
        section: SectionId,
        /// Place in it.
        x: f64,
    },
    /// A point process or artificial cell: by `net_event`, or by its variable `x`.
    Point(PointId),
}

impl Simulation {
    /// Mechanism (position) and row of a point process.
    pub(crate) fn point_row(&self, point: PointId) -> Result<(usize, usize), EngineError> {
        let unknown = || EngineError::Model(format!("point process {} does not exist", point.0));
        let found = self.points.get(point.0 as usize).ok_or_else(unknown)?;
        Ok((found.mechanism as usize, found.row as usize))
    }

    fn source(&mut self, source: Source) -> Result<SourceId, EngineError> {
        let kind = match source {
            Source::Voltage { section, x } => SourceKind::Voltage { node: self.tree.node(&self.model, section, x) },
            Source::Point(point) => {
                let (mechanism, row) = self.point_row(point)?;
                let layout = self.mechanisms[mechanism].layout.clone();
                let (mechanism32, row32) = (mechanism as u32, row as u32);
                if layout.net_receive.as_ref().is_some_and(|receive| receive.sends_events) {
                    let id = self.events.connections.source(SourceKind::Point { mechanism: mechanism32, row: row32 });
                    self.mechanisms[mechanism].extras.sources[row] = id.0;
                    return Ok(id);
                }
                let Some(column) = layout.range_variable("x") else {
                    let what =
                        format!("{} sends no events and has no variable `x`: it cannot be a source", layout.name);
                    return Err(EngineError::Connection(what));
                };
                SourceKind::Variable { mechanism: mechanism32, row: row32, column: column.first }
            }
        };
        Ok(self.events.connections.source(kind))
    }

    /// Makes a source the output of a gid; its spikes are recorded. `threshold` is in mV.
    pub fn detector(&mut self, gid: u64, source: Source, threshold: f64) -> Result<SourceId, EngineError> {
        self.forget_prepared();
        let id = self.source(source)?;
        if !self.events.connections.set_gid(id, gid) {
            return Err(EngineError::Connection(format!("gid {gid} has two sources, or its source another gid")));
        }
        let state = &mut self.events.connections.sources[id.0 as usize];
        state.threshold = threshold;
        state.recorded = true;
        Ok(id)
    }

    /// Makes room for so many more connections.
    pub fn reserve_connections(&mut self, more: usize) {
        self.events.connections.reserve(more);
    }

    fn add(
        &mut self,
        from: SourceId,
        target: Option<PointId>,
        delay: f64,
        weights: &[f64],
    ) -> Result<NetConId, EngineError> {
        if !(delay >= 0.0 && delay.is_finite()) {
            return Err(EngineError::Setting { name: "delay", value: delay, expected: "it must be at least 0 ms" });
        }
        let wanted = match target {
            Some(point) => {
                let (mechanism, _) = self.point_row(point)?;
                let layout = &self.mechanisms[mechanism].layout;
                if layout.net_receive.is_none() {
                    let what = format!("{} has no NET_RECEIVE: events cannot be sent to it", layout.name);
                    return Err(EngineError::Connection(what));
                }
                layout.n_weights()
            }
            None => 0,
        };
        self.weights.extend(weights.iter().copied().chain(std::iter::repeat(0.0)).take(wanted));
        let end = u32::try_from(self.weights.len())
            .map_err(|_| EngineError::Connection("more than 4 thousand million weights".to_owned()))?;
        let target = target.map_or(NO_TARGET, |point| point.0);
        Ok(self.events.connections.add(from, target, delay, end))
    }

    /// Connects a gid, of here or of elsewhere, with a point process.
    pub fn gid_connect(
        &mut self,
        gid: u64,
        target: PointId,
        delay: f64,
        weights: &[f64],
    ) -> Result<NetConId, EngineError> {
        let source = self.events.connections.gid_source(gid);
        self.add(source, Some(target), delay, weights)
    }

    /// Connects a source with a point process, or with nothing. The threshold counts for all connections of the
    /// source; spikes are recorded if `record` is set.
    pub fn connect(
        &mut self,
        source: Source,
        target: Option<PointId>,
        threshold: f64,
        delay: f64,
        weights: &[f64],
        record: bool,
    ) -> Result<NetConId, EngineError> {
        let id = self.source(source)?;
        let state = &mut self.events.connections.sources[id.0 as usize];
        state.threshold = threshold;
        state.recorded |= record;
        self.add(id, target, delay, weights)
    }

    /// Sends an event straight to a point process at `t` ms of each run.
    pub fn schedule(&mut self, target: PointId, t: f64, weights: &[f64]) -> Result<(), EngineError> {
        let nothing = self.events.connections.source(SourceKind::Nothing);
        let netcon = self.add(nothing, Some(target), 0.0, weights)?;
        self.scheduled.push((netcon.0, t));
        Ok(())
    }

    /// Recorded spikes of sources with a gid since the last initialisation: ms and gid, in order of emission.
    pub fn spikes(&self) -> Vec<(f64, u64)> {
        let connections = &self.events.connections;
        let gid = |source: SourceId| connections.sources[source.0 as usize].gid;
        self.events.spikes.iter().filter_map(|spike| Some((spike.t, gid(spike.source)?))).collect()
    }

    /// Recorded spike times of the source of a connection, ms.
    pub fn spikes_of(&self, netcon: NetConId) -> Vec<f64> {
        let source = self.events.connections.source_of(netcon);
        self.events.spikes.iter().filter(|spike| spike.source == source).map(|spike| spike.t).collect()
    }

    /// Sets a GLOBAL variable by its hoc name (`minf_hh`, `usetable_hh`), or a default concentration (`cai0_ca_ion`).
    pub fn set_global(&mut self, name: &str, value: f64) -> Result<(), EngineError> {
        self.forget_prepared();
        for one in &mut self.mechanisms {
            let Some(plain) = name.strip_suffix(&one.layout.name).and_then(|name| name.strip_suffix('_')) else {
                continue;
            };
            if let Some(global) = one.layout.global(plain).filter(|global| global.visible) {
                one.globals[global.first as usize] = value;
                return Ok(());
            }
        }
        for ion in &mut self.ion_info {
            if name == format!("{}i0_{}_ion", ion.name, ion.name) {
                ion.inside0 = value;
                return Ok(());
            }
            if name == format!("{}o0_{}_ion", ion.name, ion.name) {
                ion.outside0 = value;
                return Ok(());
            }
        }
        let owner = "no mechanism".to_owned();
        Err(EngineError::UnknownVariable { owner, name: name.to_owned(), hint: String::new() })
    }
}

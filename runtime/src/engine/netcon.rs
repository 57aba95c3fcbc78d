//! Sources of events and their connections (NEURON's PreSyn and NetCon), in flat arrays.
//!
//! A source is a threshold detector at a node, a variable of a point process, a point process that calls `net_event`,
//! or a gid that lives elsewhere. All connections from one source share its threshold. The arrays take about 30 bytes
//! for a connection plus 8 for each weight.

use std::collections::HashMap;

use super::events::Event;
use super::queue::EventQueue;

/// Position of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Position of a connection, in order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetConId(pub u32);

/// What a connection starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum SourceKind {
    /// Voltage of a node above a threshold.
    Voltage {
        /// Hines order.
        node: u32,
    },
    /// Variable of a point process above a threshold.
    Variable {
        /// Position in the simulation's mechanisms.
        mechanism: u32,
        /// Instance.
        row: u32,
        /// Physical column.
        column: u32,
    },
    /// A point process or artificial cell that calls `net_event`.
    Point {
        /// Position in the simulation's mechanisms.
        mechanism: u32,
        /// Instance.
        row: u32,
    },
    /// A gid whose cell is not in this simulation (or not yet).
    Remote,
    /// Nothing: the connection only carries events that are sent by hand.
    Nothing,
}

/// One source.
#[derive(Debug, Clone)]
pub(crate) struct SourceState {
    pub(crate) kind: SourceKind,
    /// Threshold, mV or the unit of the variable.
    pub(crate) threshold: f64,
    /// Value was above the threshold at the last check.
    pub(crate) above: bool,
    /// Keep the spike times.
    pub(crate) recorded: bool,
    pub(crate) gid: Option<u64>,
    /// Common delay of all its connections if they are more than two and all alike: then one event is queued for all
    /// (nrn: PreSyn::use_min_delay_).
    pub(crate) common_delay: Option<f64>,
}

/// No target: the connection exists for its threshold or for recording.
pub(crate) const NO_TARGET: u32 = u32::MAX;

/// All sources and connections.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connections {
    pub(crate) sources: Vec<SourceState>,
    by_kind: HashMap<SourceKind, SourceId>,
    by_gid: HashMap<u64, SourceId>,
    source: Vec<u32>,
    target: Vec<u32>,
    delay: Vec<f64>,
    active: Vec<bool>,
    weight_end: Vec<u32>,
    /// Connections of source s, in order of creation: `fan[fan_start[s]..fan_start[s + 1]]`.
    fan: Vec<u32>,
    fan_start: Vec<u32>,
    stale: bool,
}

impl Connections {
    /// The source of this kind, made with NEURON's threshold of 10 if it is new.
    pub(crate) fn source(&mut self, kind: SourceKind) -> SourceId {
        if let Some(&known) = self.by_kind.get(&kind) {
            return known;
        }
        let id = self.new_source(kind);
        self.by_kind.insert(kind, id);
        id
    }

    fn new_source(&mut self, kind: SourceKind) -> SourceId {
        let id = SourceId(self.sources.len() as u32);
        self.sources.push(SourceState {
            kind,
            threshold: 10.0,
            above: false,
            recorded: false,
            gid: None,
            common_delay: None,
        });
        self.stale = true;
        id
    }

    /// The source that stands for `gid`, a remote one if the gid is unknown here.
    pub(crate) fn gid_source(&mut self, gid: u64) -> SourceId {
        if let Some(&known) = self.by_gid.get(&gid) {
            return known;
        }
        let id = self.new_source(SourceKind::Remote);
        self.sources[id.0 as usize].gid = Some(gid);
        self.by_gid.insert(gid, id);
        id
    }

    /// The source of `gid`, if any connection or detector named it.
    pub(crate) fn of_gid(&self, gid: u64) -> Option<SourceId> {
        self.by_gid.get(&gid).copied()
    }

    /// Makes `id` the output of `gid`; connections made to the gid before are moved to it. False if another local
    /// source has the gid, or the source another gid.
    pub(crate) fn set_gid(&mut self, id: SourceId, gid: u64) -> bool {
        if self.sources[id.0 as usize].gid.is_some_and(|other| other != gid) {
            return false;
        }
        if let Some(known) = self.by_gid.insert(gid, id).filter(|known| *known != id) {
            if self.sources[known.0 as usize].kind != SourceKind::Remote {
                self.by_gid.insert(gid, known);
                return false;
            }
            for source in self.source.iter_mut().filter(|source| **source == known.0) {
                *source = id.0;
            }
            self.sources[known.0 as usize].gid = None;
            self.stale = true;
        }
        self.sources[id.0 as usize].gid = Some(gid);
        true
    }

    /// Adds a connection whose weights are the last ones pushed to the weight array, which now has `weight_end`
    /// elements.
    pub(crate) fn add(&mut self, source: SourceId, target: u32, delay: f64, weight_end: u32) -> NetConId {
        let id = NetConId(self.source.len() as u32);
        self.source.push(source.0);
        self.target.push(target);
        self.delay.push(delay);
        self.active.push(true);
        self.weight_end.push(weight_end);
        self.stale = true;
        id
    }

    pub(crate) fn reserve(&mut self, more: usize) {
        self.source.reserve(more);
        self.target.reserve(more);
        self.delay.reserve(more);
        self.active.reserve(more);
        self.weight_end.reserve(more);
    }

    pub(crate) fn len(&self) -> usize {
        self.source.len()
    }

    pub(crate) fn target(&self, id: NetConId) -> u32 {
        self.target[id.0 as usize]
    }

    pub(crate) fn is_active(&self, id: NetConId) -> bool {
        self.active[id.0 as usize]
    }

    #[cfg(test)]
    pub(crate) fn set_active(&mut self, id: NetConId, active: bool) {
        self.active[id.0 as usize] = active;
    }

    pub(crate) fn delay(&self, id: NetConId) -> f64 {
        self.delay[id.0 as usize]
    }

    /// Takes effect on single queueing at the next initialisation, as in NEURON.
    #[cfg(test)]
    pub(crate) fn set_delay(&mut self, id: NetConId, delay: f64) {
        self.delay[id.0 as usize] = delay;
    }

    pub(crate) fn source_of(&self, id: NetConId) -> SourceId {
        SourceId(self.source[id.0 as usize])
    }

    /// Where its weights are in the weight array.
    pub(crate) fn weight_range(&self, id: NetConId) -> std::ops::Range<usize> {
        let at = id.0 as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.weight_end[before]);
        start as usize..self.weight_end[at] as usize
    }

    /// Connections of a source in order of creation; call [`Connections::index`] first.
    pub(crate) fn fan_out(&self, source: SourceId) -> &[u32] {
        let at = source.0 as usize;
        match self.fan_start.get(at..at + 2) {
            Some(&[start, end]) => &self.fan[start as usize..end as usize],
            _ => &[],
        }
    }

    /// Sorts connections by source (counting sort) if any were added.
    pub(crate) fn index(&mut self) {
        if !self.stale {
            return;
        }
        let mut start = vec![0u32; self.sources.len() + 1];
        for &source in &self.source {
            start[source as usize + 1] += 1;
        }
        for at in 1..start.len() {
            start[at] += start[at - 1];
        }
        self.fan = vec![0; self.source.len()];
        let mut next = start.clone();
        for (connection, &source) in self.source.iter().enumerate() {
            self.fan[next[source as usize] as usize] = connection as u32;
            next[source as usize] += 1;
        }
        self.fan_start = start;
        self.stale = false;
    }

    /// At initialisation: all detectors below, and which sources queue a single event (nrn: NetCvode::init_events).
    pub(crate) fn initialize(&mut self) {
        self.index();
        for at in 0..self.sources.len() {
            let fan = self.fan_out(SourceId(at as u32));
            let common = fan
                .first()
                .map(|first| self.delay[*first as usize])
                .filter(|delay| fan.len() > 2 && fan.iter().all(|other| self.delay[*other as usize] == *delay));
            self.sources[at].above = false;
            self.sources[at].common_delay = common;
        }
    }

    /// A spike of `source` at `t`: queues what its connections deliver (nrn: PreSyn::send).
    pub(crate) fn send(&mut self, source: SourceId, t: f64, queue: &mut EventQueue<Event>) {
        self.index();
        if let Some(delay) = self.sources[source.0 as usize].common_delay {
            queue.insert(t + delay, Event::FanOut(source.0));
            return;
        }
        for &connection in self.fan_out(source) {
            let at = connection as usize;
            if self.active[at] && self.target[at] != NO_TARGET {
                queue.insert(t + self.delay[at], Event::NetCon(connection));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voltage(node: u32) -> SourceKind {
        SourceKind::Voltage { node }
    }

    #[test]
    fn connections_to_a_gid_move_to_its_detector() {
        let mut all = Connections::default();
        let remote = all.gid_source(7);
        all.add(remote, 0, 1.0, 1);
        let local = all.source(voltage(3));
        all.add(local, 1, 2.0, 2);
        assert!(all.set_gid(local, 7));
        all.index();
        assert_eq!(all.fan_out(local), [0, 1]);
        assert_eq!(all.fan_out(remote), [] as [u32; 0]);
        assert_eq!(all.gid_source(7), local);
        let other = all.source(voltage(4));
        assert!(!all.set_gid(other, 7));
        assert_eq!(all.of_gid(7), Some(local));
    }

    #[test]
    fn three_equal_delays_are_one_event() {
        let mut all = Connections::default();
        let source = all.source(voltage(0));
        for end in 1..=3 {
            all.add(source, 0, 1.5, end);
        }
        all.initialize();
        let mut queue = EventQueue::new(0.025);
        all.send(source, 2.0, &mut queue);
        assert_eq!(queue.pop(9.0), Some((3.5, Event::FanOut(source.0))));
        assert!(queue.is_empty());
        all.set_delay(NetConId(1), 1.0);
        all.initialize();
        all.set_active(NetConId(0), false);
        all.send(source, 2.0, &mut queue);
        assert_eq!(queue.pop(9.0), Some((3.0, Event::NetCon(1))));
        assert_eq!(queue.pop(9.0), Some((3.5, Event::NetCon(2))));
        assert!(queue.is_empty());
    }
}

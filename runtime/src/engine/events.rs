//! What waits in the queue: deliveries, self events, samples, spike exchange.

use super::netcon::{Connections, SourceId};
use super::queue::EventQueue;

/// A queued event; numbers are positions in the arrays of the simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    /// Delivery of one connection to its target.
    NetCon(u32),
    /// Delivery of all connections of a source, which have one delay.
    FanOut(u32),
    /// `net_send`: a slot of [`Events::self_events`].
    ToSelf(u32),
    /// A sample of a recorder with its own interval.
    Sample(u32),
    /// The next point of a played polygon.
    Play(u32),
    /// Exchange of spikes with the rest of the network.
    Exchange,
}

/// No NetCon caused it: NET_RECEIVE has no weights.
pub(crate) const NO_NETCON: u32 = u32::MAX;

/// No event of flag 1 is pending.
pub(crate) const NOT_PENDING: u32 = u32::MAX;

/// A `net_send` on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SelfEvent {
    pub(crate) mechanism: u32,
    pub(crate) row: u32,
    /// Whose weights NET_RECEIVE will see.
    pub(crate) netcon: u32,
    pub(crate) flag: f64,
}

/// One spike: when and from which source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SourceSpike {
    pub(crate) t: f64,
    pub(crate) source: SourceId,
}

/// Queue, connections and spikes of a simulation.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) queue: EventQueue<Event>,
    pub(crate) connections: Connections,
    self_events: Vec<SelfEvent>,
    free: Vec<u32>,
    /// Recorded spikes in order of emission.
    pub(crate) spikes: Vec<SourceSpike>,
    /// Spikes of sources with a gid since the last exchange; filled only if there is an exchange.
    pub(crate) outgoing: Vec<(u64, f64)>,
    pub(crate) exchanging: bool,
}

impl Events {
    pub(crate) fn new(dt: f64) -> Events {
        Events {
            queue: EventQueue::new(dt),
            connections: Connections::default(),
            self_events: Vec::new(),
            free: Vec::new(),
            spikes: Vec::new(),
            outgoing: Vec::new(),
            exchanging: false,
        }
    }

    /// Empties the queue (recorded spikes stay until the detectors are initialised).
    pub(crate) fn clear(&mut self) {
        self.queue.clear();
        self.self_events.clear();
        self.free.clear();
        self.outgoing.clear();
    }

    /// Queues a self event and gives its slot.
    pub(crate) fn send_self(&mut self, t: f64, event: SelfEvent) -> u32 {
        let slot = self.new_slot(event);
        self.queue.insert(t, Event::ToSelf(slot));
        slot
    }

    fn new_slot(&mut self, event: SelfEvent) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.self_events[slot as usize] = event;
            return slot;
        }
        self.self_events.push(event);
        self.self_events.len() as u32 - 1
    }

    /// Moves a pending self event to `t`; gives its new slot.
    pub(crate) fn move_self(&mut self, slot: u32, t: f64) -> u32 {
        let new = self.new_slot(self.self_events[slot as usize]);
        self.queue.move_event(Event::ToSelf(slot), t, Event::ToSelf(new));
        for event in self.queue.take_retired() {
            if let Event::ToSelf(retired) = event {
                self.free.push(retired);
            }
        }
        new
    }

    /// A self event that was just taken from the queue.
    pub(crate) fn take_self(&mut self, slot: u32) -> SelfEvent {
        self.free.push(slot);
        self.self_events[slot as usize]
    }

    /// A source fires at `t`: records it and queues deliveries.
    pub(crate) fn emit(&mut self, source: SourceId, t: f64) {
        let state = &self.connections.sources[source.0 as usize];
        if state.recorded {
            self.spikes.push(SourceSpike { t, source });
        }
        if let (true, Some(gid)) = (self.exchanging, state.gid) {
            self.outgoing.push((gid, t));
        }
        self.connections.send(source, t, &mut self.queue);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_self_event_keeps_its_contents() {
        let mut events = Events::new(0.025);
        let sent = SelfEvent { mechanism: 1, row: 2, netcon: NO_NETCON, flag: 1.0 };
        let slot = events.send_self(5.0, sent);
        let other = events.send_self(1.0, SelfEvent { flag: 3.0, ..sent });
        let moved = events.move_self(slot, 0.5);
        let moved = events.move_self(moved, 0.75);
        assert_eq!(events.queue.pop(9.0), Some((0.75, Event::ToSelf(moved))));
        assert_eq!(events.take_self(moved).flag, 1.0);
        assert_eq!(events.queue.pop(9.0), Some((1.0, Event::ToSelf(other))));
        assert_eq!(events.take_self(other).flag, 3.0);
        assert!(events.queue.is_empty());
    }
}

//! Delivery of events.

use super::error::EngineError;
use super::events::{Event, NO_NETCON, NOT_PENDING};
use super::netcon::{NO_TARGET, NetConId, SourceId};
use super::simulation::{Call, Simulation};

impl Simulation {
    /// Delivers all events up to and including `until` (ms); each is delivered at its own time, afterwards `t` is what
    /// it was (nrn: NetCvode::deliver_events).
    pub(crate) fn deliver(&mut self, until: f64) -> Result<(), EngineError> {
        let t = self.t;
        let outcome = self.deliver_all(until);
        self.t = t;
        outcome
    }

    fn deliver_all(&mut self, until: f64) -> Result<(), EngineError> {
        while let Some((t, event)) = self.events.queue.pop(until) {
            match event {
                Event::NetCon(id) => self.deliver_netcon(t, NetConId(id))?,
                Event::FanOut(source) => self.deliver_fan_out(t, SourceId(source))?,
                Event::ToSelf(slot) => {
                    let event = self.events.take_self(slot);
                    let (mechanism, row) = (event.mechanism as usize, event.row as usize);
                    self.receive(t, mechanism, row, event.netcon, event.flag)?;
                }
                Event::Sample(recorder) => self.sample(t, recorder),
                Event::Play(at) => self.deliver_play(t, at as usize),
                Event::Exchange => self.deliver_exchange(t)?,
            }
        }
        Ok(())
    }

    fn deliver_netcon(&mut self, t: f64, id: NetConId) -> Result<(), EngineError> {
        let target = self.events.connections.target(id);
        if target == NO_TARGET {
            return Ok(());
        }
        let point = self.points[target as usize];
        self.receive(t, point.mechanism as usize, point.row as usize, id.0, 0.0)
    }

    /// One event for all connections of a source: those whose delay has grown since are queued again
    /// (nrn: PreSyn::deliver).
    fn deliver_fan_out(&mut self, t: f64, source: SourceId) -> Result<(), EngineError> {
        self.events.connections.index();
        let common = self.events.connections.sources[source.0 as usize].common_delay.unwrap_or(0.0);
        for at in 0..self.events.connections.fan_out(source).len() {
            let id = NetConId(self.events.connections.fan_out(source)[at]);
            let connections = &self.events.connections;
            if !connections.is_active(id) || connections.target(id) == NO_TARGET {
                continue;
            }
            let more = connections.delay(id) - common;
            if more == 0.0 {
                self.deliver_netcon(t, id)?;
            } else if more > 0.0 {
                self.events.queue.insert(t + more, Event::NetCon(id.0));
            } else {
                return Err(EngineError::Connection(
                    "the delay of a connection was made less than that of its source's other connections during a \
                     run; set delays before initialisation"
                        .to_owned(),
                ));
            }
        }
        Ok(())
    }

    /// NET_RECEIVE of one instance at time `t`.
    fn receive(&mut self, t: f64, mechanism: usize, row: usize, netcon: u32, flag: f64) -> Result<(), EngineError> {
        self.t = t;
        if flag == 1.0
            && let Some(pending) = self.mechanisms[mechanism].extras.pending.get_mut(row)
        {
            *pending = NOT_PENDING;
        }
        let call = Call { mechanism, rows: row..row + 1, netcon, flag };
        self.run(call, |one| &one.net_receive, &mut [])?;
        Ok(())
    }

    /// Exchange of spikes: after all events of its time (nrn: NetParEvent::deliver).
    fn deliver_exchange(&mut self, t: f64) -> Result<(), EngineError> {
        self.deliver_all(t)?;
        self.t = t;
        self.exchange_spikes()?;
        if let Some((interval, _)) = &self.exchange {
            self.events.queue.insert(t + interval, Event::Exchange);
        }
        Ok(())
    }

    /// Gives spikes of sources with a gid to the network and queues those that come back.
    pub(crate) fn exchange_spikes(&mut self) -> Result<(), EngineError> {
        let Some((_, exchange)) = &mut self.exchange else { return Ok(()) };
        let sent = std::mem::take(&mut self.events.outgoing);
        let received = exchange(&sent).map_err(EngineError::Exchange)?;
        for (gid, t) in received {
            self.remote_spike(gid, t);
        }
        Ok(())
    }

    /// A cell of another process fired at `t` (ms): queues what its connections deliver here. Gids without connections
    /// here and gids of this process are passed over.
    pub fn remote_spike(&mut self, gid: u64, t: f64) {
        let connections = &self.events.connections;
        let Some(source) = connections.of_gid(gid) else { return };
        if connections.sources[source.0 as usize].kind == super::netcon::SourceKind::Remote {
            self.events.emit(source, t);
        }
    }

    /// INITIAL blocks of NET_RECEIVE in order of creation of the connections; without one all weights but the first
    /// become 0 (nrn: NetCvode::init_events).
    pub(crate) fn initialize_netcons(&mut self) -> Result<(), EngineError> {
        for id in 0..self.events.connections.len() as u32 {
            let target = self.events.connections.target(NetConId(id));
            if target == NO_TARGET {
                continue;
            }
            let point = self.points[target as usize];
            let (mechanism, row) = (point.mechanism as usize, point.row as usize);
            if self.mechanisms[mechanism].kernels.net_initial.is_some() {
                let call = Call { mechanism, rows: row..row + 1, netcon: id, flag: 0.0 };
                self.run(call, |one| &one.net_initial, &mut [])?;
            } else {
                let range = self.events.connections.weight_range(NetConId(id));
                if let Some((_, others)) = self.weights[range].split_first_mut() {
                    others.fill(0.0);
                }
            }
        }
        debug_assert_ne!(NO_NETCON as usize, self.events.connections.len());
        Ok(())
    }
}

//! The engine's answers to kernels: events, random streams, played vectors.

use std::sync::Arc;

use mech_abi::{Host, HostCall, KernelError};

use super::events::{Events, NOT_PENDING, SelfEvent};
use super::netcon::SourceId;
use super::random123::{ScopRandom, Stream};

/// No source: nobody listens to this instance.
pub(crate) const NO_SOURCE: u32 = u32::MAX;

/// What the instances of a mechanism have besides their columns. Elements are by row, then by slot.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extras {
    pub(crate) streams: Vec<Stream>,
    /// Streams that were given identifiers.
    pub(crate) stream_is_set: Vec<bool>,
    /// Streams for each row.
    pub(crate) streams_per_row: usize,
    pub(crate) vectors: Vec<Option<Arc<Vec<f64>>>>,
    /// Vectors for each row.
    pub(crate) vectors_per_row: usize,
    /// Self event of flag 1 that net_move may move, by row; empty without NET_RECEIVE.
    pub(crate) pending: Vec<u32>,
    /// Source of each row; empty if it cannot be one.
    pub(crate) sources: Vec<u32>,
}

/// Why a request could not be fulfilled.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Failure {
    Kernel(KernelError),
    Event(String),
}

/// Host of one kernel call.
pub(crate) struct EngineHost<'a> {
    pub(crate) events: &'a mut Events,
    pub(crate) extras: &'a mut Extras,
    pub(crate) scop: &'a mut ScopRandom,
    pub(crate) mechanism: u32,
    /// Whose weights the call sees.
    pub(crate) netcon: u32,
    pub(crate) t: f64,
    /// First failure and its row.
    pub(crate) failure: Option<(usize, Failure)>,
}

impl EngineHost<'_> {
    fn fail(&mut self, row: usize, failure: Failure) -> f64 {
        self.failure.get_or_insert((row, failure));
        0.0
    }

    fn stream(&mut self, row: usize, slot: u32) -> Option<&mut Stream> {
        self.extras.streams.get_mut(row * self.extras.streams_per_row + slot as usize)
    }

    fn draw(&mut self, row: usize, slot: u32, deviate: impl Fn(&mut Stream) -> f64) -> f64 {
        match self.stream(row, slot) {
            Some(stream) => deviate(stream),
            None => self.fail(row, Failure::Kernel(KernelError::Shape("random stream"))),
        }
    }

    fn net_send(&mut self, row: usize, t: f64, flag: f64) -> f64 {
        if t.is_nan() || t < self.t {
            let delay = t - self.t;
            return self.fail(row, Failure::Event(format!("net_send with delay {delay} ms; it must not be negative")));
        }
        let event = SelfEvent { mechanism: self.mechanism, row: row as u32, netcon: self.netcon, flag };
        let slot = self.events.send_self(t, event);
        if flag == 1.0
            && let Some(pending) = self.extras.pending.get_mut(row)
        {
            *pending = slot;
        }
        0.0
    }

    fn net_move(&mut self, row: usize, t: f64) -> f64 {
        if t.is_nan() || t < self.t {
            return self.fail(row, Failure::Event(format!("net_move to {t} ms, which is past")));
        }
        match self.extras.pending.get(row).copied() {
            Some(slot) if slot != NOT_PENDING => self.extras.pending[row] = self.events.move_self(slot, t),
            _ => return self.fail(row, Failure::Event("net_move without a pending event of flag 1".to_owned())),
        }
        0.0
    }

    fn net_event(&mut self, row: usize, t: f64) -> f64 {
        let source = self.extras.sources.get(row).copied().unwrap_or(NO_SOURCE);
        if t.is_nan() || t < self.t {
            return self.fail(row, Failure::Event(format!("net_event at {t} ms, which is past")));
        }
        if source != NO_SOURCE {
            self.events.emit(SourceId(source), t);
        }
        0.0
    }
}

/// What a mechanism asks for in vain.
fn not_supported(call: HostCall) -> &'static str {
    match call {
        HostCall::FunctionTable => "a FUNCTION_TABLE is called, and no table has been given to it",
        HostCall::Lag => "LAG is not supported by the engine yet",
        HostCall::WatchBegin | HostCall::Watch => "WATCH is not supported by the engine yet",
        _ => "FOR_NETCONS is not supported by the engine yet",
    }
}

impl Host for EngineHost<'_> {
    fn call(&mut self, call: HostCall, row: usize, slot: u32, arguments: &[f64]) -> f64 {
        let argument = |at: usize| arguments.get(at).copied().unwrap_or(0.0);
        let vector = row * self.extras.vectors_per_row + slot as usize;
        match call {
            HostCall::NetSend => self.net_send(row, argument(0), argument(1)),
            HostCall::NetEvent => self.net_event(row, argument(0)),
            HostCall::NetMove => self.net_move(row, argument(0)),
            HostCall::StreamIsSet => {
                let at = row * self.extras.streams_per_row + slot as usize;
                f64::from(u8::from(self.extras.stream_is_set.get(at).copied().unwrap_or(false)))
            }
            HostCall::StreamSetSeq => self.draw(row, slot, |stream| {
                stream.set_sequence(argument(0));
                0.0
            }),
            HostCall::StreamSetIds => {
                let at = row * self.extras.streams_per_row + slot as usize;
                if let Some(set) = self.extras.stream_is_set.get_mut(at) {
                    *set = true;
                }
                let [id1, id2, id3] = [0, 1, 2].map(|at| argument(at) as i64 as u32);
                self.draw(row, slot, |stream| {
                    stream.set_ids(id1, id2, id3);
                    stream.set_position(0, 0);
                    0.0
                })
            }
            HostCall::StreamUniform => self.draw(row, slot, Stream::uniform),
            HostCall::StreamNegexp => self.draw(row, slot, Stream::negexp),
            HostCall::StreamNormal => self.draw(row, slot, Stream::normal),
            HostCall::StreamPick => self.draw(row, slot, |stream| f64::from(stream.pick())),
            HostCall::ScopRandom => self.scop.uniform(),
            HostCall::ScopSeed => {
                self.scop.seed(argument(0));
                0.0
            }
            HostCall::VectorSize => match self.extras.vectors.get(vector) {
                Some(Some(played)) => played.len() as f64,
                _ => 0.0,
            },
            HostCall::VectorGet => {
                let played = self.extras.vectors.get(vector).cloned().flatten();
                match played.as_ref().and_then(|played| played.get(argument(0) as usize)) {
                    Some(value) => *value,
                    None => self.fail(row, Failure::Kernel(KernelError::Index)),
                }
            }
            HostCall::FunctionTable
            | HostCall::Lag
            | HostCall::WatchBegin
            | HostCall::Watch
            | HostCall::NetConCount
            | HostCall::NetConWeight
            | HostCall::NetConSetWeight => self.fail(row, Failure::Event(not_supported(call).to_owned())),
            HostCall::Fail => self.fail(row, Failure::Kernel(KernelError::of_number(argument(0)))),
        }
    }
}

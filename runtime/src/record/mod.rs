//! Recordings: variables sampled after each step, or at an interval of their own.

use mech_abi::IonVariable;

use crate::engine::events::Event;
use crate::engine::{EngineError, Simulation};

/// A variable of a simulation; positions come from [`Simulation::section_probe`] and its sisters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Probe {
    /// Time, ms.
    Time,
    /// Voltage of a node, mV.
    Voltage(u32),
    /// Capacitive current of a node, mA/cm2.
    CapacitiveCurrent(u32),
    /// Total membrane current of a node, nA; needs [`crate::engine::Settings::membrane_currents`].
    MembraneCurrent(u32),
    /// A weighted sum of membrane currents, by its number; see [`Simulation::membrane_current_sum`].
    MembraneCurrentSum(u32),
    /// Area of a node, um2.
    Area(u32),
    /// Diameter of a node, um.
    Diameter(u32),
    /// Membrane capacitance of a node, uF/cm2.
    Capacitance(u32),
    /// Instance variable of a mechanism.
    Column {
        /// Position in the simulation's mechanisms.
        mechanism: u32,
        /// Instance.
        row: u32,
        /// Physical column.
        column: u32,
    },
    /// Variable of an ion.
    Ion {
        /// Position in the simulation's ions.
        species: u32,
        /// Element.
        index: u32,
        /// Which.
        variable: IonVariable,
    },
    /// Shared variable of a mechanism.
    Global {
        /// Position in the simulation's mechanisms.
        mechanism: u32,
        /// Slot.
        slot: u32,
    },
}

/// Position of a recorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecorderId(pub u32);

/// A recording in progress.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    probe: Probe,
    /// ms; none: after each step.
    interval: Option<f64>,
    values: Vec<f64>,
}

impl Recorder {
    /// What it records.
    pub(crate) fn probe(&self) -> Probe {
        self.probe
    }
}

impl Simulation {
    /// Records a variable after initialisation and after each step, or every `interval` ms: then the sample of time
    /// s = 0, interval, 2 interval, … (accumulated) is taken when events of time s are delivered, that is at the end
    /// of the last step before s - dt/2 (NEURON: `Vector.record(&var, Dt)`).
    pub fn record(&mut self, probe: Probe, interval: Option<f64>) -> Result<RecorderId, EngineError> {
        if let Some(value) = interval.filter(|interval| interval.is_nan() || *interval <= 0.0) {
            return Err(EngineError::Setting { name: "recording interval", value, expected: "it must be above 0 ms" });
        }
        self.forget_prepared();
        self.recorders.push(Recorder { probe, interval, values: Vec::new() });
        Ok(RecorderId(self.recorders.len() as u32 - 1))
    }

    /// What was recorded since the last initialisation (or since it was last taken).
    pub fn recorded(&self, id: RecorderId) -> &[f64] {
        self.recorders.get(id.0 as usize).map_or(&[], |one| &one.values)
    }

    /// Takes what was recorded and goes on with an empty recording.
    pub fn take_recorded(&mut self, id: RecorderId) -> Vec<f64> {
        self.recorders.get_mut(id.0 as usize).map(|one| std::mem::take(&mut one.values)).unwrap_or_default()
    }

    pub(crate) fn start_recorders(&mut self) {
        for (at, recorder) in self.recorders.iter_mut().enumerate() {
            recorder.values.clear();
            if recorder.interval.is_some() {
                self.events.queue.insert(0.0, Event::Sample(at as u32));
            }
        }
    }

    pub(crate) fn record_step(&mut self) {
        for at in 0..self.recorders.len() {
            if self.recorders[at].interval.is_none() {
                let value = self.read(self.recorders[at].probe);
                self.recorders[at].values.push(value);
            }
        }
    }

    /// Event of a recorder with an interval.
    pub(crate) fn sample(&mut self, t: f64, at: u32) {
        let recorder = &self.recorders[at as usize];
        let value = if recorder.probe == Probe::Time { t } else { self.read(recorder.probe) };
        if let Some(interval) = recorder.interval {
            self.events.queue.insert(t + interval, Event::Sample(at));
        }
        self.recorders[at as usize].values.push(value);
    }
}

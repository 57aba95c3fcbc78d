//! Initialisation (nrn: src/nrnoc/fadvance.cpp, nrn_finitialize).

use super::error::EngineError;
use super::events::{Event, NOT_PENDING};
use super::ions;
use super::simulation::{MembraneCurrents, Simulation};

impl Simulation {
    /// Goes to t = 0 with the voltage `v` (mV) everywhere, or with the present voltages. Variables that no INITIAL
    /// sets keep their values, as in NEURON; calling it twice is not the same as calling it once for models whose
    /// INITIAL reads what it wrote.
    pub fn initialize(&mut self, v: Option<f64>) -> Result<(), EngineError> {
        self.forget_prepared();
        self.t = 0.0;
        self.matrix_dt = 0.0;
        self.use_dt();
        self.membrane = self.settings.membrane_currents.then(|| MembraneCurrents::new(self.nodes.v.len()));
        self.check_tables()?;
        self.clear_events();
        self.start_plays();
        self.deliver(0.0)?;
        if let Some(v) = v {
            self.nodes.v.fill(v);
        }
        self.transfer_voltages();
        self.initialize_mechanisms()?;
        self.initialize_events()?;
        self.run_phase(false, |one| &one.after_initial)?;
        for &(netcon, t) in &self.scheduled {
            self.events.queue.insert(t, Event::NetCon(netcon));
        }
        self.deliver(0.0)?;
        self.set_up_matrix()?;
        self.initial_membrane_currents();
        self.start_recorders();
        self.run_phase(false, |one| &one.before_step)?;
        self.record_step();
        self.deliver(0.0)?;
        self.exchange_spikes()
    }

    fn clear_events(&mut self) {
        self.events.clear();
        for one in &mut self.mechanisms {
            one.extras.pending.fill(NOT_PENDING);
        }
        self.events.exchanging = self.exchange.is_some();
        if let Some((interval, _)) = &self.exchange {
            self.events.queue.insert(*interval, Event::Exchange);
        }
    }

    /// BEFORE INITIAL; ions; writers of concentrations; the others; artificial cells.
    fn initialize_mechanisms(&mut self) -> Result<(), EngineError> {
        self.run_phase(false, |one| &one.before_initial)?;
        for (ion, info) in self.ions.iter_mut().zip(&self.ion_info) {
            ions::initialize(ion, info.inside0, info.outside0, self.settings.celsius);
        }
        self.run_phase(false, |one| &one.initial)?;
        self.run_phase(true, |one| &one.initial)
    }

    /// Detectors and connections; spikes recorded before are forgotten.
    fn initialize_events(&mut self) -> Result<(), EngineError> {
        self.events.spikes.clear();
        self.events.connections.initialize();
        self.initialize_netcons()
    }

    /// At t = 0 there is no change of voltage (nrn: nrn_calc_fast_imem_fixedstep_init).
    fn initial_membrane_currents(&mut self) {
        if let Some(membrane) = &mut self.membrane {
            for (at, saved) in membrane.rhs.iter_mut().enumerate() {
                *saved = (self.nodes.rhs[at] + *saved) * self.nodes.area[at] * 0.01;
            }
        }
    }
}

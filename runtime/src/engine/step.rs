//! The fixed time step (nrn: src/nrnoc/fadvance.cpp, nrn_fixed_step_thread; src/nrnoc/treeset.cpp).

use mech_abi::MechanismKind;

use super::error::EngineError;
use super::events::NO_NETCON;
use super::ions;
use super::simulation::{Call, Simulation};

impl Simulation {
    /// Advances by one time step.
    pub fn step(&mut self) -> Result<(), EngineError> {
        self.use_dt();
        self.check_tables()?;
        self.prepare();
        self.advance()
    }

    /// Advances to `tstop` (ms) and never past it, by as many steps as NEURON's psolve takes.
    pub fn run_until(&mut self, tstop: f64) -> Result<(), EngineError> {
        let end = tstop * (1.0 + 1e-11);
        let steps = ((end - self.t) / self.settings.dt + 1e-9) as i64;
        if steps > 3 && self.transfers.is_empty() {
            // NEURON checks tables once for the whole group of steps.
            self.use_dt();
            self.check_tables()?;
            self.prepare();
            for _ in 0..steps {
                self.advance()?;
            }
        } else {
            while self.t <= end - self.settings.dt {
                self.step()?;
            }
        }
        self.exchange_spikes()
    }

    /// One step from t to t + dt.
    fn advance(&mut self) -> Result<(), EngineError> {
        let half = 0.5 * self.settings.dt;
        self.check_thresholds();
        self.deliver(self.t + half)?;
        self.t += half;
        self.play_continuous();
        self.set_up_matrix()?;
        self.matrix.solve(&mut self.nodes.d, &mut self.nodes.rhs);
        self.solved = true;
        self.second_order_currents();
        self.update_voltage()?;
        self.t += half;
        self.play_continuous();
        self.transfer_voltages();
        self.run_phase(false, |one| &one.state)?;
        self.run_phase(false, |one| &one.after_solve)?;
        self.run_phase(false, |one| &one.before_step)?;
        self.record_step();
        self.deliver(self.t)
    }

    /// The matrix is made for the present dt (nrn: dt2thread).
    pub(crate) fn use_dt(&mut self) {
        if self.matrix_dt != self.settings.dt {
            self.matrix_dt = self.settings.dt;
            let order = if self.settings.secondorder == 0 { 1.0 } else { 2.0 };
            self.cj = order / self.settings.dt;
        }
    }

    /// Tables whose DEPEND values changed are built anew, with the first instance of each mechanism
    /// (nrn: nrn_thread_table_check).
    pub(crate) fn check_tables(&mut self) -> Result<(), EngineError> {
        for mechanism in 0..self.mechanisms.len() {
            let one = &self.mechanisms[mechanism];
            if one.kernels.build_tables.is_some() && one.rows > 0 {
                let call = Call { mechanism, rows: 0..1, netcon: NO_NETCON, flag: 0.0 };
                self.run(call, |one| &one.build_tables, &mut [])?;
            }
        }
        Ok(())
    }

    /// Right-hand side and diagonal (nrn: setup_tree_matrix).
    pub(crate) fn set_up_matrix(&mut self) -> Result<(), EngineError> {
        self.solved = false;
        self.nodes.rhs.fill(0.0);
        self.nodes.d.fill(0.0);
        if let Some(membrane) = &mut self.membrane {
            membrane.rhs.fill(0.0);
            membrane.d.fill(0.0);
        }
        self.run_phase(false, |one| &one.before_breakpoint)?;
        for ion in &mut self.ions {
            ions::before_currents(ion, self.settings.celsius);
        }
        self.membrane_currents()?;
        let factor = 0.001 * self.cj;
        for (d, cm) in self.nodes.d.iter_mut().zip(&self.nodes.cm) {
            *d += factor * cm;
        }
        if let Some(membrane) = &mut self.membrane {
            for (saved, rhs) in membrane.rhs.iter_mut().zip(&self.nodes.rhs) {
                *saved -= rhs;
            }
            for (saved, d) in membrane.d.iter_mut().zip(&self.nodes.d) {
                *saved = d - *saved;
            }
        }
        self.matrix.add_axial_currents(&self.nodes.v, &mut self.nodes.rhs);
        self.matrix.add_axial_conductances(&mut self.nodes.d);
        Ok(())
    }

    /// Currents and conductances of all mechanisms.
    fn membrane_currents(&mut self) -> Result<(), EngineError> {
        for mechanism in 0..self.mechanisms.len() {
            let one = &self.mechanisms[mechanism];
            if one.kernels.current.is_none() || one.layout.kind == MechanismKind::ArtificialCell {
                continue;
            }
            if one.layout.electrode_current {
                self.run_electrode(mechanism)?;
            } else {
                let rows = 0..one.rows;
                self.run(Call { mechanism, rows, netcon: NO_NETCON, flag: 0.0 }, |one| &one.current, &mut [])?;
            }
        }
        Ok(())
    }

    fn second_order_currents(&mut self) {
        if self.settings.secondorder == 2 {
            for (ion, info) in self.ions.iter_mut().zip(&self.ion_info) {
                ions::second_order_currents(ion, &info.nodes, &self.nodes.rhs);
            }
        }
    }

    /// v += dv, or 2 dv when dv is that of half a step (nrn: nrn_update_voltage).
    fn update_voltage(&mut self) -> Result<(), EngineError> {
        let factor = if self.settings.secondorder == 0 { 1.0 } else { 2.0 };
        let mut finite = true;
        for (v, dv) in self.nodes.v.iter_mut().zip(&self.nodes.rhs) {
            *v += factor * dv;
            finite &= v.is_finite();
        }
        if let Some(membrane) = &mut self.membrane {
            for (at, saved) in membrane.rhs.iter_mut().enumerate() {
                *saved = (membrane.d[at] * self.nodes.rhs[at] + *saved) * self.nodes.area[at] * 0.01;
            }
        }
        if finite { Ok(()) } else { Err(self.not_finite()) }
    }

    /// Names a culprit: the first instance variable or ion that is not finite, else the first such node.
    fn not_finite(&self) -> EngineError {
        let t = self.t;
        for (mechanism, one) in self.mechanisms.iter().enumerate() {
            for column in &one.layout.columns {
                let (first, end) = (column.first as usize, (column.first + column.len) as usize);
                for values in &one.columns[first..end] {
                    if let Some(row) = values.iter().position(|value| !value.is_finite()) {
                        let place = Box::new(self.place(mechanism, row));
                        let variable = column.name.clone();
                        return EngineError::NotFinite { place, t, variable, value: values[row] };
                    }
                }
            }
        }
        let node = self.nodes.v.iter().position(|v| !v.is_finite()).unwrap_or(0);
        let place = Box::new(self.node_place(node));
        EngineError::NotFinite { place, t, variable: "v".to_owned(), value: self.nodes.v[node] }
    }

    /// Gap junctions see the new voltages in the state phase and in the next step's currents.
    pub(crate) fn transfer_voltages(&mut self) {
        for one in &self.transfers {
            let v = self.nodes.v[one.node as usize];
            self.mechanisms[one.mechanism as usize].columns[one.column as usize][one.row as usize] = v;
        }
    }
}

//! Variables of a running simulation by name.

use cable::{PointId, RangeVariable, SectionId};

use super::error::EngineError;
use super::simulation::Simulation;
use crate::record::Probe;

impl Simulation {
    /// Present value of a variable.
    pub fn read(&self, probe: Probe) -> f64 {
        match probe {
            Probe::Time => self.t,
            Probe::Voltage(node) => self.nodes.v[node as usize],
            Probe::CapacitiveCurrent(node) => {
                let node = node as usize;
                if self.solved { 0.001 * self.cj * self.nodes.cm[node] * self.nodes.rhs[node] } else { 0.0 }
            }
            Probe::MembraneCurrent(node) => {
                self.membrane.as_ref().and_then(|membrane| membrane.rhs.get(node as usize)).copied().unwrap_or(0.0)
            }
            Probe::MembraneCurrentSum(sum) => {
                let Some(membrane) = &self.membrane else { return 0.0 };
                self.sums[sum as usize].iter().map(|(node, weight)| weight * membrane.rhs[*node as usize]).sum()
            }
            Probe::Area(node) => self.nodes.area[node as usize],
            Probe::Diameter(node) => self.nodes.diam[node as usize],
            Probe::Capacitance(node) => self.nodes.cm[node as usize],
            Probe::Column { mechanism, row, column } => {
                self.mechanisms[mechanism as usize].columns[column as usize][row as usize]
            }
            Probe::Ion { species, index, variable } => {
                let (ion, at) = (&self.ions[species as usize], index as usize);
                match variable {
                    mech_abi::IonVariable::Reversal => ion.reversal[at],
                    mech_abi::IonVariable::Inside => ion.inside[at],
                    mech_abi::IonVariable::Outside => ion.outside[at],
                    mech_abi::IonVariable::Current => ion.current[at],
                    mech_abi::IonVariable::CurrentSlope => ion.slope[at],
                }
            }
            Probe::Global { mechanism, slot } => self.mechanisms[mechanism as usize].globals[slot as usize],
        }
    }

    /// Sets a variable that can be set: voltages, columns, globals, concentrations and reversal potentials.
    pub(crate) fn write(&mut self, probe: Probe, value: f64) {
        match probe {
            Probe::Voltage(node) => self.nodes.v[node as usize] = value,
            Probe::Column { mechanism, row, column } => {
                self.mechanisms[mechanism as usize].columns[column as usize][row as usize] = value;
            }
            Probe::Global { mechanism, slot } => self.mechanisms[mechanism as usize].globals[slot as usize] = value,
            Probe::Ion { species, index, variable } => {
                let (ion, at) = (&mut self.ions[species as usize], index as usize);
                match variable {
                    mech_abi::IonVariable::Reversal => ion.reversal[at] = value,
                    mech_abi::IonVariable::Inside => ion.inside[at] = value,
                    mech_abi::IonVariable::Outside => ion.outside[at] = value,
                    mech_abi::IonVariable::Current | mech_abi::IonVariable::CurrentSlope => {}
                }
            }
            Probe::Time
            | Probe::CapacitiveCurrent(_)
            | Probe::MembraneCurrent(_)
            | Probe::MembraneCurrentSum(_)
            | Probe::Area(_)
            | Probe::Diameter(_)
            | Probe::Capacitance(_) => {}
        }
    }

    /// A weighted sum of the total membrane currents (nA) of nodes, such as an extracellular potential; needs
    /// [`crate::engine::Settings::membrane_currents`].
    pub fn membrane_current_sum(&mut self, terms: Vec<(u32, f64)>) -> Probe {
        self.sums.push(terms);
        Probe::MembraneCurrentSum(self.sums.len() as u32 - 1)
    }

    /// A variable of a section at a place, by its hoc name: `v`, `i_cap`, `ina`, `m_hh`, `x_mech[2]`.
    pub fn section_probe(&self, section: SectionId, x: f64, name: &str) -> Result<Probe, EngineError> {
        let node = self.tree.node(&self.model, section, x);
        let unknown = |hint: String| EngineError::UnknownVariable {
            owner: format!("section {}", self.model.section(section).name),
            name: name.to_owned(),
            hint,
        };
        match name {
            "i_cap" => return Ok(Probe::CapacitiveCurrent(node)),
            "i_membrane_" => return Ok(Probe::MembraneCurrent(node)),
            _ => {}
        }
        let Some(variable) = self.model.range_variable(name) else {
            let near = self.model.nearest_variables(name);
            let hint = if near.is_empty() { String::new() } else { format!(" (did you mean {}?)", near.join(", ")) };
            return Err(unknown(hint));
        };
        match variable {
            RangeVariable::V => Ok(Probe::Voltage(node)),
            RangeVariable::Diam => Ok(Probe::Diameter(node)),
            RangeVariable::Cm => Ok(Probe::Capacitance(node)),
            RangeVariable::Ion { ion, variable } => {
                let index = self.ion_info[ion.0 as usize].nodes.binary_search(&node);
                let index =
                    index.map_err(|_| unknown(" there: no mechanism that uses the ion is inserted".to_owned()))?;
                Ok(Probe::Ion { species: ion.0, index: index as u32, variable })
            }
            RangeVariable::Mechanism { mechanism, first, .. } => {
                let layout = self.catalogue.layout(mechanism);
                let position = self.mechanisms.iter().position(|one| one.layout.name == layout.name);
                let position = position.ok_or_else(|| unknown(String::new()))?;
                let row = self.mechanisms[position].node_index.binary_search(&node);
                let row = row.map_err(|_| unknown(format!(" there: {} is not inserted", layout.name)))?;
                let element = element(name);
                Ok(Probe::Column { mechanism: position as u32, row: row as u32, column: first + element })
            }
        }
    }

    /// A variable of a point process by its name.
    pub fn point_probe(&self, point: PointId, name: &str) -> Result<Probe, EngineError> {
        let (mechanism, row) = self.point_row(point)?;
        let layout = &self.mechanisms[mechanism].layout;
        let base = name.split('[').next().unwrap_or(name);
        let element = element(name);
        match layout.range_variable(base).filter(|column| element < column.len) {
            Some(column) => {
                Ok(Probe::Column { mechanism: mechanism as u32, row: row as u32, column: column.first + element })
            }
            None => {
                let known: Vec<&str> =
                    layout.columns.iter().filter(|column| column.visible).map(|column| column.name.as_str()).collect();
                let hint = format!(" (it has {})", known.join(", "));
                Err(EngineError::UnknownVariable { owner: layout.name.clone(), name: name.to_owned(), hint })
            }
        }
    }
}

/// Index between brackets; 0 without.
fn element(name: &str) -> u32 {
    let inside = name.split_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
    inside.and_then(|index| index.parse().ok()).unwrap_or(0)
}

//! Range variables by their hoc names.

use indexmap::IndexMap;
use mech_abi::{Catalogue, IonId, IonVariable, MechanismId, MechanismKind};

use crate::error::CableError;
use crate::model::{Model, bad_value};
use crate::section::SectionId;
use crate::topology::Spot;

/// What a range variable's name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeVariable {
    /// `diam`, um.
    Diam,
    /// `cm`, uF/cm2.
    Cm,
    /// `v`, mV.
    V,
    /// `name_MECHANISM`.
    Mechanism {
        /// Mechanism.
        mechanism: MechanismId,
        /// First physical column.
        first: u32,
        /// 1, or the length of the array.
        len: u32,
    },
    /// `ena`, `cai`, `ko`, `ina`, ….
    Ion {
        /// Species.
        ion: IonId,
        /// Which variable.
        variable: IonVariable,
    },
}

/// All names that a catalogue defines.
pub(crate) fn range_variables(catalogue: &Catalogue) -> IndexMap<String, RangeVariable> {
    let mut all = IndexMap::new();
    all.insert("diam".to_owned(), RangeVariable::Diam);
    all.insert("cm".to_owned(), RangeVariable::Cm);
    all.insert("v".to_owned(), RangeVariable::V);
    for ion in catalogue.ion_ids() {
        let name = &catalogue.ion(ion).name;
        let names = [
            (format!("e{name}"), IonVariable::Reversal),
            (format!("{name}i"), IonVariable::Inside),
            (format!("{name}o"), IonVariable::Outside),
            (format!("i{name}"), IonVariable::Current),
            (format!("di{name}_dv_"), IonVariable::CurrentSlope),
        ];
        for (name, variable) in names {
            all.insert(name, RangeVariable::Ion { ion, variable });
        }
    }
    for mechanism in catalogue.ids() {
        let layout = catalogue.layout(mechanism);
        if layout.kind != MechanismKind::Density {
            continue;
        }
        for column in layout.columns.iter().filter(|column| column.visible) {
            let variable = RangeVariable::Mechanism { mechanism, first: column.first, len: column.len };
            all.insert(format!("{}_{}", column.name, layout.name), variable);
        }
    }
    all
}

/// `x[3]` is (`x`, 3); anything else is itself with 0.
pub(crate) fn split_element(name: &str) -> (&str, usize) {
    let inside = name.strip_suffix(']').and_then(|rest| rest.split_once('['));
    match inside.and_then(|(base, index)| Some((base, index.trim().parse().ok()?))) {
        Some(found) => found,
        None => (name, 0),
    }
}

/// Up to three known names that are like a name, best first.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let limit = (name.len() / 3).max(2);
    let mut scored: Vec<(usize, &str)> = known.map(|other| (strsim::levenshtein(name, other), other)).collect();
    scored.retain(|(score, _)| *score <= limit);
    scored.sort();
    scored.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

impl Model {
    /// What a name means; array elements are `name_MECHANISM[i]`.
    pub fn range_variable(&self, name: &str) -> Option<RangeVariable> {
        self.variables.get(split_element(name).0).copied()
    }

    /// Names of range variables like `name`, best first.
    pub fn nearest_variables(&self, name: &str) -> Vec<String> {
        nearest(name, self.variables.keys().map(String::as_str))
    }

    fn find_variable(&self, name: &str) -> Result<RangeVariable, CableError> {
        self.range_variable(name)
            .ok_or_else(|| CableError::UnknownVariable { name: name.to_owned(), nearest: self.nearest_variables(name) })
    }

    /// A range variable at `x`: of the segment that contains it; `v` at 0 and 1 is that of the end nodes.
    pub fn get_range(&mut self, section: SectionId, x: f64, name: &str) -> Result<f64, CableError> {
        self.check_x(section, x)?;
        let variable = self.find_variable(name)?;
        if variable == RangeVariable::V {
            return Ok(match self.spot(section, x) {
                Spot::Segment(at, index) => self.sections[at.index()].segments[index].v,
                Spot::End(at) => self.sections[at.index()].end_v,
                Spot::Root(at) => self.sections[at.index()].root_v,
            });
        }
        if variable == RangeVariable::Diam {
            self.refresh(section);
        }
        let index = self.sections[section.index()].segment_index(x);
        self.slot(section, index, variable, name).map(|slot| *slot)
    }

    /// Sets a range variable in the segment at `x`, or in all segments. Currents cannot be set.
    pub fn set_range(&mut self, section: SectionId, x: Option<f64>, name: &str, value: f64) -> Result<(), CableError> {
        let variable = self.find_variable(name)?;
        if let Some(x) = x {
            self.check_x(section, x)?;
        }
        if variable == RangeVariable::Diam {
            if self.keep_point_diameters {
                return Ok(());
            }
            let one = &self.sections[section.index()];
            if !(value.is_finite() && value > 0.0) {
                return Err(bad_value(one, "diam", value, "it must be above 0 um"));
            }
        }
        if variable == RangeVariable::V {
            self.set_v(section, x, value);
            return Ok(());
        }
        let all = 0..self.sections[section.index()].segments.len();
        let indices = match x {
            Some(x) => {
                let index = self.sections[section.index()].segment_index(x);
                index..index + 1
            }
            None => all,
        };
        for index in indices {
            *self.slot(section, index, variable, name)? = value;
        }
        if variable == RangeVariable::Diam {
            self.touch(section);
            let one = &mut self.sections[section.index()];
            if !one.points.is_empty() {
                one.spread_diameters();
                self.shape_changed = true;
            }
        }
        Ok(())
    }

    fn set_v(&mut self, section: SectionId, x: Option<f64>, value: f64) {
        let Some(x) = x else {
            // The whole section with both its ends, even where the near one is a node of another section.
            for segment in &mut self.sections[section.index()].segments {
                segment.v = value;
            }
            self.set_v(section, Some(0.0), value);
            self.set_v(section, Some(1.0), value);
            return;
        };
        match self.spot(section, x) {
            Spot::Segment(at, index) => self.sections[at.index()].segments[index].v = value,
            Spot::End(at) => self.sections[at.index()].end_v = value,
            Spot::Root(at) => self.sections[at.index()].root_v = value,
        }
    }

    /// The memory of a range variable in a segment (in node order).
    fn slot(
        &mut self,
        section: SectionId,
        index: usize,
        variable: RangeVariable,
        name: &str,
    ) -> Result<&mut f64, CableError> {
        let catalogue = &self.catalogue;
        let one = &mut self.sections[section.index()];
        let absent = |mechanism: String| CableError::NotInserted {
            variable: name.to_owned(),
            mechanism,
            section: one.name.clone(),
        };
        match variable {
            RangeVariable::Diam => Ok(&mut one.segments[index].diam),
            RangeVariable::Cm => Ok(&mut one.segments[index].cm),
            RangeVariable::V => Ok(&mut one.segments[index].v),
            RangeVariable::Mechanism { mechanism, first, len } => {
                let element = split_element(name).1;
                if element >= len as usize {
                    return Err(CableError::NoSuchElement { name: name.to_owned(), index: element, len: len as usize });
                }
                let Some(at) = one.mechanisms.iter().position(|inserted| inserted.mechanism == mechanism) else {
                    return Err(absent(catalogue.layout(mechanism).name.clone()));
                };
                let inserted = &mut one.mechanisms[at];
                Ok(&mut inserted.values[index * inserted.width + first as usize + element])
            }
            RangeVariable::Ion { ion, variable } => {
                let Some(at) = one.ions.iter().position(|inserted| inserted.ion == ion) else {
                    return Err(absent(format!("{}_ion", catalogue.ion(ion).name)));
                };
                let state = &mut one.ions[at].states[index];
                match variable {
                    IonVariable::Reversal => Ok(&mut state.reversal),
                    IonVariable::Inside => Ok(&mut state.inside),
                    IonVariable::Outside => Ok(&mut state.outside),
                    IonVariable::Current | IonVariable::CurrentSlope => Err(CableError::WrongKind {
                        name: name.to_owned(),
                        found: "a current, which only a simulation has",
                        expected: "a parameter, a state, a reversal potential or a concentration",
                    }),
                }
            }
        }
    }
}

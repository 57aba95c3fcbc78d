//! Density mechanisms, ions and point processes in sections.

use mech_abi::{IonId, IonVariable, MechanismId, MechanismKind};

use crate::error::CableError;
use crate::model::Model;
use crate::range::nearest;
use crate::section::SectionId;

/// A density mechanism in all segments of a section.
#[derive(Debug, Clone, PartialEq)]
pub struct InsertedMechanism {
    /// Which.
    pub mechanism: MechanismId,
    /// Values of all physical columns, segment by segment in node order.
    pub(crate) values: Vec<f64>,
    /// Physical columns of one segment.
    pub(crate) width: usize,
}

impl InsertedMechanism {
    /// Values of the physical columns in segment `index` (in node order).
    pub fn row(&self, index: usize) -> &[f64] {
        &self.values[index * self.width..(index + 1) * self.width]
    }

    pub(crate) fn reverse(&mut self) {
        let n = self.values.len().checked_div(self.width).unwrap_or(0);
        self.pick(&(0..n).rev().collect::<Vec<_>>());
    }

    pub(crate) fn pick(&mut self, source: &[usize]) {
        self.values = source.iter().flat_map(|from| self.row(*from).to_vec()).collect();
    }
}

/// An ion in one segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IonState {
    /// Reversal potential, mV.
    pub reversal: f64,
    /// Inside concentration, mM.
    pub inside: f64,
    /// Outside concentration, mM.
    pub outside: f64,
    /// NEURON's style bits (src/nrnoc/eion.cpp).
    pub style: u32,
}

/// An ion in all segments of a section.
#[derive(Debug, Clone, PartialEq)]
pub struct InsertedIon {
    /// Which.
    pub ion: IonId,
    /// In node order.
    pub states: Vec<IonState>,
}

/// Position of a point process in a [`Model`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PointId(pub u32);

/// A point process, or an artificial cell (which has no place).
#[derive(Debug, Clone, PartialEq)]
pub struct PointProcess {
    /// Which.
    pub mechanism: MechanismId,
    /// Section and place in it: the centre of a segment, or an end. `None` for an artificial cell.
    pub place: Option<(SectionId, f64)>,
    /// Counts creations and moves to another segment (when nseg falls): in one node NEURON runs the point processes of
    /// a mechanism from the highest number to the lowest.
    pub order: u32,
    /// Values of all physical columns.
    pub values: Vec<f64>,
}

/// Style bits after one more user of the ion (NEURON: nrn_promote); `conc` and `rev` are 0 unused, 1 read, 3 written.
fn promote(bits: u32, conc: u32, rev: u32) -> u32 {
    let c = (bits & 0o3).max(conc);
    let mut r = ((bits & 0o30) >> 3).max(rev);
    if c > 0 && r < 2 {
        r = 2;
    }
    let mut bits = (bits & !0o177) + c + 0o10 * r;
    if c == 3 {
        bits += 0o4;
        if r == 2 {
            bits += 0o100;
        }
    }
    if c > 0 && r == 2 {
        bits += 0o40;
    }
    bits
}

impl Model {
    /// Finds a compiled mechanism.
    pub fn mechanism(&self, name: &str) -> Result<MechanismId, CableError> {
        self.catalogue.id(name).ok_or_else(|| CableError::UnknownMechanism {
            name: name.to_owned(),
            nearest: nearest(name, self.catalogue.names()),
        })
    }

    /// Inserts a density mechanism with its defaults in all segments; again is no change. Ions it uses come with it.
    /// `X_ion` inserts the ion alone.
    pub fn insert(&mut self, section: SectionId, name: &str) -> Result<(), CableError> {
        if let Some(ion) = name.strip_suffix("_ion").and_then(|ion| self.catalogue.ion_id(ion)) {
            self.insert_ion(section, ion);
            return Ok(());
        }
        // Geometry and capacitance are in every section from the start.
        if name == "capacitance" || name == "morphology" {
            return Ok(());
        }
        let id = self.mechanism(name)?;
        let layout = self.catalogue.layout(id).clone();
        if layout.kind != MechanismKind::Density {
            return Err(CableError::WrongKind {
                name: name.to_owned(),
                found: "a point process",
                expected: "a density mechanism; make it with `new` at a place instead of inserting it",
            });
        }
        let one = &mut self.sections[section.index()];
        if one.mechanisms.iter().any(|inserted| inserted.mechanism == id) {
            return Ok(());
        }
        let width = layout.n_columns();
        let values = layout.default_row().repeat(one.segments.len());
        self.structure_changed = true;
        one.mechanisms.push(InsertedMechanism { mechanism: id, values, width });
        self.use_ions(section, &layout, None);
        Ok(())
    }

    /// Removes a density mechanism; its ions stay.
    pub fn uninsert(&mut self, section: SectionId, name: &str) -> Result<(), CableError> {
        let id = self.mechanism(name)?;
        self.sections[section.index()].mechanisms.retain(|inserted| inserted.mechanism != id);
        self.structure_changed = true;
        Ok(())
    }

    /// Whether a density mechanism or an ion (`na_ion`) is in the section.
    pub fn is_inserted(&self, section: SectionId, name: &str) -> bool {
        let one = &self.sections[section.index()];
        if let Some(ion) = name.strip_suffix("_ion").and_then(|ion| self.catalogue.ion_id(ion)) {
            return one.ions.iter().any(|inserted| inserted.ion == ion);
        }
        let id = self.catalogue.id(name);
        name == "capacitance"
            || name == "morphology"
            || one.mechanisms.iter().any(|inserted| Some(inserted.mechanism) == id)
    }

    /// Makes a point process at a place.
    pub fn add_point_process(&mut self, name: &str, section: SectionId, x: f64) -> Result<PointId, CableError> {
        self.check_x(section, x)?;
        let id = self.mechanism(name)?;
        let layout = self.catalogue.layout(id).clone();
        if layout.kind != MechanismKind::PointProcess {
            let found =
                if layout.kind == MechanismKind::Density { "a density mechanism" } else { "an artificial cell" };
            return Err(CableError::WrongKind { name: name.to_owned(), found, expected: "a point process" });
        }
        let one = &self.sections[section.index()];
        // The 0 end of a child may be a segment of its parent; NEURON refuses ions there all the same.
        let at_end = x == 0.0 || x == 1.0;
        if at_end && !layout.ions.is_empty() {
            return Err(CableError::IonAtEnd { name: name.to_owned(), section: one.name.clone() });
        }
        let index = one.segment_index(x);
        // NEURON keeps the node, not the place: the place is the centre of the segment.
        let x = if at_end { x } else { one.segment_centre(index) };
        if !at_end {
            self.use_ions(section, &layout, Some(index));
        }
        let order = self.next_placing();
        let point = PointId(self.points.len() as u32);
        self.points.push(PointProcess {
            mechanism: id,
            place: Some((section, x)),
            order,
            values: layout.default_row(),
        });
        self.sections[section.index()].placed.push(point);
        self.structure_changed = true;
        Ok(point)
    }

    pub(crate) fn next_placing(&mut self) -> u32 {
        self.placings += 1;
        self.placings
    }

    /// Makes an artificial cell.
    pub fn add_artificial_cell(&mut self, name: &str) -> Result<PointId, CableError> {
        let id = self.mechanism(name)?;
        let layout = self.catalogue.layout(id);
        if layout.kind != MechanismKind::ArtificialCell {
            return Err(CableError::WrongKind {
                name: name.to_owned(),
                found: "a mechanism that needs a section",
                expected: "an artificial cell",
            });
        }
        let values = layout.default_row();
        let order = self.next_placing();
        self.points.push(PointProcess { mechanism: id, place: None, order, values });
        Ok(PointId(self.points.len() as u32 - 1))
    }

    /// A point process.
    pub fn point_process(&self, point: PointId) -> &PointProcess {
        &self.points[point.0 as usize]
    }

    /// A range variable (`tau`, or `x[2]` of an array) of a point process or an artificial cell.
    pub fn point_variable(&self, point: PointId, name: &str) -> Result<f64, CableError> {
        Ok(self.points[point.0 as usize].values[self.point_column(point, name)?])
    }

    /// Sets a range variable (`tau`, or `x[2]` of an array) of a point process or an artificial cell.
    pub fn set_point_variable(&mut self, point: PointId, name: &str, value: f64) -> Result<(), CableError> {
        let at = self.point_column(point, name)?;
        self.points[point.0 as usize].values[at] = value;
        Ok(())
    }

    fn point_column(&self, point: PointId, name: &str) -> Result<usize, CableError> {
        let one = &self.points[point.0 as usize];
        let layout = self.catalogue.layout(one.mechanism);
        let (base, element) = crate::range::split_element(name);
        let Some(column) = layout.range_variable(base) else {
            let names = layout.columns.iter().filter(|column| column.visible).map(|column| column.name.as_str());
            return Err(CableError::UnknownVariable {
                name: format!("{}.{name}", layout.name),
                nearest: nearest(base, names),
            });
        };
        if element >= column.len as usize {
            let len = column.len as usize;
            return Err(CableError::NoSuchElement { name: base.to_owned(), index: element, len });
        }
        Ok(column.first as usize + element)
    }

    /// An ion by its mechanism's name, `na_ion`, or its own.
    fn find_ion(&self, name: &str) -> Result<IonId, CableError> {
        let ion = name.strip_suffix("_ion").unwrap_or(name);
        self.catalogue.ion_id(ion).ok_or_else(|| {
            let known: Vec<String> =
                self.catalogue.ion_ids().map(|id| format!("{}_ion", self.catalogue.ion(id).name)).collect();
            let name = format!("{ion}_ion");
            let nearest = nearest(&name, known.iter().map(String::as_str));
            CableError::UnknownMechanism { name, nearest }
        })
    }

    /// NEURON's `ion_style("na_ion")`: the style bits in the first segment; `None` (hoc: -1) if the ion is not there.
    pub fn ion_style(&self, section: SectionId, ion: &str) -> Result<Option<u32>, CableError> {
        let id = self.find_ion(ion)?;
        let inserted = self.sections[section.index()].ions.iter().find(|inserted| inserted.ion == id);
        Ok(inserted.map(|inserted| inserted.states[0].style))
    }

    /// NEURON's `ion_style("na_ion", c, e, einit, eadvance, cinit)` for all segments; c and e are 0 to 3, the others
    /// 0 or 1. The bits that say which concentrations are written stay.
    pub fn set_ion_style(&mut self, section: SectionId, ion: &str, style: [u32; 5]) -> Result<(), CableError> {
        let [c, e, einit, eadvance, cinit] = style;
        let id = self.find_ion(ion)?;
        let one = &mut self.sections[section.index()];
        for (value, limit) in style.into_iter().zip([3, 3, 1, 1, 1]) {
            if value > limit {
                let why = "the numbers of ion_style are 0 to 3 (c, e) and 0 or 1 (einit, eadvance, cinit)";
                return Err(crate::model::bad_value(one, "ion_style", f64::from(value), why));
            }
        }
        let Some(inserted) = one.ions.iter_mut().find(|inserted| inserted.ion == id) else {
            return Err(CableError::NotInserted {
                variable: "ion_style".to_owned(),
                mechanism: format!("{ion}_ion"),
                section: one.name.clone(),
            });
        };
        let bits = c + 0o10 * e + 0o40 * einit + 0o100 * eadvance + 0o4 * cinit;
        for state in &mut inserted.states {
            state.style = (state.style & !0o177) + bits;
        }
        Ok(())
    }

    fn insert_ion(&mut self, section: SectionId, ion: IonId) -> usize {
        let species = self.catalogue.ion(ion);
        let one = &mut self.sections[section.index()];
        if let Some(at) = one.ions.iter().position(|inserted| inserted.ion == ion) {
            return at;
        }
        let state = IonState { reversal: species.reversal, inside: species.inside, outside: species.outside, style: 0 };
        self.structure_changed = true;
        one.ions.push(InsertedIon { ion, states: vec![state; one.segments.len()] });
        one.ions.len() - 1
    }

    /// Inserts the ions that a mechanism uses and promotes their styles, in one segment or in all.
    ///
    /// A point process brings its ions to all segments of the section, but claims them only in its own (NEURON:
    /// need_memb).
    pub(crate) fn use_ions(&mut self, section: SectionId, layout: &mech_abi::MechanismLayout, segment: Option<usize>) {
        for used in &layout.ions {
            let Some(ion) = self.catalogue.ion_id(&used.ion) else { continue };
            let at = self.insert_ion(section, ion);
            let has = |list: &[IonVariable], one: IonVariable| list.contains(&one);
            let concentration =
                |list: &[IonVariable]| has(list, IonVariable::Inside) || has(list, IonVariable::Outside);
            let kind = |read: bool, written: bool| if written { 3 } else { u32::from(read) };
            let conc = kind(concentration(&used.reads), concentration(&used.writes));
            let rev = kind(has(&used.reads, IonVariable::Reversal), has(&used.writes, IonVariable::Reversal));
            for (index, state) in self.sections[section.index()].ions[at].states.iter_mut().enumerate() {
                if segment.is_some_and(|only| only != index) {
                    continue;
                }
                if conc > 0 || rev > 0 {
                    state.style = promote(state.style, conc, rev);
                }
                if has(&used.writes, IonVariable::Inside) {
                    state.style |= 0o200;
                }
                if has(&used.writes, IonVariable::Outside) {
                    state.style |= 0o400;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::promote;

    #[test]
    fn styles_are_promoted_as_in_neuron() {
        // ca READ eca: 8; then READ cai: 49; then WRITE cai: 247 with the bit that says so (NEURON 9.0.2).
        let reversal = promote(0, 0, 1);
        assert_eq!(reversal, 8);
        let inside = promote(reversal, 1, 0);
        assert_eq!(inside, 49);
        assert_eq!(promote(inside, 3, 0) | 0o200, 247);
    }
}

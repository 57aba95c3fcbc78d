//! All sections, point processes and artificial cells of a simulation.

use std::sync::Arc;

use indexmap::IndexMap;
use mech_abi::Catalogue;

use crate::error::CableError;
use crate::mechanisms::PointProcess;
use crate::range::{RangeVariable, range_variables};
use crate::section::{Connection, Section, SectionId};

/// Sections of all cells, and what is in them.
#[derive(Debug, Clone)]
pub struct Model {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) variables: Arc<IndexMap<String, RangeVariable>>,
    pub(crate) sections: Vec<Section>,
    pub(crate) points: Vec<PointProcess>,
    pub(crate) origin: Option<(SectionId, crate::topology::Spot)>,
    pub(crate) keep_point_diameters: bool,
}

impl Model {
    /// No sections yet; range variables are those of the catalogue's mechanisms and ions.
    pub fn new(catalogue: Arc<Catalogue>) -> Model {
        let variables = Arc::new(range_variables(&catalogue));
        Model { catalogue, variables, sections: Vec::new(), points: Vec::new(), origin: None, keep_point_diameters: false }
    }

    /// The mechanisms that can be inserted.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// A new section with NEURON's defaults.
    pub fn create_section(&mut self, name: &str, cell: Option<u32>) -> SectionId {
        self.sections.push(Section::new(name, cell));
        SectionId(self.sections.len() as u32 - 1)
    }

    /// Removes a section: its children become roots, its point processes lose their place.
    pub fn delete_section(&mut self, section: SectionId) {
        self.disconnect(section);
        for child in std::mem::take(&mut self.sections[section.index()].children) {
            self.sections[child.index()].parent = None;
        }
        self.points.retain(|point| point.place.is_none_or(|(at, _)| at != section));
        let one = &mut self.sections[section.index()];
        one.deleted = true;
        one.mechanisms.clear();
        one.ions.clear();
        one.points.clear();
    }

    /// A section.
    pub fn section(&self, section: SectionId) -> &Section {
        &self.sections[section.index()]
    }

    /// All sections in order of creation.
    pub fn section_ids(&self) -> impl Iterator<Item = SectionId> {
        self.sections.iter().enumerate().filter(|(_, one)| !one.deleted).map(|(at, _)| SectionId(at as u32))
    }

    /// Point processes and artificial cells in order of creation.
    pub fn point_processes(&self) -> &[PointProcess] {
        &self.points
    }

    /// Connects end `child_end` (0 or 1) of `child` to place `x` of `parent` (NEURON: connectsec_impl).
    pub fn connect(&mut self, child: SectionId, child_end: f64, parent: SectionId, x: f64) -> Result<(), CableError> {
        let bad = |why: String| {
            Err(CableError::BadConnection { child: self.sections[child.index()].name.clone(), why })
        };
        if child_end != 0.0 && child_end != 1.0 {
            return bad(format!("its end must be 0 or 1, not {child_end}"));
        }
        if !(0.0..=1.0).contains(&x) {
            return bad(format!("the place on the parent must be from 0 to 1, not {x}"));
        }
        let mut above = Some(parent);
        while let Some(one) = above {
            if one == child {
                return bad("it would be its own ancestor".to_owned());
            }
            above = self.sections[one.index()].parent.map(|connection| connection.parent);
        }
        self.disconnect(child);
        let one = &mut self.sections[child.index()];
        let reversed = child_end == 1.0;
        if one.reversed != reversed {
            one.children.reverse();
            one.segments.reverse();
            for mechanism in &mut one.mechanisms {
                mechanism.reverse();
            }
            for ion in &mut one.ions {
                ion.states.reverse();
            }
            one.reversed = reversed;
            one.stale = true;
        }
        one.parent = Some(Connection { parent, x });
        // Siblings stand in order of their distance from the parent's near end; a newcomer goes before its equals.
        let near = |model: &Model, section: SectionId| {
            let x = model.sections[section.index()].parent.map_or(0.0, |connection| connection.x);
            if model.sections[parent.index()].reversed { 1.0 - x } else { x }
        };
        let mine = near(self, child);
        let siblings = &self.sections[parent.index()].children;
        let at = siblings.iter().position(|other| mine <= near(self, *other)).unwrap_or(siblings.len());
        self.sections[parent.index()].children.insert(at, child);
        Ok(())
    }

    pub(crate) fn disconnect(&mut self, child: SectionId) {
        if let Some(old) = self.sections[child.index()].parent.take() {
            self.sections[old.parent.index()].children.retain(|one| *one != child);
        }
    }

    /// `L`, um.
    pub fn length(&self, section: SectionId) -> f64 {
        self.sections[section.index()].length
    }

    /// Sets `L`: 3-D points are scaled about the first (NEURON: nrn_length_change).
    pub fn set_length(&mut self, section: SectionId, length: f64) -> Result<(), CableError> {
        let keep = self.keep_point_diameters;
        let one = &mut self.sections[section.index()];
        if !(length.is_finite() && length > 0.0) {
            return Err(bad_value(one, "L", length, "it must be above 0 um"));
        }
        if keep {
            return Ok(());
        }
        one.length = length;
        one.scale_points(length);
        one.stale = true;
        Ok(())
    }

    /// `Ra`, ohm cm.
    pub fn ra(&self, section: SectionId) -> f64 {
        self.sections[section.index()].ra
    }

    /// Sets `Ra`.
    pub fn set_ra(&mut self, section: SectionId, ra: f64) -> Result<(), CableError> {
        let one = &mut self.sections[section.index()];
        if !(ra.is_finite() && ra > 0.0) {
            return Err(bad_value(one, "Ra", ra, "it must be above 0 ohm cm"));
        }
        one.ra = ra;
        one.stale = true;
        Ok(())
    }

    /// `rallbranch`.
    pub fn rallbranch(&self, section: SectionId) -> f64 {
        self.sections[section.index()].rallbranch
    }

    /// Sets `rallbranch`.
    pub fn set_rallbranch(&mut self, section: SectionId, factor: f64) -> Result<(), CableError> {
        let one = &mut self.sections[section.index()];
        if !(factor.is_finite() && factor > 0.0) {
            return Err(bad_value(one, "rallbranch", factor, "it must be above 0"));
        }
        one.rallbranch = factor;
        Ok(())
    }

    pub(crate) fn check_x(&self, section: SectionId, x: f64) -> Result<(), CableError> {
        if (0.0..=1.0).contains(&x) {
            return Ok(());
        }
        Err(CableError::OutOfSection { section: self.sections[section.index()].name.clone(), x })
    }
}

pub(crate) fn bad_value(section: &Section, name: &str, value: f64, why: &'static str) -> CableError {
    CableError::BadValue { section: section.name.clone(), name: name.to_owned(), value, why }
}

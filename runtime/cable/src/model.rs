//! All sections, point processes and artificial cells of a simulation.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use mech_abi::Catalogue;

use crate::error::CableError;
use crate::mechanisms::PointProcess;
use crate::range::{RangeVariable, range_variables};
use crate::section::{Connection, Section, SectionId, V_INIT};

/// Sections of all cells, and what is in them.
#[derive(Debug, Clone)]
pub struct Model {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) variables: Arc<IndexMap<String, RangeVariable>>,
    pub(crate) sections: Vec<Section>,
    /// Existing sections in NEURON's order: by creation, but those of one cell together.
    pub(crate) list: Vec<SectionId>,
    /// The section of each cell after which its next one goes.
    last_of_cell: BTreeMap<u32, SectionId>,
    pub(crate) points: Vec<PointProcess>,
    /// Counts placings of point processes, relocations included.
    pub(crate) placings: u32,
    /// Where distances are measured from: an end, or the centre of a segment.
    pub(crate) origin: Option<(SectionId, f64)>,
    /// NEURON's pt3dconst.
    pub(crate) keep_point_diameters: bool,
    /// Whether anything has been changed, or computed for one section alone, since everything was computed.
    pub(crate) diam_changed: bool,
    /// Whether anything has been inserted or placed since everything was computed (NEURON: v_structure_change).
    pub(crate) structure_changed: bool,
    /// Whether 3-D points or connections have been changed since define_shape.
    pub(crate) shape_changed: bool,
    /// Sections whose geometry must be computed before a simulation.
    pub(crate) queue: Vec<SectionId>,
    /// Sections whose trees define_shape must look at.
    pub(crate) unsettled: Vec<SectionId>,
}

impl Model {
    /// No sections yet; range variables are those of the catalogue's mechanisms and ions.
    pub fn new(catalogue: Arc<Catalogue>) -> Model {
        let variables = Arc::new(range_variables(&catalogue));
        Model {
            catalogue,
            variables,
            sections: Vec::new(),
            list: Vec::new(),
            last_of_cell: BTreeMap::new(),
            points: Vec::new(),
            placings: 0,
            origin: None,
            keep_point_diameters: false,
            diam_changed: false,
            structure_changed: false,
            shape_changed: false,
            queue: Vec::new(),
            unsettled: Vec::new(),
        }
    }

    /// The mechanisms that can be inserted.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// A new section with NEURON's defaults. `name` is for messages and should name the cell too; sections of one
    /// `cell` stand together in the order of sections, as those of one hoc object do.
    pub fn create_section(&mut self, name: &str, cell: Option<u32>) -> SectionId {
        let id = SectionId(self.sections.len() as u32);
        self.sections.push(Section::new(name, cell));
        let before = cell.and_then(|cell| self.last_of_cell.insert(cell, id));
        match before.and_then(|before| self.list.iter().rposition(|one| *one == before)) {
            Some(at) => self.list.insert(at + 1, id),
            None => self.list.push(id),
        }
        self.touch(id);
        id
    }

    /// Removes a section: its children become roots. A section that holds point processes cannot be removed.
    pub fn delete_section(&mut self, section: SectionId) -> Result<(), CableError> {
        let one = &self.sections[section.index()];
        if one.deleted {
            return Ok(());
        }
        if !one.placed.is_empty() {
            return Err(CableError::HoldsPoints { section: one.name.clone(), count: one.placed.len() });
        }
        for child in self.sections[section.index()].children.clone() {
            self.disconnect(child);
        }
        self.disconnect(section);
        if self.origin.is_some_and(|(origin, _)| origin == section) {
            self.origin = None;
        }
        let at = self.list.iter().rposition(|one| *one == section);
        if let Some(at) = at {
            self.list.remove(at);
        }
        let one = &mut self.sections[section.index()];
        one.deleted = true;
        one.mechanisms = Vec::new();
        one.ions = Vec::new();
        one.points = Vec::new();
        if let Some(cell) = one.cell
            && self.last_of_cell.get(&cell) == Some(&section)
        {
            let before = at.and_then(|at| at.checked_sub(1)).map(|at| self.list[at]);
            match before.filter(|before| self.sections[before.index()].cell == Some(cell)) {
                Some(before) => self.last_of_cell.insert(cell, before),
                None => self.last_of_cell.remove(&cell),
            };
        }
        Ok(())
    }

    /// A section.
    pub fn section(&self, section: SectionId) -> &Section {
        &self.sections[section.index()]
    }

    /// Whether a section of this id exists.
    pub fn contains(&self, section: SectionId) -> bool {
        self.sections.get(section.index()).is_some_and(|one| !one.deleted)
    }

    /// All sections in NEURON's order: by creation, but those of one cell together.
    pub fn section_ids(&self) -> impl Iterator<Item = SectionId> {
        self.list.iter().copied()
    }

    /// Point processes and artificial cells in order of creation.
    pub fn point_processes(&self) -> &[PointProcess] {
        &self.points
    }

    /// Connects end `child_end` (0 or 1) of `child` to place `x` of `parent`, instead of an earlier connection
    /// (NEURON: connectsec_impl).
    pub fn connect(&mut self, child: SectionId, child_end: f64, parent: SectionId, x: f64) -> Result<(), CableError> {
        let bad =
            |why: String| Err(CableError::BadConnection { child: self.sections[child.index()].name.clone(), why });
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
        if self.sections[child.index()].reversed != (child_end == 1.0) {
            self.reverse(child);
        }
        let one = &mut self.sections[child.index()];
        one.parent = Some(Connection { parent, x });
        one.last_x = x;
        // A root node goes with what was in it.
        one.root_v = V_INIT;
        // Siblings stand in order of their distance from the parent's near end; a newcomer goes before its equals.
        let near = |model: &Model, section: SectionId| {
            let x = model.sections[section.index()].parent.map_or(0.0, |connection| connection.x);
            if model.sections[parent.index()].reversed { 1.0 - x } else { x }
        };
        let mine = near(self, child);
        let siblings = &self.sections[parent.index()].children;
        let at = siblings.iter().position(|other| mine <= near(self, *other)).unwrap_or(siblings.len());
        self.sections[parent.index()].children.insert(at, child);
        self.shape_touched(child);
        Ok(())
    }

    /// Turns a section round: its 1 end becomes the near one. Nodes keep what is in them; children's order turns too.
    fn reverse(&mut self, section: SectionId) {
        let one = &mut self.sections[section.index()];
        one.children.reverse();
        one.segments.reverse();
        for mechanism in &mut one.mechanisms {
            mechanism.reverse();
        }
        for ion in &mut one.ions {
            ion.states.reverse();
        }
        one.reversed = !one.reversed;
        // Point processes stay in their nodes; the far node, which was at 1, is now at 0, and so on.
        for point in one.placed.clone() {
            if let Some((_, x)) = &mut self.points[point.0 as usize].place
                && (*x == 0.0 || *x == 1.0)
            {
                *x = 1.0 - *x;
            }
        }
        self.enqueue(section);
    }

    pub(crate) fn disconnect(&mut self, child: SectionId) {
        if let Some(old) = self.sections[child.index()].parent.take() {
            self.sections[old.parent.index()].children.retain(|one| *one != child);
            self.shape_touched(child);
        }
    }

    /// `L`, um.
    pub fn length(&self, section: SectionId) -> f64 {
        self.sections[section.index()].length
    }

    /// Sets `L`: 3-D points are scaled about the first (NEURON: nrn_length_change). No change while
    /// [`Model::set_pt3dconst`] is on, as in NEURON.
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
        if !one.points.is_empty() {
            one.scale_points(length);
            self.shape_changed = true;
        }
        self.touch(section);
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
        self.touch(section);
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
        self.touch(section);
        Ok(())
    }

    /// The section's geometry must be computed before it is read again (NEURON: recalc_area_ = diam_changed = 1).
    pub(crate) fn touch(&mut self, section: SectionId) {
        self.sections[section.index()].stale = true;
        self.enqueue(section);
        self.unsettle(section);
    }

    /// The section's geometry must be computed before a simulation.
    pub(crate) fn enqueue(&mut self, section: SectionId) {
        self.diam_changed = true;
        let one = &mut self.sections[section.index()];
        if !std::mem::replace(&mut one.queued, true) {
            self.queue.push(section);
        }
    }

    /// The connections of the section have changed.
    pub(crate) fn shape_touched(&mut self, section: SectionId) {
        self.diam_changed = true;
        self.shape_changed = true;
        self.unsettle(section);
    }

    /// define_shape must look at the section's tree.
    pub(crate) fn unsettle(&mut self, section: SectionId) {
        let one = &mut self.sections[section.index()];
        if !std::mem::replace(&mut one.unsettled, true) {
            self.unsettled.push(section);
        }
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

//! Nodes of places, paths between them, order of sections.

use crate::error::CableError;
use crate::model::Model;
use crate::section::SectionId;

/// A node, named by the section that owns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// Segment in node order.
    Segment(SectionId, usize),
    /// Zero-area node at the far end.
    End(SectionId),
    /// Zero-area node at the near end of a root section.
    Root(SectionId),
}

impl Spot {
    /// The section whose node it is.
    pub(crate) fn owner(self) -> SectionId {
        match self {
            Spot::Segment(section, _) | Spot::End(section) | Spot::Root(section) => section,
        }
    }
}

impl Model {
    /// The node at `x` (NEURON: node_exact).
    pub(crate) fn spot(&self, section: SectionId, x: f64) -> Spot {
        let one = &self.sections[section.index()];
        let near = one.child_end();
        if x == near {
            self.parent_spot(section)
        } else if x == 1.0 - near {
            Spot::End(section)
        } else {
            Spot::Segment(section, one.segment_index(x))
        }
    }

    /// The node to which a section's first segment is attached (NEURON: nrn_parent_info).
    pub(crate) fn parent_spot(&self, section: SectionId) -> Spot {
        let mut section = section;
        loop {
            let Some(connection) = self.sections[section.index()].parent else { return Spot::Root(section) };
            let parent = &self.sections[connection.parent.index()];
            if connection.x == parent.child_end() {
                section = connection.parent;
            } else if connection.x == 1.0 || connection.x == 0.0 {
                return Spot::End(connection.parent);
            } else {
                return Spot::Segment(connection.parent, parent.segment_index(connection.x));
            }
        }
    }

    /// Path length along `section` from its near end to a node (NEURON: node_dist).
    fn along(&mut self, section: SectionId, spot: Spot) -> f64 {
        let one = &mut self.sections[section.index()];
        let n = one.segments.len() as f64;
        match spot {
            Spot::Segment(owner, at) if owner == section => one.refresh_length() * ((at as f64 + 0.5) / n),
            Spot::End(owner) if owner == section => one.refresh_length(),
            _ => 0.0,
        }
    }

    /// Sections above, from the section itself to the root.
    fn ancestors(&self, section: SectionId) -> Vec<SectionId> {
        let mut all = vec![section];
        let mut above = self.sections[section.index()].parent;
        while let Some(connection) = above {
            all.push(connection.parent);
            above = self.sections[connection.parent.index()].parent;
        }
        all
    }

    /// The root of a section's tree.
    pub(crate) fn root_of(&self, section: SectionId) -> SectionId {
        let mut section = section;
        while let Some(connection) = self.sections[section.index()].parent {
            section = connection.parent;
        }
        section
    }

    /// `distance()`: later distances are from the node at `x`. If connections change later, that is where the place is
    /// then; NEURON would go on with a node that may be gone.
    pub fn set_distance_origin(&mut self, section: SectionId, x: f64) -> Result<(), CableError> {
        self.check_x(section, x)?;
        let one = &self.sections[section.index()];
        let x = if x == 0.0 || x == 1.0 { x } else { one.segment_centre(one.segment_index(x)) };
        self.origin = Some((section, x));
        Ok(())
    }

    /// Path length from the origin to the node at `x`, um; 1e20 if they are in different trees.
    pub fn distance(&mut self, section: SectionId, x: f64) -> Result<f64, CableError> {
        self.check_x(section, x)?;
        let no_origin = || CableError::NoOrigin { section: self.sections[section.index()].name.clone() };
        let (origin, origin_x) = self.origin.ok_or_else(no_origin)?;
        Ok(self.path(origin, self.spot(origin, origin_x), section, self.spot(section, x)))
    }

    /// Path length between two nodes, summed in NEURON's order (NEURON: topol_distance): of two different sections
    /// the one that comes later in breadth-first order gives its part first.
    fn path(&mut self, from: SectionId, from_spot: Spot, to: SectionId, to_spot: Spot) -> f64 {
        let (above_from, above_to) = (self.ancestors(from), self.ancestors(to));
        let (mut one, mut two) = (0, 0);
        let (mut one_spot, mut two_spot) = (from_spot, to_spot);
        let mut d = 0.0;
        while above_from.get(one) != above_to.get(two) {
            // Sections left above each, this one included: those with more are deeper and later.
            let (deep_one, deep_two) = (above_from.len() - one, above_to.len() - two);
            let first_climbs = deep_one > deep_two
                || (deep_one == deep_two && deep_one > 0 && self.is_later(&above_from[one..], &above_to[two..]));
            let (at, above, spot) = if first_climbs {
                (&mut one, &above_from, &mut one_spot)
            } else {
                (&mut two, &above_to, &mut two_spot)
            };
            d += self.along(above[*at], *spot);
            *spot = self.parent_spot(above[*at]);
            *at += 1;
        }
        match above_from.get(one) {
            _ if one_spot == two_spot => d,
            None => 1e20,
            Some(section) => {
                let (x1, x2) = (self.along(*section, one_spot), self.along(*section, two_spot));
                if x1 < x2 { d + (x2 - x1) } else { d + (x1 - x2) }
            }
        }
    }

    /// Of two sections at the same depth of a tree, given with their ancestors: whether the first comes after the
    /// second in breadth-first order.
    fn is_later(&self, one: &[SectionId], two: &[SectionId]) -> bool {
        let differ = one.iter().zip(two).rposition(|(one, two)| one != two);
        let Some(at) = differ else { return false };
        match one.get(at + 1) {
            Some(parent) => {
                let children = &self.sections[parent.index()].children;
                let rank = |section: SectionId| children.iter().position(|child| *child == section);
                rank(one[at]) > rank(two[at])
            }
            // Different trees: the distance is 1e20 whatever the order.
            None => one[at] > two[at],
        }
    }

    /// The sections of a tree, breadth first.
    pub(crate) fn tree_order(&self, root: SectionId) -> Vec<SectionId> {
        let mut order = vec![root];
        let mut next = 0;
        while next < order.len() {
            order.extend_from_slice(&self.sections[order[next].index()].children);
            next += 1;
        }
        order
    }

    /// All sections, breadth first cell by cell, roots in NEURON's order of sections.
    pub(crate) fn section_order(&self) -> Vec<SectionId> {
        let mut order = Vec::with_capacity(self.list.len());
        for root in self.roots() {
            let mut next = order.len();
            order.push(root);
            while next < order.len() {
                order.extend_from_slice(&self.sections[order[next].index()].children);
                next += 1;
            }
        }
        order
    }

    /// Sections without a parent, in NEURON's order of sections.
    pub fn roots(&self) -> Vec<SectionId> {
        self.section_ids().filter(|id| self.sections[id.index()].parent.is_none()).collect()
    }
}

//! Nodes of places, paths between them.

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

impl Model {
    /// The node at `x` (NEURON: node_exact).
    pub(crate) fn spot(&self, section: SectionId, x: f64) -> Spot {
        let one = &self.sections[section.index()];
        let near = if one.reversed { 1.0 } else { 0.0 };
        if x == near {
            self.parent_spot(section)
        } else if x == 1.0 - near {
            Spot::End(section)
        } else {
            Spot::Segment(section, one.segment_index(x))
        }
    }

    /// The node to which a section's first segment is attached.
    pub(crate) fn parent_spot(&self, section: SectionId) -> Spot {
        let mut section = section;
        loop {
            let Some(connection) = self.sections[section.index()].parent else { return Spot::Root(section) };
            let parent = &self.sections[connection.parent.index()];
            let near = if parent.reversed { 1.0 } else { 0.0 };
            if connection.x == near {
                section = connection.parent;
            } else if connection.x == 1.0 - near {
                return Spot::End(connection.parent);
            } else {
                return Spot::Segment(connection.parent, parent.segment_index(connection.x));
            }
        }
    }

    /// Path length along `section` from its near end to a node (NEURON: node_dist).
    fn along(&self, section: SectionId, spot: Spot) -> f64 {
        let one = &self.sections[section.index()];
        let length = match one.points.last() {
            Some(last) if one.stale => last.arc,
            _ => one.length,
        };
        match spot {
            Spot::Segment(owner, at) if owner == section => {
                length * ((at as f64 + 0.5) / one.segments.len() as f64)
            }
            Spot::End(owner) if owner == section => length,
            _ => 0.0,
        }
    }

    /// Sections above, from the root down: position in it is NEURON's "order" as far as paths need it.
    fn depth(&self, section: SectionId) -> usize {
        let mut depth = 0;
        let mut above = self.sections[section.index()].parent;
        while let Some(connection) = above {
            depth += 1;
            above = self.sections[connection.parent.index()].parent;
        }
        depth
    }

    /// `distance()`: later distances are from the node at `x`.
    pub fn set_distance_origin(&mut self, section: SectionId, x: f64) -> Result<(), CableError> {
        self.check_x(section, x)?;
        self.origin = Some((section, self.spot(section, x)));
        Ok(())
    }

    /// Path length from the origin to the node at `x`, um; 1e20 if they are in different trees. Without an origin,
    /// from the 0 end of the section itself.
    pub fn distance(&self, section: SectionId, x: f64) -> Result<f64, CableError> {
        self.check_x(section, x)?;
        let (origin, origin_spot) = self.origin.unwrap_or((section, self.spot(section, 0.0)));
        Ok(self.path(origin, origin_spot, section, self.spot(section, x)))
    }

    /// Path length between two nodes (NEURON: topol_distance).
    fn path(&self, from: SectionId, from_spot: Spot, to: SectionId, to_spot: Spot) -> f64 {
        let mut one = (Some(from), from_spot);
        let mut two = (Some(to), to_spot);
        let mut d = 0.0;
        while one.0 != two.0 {
            // The deeper of the two climbs; of equally deep ones the second, which is in the same sum either way.
            let first_climbs = match (one.0, two.0) {
                (Some(a), Some(b)) => self.depth(a) > self.depth(b),
                (a, _) => a.is_some(),
            };
            let side = if first_climbs { &mut one } else { &mut two };
            let Some(section) = side.0 else { break };
            d += self.along(section, side.1);
            side.1 = self.parent_spot(section);
            side.0 = self.sections[section.index()].parent.map(|connection| connection.parent);
        }
        match one.0 {
            None if one.1 != two.1 => 1e20,
            Some(section) if one.1 != two.1 => {
                let (x1, x2) = (self.along(section, one.1), self.along(section, two.1));
                d + (x2 - x1).abs()
            }
            _ => d,
        }
    }

    /// All sections, breadth first cell by cell, roots in order of creation (NEURON's section order).
    pub(crate) fn section_order(&self) -> Vec<SectionId> {
        let mut order = Vec::with_capacity(self.sections.len());
        for root in self.section_ids().filter(|id| self.sections[id.index()].parent.is_none()) {
            let mut next = order.len();
            order.push(root);
            while next < order.len() {
                order.extend_from_slice(&self.sections[order[next].index()].children);
                next += 1;
            }
        }
        order
    }

    /// Sections without a parent, in order of creation.
    pub fn roots(&self) -> Vec<SectionId> {
        self.section_ids().filter(|id| self.sections[id.index()].parent.is_none()).collect()
    }
}

//! One section: an unbranched cable.

use crate::mechanisms::{InsertedIon, InsertedMechanism, PointId};

/// Position of a section in a [`crate::Model`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionId(pub u32);

impl SectionId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A 3-D point; single precision as in NEURON, except the arc length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pt3d {
    /// um
    pub x: f32,
    /// um
    pub y: f32,
    /// um
    pub z: f32,
    /// Diameter, um.
    pub d: f32,
    /// Path length from the first point, um.
    pub arc: f64,
}

/// Where a section is attached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Connection {
    /// Parent.
    pub parent: SectionId,
    /// Place on the parent, 0 ..= 1.
    pub x: f64,
}

/// Potential of a new node, mV (NEURON: DEF_vrest).
pub(crate) const V_INIT: f64 = -65.0;

/// One of the `nseg` pieces of a section.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Diameter, um.
    pub diam: f64,
    /// Specific capacitance, uF/cm2.
    pub cm: f64,
    /// Membrane potential, mV.
    pub v: f64,
    /// Area, um2; valid while the geometry is up to date.
    pub(crate) area: f64,
    /// 1 / (resistance to the parent node), uS.
    pub(crate) rinv: f64,
}

impl Default for Segment {
    /// NEURON's defaults (src/nrnoc/membdef.h).
    fn default() -> Segment {
        Segment { diam: 500.0, cm: 1.0, v: V_INIT, area: 0.0, rinv: 0.0 }
    }
}

/// A section. Segments are in node order: the first is nearest to the parent end.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Name for messages, with its cell: `PoolosPyramidalCell[3].sections[0]`.
    pub name: String,
    /// Cell it belongs to.
    pub cell: Option<u32>,
    /// Length, um.
    pub(crate) length: f64,
    /// Axial resistivity, ohm cm.
    pub(crate) ra: f64,
    /// Area factor of the connection to the parent.
    pub(crate) rallbranch: f64,
    /// Parent.
    pub(crate) parent: Option<Connection>,
    /// Place on the last parent there was; NEURON turns the shape of a section by it even when it has become a root.
    pub(crate) last_x: f64,
    /// Whether the 1 end is the one at the parent.
    pub(crate) reversed: bool,
    /// Children in NEURON's order.
    pub(crate) children: Vec<SectionId>,
    /// 3-D points.
    pub(crate) points: Vec<Pt3d>,
    /// Segments in node order.
    pub(crate) segments: Vec<Segment>,
    /// Reciprocal resistance of the last half segment, uS.
    pub(crate) end_rinv: f64,
    /// Potential of the zero-area node at the far end, mV.
    pub(crate) end_v: f64,
    /// Potential of the zero-area node at the near end of a root, mV.
    pub(crate) root_v: f64,
    /// Density mechanisms in order of insertion.
    pub(crate) mechanisms: Vec<InsertedMechanism>,
    /// Ions in order of insertion.
    pub(crate) ions: Vec<InsertedIon>,
    /// Point processes whose place is in this section, in order of creation.
    pub(crate) placed: Vec<PointId>,
    /// Whether area, ri and diam must be computed before they are read (NEURON: recalc_area_).
    pub(crate) stale: bool,
    /// Whether the section is in the model's list of those to compute before a simulation.
    pub(crate) queued: bool,
    /// Whether the section is in the model's list of those whose tree define_shape must look at.
    pub(crate) unsettled: bool,
    /// Removed sections stay as empty places so that ids hold.
    pub(crate) deleted: bool,
}

impl Section {
    pub(crate) fn new(name: &str, cell: Option<u32>) -> Section {
        Section {
            name: name.to_owned(),
            cell,
            length: 100.0,
            ra: 35.4,
            rallbranch: 1.0,
            parent: None,
            last_x: 0.0,
            reversed: false,
            children: Vec::new(),
            points: Vec::new(),
            segments: vec![Segment::default()],
            end_rinv: 0.0,
            end_v: V_INIT,
            root_v: V_INIT,
            mechanisms: Vec::new(),
            ions: Vec::new(),
            placed: Vec::new(),
            stale: true,
            queued: false,
            unsettled: false,
            deleted: false,
        }
    }

    /// Number of segments.
    pub fn nseg(&self) -> usize {
        self.segments.len()
    }

    /// Segments, the first nearest to the parent end.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Density mechanisms in order of insertion.
    pub fn mechanisms(&self) -> &[InsertedMechanism] {
        &self.mechanisms
    }

    /// Ions in order of insertion.
    pub fn ions(&self) -> &[InsertedIon] {
        &self.ions
    }

    /// 3-D points.
    pub fn points(&self) -> &[Pt3d] {
        &self.points
    }

    /// Point processes whose place is in this section, in order of creation.
    pub fn placed(&self) -> &[PointId] {
        &self.placed
    }

    /// Length, um; while area must be computed it follows the 3-D points, whose length may differ from a value given to
    /// L by its rounding (NEURON: section_length).
    pub(crate) fn refresh_length(&mut self) -> f64 {
        if let Some(last) = self.points.last()
            && self.stale
        {
            self.length = last.arc;
        }
        if self.length <= 1e-9 {
            self.length = 1e-9;
        }
        self.length
    }

    /// Parent and place on it.
    pub fn parent(&self) -> Option<Connection> {
        self.parent
    }

    /// Which end is at the parent: 0 or 1.
    pub fn child_end(&self) -> f64 {
        if self.reversed { 1.0 } else { 0.0 }
    }

    /// Children in NEURON's order: by place, and among equals the one connected last first.
    pub fn children(&self) -> &[SectionId] {
        &self.children
    }

    /// Segment (in node order) that contains `x` (NEURON: node_index).
    pub fn segment_index(&self, x: f64) -> usize {
        let n = self.segments.len();
        let i = ((n as f64 * x) as usize).min(n - 1);
        if self.reversed { n - 1 - i } else { i }
    }

    /// Centre of segment `index` (in node order) as a place in the section.
    pub fn segment_centre(&self, index: usize) -> f64 {
        let n = self.segments.len();
        let x = (index as f64 + 0.5) / n as f64;
        if self.reversed { 1.0 - x } else { x }
    }
}

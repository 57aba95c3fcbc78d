//! Nodes in NEURON's order with the coefficients of the cable equation.

use crate::model::Model;
use crate::section::SectionId;
use crate::topology::Spot;

/// Which place a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodePlace {
    /// Zero-area node at the near end of a root section.
    Root(SectionId),
    /// Segment (in node order) of a section.
    Segment(SectionId, u32),
    /// Zero-area node at the far end of a section.
    End(SectionId),
}

/// All nodes: roots first, then cell by cell, breadth first over sections, each section's segments and its far end
/// (NEURON: reorder_secorder in src/nrnoc/multicore.cpp). A parent comes before its children.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeTree {
    /// Number of root nodes; they are the first.
    pub n_roots: usize,
    /// Parent of each node; of a root, itself.
    pub parent: Vec<u32>,
    /// Effect of a node on its parent's equation, S/cm2 (uS where the parent has no area); negative.
    pub a: Vec<f64>,
    /// Effect of the parent on a node's equation; negative.
    pub b: Vec<f64>,
    /// um2; 100 for nodes without area.
    pub area: Vec<f64>,
    /// um; for nodes without area that of the nearest segment.
    pub diam: Vec<f64>,
    /// uF/cm2; 0 for nodes without area.
    pub cm: Vec<f64>,
    /// mV, as the model has it.
    pub v: Vec<f64>,
    /// What each node is.
    pub place: Vec<NodePlace>,
    /// First segment node of each section; u32::MAX for removed sections.
    first: Vec<u32>,
    /// Root node of each root section.
    root: Vec<u32>,
}

impl NodeTree {
    /// Numbers the nodes of a model and computes their coefficients (NEURON: connection_coef in src/nrnoc/treeset.cpp).
    pub fn new(model: &mut Model) -> NodeTree {
        model.update_geometry();
        let model = &*model;
        let roots = model.roots();
        let order = model.section_order();
        let n: usize = roots.len() + order.iter().map(|id| model.section(*id).nseg() + 1).sum::<usize>();
        let mut tree = NodeTree {
            n_roots: roots.len(),
            parent: Vec::with_capacity(n),
            a: vec![0.0; n],
            b: vec![0.0; n],
            area: Vec::with_capacity(n),
            diam: Vec::with_capacity(n),
            cm: Vec::with_capacity(n),
            v: Vec::with_capacity(n),
            place: Vec::with_capacity(n),
            first: vec![u32::MAX; model.sections.len()],
            root: vec![u32::MAX; model.sections.len()],
        };
        for (index, root) in roots.iter().enumerate() {
            let section = model.section(*root);
            tree.root[root.index()] = index as u32;
            tree.push(index as u32, 100.0, section.segments[0].diam, 0.0, section.root_v, NodePlace::Root(*root));
        }
        for id in order {
            let section = model.section(id);
            let first = tree.parent.len() as u32;
            tree.first[id.index()] = first;
            let above = match model.parent_spot(id) {
                Spot::Root(at) => tree.root[at.index()],
                Spot::End(at) => tree.first[at.index()] + model.section(at).nseg() as u32,
                Spot::Segment(at, index) => tree.first[at.index()] + index as u32,
            };
            for (index, segment) in section.segments.iter().enumerate() {
                let parent = if index == 0 { above } else { first + index as u32 - 1 };
                let node = tree.parent.len();
                let rall = if index == 0 { section.rallbranch } else { 1.0 };
                tree.a[node] = -1e2 * rall * segment.rinv / tree.area[parent as usize];
                tree.b[node] = -1e2 * segment.rinv / segment.area;
                let place = NodePlace::Segment(id, index as u32);
                tree.push(parent, segment.area, segment.diam, segment.cm, segment.v, place);
            }
            let node = tree.parent.len();
            let last = section.segments[section.segments.len() - 1];
            tree.a[node] = -1e2 * section.end_rinv / last.area;
            tree.b[node] = -1e2 * section.end_rinv / 1e2;
            tree.push(node as u32 - 1, 1e2, last.diam, 0.0, section.end_v, NodePlace::End(id));
        }
        tree
    }

    fn push(&mut self, parent: u32, area: f64, diam: f64, cm: f64, v: f64, place: NodePlace) {
        self.parent.push(parent);
        self.area.push(area);
        self.diam.push(diam);
        self.cm.push(cm);
        self.v.push(v);
        self.place.push(place);
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parent.is_empty()
    }

    /// Node of segment `index` (in node order) of a section.
    pub fn segment_node(&self, section: SectionId, index: usize) -> u32 {
        self.first[section.index()] + index as u32
    }

    /// Section and place of a node, for messages: ends and segment centres as hoc names them.
    pub fn section_and_x(&self, model: &Model, node: u32) -> (SectionId, f64) {
        match self.place[node as usize] {
            NodePlace::Root(section) => (section, model.section(section).child_end()),
            NodePlace::Segment(section, index) => (section, model.section(section).segment_centre(index as usize)),
            NodePlace::End(section) => (section, 1.0 - model.section(section).child_end()),
        }
    }

    /// Node at place `x` of a section: a segment's, or the one at an end.
    pub fn node(&self, model: &Model, section: SectionId, x: f64) -> u32 {
        match model.spot(section, x) {
            Spot::Segment(at, index) => self.first[at.index()] + index as u32,
            Spot::End(at) => self.first[at.index()] + model.section(at).nseg() as u32,
            Spot::Root(at) => self.root[at.index()],
        }
    }
}

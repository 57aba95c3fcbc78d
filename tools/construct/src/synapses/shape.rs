//! What of a cell matters to its synapses: sections with their lengths, segments, layers and points.

use cable::{Model, SectionId};
use neuroh5::Tree;
use runtime::network::cells::CellSections;

use super::pchip::{self, Pchip};
use super::walk::SectionGraph;

/// Kinds of sections that templates tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SectionKind {
    Soma,
    Axon,
    Basal,
    Apical,
    Ais,
    Hillock,
}

/// In the order of [`Shape::kinds`], by the names of MiV-Simulator.
const KINDS: [(&str, SectionKind); 6] = [
    ("soma", SectionKind::Soma),
    ("axon", SectionKind::Axon),
    ("basal", SectionKind::Basal),
    ("apical", SectionKind::Apical),
    ("ais", SectionKind::Ais),
    ("hillock", SectionKind::Hillock),
];

impl SectionKind {
    /// The kind that the configuration calls so.
    pub(super) fn of_name(name: &str) -> Option<SectionKind> {
        KINDS.iter().find(|(one, _)| *one == name).map(|(_, kind)| *kind)
    }

    /// Its name in the configuration.
    pub(super) fn name(self) -> &'static str {
        KINDS[self as usize].0
    }

    /// All names.
    pub(super) fn names() -> String {
        KINDS.map(|(name, _)| name).join(", ")
    }
}

/// One cell, or all that have the same tree.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    /// In the order in which synapses count them, which is that of the tree.
    pub(super) sections: Vec<SectionShape>,
    /// Which sections lead to which.
    pub(super) graph: SectionGraph,
    /// Sections of each kind.
    kinds: [Vec<u32>; 6],
}

impl Shape {
    /// Sections of a kind in the order of the template.
    pub(super) fn sections_of(&self, kind: SectionKind) -> &[u32] {
        &self.kinds[kind as usize]
    }

    /// From the sections that a template made of a tree. The text of the error follows "the cell …".
    pub(super) fn new(model: &Model, cell: &CellSections, tree: &Tree) -> Result<Shape, String> {
        if cell.all.len() != tree.sections.len() {
            let (made, given) = (cell.all.len(), tree.sections.len());
            return Err(format!("has {made} `sections` of its template, and {given} sections in its tree"));
        }
        let mut sections = Vec::with_capacity(cell.all.len());
        for (number, (section, points)) in cell.all.iter().zip(&tree.sections).enumerate() {
            let one = SectionShape::new(model, *section, points, &tree.layer);
            sections.push(one.map_err(|what| format!("has a section {number} {what}"))?);
        }
        let numbers = |list: &[SectionId]| -> Result<Vec<u32>, String> {
            let place = |section: &SectionId| cell.all.iter().position(|one| one == section);
            let found = list.iter().map(|section| place(section).map(|at| at as u32)).collect::<Option<_>>();
            found.ok_or_else(|| "has a section in one of its lists that is not in `sections`".to_owned())
        };
        let edges = tree.source.iter().zip(&tree.destination);
        Ok(Shape {
            sections,
            graph: SectionGraph::new(edges.map(|(parent, child)| (u32::from(*parent), u32::from(*child)))),
            kinds: [
                numbers(&cell.soma)?,
                numbers(&cell.axon)?,
                numbers(&cell.basal)?,
                numbers(&cell.apical)?,
                numbers(&cell.ais)?,
                numbers(&cell.hillock)?,
            ],
        })
    }
}

/// One section.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SectionShape {
    /// um
    pub(super) length: f64,
    /// Layer at the centre of each segment, from the 0 end.
    pub(super) layers: Vec<i8>,
    /// Path length to the points as a part of the whole, ascending, each once.
    nodes: Vec<f64>,
    /// x, y and z along the path, um.
    path: [Pchip; 3],
}

impl SectionShape {
    fn new(model: &Model, section: SectionId, points: &[u32], layer: &[i8]) -> Result<SectionShape, String> {
        let (one, length) = (model.section(section), model.length(section));
        let shape = one.points();
        if shape.len() != points.len() {
            return Err(format!("with {} 3-D points, and {} in its tree", shape.len(), points.len()));
        }
        if !(length > 0.0 && length.is_finite()) {
            return Err(format!("of length {length} um"));
        }
        let arc: Vec<f64> = shape.iter().map(|point| point.arc / length).collect();
        let n = one.nseg() as f64;
        let centres = (0..one.nseg()).map(|segment| (2.0 * segment as f64 + 1.0) / (2.0 * n));
        let layers = centres.map(|x| layer[points[nearest(&arc, x)] as usize]).collect();
        let (mut nodes, mut kept) = (Vec::new(), Vec::new());
        for (at, node) in arc.iter().enumerate() {
            if nodes.last().is_none_or(|last| node > last) {
                nodes.push(*node);
                kept.push(shape[at]);
            }
        }
        let along = |of: fn(&cable::Pt3d) -> f32| {
            Pchip::new(&nodes, &kept.iter().map(|point| f64::from(of(point))).collect::<Vec<_>>())
        };
        let path = [along(|point| point.x), along(|point| point.y), along(|point| point.z)];
        Ok(SectionShape { length, layers, nodes, path })
    }

    /// Distance of a place from the origin of coordinates, um.
    pub(super) fn distance(&self, loc: f64) -> f64 {
        let piece = pchip::piece(&self.nodes, loc);
        let h = loc - self.nodes[piece];
        let [x, y, z] = self.path.each_ref().map(|one| one.at(piece, h));
        (x * x + y * y + z * z).sqrt()
    }
}

/// The point nearest to `x` of the two about it; the first of them if both are equally near.
fn nearest(arc: &[f64], x: f64) -> usize {
    let Some(beyond) = arc.iter().position(|place| *place >= x) else { return arc.len() - 1 };
    match beyond.checked_sub(1) {
        Some(before) if (arc[beyond] - x).abs() >= (arc[before] - x).abs() => before,
        _ => beyond,
    }
}

//! Morphologies from a seed: a soma, an initial segment, an axon, and dendrites that grow, taper and branch.
//!
//! A plan for each kind of cell says how many stems there are, how long they grow and where they branch; a random walk
//! with a preferred direction makes the points. Coordinates are local to the cell: y is depth along the axis of the
//! pyramidal cells (apical dendrites grow toward positive y), the soma is at the origin. Lengths are of the order that
//! reconstructions of CA1 show; they are not a reconstruction.

use super::random::Random;

/// SWC type of the soma.
pub const SOMA: i8 = 1;
/// SWC type of the axon.
pub const AXON: i8 = 2;
/// SWC type of basal dendrites.
pub const BASAL: i8 = 3;
/// SWC type of apical dendrites.
pub const APICAL: i8 = 4;
/// SWC type of the axon's initial segment.
pub const AIS: i8 = 7;

/// One point of a tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Position, um.
    pub at: [f32; 3],
    /// Radius, um.
    pub radius: f32,
    /// Index of the parent point; -1 for the root.
    pub parent: i32,
    /// SWC type.
    pub swc_type: i8,
}

/// A tree with its unbranched sections, as NeuroH5 stores it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Morphology {
    /// Points; a parent comes before its children.
    pub points: Vec<Point>,
    /// Points of each section, in order from its proximal end.
    pub sections: Vec<Vec<u32>>,
    /// Parent and child section, sorted.
    pub edges: Vec<(u16, u16)>,
}

/// How one stretch of cable grows.
#[derive(Debug, Clone, Copy)]
struct Stem {
    swc_type: i8,
    /// um
    length: f64,
    /// um, at the start and at the end
    radius: [f64; 2],
    /// Preferred direction, of any length.
    toward: [f64; 3],
    /// Random part of the direction at each point.
    wander: f64,
}

const STEP_UM: f64 = 12.0;
const JOINT_UM: f64 = 1.0;

impl Morphology {
    fn soma(&mut self, length: f64, radius: f64) -> u16 {
        let n = 5;
        let first = self.points.len();
        for i in 0..n {
            let x = i as f64 / f64::from(n - 1);
            // An ellipsoid with blunt ends.
            let r = radius * (1.0 - 0.6 * (2.0 * x - 1.0).powi(2)).sqrt();
            let parent = if i == 0 { -1 } else { (first as i32) + i - 1 };
            let at = [0.0, ((x - 0.5) * length) as f32, 0.0];
            self.points.push(Point { at, radius: r as f32, parent, swc_type: SOMA });
        }
        self.sections.push((first..self.points.len()).map(|at| at as u32).collect());
        0
    }

    /// Grows a section from the last (or first) point of `parent`; returns its index.
    fn grow(&mut self, parent: u16, from_start: bool, stem: Stem, random: &mut Random) -> u16 {
        let points = &self.sections[usize::from(parent)];
        let origin = if from_start { points[0] } else { points[points.len() - 1] };
        let mut at = self.points[origin as usize].at.map(f64::from);
        let mut parent_point = origin as i32;
        let n = ((stem.length / STEP_UM).round() as usize).max(2) + 1;
        let mut section = Vec::with_capacity(n);
        for i in 0..n {
            // A section is as long as the path along its own points: the first one lies close to the joint.
            let step = if i == 0 { JOINT_UM } else { (stem.length - JOINT_UM) / (n - 1) as f64 };
            let mut direction = stem.toward;
            let norm = direction.iter().map(|d| d * d).sum::<f64>().sqrt();
            for d in &mut direction {
                *d = *d / norm + stem.wander * random.symmetric();
            }
            let norm = direction.iter().map(|d| d * d).sum::<f64>().sqrt();
            for (a, d) in at.iter_mut().zip(direction) {
                *a += step * d / norm;
            }
            let x = i as f64 / (n - 1) as f64;
            let radius = stem.radius[0] + (stem.radius[1] - stem.radius[0]) * x;
            section.push(self.points.len() as u32);
            self.points.push(Point {
                at: at.map(|a| a as f32),
                radius: radius as f32,
                parent: parent_point,
                swc_type: stem.swc_type,
            });
            parent_point = self.points.len() as i32 - 1;
        }
        let child = self.sections.len() as u16;
        self.sections.push(section);
        self.edges.push((parent, child));
        child
    }

    /// Two daughters at the end of `parent`, and theirs, `depth` times.
    fn branch(&mut self, parent: u16, stem: Stem, depth: u32, random: &mut Random) {
        if depth == 0 {
            return;
        }
        for side in [-1.0, 1.0] {
            let mut daughter = stem;
            daughter.length *= random.between(0.8, 1.2);
            daughter.toward[0] += side * random.between(0.3, 0.8);
            daughter.toward[2] += 0.5 * random.symmetric();
            let child = self.grow(parent, false, daughter, random);
            let thinner = [stem.radius[1], stem.radius[1] * 0.8];
            self.branch(child, Stem { radius: thinner, ..daughter }, depth - 1, random);
        }
    }

    /// Path along the points of a section, um, from 0 at the first.
    pub fn arc(&self, section: usize) -> Vec<f64> {
        let points = &self.sections[section];
        let mut sum = 0.0;
        let mut arc = vec![0.0];
        for pair in points.windows(2) {
            let [a, b] = [pair[0], pair[1]].map(|point| self.points[point as usize].at);
            sum += (0..3).map(|axis| f64::from(b[axis] - a[axis]).powi(2)).sum::<f64>().sqrt();
            arc.push(sum);
        }
        arc
    }

    /// As SWC: number, type, x, y, z, radius, parent, and the layer of each point, which NeuroH5's tools read there.
    pub fn swc(&self, name: &str, layers: &[i8]) -> String {
        use std::fmt::Write;
        let mut text = format!("# {name}, generated: id type x y z radius parent layer\n");
        for ((number, point), layer) in self.points.iter().enumerate().zip(layers) {
            let [x, y, z] = point.at;
            let parent = if point.parent < 0 { -1 } else { point.parent + 1 };
            let _ = writeln!(text, "{} {} {x} {y} {z} {} {parent} {layer}", number + 1, point.swc_type, point.radius);
        }
        text
    }

    fn finish(mut self) -> Morphology {
        self.edges.sort_unstable();
        self
    }
}

/// A pyramidal cell: apical trunk with obliques and a tuft, basal bushes, initial segment and axon.
pub fn pyramidal(random: &mut Random) -> Morphology {
    let mut cell = Morphology::default();
    let soma = cell.soma(18.0, 6.5);
    let down = [0.0, -1.0, 0.0];
    let ais = Stem { swc_type: AIS, length: 36.0, radius: [0.8, 0.6], toward: down, wander: 0.05 };
    let ais = cell.grow(soma, true, ais, random);
    let axon =
        Stem { swc_type: AXON, length: random.between(140.0, 200.0), radius: [0.5, 0.4], toward: down, wander: 0.3 };
    cell.grow(ais, false, axon, random);
    let mut below = soma;
    for (i, radius) in [[1.8, 1.5], [1.5, 1.2], [1.2, 0.9]].into_iter().enumerate() {
        let length = random.between(60.0, 80.0);
        let trunk = Stem { swc_type: APICAL, length, radius, toward: [0.0, 1.0, 0.0], wander: 0.15 };
        let next = cell.grow(below, false, trunk, random);
        if i > 0 {
            for side in [-1.0, 1.0] {
                let toward = [side, random.between(0.1, 0.5), 0.6 * random.symmetric()];
                let length = random.between(80.0, 130.0);
                let oblique = Stem { swc_type: APICAL, length, radius: [0.5, 0.35], toward, wander: 0.25 };
                cell.grow(below, false, oblique, random);
            }
        }
        below = next;
    }
    let tuft = Stem { swc_type: APICAL, length: 80.0, radius: [0.6, 0.4], toward: [0.0, 1.0, 0.0], wander: 0.25 };
    cell.branch(below, tuft, 2, random);
    for side in [-1.0, -0.4, 0.4, 1.0] {
        let toward = [side, -random.between(0.5, 1.0), 0.8 * random.symmetric()];
        let basal = Stem { swc_type: BASAL, length: 30.0, radius: [0.8, 0.6], toward, wander: 0.2 };
        let stem = cell.grow(soma, true, basal, random);
        cell.branch(stem, Stem { length: 90.0, radius: [0.5, 0.35], ..basal }, 1, random);
    }
    cell.finish()
}

/// A basket cell: two apical and two basal dendrites, unbranched for most of their length.
pub fn basket(random: &mut Random) -> Morphology {
    let mut cell = Morphology::default();
    let soma = cell.soma(16.0, 6.0);
    for (swc_type, up, stem_length, length) in [(APICAL, 1.0, 90.0, 130.0), (BASAL, -1.0, 50.0, 80.0)] {
        for side in [-1.0, 1.0] {
            let toward = [0.5 * side, up, 0.4 * random.symmetric()];
            let stem = Stem { swc_type, length: stem_length, radius: [1.4, 0.9], toward, wander: 0.2 };
            let grown = cell.grow(soma, up < 0.0, stem, random);
            cell.branch(grown, Stem { length, radius: [0.8, 0.4], ..stem }, 1, random);
        }
    }
    cell.finish()
}

/// An oriens-lacunosum cell: horizontal dendrites and an axon that climbs to the far layers.
pub fn oriens(random: &mut Random) -> Morphology {
    let mut cell = Morphology::default();
    let soma = cell.soma(18.0, 5.5);
    for side in [-1.0, 1.0] {
        let toward = [side, 0.1 * random.symmetric(), 0.2 * random.symmetric()];
        let stem = Stem { swc_type: BASAL, length: 80.0, radius: [1.3, 0.9], toward, wander: 0.15 };
        let grown = cell.grow(soma, side < 0.0, stem, random);
        cell.branch(grown, Stem { length: 120.0, radius: [0.8, 0.5], ..stem }, 1, random);
    }
    let axon = Stem {
        swc_type: AXON,
        length: random.between(150.0, 200.0),
        radius: [0.8, 0.5],
        toward: [0.0, 1.0, 0.0],
        wander: 0.1,
    };
    cell.grow(soma, false, axon, random);
    cell.finish()
}

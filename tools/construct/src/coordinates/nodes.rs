//! Evenly spread points in a box, as `min_energy_nodes` and `disperse` of the Python package rbf make them.
//!
//! Points of a Halton sequence repel each other for some iterations, and those that come close to a face of the box end
//! on it. Nothing is drawn: the same box and numbers give the same points, on any number of threads.

use std::num::NonZero;

use kiddo::{ImmutableKdTree, SquaredEuclidean};
use rayon::prelude::*;

/// A point in U, V, L, um.
pub type Point = [f64; 3];

/// A block of tissue between two corners, um.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Lowest U, V, L.
    pub low: Point,
    /// Highest U, V, L.
    pub high: Point,
}

impl Block {
    /// Whether a point is inside. Of two neighbouring blocks one has the points of the face between them: a lower face
    /// belongs to the block, an upper one does not.
    pub fn contains(&self, point: &Point) -> bool {
        (0..3).all(|axis| (self.low[axis]..self.high[axis]).contains(&point[axis]))
    }

    /// Whether a point of the block is on a face of it.
    fn on_face(&self, point: &Point) -> bool {
        (0..3).any(|axis| point[axis] == self.low[axis] || point[axis] == self.high[axis])
    }

    /// Volume, um3; 0 of a block that is inside out.
    pub fn volume(&self) -> f64 {
        (0..3).map(|axis| (self.high[axis] - self.low[axis]).max(0.0)).product()
    }
}

/// How points repel each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dispersion {
    /// Number of iterations in each layer.
    pub iterations: usize,
    /// Length of a step, as a fraction of the distance to the nearest neighbour.
    pub delta: f64,
    /// Points nearer to a face than this fraction of the distance to their nearest neighbour are put on it.
    pub snap: f64,
}

/// Neighbours that repel a point.
const NEIGHBOURS: usize = 4;

/// `n` points spread evenly in a block; some are on its faces.
pub fn spread(n: usize, block: &Block, dispersion: Dispersion) -> Vec<Point> {
    let mut points = disperse(halton(n, block), block, dispersion.iterations, dispersion.delta);
    snap(&mut points, block, dispersion.snap);
    points
}

/// The first points of the Halton sequence of bases 3, 5 and 7, scaled to a block.
fn halton(n: usize, block: &Block) -> Vec<Point> {
    let scaled = |axis: usize, x: f64| block.low[axis] + (block.high[axis] - block.low[axis]) * x;
    let point = |index: usize| {
        let unit = [3, 5, 7].map(|base| radical_inverse(index, base));
        [0, 1, 2].map(|axis| scaled(axis, unit[axis]))
    };
    (1..=n).map(point).collect()
}

/// Digits of a number in a base, mirrored at the point.
fn radical_inverse(mut index: usize, base: usize) -> f64 {
    let (mut value, mut weight) = (0.0, 1.0);
    while index > 0 {
        weight /= base as f64;
        value += weight * (index % base) as f64;
        index /= base;
    }
    value
}

/// Moves points away from each other inside a block: in each iteration, each by `delta` of the distance to its nearest
/// neighbour in the direction of the sum of (a - b)/|a - b|³ over its four nearest neighbours b. Who would leave the
/// block is reflected at the face, and stays where it is if that leads outside, too. Points on a face do not move.
pub fn disperse(mut points: Vec<Point>, block: &Block, iterations: usize, delta: f64) -> Vec<Point> {
    let neighbours = NEIGHBOURS.min(points.len().saturating_sub(1));
    if neighbours == 0 {
        return points;
    }
    for _ in 0..iterations {
        let near = nearest(&points, neighbours);
        let step = |(index, near): (usize, &Vec<Near>)| {
            let here = points[index];
            let mut force = [0.0; 3];
            for one in near {
                let cube = one.distance.powi(3);
                for axis in 0..3 {
                    force[axis] += (here[axis] - points[one.index][axis]) / cube;
                }
            }
            let norm = force.iter().map(|one| one * one).sum::<f64>().sqrt();
            let length = delta * near[0].distance;
            // In balance, or on top of another point, there is no direction to go.
            let direction = force.map(|one| one / norm).map(|one| if one.is_finite() { one } else { 0.0 });
            let there = [0, 1, 2].map(|axis| here[axis] + length * direction[axis]);
            reflected(here, there, block)
        };
        points = near.par_iter().enumerate().map(step).collect();
    }
    points
}

/// Where a step from `here` ends that would end at `there`.
fn reflected(here: Point, mut there: Point, block: &Block) -> Point {
    if block.on_face(&here) {
        return here;
    }
    if block.contains(&there) {
        return there;
    }
    // The face that the way crosses first: the smallest part of the way to a face.
    let mut first: Option<(f64, usize, f64)> = None;
    for axis in 0..3 {
        let face = if there[axis] < block.low[axis] { block.low[axis] } else { block.high[axis] };
        let outside = there[axis] < block.low[axis] || there[axis] >= block.high[axis];
        let part = (face - here[axis]) / (there[axis] - here[axis]);
        if outside && first.is_none_or(|(least, ..)| part < least) {
            first = Some((part, axis, face));
        }
    }
    if let Some((_, axis, face)) = first {
        there[axis] -= 2.0 * (there[axis] - face);
    }
    if block.contains(&there) { there } else { here }
}

/// Puts points on a face that are near enough to it.
fn snap(points: &mut [Point], block: &Block, snap: f64) {
    if points.len() < 2 {
        return;
    }
    let near = nearest(points, 1);
    for (point, near) in points.iter_mut().zip(near) {
        let faces = (0..3).flat_map(|axis| [(axis, block.low[axis]), (axis, block.high[axis])]);
        let distances = faces.map(|(axis, face)| ((point[axis] - face).abs(), axis, face));
        if let Some((distance, axis, face)) = distances.min_by(|a, b| a.0.total_cmp(&b.0))
            && distance < snap * near[0].distance
        {
            point[axis] = face;
        }
    }
}

/// A neighbour of a point.
#[derive(Debug, Clone, Copy)]
struct Near {
    index: usize,
    distance: f64,
}

/// The `n` nearest neighbours of each point, nearest first; `n` is less than the number of points.
fn nearest(points: &[Point], n: usize) -> Vec<Vec<Near>> {
    let tree = tree(points);
    let wanted = NonZero::new(n + 1).unwrap_or(NonZero::<usize>::MIN);
    let of = |(index, point): (usize, &Point)| {
        let found = tree.query(point).nearest_n::<SquaredEuclidean<f64>>(wanted).execute();
        let near = found.iter().map(|one| Near { index: one.item as usize, distance: one.distance.sqrt() });
        let mut near: Vec<Near> = near.filter(|one| one.index != index).collect();
        // Neighbours at the same distance have the order of the points, whatever the tree is like.
        near.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.index.cmp(&b.index)));
        near.truncate(n);
        near
    };
    points.par_iter().enumerate().map(of).collect()
}

/// Points that are nearer to each other than `distance`, um: of each pair one goes, by turns the second and the first,
/// so that none of two populations with the same points loses more. Answers which points stay.
pub fn apart(points: &[Point], distance: f64) -> Vec<bool> {
    let mut stays = vec![true; points.len()];
    if points.is_empty() {
        return stays;
    }
    let tree = tree(points);
    let mut second = true;
    for (index, point) in points.iter().enumerate() {
        let found = tree.query(point).within::<SquaredEuclidean<f64>>(distance * distance).execute();
        let mut others: Vec<usize> = found.iter().map(|one| one.item as usize).filter(|one| *one > index).collect();
        others.sort_unstable();
        for other in others {
            if !stays[index] {
                break;
            }
            if stays[other] {
                stays[if second { other } else { index }] = false;
                second = !second;
            }
        }
    }
    stays
}

fn tree(points: &[Point]) -> ImmutableKdTree<f64, 3> {
    match ImmutableKdTree::new_from_slice(points) {
        Ok(tree) => tree,
        Err(error) => unreachable!("points are finite and fewer than 2³²: {error}"),
    }
}

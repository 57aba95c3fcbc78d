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

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: Block = Block { low: [0.0, -20.0, 100.0], high: [60.0, 20.0, 130.0] };

    fn same(mut ours: Vec<Point>, theirs: &[Point]) {
        ours.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
        assert_eq!(ours.len(), theirs.len());
        for (a, b) in ours.iter().zip(theirs) {
            assert!((0..3).all(|axis| (a[axis] - b[axis]).abs() < 1e-4), "{a:?} is not {b:?}");
        }
    }

    fn dispersion(snap: f64) -> Dispersion {
        Dispersion { iterations: 10, delta: 0.1, snap }
    }

    /// Numbers of rbf 2025.7.4.1 for the same block, as 12 triangles: `min_energy_nodes` with 12 nodes, by U. What it
    /// snaps is up to 1e-5 um off the face.
    #[test]
    fn points_are_spread_as_by_rbf() {
        let near = [
            [0.46310, 19.04902, 107.18557],
            [1.22104, -1.88974, 102.71123],
            [2.27089, 5.05611, 128.64692],
            [12.35229, -17.72888, 129.74477],
            [13.54579, -19.01639, 100.54495],
            [28.10744, -18.99219, 115.74032],
            [28.75772, 6.09968, 100.99315],
            [30.04835, 20.0, 127.27722],
            [42.87128, -1.02773, 129.05848],
            [48.32386, -4.25314, 102.12489],
            [55.85522, -19.72593, 126.04420],
            [59.59904, 12.46772, 100.41500],
        ];
        same(spread(12, &BLOCK, dispersion(0.01)), &near);
        let mut snapped = near;
        for (point, axis, face) in [
            (0, 0, 0.0),
            (1, 0, 0.0),
            (2, 2, 130.0),
            (3, 2, 130.0),
            (4, 2, 100.0),
            (5, 1, -20.0),
            (6, 2, 100.0),
            (8, 2, 130.0),
            (9, 2, 100.0),
            (10, 1, -20.0),
            (11, 0, 60.0),
        ] {
            snapped[point][axis] = face;
        }
        snapped.swap(0, 1);
        same(spread(12, &BLOCK, dispersion(0.2)), &snapped);
    }

    /// Numbers of rbf's `disperse` for the first 6 points of the Halton sequence.
    #[test]
    fn points_repel_each_other_as_by_rbf() {
        let theirs = [
            [0.315825, 18.557533, 106.563765],
            [6.887813, -19.671675, 128.514827],
            [18.529001, -18.698241, 101.345130],
            [34.044303, 18.454600, 128.863550],
            [57.102410, -18.678212, 129.657715],
            [58.434324, 1.899593, 100.364323],
        ];
        same(disperse(halton(6, &BLOCK), &BLOCK, 20, 0.1), &theirs);
    }

    #[test]
    fn points_on_a_face_stay_and_others_do_not_leave() {
        let on_face: Vec<Point> = (0..40).map(|n| [f64::from(n), -20.0, 110.0]).collect();
        let mut points = on_face.clone();
        points.extend(halton(200, &BLOCK));
        let after = disperse(points, &BLOCK, 30, 0.9);
        assert_eq!(after[..40], on_face);
        assert!(after.iter().all(|point| BLOCK.contains(point)));
    }

    #[test]
    fn points_in_the_same_place_have_no_direction() {
        // Far more than a bucket of the tree holds, and nothing but them.
        let same = vec![[10.0, 0.0, 110.0]; 1000];
        assert_eq!(disperse(same.clone(), &BLOCK, 3, 0.1), same);
        assert_eq!(apart(&same, 1e-3).iter().filter(|stays| **stays).count(), 1);
        assert_eq!(disperse(same[..1].to_vec(), &BLOCK, 3, 0.1), same[..1]);
        assert_eq!(disperse(Vec::new(), &BLOCK, 3, 0.1), Vec::<Point>::new());
        assert_eq!(spread(1, &BLOCK, dispersion(0.01)).len(), 1);
    }

    #[test]
    fn of_two_points_in_the_same_place_one_stays() {
        let mut points = halton(50, &BLOCK);
        points.extend(halton(50, &BLOCK));
        let stays = apart(&points, 1e-3);
        assert!((0..50).all(|n| stays[n] != stays[n + 50]));
        assert_eq!(stays[..50].iter().filter(|stays| **stays).count(), 25);
        assert_eq!(apart(&points[..50], 1e-3), [true; 50]);
    }
}

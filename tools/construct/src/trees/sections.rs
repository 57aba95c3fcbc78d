//! How the points of a morphology make sections, as NeuroH5 numbers them.
//!
//! A section is an unbranched run of points of one class: of one SWC type, or of one layer and type. Sections are
//! numbered in the order in which a walk over the tree, depth first and children ascending, opens them.

use crate::swc::Swc;

/// What the points of a section have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classes {
    /// Their SWC type.
    Type,
    /// Their layer and SWC type.
    LayerAndType,
}

/// Sections of a morphology.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sections {
    /// Points of each section. A point where others begin may also be the first point of a one-point end.
    pub points: Vec<Vec<u32>>,
    /// Parent and child of each edge of the section graph, ascending.
    pub edges: Vec<(u16, u16)>,
}

/// A branch that waits to be walked: its first point, the section that it hangs on, and the point that is prepended
/// if the branch turns out to be an end of one point.
struct Branch {
    point: u32,
    section: usize,
    prepend: u32,
}

/// Splits a morphology into sections; none if there are more than 65535.
///
/// A branch on a section that has one point so far continues it instead of opening one of its own. Several roots hang
/// on section 0. Where a run ends because its only child is of another class, that child's section may stay a single
/// point; where it ends because it branches, the branching point is repeated at the beginning of a one-point end.
pub fn split(swc: &Swc, classes: Classes) -> Option<Sections> {
    let children = swc.children();
    let class = |point: u32| {
        let at = point as usize;
        match classes {
            Classes::Type => (0, swc.swc_type[at]),
            Classes::LayerAndType => (swc.layer[at], swc.swc_type[at]),
        }
    };
    let mut points: Vec<Vec<u32>> = vec![Vec::new()];
    let mut edges = Vec::new();
    // The next branch is the last: whole subtrees are walked before their siblings.
    let mut waiting: Vec<Branch> =
        swc.roots().iter().rev().map(|root| Branch { point: *root, section: 0, prepend: 0 }).collect();
    while let Some(Branch { point, section, prepend }) = waiting.pop() {
        let mut section = section;
        if points[section].len() > 1 {
            let child = points.len();
            edges.push((u16::try_from(section).ok()?, u16::try_from(child).ok()?));
            points.push(Vec::new());
            section = child;
        }
        let mut last = point;
        points[section].push(last);
        while let [next] = children[last as usize][..] {
            if class(next) != class(last) {
                break;
            }
            last = next;
            points[section].push(last);
        }
        match children[last as usize][..] {
            [] => {
                if points[section].len() == 1 && prepend != last {
                    points[section].insert(0, prepend);
                }
            }
            [next] => waiting.push(Branch { point: next, section, prepend: next }),
            ref several => {
                waiting.extend(several.iter().rev().map(|next| Branch { point: *next, section, prepend: last }));
            }
        }
    }
    edges.sort_unstable();
    u16::try_from(points.len()).ok()?;
    Some(Sections { points, edges })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A morphology of points (type, parent).
    fn swc(points: &[(i8, i32)]) -> Swc {
        Swc {
            x: vec![0.0; points.len()],
            y: vec![0.0; points.len()],
            z: vec![0.0; points.len()],
            radius: vec![1.0; points.len()],
            swc_type: points.iter().map(|point| point.0).collect(),
            layer: vec![-1; points.len()],
            parent: points.iter().map(|point| point.1).collect(),
        }
    }

    fn by_type(points: &[(i8, i32)]) -> (Vec<Vec<u32>>, Vec<(u16, u16)>) {
        let sections = split(&swc(points), Classes::Type).unwrap();
        (sections.points, sections.edges)
    }

    #[test]
    fn an_unbranched_run_of_one_type_is_a_section() {
        assert_eq!(by_type(&[(1, -1), (1, 0), (1, 1)]), (vec![vec![0, 1, 2]], vec![]));
    }

    #[test]
    fn each_child_of_a_branching_point_opens_a_section() {
        let points = [(1, -1), (1, 0), (3, 1), (3, 2), (4, 1), (4, 4)];
        assert_eq!(by_type(&points), (vec![vec![0, 1], vec![2, 3], vec![4, 5]], vec![(0, 1), (0, 2)]));
    }

    #[test]
    fn sections_are_numbered_depth_first() {
        // 0-1 branches to 2-3 and 4-5; 2-3 branches to 6-7 and 8-9.
        let points = [(1, -1), (1, 0), (1, 1), (1, 2), (1, 1), (1, 4), (1, 3), (1, 6), (1, 3), (1, 8)];
        let (sections, edges) = by_type(&points);
        assert_eq!(sections, [vec![0, 1], vec![2, 3], vec![6, 7], vec![8, 9], vec![4, 5]]);
        assert_eq!(edges, [(0, 1), (0, 4), (1, 2), (1, 3)]);
    }

    #[test]
    fn the_first_child_of_a_one_point_section_continues_it_whatever_its_type() {
        // A soma of one point with two dendrites: the first is in the soma's own section.
        let points = [(1, -1), (3, 0), (3, 1), (4, 0), (4, 3)];
        assert_eq!(by_type(&points), (vec![vec![0, 1, 2], vec![3, 4]], vec![(0, 1)]));
        // The type that is followed is then that of the child.
        let points = [(1, -1), (3, 0), (3, 1), (1, 2)];
        assert_eq!(by_type(&points), (vec![vec![0, 1, 2], vec![3]], vec![(0, 1)]));
    }

    #[test]
    fn a_one_point_end_repeats_the_branching_point() {
        let points = [(1, -1), (1, 0), (3, 1), (4, 1), (4, 3)];
        assert_eq!(by_type(&points), (vec![vec![0, 1], vec![1, 2], vec![3, 4]], vec![(0, 1), (0, 2)]));
    }

    #[test]
    fn a_one_point_end_after_a_change_of_type_stays_one_point() {
        let points = [(1, -1), (1, 0), (3, 1)];
        assert_eq!(by_type(&points), (vec![vec![0, 1], vec![2]], vec![(0, 1)]));
    }

    #[test]
    fn further_roots_hang_on_section_0() {
        let points = [(1, -1), (1, 0), (3, -1), (3, 2)];
        assert_eq!(by_type(&points), (vec![vec![0, 1], vec![2, 3]], vec![(0, 1)]));
        // A second root of one point gets point 0 in front; if section 0 is a single point it continues that.
        let points = [(1, -1), (1, 0), (3, -1)];
        assert_eq!(by_type(&points), (vec![vec![0, 1], vec![0, 2]], vec![(0, 1)]));
        let points = [(1, -1), (3, -1), (3, 1)];
        assert_eq!(by_type(&points), (vec![vec![0, 1, 2]], vec![]));
    }

    #[test]
    fn layers_split_only_if_they_are_asked_to() {
        let mut one = swc(&[(3, -1), (3, 0), (3, 1), (3, 2)]);
        one.layer = vec![5, 5, 6, 6];
        assert_eq!(split(&one, Classes::Type).unwrap().points, [vec![0, 1, 2, 3]]);
        assert_eq!(split(&one, Classes::LayerAndType).unwrap().points, [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn a_long_run_needs_no_deep_stack() {
        let alternating: Vec<(i8, i32)> = (0..60_000).map(|at| ((at / 2 % 2) as i8 + 3, at - 1)).collect();
        let (sections, edges) = by_type(&alternating);
        assert_eq!((sections.len(), edges.len()), (30_000, 29_999));
    }
}

//! The order in which the sections of a kind get their synapses.
//!
//! The original walks networkx graphs of sections: a subgraph of those of one kind, from each root depth first, the root
//! itself last. The order of the roots is that of networkx, which for a subgraph of less than half of the nodes is the
//! order in which CPython iterates over a set of small integers.

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};

/// The section graph of a cell: sections in the order in which edges name them, and children in the order of edges.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct SectionGraph {
    children: IndexMap<u32, Vec<u32>>,
}

impl SectionGraph {
    /// From edges of parent and child.
    pub(super) fn new(edges: impl IntoIterator<Item = (u32, u32)>) -> SectionGraph {
        let mut children: IndexMap<u32, Vec<u32>> = IndexMap::new();
        for (parent, child) in edges {
            children.entry(parent).or_default().push(child);
            children.entry(child).or_default();
        }
        SectionGraph { children }
    }

    /// Positions in `sections` in the order of the walk; that of the list if no two of them are connected.
    pub(super) fn walk(&self, sections: &[u32]) -> Vec<usize> {
        let chosen: IndexSet<u32> = sections.iter().copied().filter(|one| self.children.contains_key(one)).collect();
        let inner = |section: &u32| self.children[section].iter().filter(|child| chosen.contains(*child));
        let mut is_root: HashMap<u32, bool> = chosen.iter().map(|one| (*one, true)).collect();
        for child in chosen.iter().flat_map(inner) {
            is_root.insert(*child, false);
        }
        if sections.len() < 2 || is_root.values().all(|root| *root) {
            return (0..sections.len()).collect();
        }
        let nodes: Vec<u32> = if 2 * chosen.len() < self.children.len() {
            set_order(chosen.iter().copied())
        } else {
            self.children.keys().copied().filter(|one| chosen.contains(one)).collect()
        };
        let mut order = IndexSet::new();
        for root in nodes.into_iter().filter(|one| is_root[one]) {
            let mut stack: Vec<u32> = inner(&root).rev().copied().collect();
            while let Some(section) = stack.pop() {
                // A section that two others lead to belongs to the first.
                if order.insert(section) {
                    stack.extend(inner(&section).rev().filter(|child| !order.contains(*child)));
                }
            }
            order.insert(root);
        }
        let place: HashMap<u32, usize> = sections.iter().enumerate().map(|(at, section)| (*section, at)).collect();
        // Sections in a circle, or in no edge at all, come last.
        order.extend(sections.iter().copied());
        order.into_iter().map(|section| place[&section]).collect()
    }
}

/// Entries of a set that are looked at one after the other before the search goes elsewhere (CPython: LINEAR_PROBES).
const PROBES: usize = 9;

/// Integers in the order in which CPython (3.7 and later) iterates over a set that they were added to one by one.
fn set_order(integers: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut table: Vec<Option<u32>> = vec![None; 8];
    let mut used = 0;
    for one in integers {
        let at = slot(&table, one);
        if table[at].is_some() {
            continue;
        }
        table[at] = Some(one);
        used += 1;
        if used * 5 >= (table.len() - 1) * 3 {
            let least = if used > 50_000 { used * 2 } else { used * 4 };
            let mut larger = vec![None; (least + 1).next_power_of_two()];
            for old in table.into_iter().flatten() {
                let at = slot(&larger, old);
                larger[at] = Some(old);
            }
            table = larger;
        }
    }
    table.into_iter().flatten().collect()
}

/// Where an integer, whose hash it is itself, is in the table or would be put; a table is never full.
fn slot(table: &[Option<u32>], one: u32) -> usize {
    let mask = table.len() - 1;
    let mut perturb = one as usize;
    let mut at = perturb & mask;
    loop {
        let last = if at + PROBES <= mask { at + PROBES } else { at };
        if let Some(found) = (at..=last).find(|place| table[*place].is_none_or(|other| other == one)) {
            return found;
        }
        perturb >>= 5;
        at = (at * 5 + 1 + perturb) & mask;
    }
}

#[cfg(test)]
mod tests {
    use super::{SectionGraph, set_order};

    #[test]
    fn sets_iterate_as_in_cpython() {
        let order = |numbers: &[u32]| set_order(numbers.iter().copied());
        // Printed by CPython 3.11: list(set(iter([...]))).
        assert_eq!(order(&[40, 8, 16, 3]), [40, 8, 3, 16]);
        assert_eq!(order(&[64, 1, 32, 96, 128, 9, 41]), [64, 1, 32, 96, 128, 9, 41]);
        assert_eq!(
            order(&[43, 11, 75, 3, 19, 35, 107, 27, 59, 91, 123, 4]),
            [3, 35, 4, 59, 91, 11, 75, 43, 107, 123, 19, 27]
        );
        assert_eq!(
            order(&[100, 93, 86, 79, 72, 65, 58, 51, 44, 37, 30, 23, 16]),
            [65, 100, 37, 72, 44, 79, 16, 51, 86, 23, 58, 93, 30]
        );
        assert_eq!(order(&[5, 5, 13, 21, 29]), [29, 13, 21, 5]);
    }

    #[test]
    fn walks_go_depth_first_and_end_at_the_root() {
        let graph = SectionGraph::new([(0, 1), (0, 4), (1, 3), (1, 2), (4, 5), (4, 6)]);
        assert_eq!(graph.walk(&[1, 2, 3, 4, 5, 6]), [2, 1, 0, 4, 5, 3]);
        // A single one, none that are connected, and one that no edge names.
        assert_eq!(graph.walk(&[4]), [0]);
        assert_eq!(graph.walk(&[6, 5, 2]), [0, 1, 2]);
        assert_eq!(graph.walk(&[9, 5, 4]), [1, 2, 0]);
        assert_eq!(SectionGraph::default().walk(&[0, 1]), [0, 1]);
        assert_eq!(graph.walk(&[]), [0; 0]);
    }
}

//! Elimination order of a sparse matrix by least entries in a row, with the ties and the fill of NEURON's solver
//! (src/scopmath/sparse_thread.hpp, spar_minorder): the order decides how the solution is rounded.

use std::collections::BTreeSet;

/// The pivots in order of elimination; `elements` (row, column) gets the entries that elimination fills in, and must
/// hold the whole diagonal.
pub(crate) fn least_entries_first(n: usize, elements: &mut BTreeSet<(usize, usize)>) -> Vec<usize> {
    let mut entries: Vec<usize> = (0..n).map(|row| elements.iter().filter(|(one, _)| *one == row).count()).collect();
    let mut at_position: Vec<usize> = (0..n).collect();
    let mut waiting: Vec<usize> = Vec::new();
    for row in 0..n {
        insert(&mut waiting, &entries, row);
    }
    for step in 0..n {
        let Some(&pivot) = waiting.first() else { break };
        let from = position(&at_position, pivot);
        at_position[step..=from].rotate_right(1);
        let later = &at_position[step + 1..];
        let below: Vec<usize> = later.iter().copied().filter(|row| elements.contains(&(*row, pivot))).collect();
        let right: Vec<usize> = later.iter().copied().filter(|column| elements.contains(&(pivot, *column))).collect();
        for row in below {
            for column in &right {
                if elements.insert((row, *column)) {
                    entries[row] += 1;
                    reinsert(&mut waiting, &entries, row);
                }
            }
            entries[row] -= 1;
            reinsert(&mut waiting, &entries, row);
        }
        waiting.retain(|row| *row != pivot);
    }
    at_position
}

fn position(order: &[usize], row: usize) -> usize {
    order.iter().position(|one| *one == row).unwrap_or(0)
}

/// Before the first row with at least as many entries.
fn insert(waiting: &mut Vec<usize>, entries: &[usize], row: usize) {
    let at = waiting.iter().position(|other| entries[*other] >= entries[row]);
    waiting.insert(at.unwrap_or(waiting.len()), row);
}

fn reinsert(waiting: &mut Vec<usize>, entries: &[usize], row: usize) {
    waiting.retain(|other| *other != row);
    insert(waiting, entries, row);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::least_entries_first;

    fn set(n: usize, more: &[(usize, usize)]) -> BTreeSet<(usize, usize)> {
        (0..n).map(|i| (i, i)).chain(more.iter().copied()).collect()
    }

    #[test]
    fn rows_of_equal_length_go_last_first() {
        assert_eq!(least_entries_first(3, &mut set(3, &[])), [2, 1, 0]);
    }

    #[test]
    fn a_full_row_goes_last() {
        let mut elements = set(3, &[(0, 1), (0, 2)]);
        assert_eq!(least_entries_first(3, &mut elements), [2, 1, 0]);
        assert_eq!(elements.len(), 5, "nothing is filled in");
    }

    #[test]
    fn elimination_fills_in() {
        // The arrow that points the wrong way: every order but last-first-column fills.
        let mut elements = set(3, &[(0, 1), (0, 2), (1, 0), (2, 0)]);
        let order = least_entries_first(3, &mut elements);
        assert_eq!(order, [2, 0, 1]);
        assert_eq!(elements.len(), 7);
    }
}

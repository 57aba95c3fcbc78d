//! The order in which cells are worked on and written, as NeuroH5's generators and their users have it.

use std::ops::Range;

/// Rows of a file in the order of work: blocks of `cache` rows in the order of the file, ascending gids inside a block.
/// Answers row numbers.
pub(crate) fn rows_in_order(gids: &[u32], cache: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..gids.len()).collect();
    for block in order.chunks_mut(cache.max(1)) {
        block.sort_by_key(|row| gids[*row]);
    }
    order
}

/// What is written together, of `n` cells in the order of work: the first alone, then `size` at a time; 0 is all at once.
pub(crate) fn portions(n: usize, size: usize) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut from = 0;
    while from < n {
        let to = match (size, from) {
            (0, _) => n,
            (_, 0) => 1,
            _ => n.min(from.saturating_add(size)),
        };
        all.push(from..to);
        from = to;
    }
    all
}

/// The permutation by which libstdc++'s `std::sort` sorts `0 … n − 1` by `keys`. It is not stable, and what it makes of
/// equal keys is visible in files: an introsort (median of three, unguarded partition) down to pieces of 16, then one
/// insertion sort over everything; heap sort where the recursion gets too deep.
pub(crate) fn std_sort(keys: &[u32]) -> Vec<u32> {
    let n = keys.len();
    let mut order: Vec<u32> = (0..n as u32).collect();
    if n < 2 {
        return order;
    }
    let mut sort = Sort { keys, order: &mut order };
    sort.introsort(0, n, 2 * n.ilog2());
    sort.insertion(0, n.min(PIECE));
    for at in PIECE..n {
        sort.insert(at);
    }
    order
}

/// Pieces up to this length are left to the insertion sort.
const PIECE: usize = 16;

struct Sort<'a> {
    keys: &'a [u32],
    order: &'a mut [u32],
}

impl Sort<'_> {
    fn key(&self, at: usize) -> u32 {
        self.keys[self.order[at] as usize]
    }

    fn introsort(&mut self, first: usize, mut last: usize, mut depth: u32) {
        while last - first > PIECE {
            if depth == 0 {
                self.heap_sort(first, last);
                return;
            }
            depth -= 1;
            self.median_to_first(first, first + 1, first + (last - first) / 2, last - 1);
            let cut = self.partition(first, last);
            self.introsort(cut, last, depth);
            last = cut;
        }
    }

    fn median_to_first(&mut self, first: usize, a: usize, b: usize, c: usize) {
        let (ka, kb, kc) = (self.key(a), self.key(b), self.key(c));
        let median = if ka < kb {
            if kb < kc {
                b
            } else if ka < kc {
                c
            } else {
                a
            }
        } else if ka < kc {
            a
        } else if kb < kc {
            c
        } else {
            b
        };
        self.order.swap(first, median);
    }

    /// The pivot stands at `first`; the median of three keeps both scans inside.
    fn partition(&mut self, first: usize, last: usize) -> usize {
        let pivot = self.key(first);
        let (mut low, mut high) = (first + 1, last);
        loop {
            while self.key(low) < pivot {
                low += 1;
            }
            high -= 1;
            while pivot < self.key(high) {
                high -= 1;
            }
            if low >= high {
                return low;
            }
            self.order.swap(low, high);
            low += 1;
        }
    }

    fn insertion(&mut self, first: usize, last: usize) {
        for at in first + 1..last {
            if self.key(at) < self.key(first) {
                self.order[first..=at].rotate_right(1);
            } else {
                self.insert(at);
            }
        }
    }

    /// Moves an element left past greater ones; there must be one that is not greater.
    fn insert(&mut self, at: usize) {
        let (element, key) = (self.order[at], self.key(at));
        let mut to = at;
        while to > 0 && key < self.key(to - 1) {
            self.order[to] = self.order[to - 1];
            to -= 1;
        }
        self.order[to] = element;
    }

    fn heap_sort(&mut self, first: usize, last: usize) {
        let n = last - first;
        for parent in (0..n / 2).rev() {
            let element = self.order[first + parent];
            self.sift(first, parent, n, element);
        }
        for end in (1..n).rev() {
            let element = self.order[first + end];
            self.order[first + end] = self.order[first];
            self.sift(first, 0, end, element);
        }
    }

    /// The hole goes down to a leaf, always to the greater child, then the element goes up from there.
    fn sift(&mut self, first: usize, top: usize, n: usize, element: u32) {
        let key = self.keys[element as usize];
        let mut hole = top;
        let mut child = hole;
        while child < n.saturating_sub(1) / 2 {
            child = 2 * (child + 1);
            if self.key(first + child) < self.key(first + child - 1) {
                child -= 1;
            }
            self.order[first + hole] = self.order[first + child];
            hole = child;
        }
        if n.is_multiple_of(2) && child == (n - 2) / 2 {
            child = 2 * child + 1;
            self.order[first + hole] = self.order[first + child];
            hole = child;
        }
        while hole > top {
            let parent = (hole - 1) / 2;
            if self.key(first + parent) >= key {
                break;
            }
            self.order[first + hole] = self.order[first + parent];
            hole = parent;
        }
        self.order[first + hole] = element;
    }
}

#[cfg(test)]
mod tests;

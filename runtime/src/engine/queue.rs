//! The event queue: sorted by time, with NEURON's rule for events of equal time (nrn: src/nrncvode/tqueue.cpp).
//!
//! NEURON keeps the earliest event in a slot of its own (`least`) and all others in a tree in which an event goes
//! behind those of equal time. A new event that is strictly earlier than `least` takes the slot, and the old one goes
//! into the tree, *behind* its equals. So the order of ties depends on the history of insertions, and it decides the
//! order of floating-point sums; hence it is reproduced here.
//!
//! The tree is a total order on (time, serial number of entering the tree). It is kept as a calendar: a sorted list for
//! the present with a heap for what comes late into it, buckets of equal width for the near future, and a heap for what
//! lies beyond; most events are pushed once into a bucket and sorted with it.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};
use std::hash::Hash;

/// Number of buckets of the near future.
const BUCKETS: i64 = 4096;

/// From this time on (ms) an event of an empty queue is never delivered, as in NEURON.
const NEVER: f64 = 1e15;

#[derive(Debug, Clone, Copy)]
struct Entry<E> {
    t: f64,
    /// When it entered the tree.
    serial: u64,
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl<E> Eq for Entry<E> {}
impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for Entry<E> {
    /// The greatest is the first to be delivered.
    fn cmp(&self, other: &Self) -> Ordering {
        other.t.total_cmp(&self.t).then_with(|| other.serial.cmp(&self.serial))
    }
}

/// Events with times in ms; `E` identifies an event (equal events may be queued more than once unless they are moved
/// or removed).
#[derive(Debug, Clone)]
pub struct EventQueue<E> {
    least: Option<(f64, E)>,
    tree: Tree<E>,
}

impl<E: Copy + Eq + Hash> EventQueue<E> {
    /// An empty queue; `width` (ms) is the width of a bucket, best the time step. It has no influence on the order.
    pub fn new(width: f64) -> EventQueue<E> {
        EventQueue { least: None, tree: Tree::new(width) }
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        usize::from(self.least.is_some()) + self.tree.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an event; `t` must not be NaN (checked by the callers, which can name the culprit).
    pub fn insert(&mut self, t: f64, event: E) {
        match self.least {
            Some((earliest, old)) if t < earliest => {
                self.tree.push(earliest, old);
                self.least = Some((t, event));
            }
            None if t < NEVER => self.least = Some((t, event)),
            _ => self.tree.push(t, event),
        }
    }

    /// Takes the next event if its time is at most `until`.
    pub fn pop(&mut self, until: f64) -> Option<(f64, E)> {
        let next = self.least.take_if(|(t, _)| *t <= until)?;
        self.least = self.tree.pop();
        Some(next)
    }

    /// Time of the next event.
    pub fn next_time(&self) -> Option<f64> {
        self.least.map(|(t, _)| t)
    }

    /// Gives the queued event `old` a new time and the identity `new` (which may not be queued yet), as NEURON's
    /// net_move does. `old` must be queued exactly once and never again; its identity comes back from
    /// [`EventQueue::take_retired`] when it may be used for something else.
    pub fn move_event(&mut self, old: E, t: f64, new: E) {
        match self.least {
            Some((_, event)) if event == old => {
                self.tree.retired.push(old);
                self.least = Some((t, new));
                if self.tree.first_time().is_some_and(|first| t > first) {
                    self.least = self.tree.pop();
                    self.tree.push(t, new);
                }
            }
            Some((earliest, event)) if t < earliest => {
                self.tree.cancel(old);
                self.tree.push(earliest, event);
                self.least = Some((t, new));
            }
            _ => {
                self.tree.cancel(old);
                self.tree.push(t, new);
            }
        }
    }

    /// Identities of moved events that have left the queue.
    pub fn take_retired(&mut self) -> impl Iterator<Item = E> + '_ {
        self.tree.retired.drain(..)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = EventQueue::new(self.tree.width);
    }
}

#[derive(Debug, Clone)]
struct Tree<E> {
    width: f64,
    serial: u64,
    /// Index of the present bucket: `present` and `late` hold all entries of it and of those before.
    now: i64,
    /// The first to be delivered is the last.
    present: Vec<Entry<E>>,
    late: BinaryHeap<Entry<E>>,
    /// Bucket `k` with `now < k < now + BUCKETS` is element `k % BUCKETS`.
    buckets: Vec<Vec<Entry<E>>>,
    in_buckets: usize,
    beyond: BinaryHeap<Entry<E>>,
    cancelled: HashSet<E>,
    retired: Vec<E>,
}

impl<E: Copy + Eq + Hash> Tree<E> {
    fn new(width: f64) -> Tree<E> {
        Tree {
            width,
            serial: 0,
            now: 0,
            present: Vec::new(),
            late: BinaryHeap::new(),
            buckets: vec![Vec::new(); BUCKETS as usize],
            in_buckets: 0,
            beyond: BinaryHeap::new(),
            cancelled: HashSet::new(),
            retired: Vec::new(),
        }
    }

    fn len(&self) -> usize {
        self.present.len() + self.late.len() + self.in_buckets + self.beyond.len() - self.cancelled.len()
    }

    /// Monotone in `t`; far times share the last bucket.
    fn bucket(&self, t: f64) -> i64 {
        (t / self.width).floor().clamp(-4e15, 4e15) as i64
    }

    fn push(&mut self, t: f64, event: E) {
        let entry = Entry { t, serial: self.serial, event };
        self.serial += 1;
        self.place(entry);
    }

    fn place(&mut self, entry: Entry<E>) {
        let bucket = self.bucket(entry.t);
        if bucket <= self.now {
            self.late.push(entry);
        } else if bucket < self.now + BUCKETS {
            self.buckets[bucket.rem_euclid(BUCKETS) as usize].push(entry);
            self.in_buckets += 1;
        } else {
            self.beyond.push(entry);
        }
    }

    fn first(&self) -> Option<&Entry<E>> {
        self.present.last().max(self.late.peek())
    }

    fn take_first(&mut self) -> Option<Entry<E>> {
        if self.present.last() > self.late.peek() { self.present.pop() } else { self.late.pop() }
    }

    /// Makes the present hold the first live entry, if there is any.
    fn settle(&mut self) {
        loop {
            while let Some(first) = self.first() {
                if self.cancelled.is_empty() {
                    return;
                }
                let event = first.event;
                if !self.cancelled.remove(&event) {
                    return;
                }
                self.retired.push(event);
                self.take_first();
            }
            if self.in_buckets == 0 {
                let Some(first) = self.beyond.peek() else { return };
                self.now = self.bucket(first.t);
            } else {
                self.now += 1;
                let slot = self.now.rem_euclid(BUCKETS) as usize;
                // The emptied list's memory serves the bucket next time round.
                std::mem::swap(&mut self.present, &mut self.buckets[slot]);
                self.in_buckets -= self.present.len();
                self.present.sort_unstable();
            }
            while self.beyond.peek().is_some_and(|first| self.bucket(first.t) < self.now + BUCKETS) {
                if let Some(entry) = self.beyond.pop() {
                    self.place(entry);
                }
            }
        }
    }

    fn first_time(&mut self) -> Option<f64> {
        self.settle();
        self.first().map(|first| first.t)
    }

    fn pop(&mut self) -> Option<(f64, E)> {
        self.settle();
        self.take_first().map(|entry| (entry.t, entry.event))
    }

    fn cancel(&mut self, event: E) {
        self.cancelled.insert(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The rule said in the plainest way.
    #[derive(Default)]
    struct Naive {
        least: Option<(f64, u32)>,
        tree: Vec<(f64, u32)>,
    }

    impl Naive {
        fn push(&mut self, entry: (f64, u32)) {
            let at = self.tree.partition_point(|other| other.0 <= entry.0);
            self.tree.insert(at, entry);
        }

        fn first(&mut self) -> Option<(f64, u32)> {
            (!self.tree.is_empty()).then(|| self.tree.remove(0))
        }

        fn insert(&mut self, t: f64, event: u32) {
            match self.least {
                Some(least) if t < least.0 => {
                    self.push(least);
                    self.least = Some((t, event));
                }
                None => self.least = Some((t, event)),
                _ => self.push((t, event)),
            }
        }

        fn pop(&mut self, until: f64) -> Option<(f64, u32)> {
            let next = self.least.take_if(|least| least.0 <= until)?;
            self.least = self.first();
            Some(next)
        }

        fn move_event(&mut self, old: u32, t: f64, new: u32) {
            if self.least.is_some_and(|least| least.1 == old) {
                self.least = Some((t, new));
                if self.tree.first().is_some_and(|first| t > first.0) {
                    self.least = self.first();
                    self.push((t, new));
                }
            } else {
                self.tree.retain(|entry| entry.1 != old);
                if let Some(least) = self.least.filter(|least| t < least.0) {
                    self.push(least);
                    self.least = Some((t, new));
                } else {
                    self.push((t, new));
                }
            }
        }
    }

    #[test]
    fn an_earlier_event_sends_the_first_behind_its_equals() {
        let mut queue = EventQueue::new(0.025);
        for event in [3, 1, 2] {
            queue.insert(5.0, event);
        }
        queue.insert(1.0, 0);
        let order: Vec<u32> = std::iter::from_fn(|| queue.pop(10.0)).map(|(_, event)| event).collect();
        assert_eq!(order, [0, 1, 2, 3]);
    }

    proptest! {
        /// Few distinct times, so ties abound; a wide range of scales, so every part of the calendar is used.
        #[test]
        fn follows_the_rule(
            scale in prop::sample::select(vec![0.01, 1.0, 300.0]),
            steps in prop::collection::vec((0u8..8, 0u8..12), 0..400),
        ) {
            let mut queue = EventQueue::new(0.025);
            let mut naive = Naive::default();
            let mut now = 0.0;
            let mut queued: Vec<u32> = Vec::new();
            let mut next = 0;
            for (what, number) in steps {
                let t = now + f64::from(number) * scale;
                match what {
                    0..=4 => {
                        queue.insert(t, next);
                        naive.insert(t, next);
                        queued.push(next);
                        next += 1;
                    }
                    5 if !queued.is_empty() => {
                        let at = usize::from(number) % queued.len();
                        queue.move_event(queued[at], t, next);
                        naive.move_event(queued[at], t, next);
                        queued[at] = next;
                        next += 1;
                    }
                    _ => {
                        while let Some((time, event)) = naive.pop(t) {
                            prop_assert_eq!(queue.pop(t), Some((time, event)));
                            queued.retain(|other| *other != event);
                            now = time;
                        }
                        prop_assert_eq!(queue.pop(t), None);
                    }
                }
                prop_assert_eq!(queue.len(), queued.len());
                prop_assert_eq!(queue.next_time(), naive.least.map(|least| least.0));
            }
        }
    }

    #[test]
    fn a_moved_event_gives_its_identity_back() {
        let mut queue = EventQueue::new(0.025);
        queue.insert(1.0, 1);
        queue.insert(2.0, 2);
        queue.move_event(2, 0.5, 3);
        queue.move_event(3, 4.0, 4);
        assert_eq!(queue.pop(9.0), Some((1.0, 1)));
        assert_eq!(queue.pop(9.0), Some((4.0, 4)));
        let mut retired: Vec<u32> = queue.take_retired().collect();
        retired.sort_unstable();
        assert_eq!(retired, [2, 3]);
    }
}

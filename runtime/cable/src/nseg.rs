//! Changing the number of segments keeps what is in them (NEURON: node_realloc in src/nrnoc/solve.cpp).

use crate::error::CableError;
use crate::mechanisms::PointId;
use crate::model::{Model, bad_value};
use crate::section::SectionId;

/// The segment of `to` that contains the centre of segment `index` of `from`.
fn containing(index: usize, from: usize, to: usize) -> usize {
    (to as f64 * ((index as f64 + 0.5) / from as f64)) as usize
}

impl Model {
    /// Sets `nseg`. With more segments, each old one lives on in the new one that contains its centre, and the others
    /// are copies of the old one that contains theirs; with fewer, each new one is the old one that contains its
    /// centre. Point processes of segments that go move to the new segment that contains the centre of their old one.
    pub fn set_nseg(&mut self, section: SectionId, nseg: usize) -> Result<(), CableError> {
        let one = &mut self.sections[section.index()];
        if nseg == 0 || nseg > 32767 {
            return Err(bad_value(one, "nseg", nseg as f64, "it must be from 1 to 32767"));
        }
        let old = one.segments.len();
        let origin_segment = self.origin.map_or(0, |(_, x)| one.segment_index(x));
        if nseg == old {
            return Ok(());
        }
        let mut source: Vec<usize> = (0..nseg).map(|new| containing(new, nseg, old)).collect();
        if nseg > old {
            for from in 0..old {
                source[containing(from, old, nseg)] = from;
            }
        }
        // Where point processes sit, before segments are renumbered: (old segment in node order, point).
        let mut placed: Vec<(usize, PointId)> = Vec::new();
        for point in &one.placed {
            if let Some((_, x)) = self.points[point.0 as usize].place
                && x > 0.0
                && x < 1.0
            {
                placed.push((one.segment_index(x), *point));
            }
        }
        one.segments = source.iter().map(|from| one.segments[*from]).collect();
        for mechanism in &mut one.mechanisms {
            mechanism.pick(&source);
        }
        for ion in &mut one.ions {
            ion.states = source.iter().map(|from| ion.states[*from]).collect();
        }
        self.shape_changed = true;
        self.touch(section);
        let target = targets(&source, old);
        if let Some((owner, x)) = &mut self.origin
            && *owner == section
            && *x > 0.0
            && *x < 1.0
        {
            *x = self.sections[section.index()].segment_centre(target[origin_segment].1);
        }
        // In each segment those placed last come first, and each that moves becomes the one placed last.
        placed.sort_by_key(|(from, point)| (*from, std::cmp::Reverse(self.points[point.0 as usize].order)));
        for (from, point) in placed {
            let (kept, to) = target[from];
            let x = self.sections[section.index()].segment_centre(to);
            self.points[point.0 as usize].place = Some((section, x));
            if !kept {
                self.points[point.0 as usize].order = self.next_placing();
                let layout = self.catalogue.layout(self.points[point.0 as usize].mechanism).clone();
                self.use_ions(section, &layout, Some(to));
            }
        }
        Ok(())
    }
}

/// For each old segment, whether it lives on, and where, or else which new one takes its point processes.
fn targets(source: &[usize], old: usize) -> Vec<(bool, usize)> {
    let nseg = source.len();
    if nseg > old {
        return (0..old).map(|from| (true, containing(from, old, nseg))).collect();
    }
    let mut target = vec![(false, 0); old];
    let mut from = 0;
    for to in 0..nseg {
        // A centre on the border of two new segments belongs to the first.
        let far_end = (to as f64 + 1.0) / nseg as f64;
        while from < old && (from as f64 + 0.5) / old as f64 <= far_end {
            target[from] = (false, to);
            from += 1;
        }
    }
    for (to, from) in source.iter().enumerate() {
        target[*from] = (true, to);
    }
    target
}

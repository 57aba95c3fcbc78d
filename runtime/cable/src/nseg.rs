//! Changing the number of segments keeps what is in them (NEURON: node_realloc in src/nrnoc/solve.cpp).

use crate::error::CableError;
use crate::model::{Model, bad_value};
use crate::section::SectionId;

impl Model {
    /// Sets `nseg`. Each new segment takes the values of the old one that contains its centre; point processes move
    /// to the new segment that contains the centre of their old one.
    pub fn set_nseg(&mut self, section: SectionId, nseg: usize) -> Result<(), CableError> {
        let one = &mut self.sections[section.index()];
        if nseg == 0 || nseg > 32767 {
            return Err(bad_value(one, "nseg", nseg as f64, "it must be from 1 to 32767"));
        }
        let old = one.segments.len();
        if nseg == old {
            return Ok(());
        }
        let mut source: Vec<usize> =
            (0..nseg).map(|new| (old as f64 * (new as f64 + 0.5) / nseg as f64) as usize).collect();
        if nseg > old {
            // Old segments live on in the new ones that contain their centres.
            for from in 0..old {
                source[(nseg as f64 * (from as f64 + 0.5) / old as f64) as usize] = from;
            }
        }
        one.segments = source.iter().map(|from| one.segments[*from]).collect();
        for mechanism in &mut one.mechanisms {
            mechanism.pick(&source);
        }
        for ion in &mut one.ions {
            ion.states = source.iter().map(|from| ion.states[*from]).collect();
        }
        one.stale = true;
        for point in &mut self.points {
            if let Some((at, x)) = &mut point.place
                && *at == section
                && *x > 0.0
                && *x < 1.0
            {
                let from = ((old as f64 * *x) as usize).min(old - 1);
                let to = (nseg as f64 * (from as f64 + 0.5) / old as f64) as usize;
                *x = (to as f64 + 0.5) / nseg as f64;
            }
        }
        Ok(())
    }
}

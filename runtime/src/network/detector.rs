//! Where a cell's spikes are detected (MiV-Simulator: cells.py, init_spike_detector).

use cable::{Model, SectionId};

use super::cells::CellSections;

/// Threshold of the spike detector, mV.
pub const THRESHOLD: f64 = -30.0;
/// Path length from the root at which the axon carries a spike of its own, um.
const DISTANCE: f64 = 100.0;

/// The first axon segment at least 100 um from the root, else the initial segment, else the soma.
pub fn place(model: &Model, cell: &CellSections) -> Option<(SectionId, f64)> {
    for section in &cell.axon {
        let n = model.section(*section).nseg();
        for segment in 0..n {
            let x = (segment as f64 + 0.5) / n as f64;
            if from_root(model, *section, x) >= DISTANCE {
                return Some((*section, x));
            }
        }
    }
    if let Some(last) = cell.axon.last() {
        return Some((*last, 1.0));
    }
    match cell.ais.first() {
        Some(ais) => Some((*ais, 0.5)),
        None => cell.soma.last().map(|soma| (*soma, 0.5)),
    }
}

/// Lengths of the sections above, but not of the root, and the way along the section itself.
fn from_root(model: &Model, section: SectionId, x: f64) -> f64 {
    let mut total = x * model.length(section);
    let mut node = section;
    while let Some(connection) = model.section(node).parent() {
        total += model.length(node);
        node = connection.parent;
    }
    total
}

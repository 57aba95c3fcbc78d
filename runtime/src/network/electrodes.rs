//! Extracellular electrodes: local field potentials from membrane currents.
//!
//! Which cells contribute is the draw of MiV-Simulator (lfp.py). The potential is that of line sources (Holt and Koch
//! 1999, J Comput Neurosci 6:169, eq. 4): each segment is a straight line between its ends that gives off its membrane
//! current evenly. The original means the same and departs from it by oversight: it takes each segment's distances
//! from the place of the segment before, the area of the first section of the model for all, and the last section's
//! weights for the first segments. Nor is `extracellular` inserted here: with a ground outside the membrane currents
//! are the same, and voltages do not depend on who listens.

use std::collections::BTreeMap;

use cable::SectionId;
use model::config::{Config, Electrode};
use neuroh5::Types;

use super::NetworkError;
use super::cells::{Cell, CellSections, Cells};
use crate::engine::{Simulation, Stream};
use crate::record::{Probe, RecorderId};

/// An electrode in use.
#[derive(Debug, Clone, PartialEq)]
pub struct ElectrodeRecording {
    /// Its name.
    pub label: String,
    /// Potentials, mV.
    pub values: RecorderId,
    /// Times, ms of simulated time.
    pub times: RecorderId,
}

/// Starts a recording for each electrode of the configuration, in the order of their names.
pub fn start(
    config: &Config,
    types: &Types,
    cells: &Cells,
    simulation: &mut Simulation,
) -> Result<Vec<ElectrodeRecording>, NetworkError> {
    let mut electrodes: Vec<_> = config.recording.lfp.iter().collect();
    electrodes.sort_by_key(|(label, _)| label.as_str());
    if electrodes.is_empty() {
        return Ok(Vec::new());
    }
    let name = "Local Field Potential";
    let seed = config.random_seeds.get(name).copied().ok_or(NetworkError::NoSeed { name })? as u32;
    // Sections of all cells by population in the order of names.
    let mut populations: BTreeMap<&str, Vec<&CellSections>> = BTreeMap::new();
    for (gid, cell) in &cells.by_gid {
        if let (Cell::Sections(sections), Some(population)) = (cell, types.population_of(*gid)) {
            populations.entry(&population.name).or_default().push(sections);
        }
    }
    let mut names: Vec<&str> = config.cell_types.keys().map(String::as_str).collect();
    names.sort_unstable();
    let mut out = Vec::new();
    for (label, electrode) in electrodes {
        let electrode = &electrode.value;
        let mut terms = Vec::new();
        for (position, name) in names.iter().enumerate() {
            // NEURON's Random(seed): stream (seed, 55, 0), of which `uniform(0, 1)` takes the first number.
            let mut random = Stream::new(0, seed.wrapping_add(position as u32), 55, 0);
            random.uniform();
            for sections in populations.get(name).into_iter().flatten() {
                let drawn = random.uniform();
                if let Some(factor) = factor(electrode, sections, drawn, simulation) {
                    add_cell(electrode, sections, factor, simulation, &mut terms);
                }
            }
        }
        let probe = simulation.membrane_current_sum(terms);
        let values = simulation.record(probe, Some(electrode.dt))?;
        let times = simulation.record(Probe::Time, Some(electrode.dt))?;
        out.push(ElectrodeRecording { label: label.clone(), values, times });
    }
    Ok(out)
}

/// By what the currents of a cell are multiplied; nothing if it does not contribute.
fn factor(electrode: &Electrode, sections: &CellSections, drawn: f64, simulation: &Simulation) -> Option<f64> {
    let soma = sections.soma.first().or(sections.all.first())?;
    let point = simulation.model().section(*soma).points().first()?;
    let place = [f64::from(point.x), f64::from(point.y), f64::from(point.z)];
    if length(difference(electrode.position, place)) < electrode.max_distance {
        Some(1.0)
    } else if drawn < electrode.fraction {
        Some(1.0 / electrode.fraction)
    } else {
        None
    }
}

fn add_cell(
    electrode: &Electrode,
    sections: &CellSections,
    factor: f64,
    simulation: &Simulation,
    terms: &mut Vec<(u32, f64)>,
) {
    let model = simulation.model();
    for section in &sections.all {
        let n = model.section(*section).nseg();
        for segment in 0..n {
            let centre = (segment as f64 + 0.5) / n as f64;
            let node = simulation.tree().node(model, *section, centre);
            let at = |x: f64| place(simulation, *section, x);
            let (from, to) = (at(segment as f64 / n as f64), at((segment + 1) as f64 / n as f64));
            let radius = 0.5 * simulation.read(Probe::Diameter(node));
            terms.push((node, factor * coefficient(electrode, from, to, radius)));
        }
    }
}

/// The 3-D point at a place of a section.
fn place(simulation: &Simulation, section: SectionId, x: f64) -> [f64; 3] {
    let points = simulation.model().section(section).points();
    let coordinates = |at: usize| [f64::from(points[at].x), f64::from(points[at].y), f64::from(points[at].z)];
    let Some(last) = points.len().checked_sub(1) else { return [0.0; 3] };
    let arc = x * points[last].arc;
    let after = points.partition_point(|point| point.arc < arc).clamp(1.min(last), last);
    let before = after.saturating_sub(1);
    let span = points[after].arc - points[before].arc;
    let part = if span > 0.0 { ((arc - points[before].arc) / span).clamp(0.0, 1.0) } else { 0.0 };
    let (a, b) = (coordinates(before), coordinates(after));
    [0, 1, 2].map(|axis| a[axis] + part * (b[axis] - a[axis]))
}

/// Potential of a line source between two points, mV for each nA; no nearer to its axis than its own surface.
fn coefficient(electrode: &Electrode, from: [f64; 3], to: [f64; 3], radius: f64) -> f64 {
    // ohm cm * nA / um = 0.01 mV
    let scale = 0.01 * electrode.rho / (4.0 * std::f64::consts::PI);
    let axis = difference(to, from);
    let l = length(axis);
    let to_electrode = difference(electrode.position, from);
    if l == 0.0 {
        return scale / length(to_electrode).max(radius);
    }
    let along: f64 = (0..3).map(|at| to_electrode[at] * axis[at] / l).sum();
    let across = (length(to_electrode).powi(2) - along * along).max(0.0).sqrt().max(radius);
    scale / l * ((along / across).asinh() - ((along - l) / across).asinh())
}

fn difference(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn length(a: [f64; 3]) -> f64 {
    a.iter().map(|one| one * one).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn electrode(position: [f64; 3]) -> Electrode {
        Electrode { position, max_distance: 100.0, fraction: 0.1, rho: 333.0, dt: 0.1 }
    }

    /// The line integral of rho I / (4 pi r l), by the midpoint rule.
    fn integral(electrode: &Electrode, from: [f64; 3], to: [f64; 3]) -> f64 {
        let n = 200_000;
        let sum: f64 = (0..n)
            .map(|at| {
                let part = (f64::from(at) + 0.5) / f64::from(n);
                let place = [0, 1, 2].map(|axis| from[axis] + part * (to[axis] - from[axis]));
                1.0 / length(difference(electrode.position, place))
            })
            .sum();
        0.01 * electrode.rho / (4.0 * std::f64::consts::PI) * sum / f64::from(n)
    }

    #[test]
    fn a_line_source_is_its_integral() {
        // Beside, beyond either end, and oblique.
        for position in [[50.0, 30.0, 0.0], [150.0, 1.0, 0.0], [-20.0, 5.0, 5.0], [3.0, 400.0, -70.0]] {
            let electrode = electrode(position);
            let (from, to) = ([0.0, 0.0, 0.0], [100.0, 10.0, -5.0]);
            let (exact, sum) = (coefficient(&electrode, from, to, 0.5), integral(&electrode, from, to));
            assert!((exact - sum).abs() <= 1e-8 * exact.abs(), "{position:?}: {exact} and {sum}");
        }
    }

    #[test]
    fn far_away_a_line_is_a_point() {
        let electrode = electrode([0.0, 1e6, 0.0]);
        let point = coefficient(&electrode, [0.0; 3], [0.0; 3], 1.0);
        let line = coefficient(&electrode, [-5.0, 0.0, 0.0], [5.0, 0.0, 0.0], 1.0);
        assert!((line / point - 1.0).abs() < 1e-9);
        // 333 ohm cm, 1 nA, 1 m: 1e-9 A * 3.33 ohm m / (4 pi * 1 m)
        assert!((point - 3.33e-9 / (4.0 * std::f64::consts::PI) * 1e3).abs() < 1e-18);
    }

    #[test]
    fn inside_a_segment_the_potential_is_that_of_its_surface() {
        let on_axis = coefficient(&electrode([0.0; 3]), [-5.0, 0.0, 0.0], [5.0, 0.0, 0.0], 2.0);
        let on_surface = coefficient(&electrode([0.0, 2.0, 0.0]), [-5.0, 0.0, 0.0], [5.0, 0.0, 0.0], 2.0);
        assert_eq!(on_axis, on_surface);
    }
}

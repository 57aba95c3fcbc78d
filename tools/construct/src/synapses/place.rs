//! Synapses of one cell.
//!
//! One stream of random numbers for each cell. For each kind of section first the density in every segment is drawn,
//! then the synapses are placed along the sections.

use model::numpy::RandomState;

use super::density::{Densities, KindDensities, TypeDensity};
use super::shape::{SectionShape, Shape};

/// How synapses are placed along a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distribution {
    /// At intervals drawn from an exponential distribution.
    Poisson,
    /// At equal intervals within each segment.
    Uniform,
}

/// Synapses of a cell, element by element.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Synapses {
    /// Places along their sections, 0 to 1.
    pub(super) loc: Vec<f32>,
    pub(super) section: Vec<u32>,
    /// Layer at the centre of the segment.
    pub(super) layer: Vec<i8>,
    /// Excitatory, inhibitory, ….
    pub(super) synapse_type: Vec<u8>,
    /// Kind of the section.
    pub(super) swc_type: Vec<u8>,
    /// Distance from the origin of coordinates, um.
    pub(super) distance: Vec<f32>,
}

/// What could not be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoDraw {
    pub(super) what: &'static str,
    /// Position in the densities.
    pub(super) kind: usize,
    /// Position in the kind's.
    pub(super) synapse_type: usize,
    pub(super) tries: usize,
}

/// How often a density is drawn until it is above 0.
const DENSITY_TRIES: usize = 1000;
/// How often the first interval of a section is drawn until it ends in the segment.
const INTERVAL_TRIES: usize = 100_000;

/// Distributes the synapses of a cell.
pub(super) fn place(
    shape: &Shape,
    densities: &Densities,
    distribution: Distribution,
    random: &mut RandomState,
) -> Result<Synapses, NoDraw> {
    let mut synapses = Synapses::default();
    for (at, kind) in densities.kinds.iter().enumerate() {
        let sections = shape.sections_of(kind.kind);
        let order = match distribution {
            Distribution::Poisson => shape.graph.walk(sections),
            Distribution::Uniform => (0..sections.len()).collect(),
        };
        let failed = |synapse_type: usize, what: &'static str, tries: usize| {
            move || NoDraw { what, kind: at, synapse_type, tries }
        };
        let drawn = draw(shape, sections, kind, distribution, random, &failed)?;
        for (number, (one, drawn)) in kind.synapses.iter().zip(drawn).enumerate() {
            for position in &order {
                let section = sections[*position];
                let target = Target { section, shape: &shape.sections[section as usize], kind, one };
                match distribution {
                    Distribution::Poisson => {
                        poisson(&target, &drawn[*position], random, &mut synapses).ok_or_else(failed(
                            number,
                            "first interval",
                            INTERVAL_TRIES,
                        ))?;
                    }
                    Distribution::Uniform => uniform(&target, &drawn[*position], &mut synapses),
                }
            }
        }
    }
    Ok(synapses)
}

/// Density, 1/um, by synapse type, section and segment; 0 where the segment's layer has none.
fn draw<F: Fn() -> NoDraw>(
    shape: &Shape,
    sections: &[u32],
    kind: &KindDensities,
    distribution: Distribution,
    random: &mut RandomState,
    failed: &impl Fn(usize, &'static str, usize) -> F,
) -> Result<Vec<Vec<Vec<f64>>>, NoDraw> {
    let mut all = Vec::with_capacity(kind.synapses.len());
    for (number, one) in kind.synapses.iter().enumerate() {
        let mut of_type = Vec::with_capacity(sections.len());
        for section in sections {
            let layers = &shape.sections[*section as usize].layers;
            let mut of_section = Vec::with_capacity(layers.len());
            for layer in layers {
                of_section.push(match distribution {
                    _ if !one.is_in(*layer) => 0.0,
                    Distribution::Poisson => {
                        positive(one, random).ok_or_else(failed(number, "density above 0", DENSITY_TRIES))?
                    }
                    Distribution::Uniform => random.normal(one.mean, one.scale),
                });
            }
            of_type.push(of_section);
        }
        all.push(of_type);
    }
    Ok(all)
}

fn positive(one: &TypeDensity, random: &mut RandomState) -> Option<f64> {
    (0..DENSITY_TRIES).map(|_| random.normal(one.mean, one.scale)).find(|density| *density > 0.0)
}

/// Where synapses are put, and which.
struct Target<'a> {
    section: u32,
    shape: &'a SectionShape,
    kind: &'a KindDensities,
    one: &'a TypeDensity,
}

impl Synapses {
    pub(super) fn len(&self) -> usize {
        self.loc.len()
    }

    /// A synapse at or beyond the end of the section is none.
    fn push(&mut self, target: &Target<'_>, segment: usize, loc: f64) {
        if loc >= 1.0 {
            return;
        }
        self.loc.push(loc as f32);
        self.section.push(target.section);
        self.layer.push(target.shape.layers[segment]);
        self.synapse_type.push(target.one.synapse_type);
        self.swc_type.push(target.kind.swc_type);
        self.distance.push(target.shape.distance(loc) as f32);
    }
}

/// Intervals from an exponential distribution, and one more at every segment with a density; the first must end in its
/// segment. None if it never does.
fn poisson(target: &Target<'_>, density: &[f64], random: &mut RandomState, synapses: &mut Synapses) -> Option<()> {
    let (length, n) = (target.shape.length, density.len() as f64);
    let mut place = 0.0;
    for (segment, density) in density.iter().enumerate() {
        let centre = (2.0 * segment as f64 + 1.0) / (2.0 * n);
        let (start, end) = ((centre - 0.5 / n) * length, (centre + 0.5 / n) * length);
        if *density == 0.0 {
            place = end;
            continue;
        }
        let scale = 1.0 / density;
        place += if place > 0.0 {
            random.exponential(scale)
        } else {
            (0..INTERVAL_TRIES).map(|_| random.exponential(scale)).find(|one| *one >= start && *one < end)?
        };
        while place < end {
            if place >= start {
                synapses.push(target, segment, place / length);
            }
            place += random.exponential(scale);
        }
    }
    Some(())
}

/// As many as the density gives in each segment, rounded down, at equal intervals.
fn uniform(target: &Target<'_>, density: &[f64], synapses: &mut Synapses) {
    let n = density.len() as f64;
    for (segment, density) in density.iter().enumerate() {
        let count = density * (target.shape.length / n);
        let start = segment as f64 / n;
        for number in 0..count.max(0.0) as usize {
            synapses.push(target, segment, start + (number as f64 + 1.0) / (n * count.ceil()));
        }
    }
}

//! Cells in the tissue, their synapses, a source for each synapse, and spikes of the input cells.

use std::collections::BTreeMap;

use model::Geometry;
use model::config::Config;
use neuroh5::Edges;

use super::morphology::{self, Morphology};
use super::random::Random;
use super::synapses::{Densities, Names, Synapse, number, place};

/// One cell.
#[derive(Debug, Clone)]
pub struct Cell {
    /// U, V, L of the soma, um.
    pub position: [f64; 3],
    /// Absent for artificial cells.
    pub morphology: Option<Morphology>,
    /// Layer of each point of the morphology.
    pub layers: Vec<i8>,
    /// By syn_id.
    pub synapses: Vec<Synapse>,
    /// Played spikes, ms after the end of the equilibration; for artificial cells.
    pub spikes: Vec<f32>,
}

/// Cells of one name, with gids from `start` on.
#[derive(Debug, Clone)]
pub struct Population {
    /// Name.
    pub name: String,
    /// Number in `Definitions: Populations`.
    pub number: u16,
    /// First gid.
    pub start: u32,
    /// In the order of gids.
    pub cells: Vec<Cell>,
}

/// Sources of one population on the cells of another.
#[derive(Debug, Clone)]
pub struct Connections {
    /// Presynaptic population.
    pub source: String,
    /// Postsynaptic population.
    pub destination: String,
    /// For each postsynaptic gid.
    pub rows: Vec<(u32, Edges)>,
}

/// The whole data set.
#[derive(Debug, Clone)]
pub struct Network {
    /// In the order of gids.
    pub populations: Vec<Population>,
    /// Every allowed pair.
    pub connections: Vec<Connections>,
    /// Length of the input spike trains, ms.
    pub duration: f64,
}

/// Poisson spikes of the artificial cells.
#[derive(Debug, Clone, Copy)]
pub struct Input {
    /// ms
    pub duration: f64,
}

type Grow = fn(&mut Random) -> Morphology;

/// The generator of morphologies that suits a template; `None` for artificial cells.
fn generator(population: &str, template: &str) -> Result<Option<Grow>, String> {
    match template {
        "VecStim" => Ok(None),
        "PoolosPyramidalCell" => Ok(Some(morphology::pyramidal)),
        "PVBasketCell" => Ok(Some(morphology::basket)),
        "OLMCell" => Ok(Some(morphology::oriens)),
        other => Err(format!(
            "`Cell Types: {population}`: no morphology is known for template `{other}`; \
             there is one for PoolosPyramidalCell, PVBasketCell and OLMCell, and VecStim needs none"
        )),
    }
}

/// Builds the network of a configuration.
///
/// # Errors
///
/// A text that names the key of the configuration and what to do.
pub fn build(config: &Config, seed: u32, input: Input) -> Result<Network, String> {
    let geometry = Geometry::of(config)?;
    let mut random = Random::new(seed);
    let mut populations = Vec::new();
    let mut start = 0;
    for name in config.definitions.populations_in_order() {
        let Some(cell_type) = config.cell_types.get(name) else { continue };
        let grow = generator(name, &cell_type.value.template.value)?;
        let numbers = number(&config.definitions.populations, "Populations", name)?;
        let mut cells = Vec::new();
        for position in positions(&geometry, name, &mut random)? {
            let morphology = grow.map(|grow| grow(&mut random));
            let spikes = match grow {
                None => poisson(&rate(config, name)?, input.duration, &mut random),
                Some(_) => Vec::new(),
            };
            let layers = layers(config, &geometry, position[2], morphology.as_ref())?;
            cells.push(Cell { position, morphology, layers, synapses: Vec::new(), spikes });
        }
        let count = cells.len() as u32;
        populations.push(Population { name: name.to_owned(), number: numbers, start, cells });
        start += count;
    }
    let mut connections = Vec::new();
    for at in 0..populations.len() {
        distribute(config, &mut populations[at], &mut random)?;
        connections.extend(connect(config, &populations, at, &mut random)?);
    }
    Ok(Network { populations, connections, duration: input.duration })
}

/// Uniform places in the layers of `Cell Distribution`, within `Cell Constraints`.
fn positions(geometry: &Geometry, population: &str, random: &mut Random) -> Result<Vec<[f64; 3]>, String> {
    let Some(distribution) = geometry.cell_distribution.get(population) else {
        return Err(format!("`Geometry: Cell Distribution` has no `{population}`; add its number of cells by layer"));
    };
    let mut all = Vec::new();
    for (layer, count) in distribution {
        let Some([low, high]) = geometry.surface.layer_extents.get(layer) else {
            return Err(format!(
                "`Geometry: Cell Distribution: {population}: {layer}` is not in `Layer Extents`; add it"
            ));
        };
        let depth = geometry.cell_constraints.get(population).and_then(|layers| layers.get(layer));
        let [bottom, top] = depth.copied().unwrap_or([low[2], high[2]]);
        for _ in 0..*count {
            let u = random.between(low[0], high[0]);
            let v = random.between(low[1], high[1]);
            all.push([u, v, random.between(bottom, top)]);
        }
    }
    Ok(all)
}

/// The layer of each point: the soma lies at depth `l`, and y of the morphology goes along L.
fn layers(config: &Config, geometry: &Geometry, l: f64, cell: Option<&Morphology>) -> Result<Vec<i8>, String> {
    let Some(cell) = cell else { return Ok(Vec::new()) };
    let soma = geometry.layer_at(l).ok_or("`Geometry: Parametric Surface: Layer Extents` is empty; add the layers")?;
    let layer = |point: &morphology::Point| {
        // The soma belongs to one layer even where it reaches over the border.
        let near =
            if point.swc_type == morphology::SOMA { Some(soma) } else { geometry.layer_at(l + f64::from(point.at[1])) };
        number(&config.definitions.layers, "Layers", near.unwrap_or(soma))
    };
    cell.points.iter().map(layer).collect()
}

/// Rate of an input cell over time.
struct Rate {
    /// Hz
    peak: f64,
    /// Hz
    modulation: f64,
}

/// Peak rate of a population under `Stimulus: Peak Rate`, and the frequency of `Global Oscillation`.
fn rate(config: &Config, population: &str) -> Result<Rate, String> {
    let other = &config.stimulus.other;
    let peak = other.get("Peak Rate").and_then(|rates| rates.get(population)).and_then(|rate| rate.get("constant"));
    let peak = peak.and_then(serde_json::Value::as_f64);
    let peak =
        peak.ok_or_else(|| format!("`Stimulus: Peak Rate: {population}: constant` is missing; add it, in Hz"))?;
    let modulation = other.get("Global Oscillation").and_then(|one| one.get("frequency"));
    Ok(Rate { peak, modulation: modulation.and_then(serde_json::Value::as_f64).unwrap_or(0.0) })
}

/// Poisson spikes of rate peak × (1 − cos 2πft) / 2, by thinning.
fn poisson(rate: &Rate, duration: f64, random: &mut Random) -> Vec<f32> {
    let mut spikes = Vec::new();
    if rate.peak <= 0.0 {
        return spikes;
    }
    let mut t = random.exponential(1000.0 / rate.peak);
    while t < duration {
        let phase = std::f64::consts::TAU * rate.modulation * t / 1000.0;
        let relative = if rate.modulation > 0.0 { (1.0 - phase.cos()) / 2.0 } else { 1.0 };
        if random.unit() < relative {
            spikes.push(t as f32);
        }
        t += random.exponential(1000.0 / rate.peak);
    }
    spikes
}

/// Synapses of all cells of a population.
fn distribute(config: &Config, population: &mut Population, random: &mut Random) -> Result<(), String> {
    let definitions = &config.definitions;
    let names = Names {
        swc_types: &definitions.swc_types,
        synapse_types: &definitions.synapse_types,
        layers: &definitions.layers,
    };
    let Some(density) = config.cell_types.get(&population.name).and_then(|one| one.value.synapses.density.as_ref())
    else {
        return Ok(());
    };
    let densities = Densities::new(density, &names)?;
    for cell in &mut population.cells {
        if let Some(morphology) = &cell.morphology {
            cell.synapses = place(morphology, &cell.layers, &densities, random);
        }
    }
    Ok(())
}

/// Gives each synapse of the population at `at` a source: a population by the proportions of the configuration, then
/// one of its cells, all alike, other than the cell itself. A synapse that no projection wants stays without a source.
fn connect(
    config: &Config,
    populations: &[Population],
    at: usize,
    random: &mut Random,
) -> Result<Vec<Connections>, String> {
    let destination = &populations[at];
    let Some(projections) = config.connection_generator.synapses.get(&destination.name) else { return Ok(Vec::new()) };
    let definitions = &config.definitions;
    let mut sources = Vec::new();
    for (source, synapses) in &projections.value {
        let Some(population) = populations.iter().find(|one| one.name == *source) else {
            return Err(format!("`Synapses: {}: {source}` is no population of `Cell Types`; add it", destination.name));
        };
        let synapses = &synapses.value;
        let kind: u8 = number(&definitions.synapse_types, "Synapse Types", &synapses.kind.value)?;
        let mut proportions: BTreeMap<(u8, u8, i8), f64> = BTreeMap::new();
        for ((section, layer), proportion) in synapses.sections.iter().zip(&synapses.layers).zip(&synapses.proportions)
        {
            let swc_type = number(&definitions.swc_types, "SWC Types", &section.value)?;
            let layer = number(&definitions.layers, "Layers", &layer.value)?;
            *proportions.entry((kind, swc_type, layer)).or_default() += proportion.value;
        }
        sources.push((population, proportions));
    }
    let mut connections: Vec<Connections> = sources
        .iter()
        .map(|(source, _)| Connections {
            source: source.name.clone(),
            destination: destination.name.clone(),
            rows: Vec::new(),
        })
        .collect();
    for (row, cell) in destination.cells.iter().enumerate() {
        let gid = destination.start + row as u32;
        let mut edges = vec![Edges::default(); sources.len()];
        for (id, synapse) in cell.synapses.iter().enumerate() {
            let key = (synapse.kind, synapse.swc_type, synapse.layer);
            let weights: Vec<f64> = sources.iter().map(|(_, one)| one.get(&key).copied().unwrap_or(0.0)).collect();
            let Some(chosen) = random.weighted(&weights) else { continue };
            let source = sources[chosen].0;
            let Some(from) = other_cell(source, gid, random) else { continue };
            let there = source.cells[(from - source.start) as usize].position;
            edges[chosen].source.push(from);
            edges[chosen].synapse.push(id as u32);
            edges[chosen]
                .distance
                .push(((there[0] - cell.position[0]).abs() + (there[1] - cell.position[1]).abs()) as f32);
        }
        for (one, edges) in connections.iter_mut().zip(edges) {
            if !edges.source.is_empty() {
                one.rows.push((gid, edges));
            }
        }
    }
    Ok(connections)
}

/// A cell of the population other than `gid`.
fn other_cell(population: &Population, gid: u32, random: &mut Random) -> Option<u32> {
    let n = population.cells.len();
    let own = gid.checked_sub(population.start).map(|at| at as usize).filter(|at| *at < n);
    match own {
        None if n > 0 => Some(population.start + random.below(n) as u32),
        Some(own) if n > 1 => {
            let at = random.below(n - 1);
            Some(population.start + (at + usize::from(at >= own)) as u32)
        }
        _ => None,
    }
}

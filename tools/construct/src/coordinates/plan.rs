//! What the configuration asks for: which populations have how many cells in which part of which layer.

use std::path::Path;

use model::Geometry;
use model::config::Config;
use neuroh5::{PopulationRange, Types};

use super::CoordinatesError;
use super::nodes::Block;

/// Somata to be placed.
#[derive(Debug)]
pub(super) struct Plan {
    /// All layers together.
    pub(super) volume: Block,
    /// Turns U, V, L into X, Y, Z.
    pub(super) rotation: Rotation,
    /// Populations with cells, in the order in which random numbers are drawn for them.
    pub(super) populations: Vec<Population>,
    /// `Random Seeds: Soma Locations`.
    pub(super) seed: u64,
    /// What is odd about the configuration and no error.
    pub(super) warnings: Vec<String>,
}

/// Cells of one population.
#[derive(Debug)]
pub(super) struct Population {
    pub(super) range: PopulationRange,
    pub(super) parts: Vec<Part>,
}

impl Population {
    pub(super) fn cells(&self) -> usize {
        self.parts.iter().map(|part| part.cells as usize).sum()
    }
}

/// The cells of a population in one layer.
#[derive(Debug)]
pub(super) struct Part {
    /// Layer.
    pub(super) layer: String,
    /// Number of cells, above 0.
    pub(super) cells: u32,
    /// Extents of the layer.
    pub(super) extents: Block,
    /// The part of the layer that `Cell Constraints` allow.
    pub(super) allowed: Block,
}

/// A rotation of the tissue about one axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rotation {
    rows: [[f64; 3]; 3],
}

impl Rotation {
    /// The rotation of three angles about X, Y, Z, degrees; of several that are not 0 only the last counts, as in the
    /// original.
    pub(super) fn new(degrees: [f64; 3]) -> Rotation {
        let mut rows = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        if let Some(axis) = (0..3).rev().find(|axis| degrees[*axis] != 0.0) {
            let (sin, cos) = degrees[axis].to_radians().sin_cos();
            let (a, b) = ((axis + 1) % 3, (axis + 2) % 3);
            rows[a][a] = cos;
            rows[a][b] = -sin;
            rows[b][a] = sin;
            rows[b][b] = cos;
        }
        Rotation { rows }
    }

    /// X, Y, Z of a point.
    pub(super) fn apply(&self, point: [f64; 3]) -> [f64; 3] {
        self.rows.map(|row| (0..3).map(|axis| row[axis] * point[axis]).sum())
    }
}

/// The smallest room of a cell, um3; nothing that has a soma is as small.
const ROOM: f64 = 1.0;

impl Plan {
    /// Checks and collects what the configuration and the types say. `path` is the file of the types; no population
    /// chosen is all of them.
    pub(super) fn new(
        config: &Config,
        types: &Types,
        path: &Path,
        chosen: &[String],
    ) -> Result<Plan, CoordinatesError> {
        let geometry = Geometry::of(config).map_err(CoordinatesError::Geometry)?;
        let mut known: Vec<String> = types.populations.iter().map(|one| one.name.clone()).collect();
        known.sort();
        if let Some(name) = chosen.iter().find(|name| !known.contains(name)) {
            return Err(CoordinatesError::Population { name: name.clone(), path: path.to_owned(), known });
        }
        let mut names: Vec<&String> = Vec::new();
        for name in if chosen.is_empty() { &known } else { chosen } {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let volume = volume(&geometry)?;
        let mut warnings = strangers(&geometry, types);
        let mut populations = Vec::new();
        for name in names {
            let Some(range) = types.population(name) else { continue };
            let population = Population { range: range.clone(), parts: parts(&geometry, name)? };
            let in_config: u64 = population.parts.iter().map(|part| u64::from(part.cells)).sum();
            if range.gids.len() as u64 != in_config {
                let (name, path, in_types) = (name.clone(), path.to_owned(), range.gids.len());
                return Err(CoordinatesError::Count { name, path, in_types, in_config });
            }
            if in_config > 0 {
                populations.push(population);
            } else if chosen.is_empty() {
                warnings.push(format!("population {name} has no cells: there is nothing to place"));
            } else {
                return Err(CoordinatesError::NoCells(name.clone()));
            }
        }
        if populations.is_empty() {
            return Err(CoordinatesError::Nothing);
        }
        let rotation = geometry.surface.rotation.unwrap_or_default();
        if !rotation.iter().all(|angle| angle.is_finite()) {
            let key = "Geometry: Parametric Surface: Rotation";
            return Err(CoordinatesError::config(key, format!("{rotation:?}"), "give three angles in degrees"));
        }
        if rotation.iter().filter(|angle| **angle != 0.0).count() > 1 {
            warnings.push(format!("`Rotation: {rotation:?}`: only the last angle that is not 0 counts"));
        }
        let rotation = Rotation::new(rotation);
        Ok(Plan { volume, rotation, populations, seed: seed(config)?, warnings })
    }
}

/// The smallest block with all layers.
fn volume(geometry: &Geometry) -> Result<Block, CoordinatesError> {
    let layers = &geometry.surface.layer_extents;
    let mut volume = Block { low: [f64::INFINITY; 3], high: [f64::NEG_INFINITY; 3] };
    for (name, [low, high]) in layers {
        for axis in 0..3 {
            let (from, to) = (low[axis], high[axis]);
            if !(from < to && from.is_finite() && to.is_finite()) {
                let key = format!("Geometry: Parametric Surface: Layer Extents: {name}");
                let what = format!("{} is from {from} to {to} um", ["U", "V", "L"][axis]);
                let remedy = "give the lowest and then the highest [U, V, L]; a layer is not flat";
                return Err(CoordinatesError::config(key, what, remedy));
            }
            volume.low[axis] = volume.low[axis].min(from);
            volume.high[axis] = volume.high[axis].max(to);
        }
    }
    if layers.is_empty() {
        let remedy = "add `SP: [[0.0, 0.0, 0.0], [1000.0, 1000.0, 50.0]]`";
        let key = "Geometry: Parametric Surface: Layer Extents";
        return Err(CoordinatesError::config(key, "there is no layer", remedy));
    }
    Ok(volume)
}

/// The layers of a population with cells.
fn parts(geometry: &Geometry, population: &str) -> Result<Vec<Part>, CoordinatesError> {
    let key = format!("Geometry: Cell Distribution: {population}");
    let Some(counts) = geometry.cell_distribution.get(population) else {
        let what = "there is no entry";
        return Err(CoordinatesError::config(key, what, format!("add `{population}: {{LAYER: number of cells}}`")));
    };
    let mut parts = Vec::new();
    for (layer, cells) in counts.iter().filter(|(_, cells)| **cells > 0) {
        if layer.starts_with('@') {
            let (population, layer) = (population.to_owned(), layer.clone());
            return Err(CoordinatesError::Callback { population, layer });
        }
        let layers = &geometry.surface.layer_extents;
        let Some([low, high]) = layers.get(layer) else {
            let known: Vec<&str> = layers.keys().map(String::as_str).collect();
            let what = format!("there is no layer {layer}");
            let remedy = format!(
                "correct the name or add it to `Geometry: Parametric Surface: Layer Extents` (layers there: {})",
                known.join(", ")
            );
            return Err(CoordinatesError::config(key, what, remedy));
        };
        let extents = Block { low: *low, high: *high };
        let allowed = allowed(geometry, population, layer, extents)?;
        if f64::from(*cells) * ROOM > allowed.volume() {
            let (population, layer, volume) = (population.to_owned(), layer.clone(), allowed.volume());
            return Err(CoordinatesError::NoRoom { population, layer, cells: *cells, volume });
        }
        parts.push(Part { layer: layer.clone(), cells: *cells, extents, allowed });
    }
    Ok(parts)
}

/// The part of a layer that `Cell Constraints` allow a population.
fn allowed(geometry: &Geometry, population: &str, layer: &str, extents: Block) -> Result<Block, CoordinatesError> {
    let constraint = geometry.cell_constraints.get(population).and_then(|layers| layers.get(layer));
    let Some(&[low, high]) = constraint else { return Ok(extents) };
    let mut allowed = extents;
    allowed.low[2] = allowed.low[2].max(low);
    allowed.high[2] = allowed.high[2].min(high);
    // Written so that a bound that is no number is refused, too.
    if allowed.low[2] < allowed.high[2] && low < high {
        return Ok(allowed);
    }
    let what =
        format!("L from {low} to {high} um has no part of the layer, {} to {} um", extents.low[2], extents.high[2]);
    let key = format!("Geometry: Cell Constraints: {population}: {layer}");
    Err(CoordinatesError::config(key, what, "give the lowest and the highest L inside the layer"))
}

/// Populations with constraints that the types do not know: a constraint that a misspelt name loses is worth a word.
fn strangers(geometry: &Geometry, types: &Types) -> Vec<String> {
    let strangers = geometry.cell_constraints.keys().filter(|name| types.population(name).is_none());
    strangers
        .map(|name| format!("`Geometry: Cell Constraints: {name}` constrains nothing: there is no such population"))
        .collect()
}

fn seed(config: &Config) -> Result<u64, CoordinatesError> {
    let key = "Random Seeds: Soma Locations";
    match config.random_seeds.get("Soma Locations") {
        // The original cuts it to a whole number, too, and Python's generator does not look at its sign.
        Some(seed) if seed.abs() < 2_f64.powi(53) => Ok(seed.trunc().abs() as u64),
        Some(seed) => Err(CoordinatesError::config(key, seed.to_string(), "give a number below 2^53")),
        None => Err(CoordinatesError::config(key, "there is no seed", "add `Soma Locations: 1000000`")),
    }
}

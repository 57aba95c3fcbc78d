//! generate-soma-coordinates: places the somata of each population evenly in its layers.
//!
//! The steps are MiV-Simulator's:
//! 1. twice as many points as cells are spread evenly in each layer of a population ([`nodes`]), more if the
//!    population's `Cell Constraints` leave too few of them;
//! 2. the points of all populations together repel each other in the whole volume, so that no two somata coincide;
//! 3. who has left the layers of its population is dropped, and what is missing is drawn uniformly;
//! 4. of all points as many as there are cells are drawn, and gids follow U.
//!
//! `Cell Constraints` hold for the points of step 1 and for those drawn in step 3; step 2 carries cells beyond them, as
//! in the original, unless [`Request::keep_constraints`] drops those that have left them.
//!
//! Differences: the volume of the original is a triangulated block, whose flat tetrahedra leave some faces inside, and
//! with a rotation it clamps the rotated layers to the unrotated ones; here the block itself is used, rotated at the
//! end, and `--alpha-radius` and `--resolution` only decide whether the triangulation would hold together. What the
//! original draws from a generator without a seed depends here on `Random Seeds: Soma Locations`, as everything that is
//! drawn does. Points are not reordered before step 4, which chooses among all of them alike.

mod error;
mod nodes;
mod plan;

use std::path::Path;

use model::config::Config;
use model::numpy::RandomState;
use neuroh5::{AttributeValues, Chunks, Store, Types};

pub use error::CoordinatesError;
use nodes::{Block, Dispersion, Point};
use plan::{Part, Plan, Population};

/// What to place and where to write it.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// NeuroH5 file with the population types.
    pub types: &'a Path,
    /// NeuroH5 file to make or to add to.
    pub output: &'a Path,
    /// Namespace of the coordinates.
    pub namespace: &'a str,
    /// Populations; all of the types, by name, if empty.
    pub populations: &'a [String],
    /// Points of the volume's grid along U, V, L.
    pub resolution: [usize; 3],
    /// Tetrahedra of the grid with a larger circumsphere would not belong to the volume, um.
    pub alpha_radius: f64,
    /// Iterations of the dispersion in each layer.
    pub iterations: usize,
    /// Length of a dispersion step, as a fraction of the distance to the nearest neighbour.
    pub dispersion_delta: f64,
    /// Points nearer to a face of the layer than this fraction of that distance are put on it.
    pub snap_delta: f64,
    /// Drop points that the common dispersion has carried beyond `Cell Constraints`.
    pub keep_constraints: bool,
    /// Elements in a chunk of the datasets.
    pub chunks: Chunks,
}

/// What was placed.
#[derive(Debug)]
pub struct Made {
    /// Populations, in the order in which they were placed.
    pub populations: Vec<MadePopulation>,
    /// What is odd about the configuration and no error.
    pub warnings: Vec<String>,
}

/// Somata of one population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadePopulation {
    /// Population.
    pub name: String,
    /// Number of cells.
    pub cells: usize,
    /// Points that could be chosen after the dispersion.
    pub spread: usize,
    /// Cells that they were too few for: drawn uniformly.
    pub drawn: usize,
    /// Cells outside of the population's `Cell Constraints`.
    pub outside: usize,
}

/// Places the somata of some populations and writes their coordinates: X, Y, Z and U, V, L, um.
///
/// # Errors
/// A file, an option or the configuration is not as it must be; the output is then as it was before.
pub fn generate(config: &Config, request: &Request<'_>) -> Result<Made, CoordinatesError> {
    let source = Store::open(request.types)?;
    let types = source.types()?;
    let plan = Plan::new(config, &types, request.types, request.populations)?;
    check_request(request, &plan)?;
    check_output(request, &types, &plan)?;
    let (coordinates, populations) = place(&plan, request)?;
    neuroh5::append_whole(request.output, |store| {
        if !store.has("/H5Types") {
            store.copy_types(&source)?;
        }
        for (population, points) in plan.populations.iter().zip(&coordinates) {
            write(store, request, &plan, population, points)?;
        }
        Ok::<(), CoordinatesError>(())
    })?;
    Ok(Made { populations, warnings: plan.warnings })
}

/// Points this close to each other are one place, um.
const SAME: f64 = 1e-3;

/// Iterations of the dispersion of all populations together.
const COMMON_ITERATIONS: usize = 20;

/// Points drawn uniformly are this far inside the layer, um.
const MARGIN: f64 = 0.01;

/// The somata of each population, by U.
fn place(plan: &Plan, request: &Request<'_>) -> Result<(Vec<Vec<Point>>, Vec<MadePopulation>), CoordinatesError> {
    let mut points = Vec::new();
    let mut owners = Vec::new();
    for (index, population) in plan.populations.iter().enumerate() {
        for part in &population.parts {
            points.extend(candidates(population, part, request)?);
            owners.resize(points.len(), index);
        }
    }
    let stays = nodes::apart(&points, SAME);
    let kept = |index: &usize| stays[*index];
    let owners: Vec<usize> = (0..points.len()).filter(kept).map(|index| owners[index]).collect();
    let points: Vec<Point> = (0..points.len()).filter(kept).map(|index| points[index]).collect();
    let points = nodes::disperse(points, &plan.volume, COMMON_ITERATIONS, request.dispersion_delta);

    // Python's generator chooses, as in the original; what that draws without a seed has a stream of its own.
    let mut choice = RandomState::python(plan.seed);
    let mut uniform = RandomState::with_key(&[plan.seed as u32, (plan.seed >> 32) as u32, 1]);
    let mut all = Vec::new();
    let mut made = Vec::new();
    for (index, population) in plan.populations.iter().enumerate() {
        let own = points.iter().zip(&owners).filter(|(_, owner)| **owner == index).map(|(point, _)| *point);
        let allowed = |point: &Point| population.parts.iter().any(|part| part.allowed.contains(point));
        let in_layers = |point: &Point| population.parts.iter().any(|part| part.extents.contains(point));
        let keep = |point: &Point| if request.keep_constraints { allowed(point) } else { in_layers(point) };
        let mut here: Vec<Point> = own.filter(keep).collect();
        let (spread, cells) = (here.len(), population.cells());
        let drawn = cells.saturating_sub(spread);
        for _ in 0..drawn {
            here.extend(population.parts.iter().map(|part| anywhere(&part.allowed, &mut uniform)));
        }
        let mut here = subset(here, cells, &mut choice);
        here.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let outside = here.iter().filter(|point| !allowed(point)).count();
        all.push(here);
        made.push(MadePopulation { name: population.range.name.clone(), cells, spread, drawn, outside });
    }
    Ok((all, made))
}

/// More points than this are not spread in a layer.
const MOST_CANDIDATES: usize = 20_000_000;

/// At least as many points as a population has cells in a layer, spread evenly over the layer.
fn candidates(population: &Population, part: &Part, request: &Request<'_>) -> Result<Vec<Point>, CoordinatesError> {
    let dispersion =
        Dispersion { iterations: request.iterations, delta: request.dispersion_delta, snap: request.snap_delta };
    let mut n = 2 * part.cells as usize;
    while n <= MOST_CANDIDATES {
        let mut points = nodes::spread(n, &part.extents, dispersion);
        points.retain(|point| part.allowed.contains(point));
        if points.len() >= part.cells as usize {
            return Ok(points);
        }
        n += n / 2;
    }
    Err(CoordinatesError::NoRoom {
        population: population.range.name.clone(),
        layer: part.layer.clone(),
        cells: part.cells,
        volume: part.allowed.volume(),
    })
}

/// A point anywhere in a block.
fn anywhere(block: &Block, random: &mut RandomState) -> Point {
    [0, 1, 2].map(|axis| {
        let (low, high) = (block.low[axis], block.high[axis]);
        let margin = MARGIN.min((high - low) / 4.0);
        random.uniform(low + margin, high - margin)
    })
}

/// `n` of some points, all equally likely: the n-th and every later one replaces one that was chosen with the
/// probability n / its number.
fn subset(points: Vec<Point>, n: usize, random: &mut RandomState) -> Vec<Point> {
    let mut chosen = Vec::with_capacity(n);
    for (before, point) in points.into_iter().enumerate() {
        if before < n {
            chosen.push(point);
        } else {
            let at = (random.random_sample() * (before + 1) as f64) as usize;
            if at < n {
                chosen[at] = point;
            }
        }
    }
    chosen
}

fn write(
    store: &Store,
    request: &Request<'_>,
    plan: &Plan,
    population: &Population,
    points: &[Point],
) -> Result<(), CoordinatesError> {
    let gids = population.range.gids.clone();
    let rotated: Vec<Point> = points.iter().map(|point| plan.rotation.apply(*point)).collect();
    for (names, points) in [(["X", "Y", "Z"], rotated.as_slice()), (["U", "V", "L"], points)] {
        for (axis, name) in names.into_iter().enumerate() {
            let row = |(gid, point): (u32, &Point)| (gid, AttributeValues::F32(vec![point[axis] as f32]));
            let rows: Vec<_> = gids.clone().zip(points).map(row).collect();
            let attribute = format!("{name} Coordinate");
            let (start, chunks) = (gids.start, Some(request.chunks));
            store.write_attribute_chunked(
                &population.range.name,
                request.namespace,
                &attribute,
                start,
                &rows,
                chunks,
            )?;
        }
    }
    Ok(())
}

fn check_request(request: &Request<'_>, plan: &Plan) -> Result<(), CoordinatesError> {
    let refuse = |what: String, remedy: &str| Err(CoordinatesError::Request { what, remedy: remedy.to_owned() });
    if let Some(n) = request.resolution.iter().find(|n| **n < 2) {
        return refuse(format!("--resolution {n}: no grid has that few points"), "give 2 or more in each direction");
    }
    for (name, value) in [("--dispersion-delta", request.dispersion_delta), ("--snap-delta", request.snap_delta)] {
        if !(value.is_finite() && value >= 0.0) {
            return refuse(format!("{name} {value}"), "give a number of 0 or more");
        }
    }
    if request.namespace.is_empty() || request.namespace.contains('/') {
        return refuse(format!("--output-namespace '{}'", request.namespace), "give a name without /");
    }
    let parts = plan.populations.iter().flat_map(|population| &population.parts);
    let blocks = parts.map(|part| (part.layer.as_str(), &part.extents)).chain([("the whole volume", &plan.volume)]);
    for (name, block) in blocks {
        let radius = circumradius(block, request.resolution);
        if request.alpha_radius.is_nan() || request.alpha_radius <= radius {
            let what = format!(
                "--alpha-radius {} um leaves nothing of {name}: the grid of --resolution {:?} has circumspheres of \
                 {radius:.1} um",
                request.alpha_radius, request.resolution
            );
            return refuse(what, "give a larger radius or a finer resolution");
        }
    }
    Ok(())
}

/// Radius of the circumsphere of all tetrahedra of a regular grid: half of the diagonal of a cell, um.
fn circumradius(block: &Block, resolution: [usize; 3]) -> f64 {
    let edge = |axis: usize| (block.high[axis] - block.low[axis]) / (resolution[axis] - 1) as f64;
    (0..3).map(|axis| edge(axis).powi(2)).sum::<f64>().sqrt() / 2.0
}

/// A file that exists can be added to if it is of the same model and has no such coordinates.
fn check_output(request: &Request<'_>, types: &Types, plan: &Plan) -> Result<(), CoordinatesError> {
    if !request.output.exists() {
        return Ok(());
    }
    let store = Store::open(request.output)?;
    let present =
        |what: String, option| Err(CoordinatesError::Present { path: request.output.to_owned(), what, option });
    if store.has("/H5Types") && store.types()?.populations != types.populations {
        return present("population types of another model".to_owned(), "--output-path");
    }
    let names = plan.populations.iter().map(|population| &population.range.name);
    for name in names {
        if store.has(&format!("/Populations/{name}/{}", request.namespace)) {
            return present(format!("`{}` of {name}", request.namespace), "--output-namespace");
        }
    }
    Ok(())
}

//! measure-distances: how far each soma is from the origin of the tissue, along its axes U and V.
//!
//! The tissue is a block that may be rotated. A rotation keeps lengths, so the arc from one place to another along an
//! axis is as long as their coordinates differ: distances are exact. MiV-Simulator measures the arcs at sample points
//! and interpolates; its values are these but for the error of its fit, which is lost in the rounding to `f32` (one unit
//! in the last place at the tissue's edge: 3.1e-5 um in a block of 1 mm).

mod axis;
mod error;

use std::path::Path;

use model::Geometry;
use model::config::Config;
use neuroh5::{AttributeValues, Chunks, PopulationRange, Store, Types};

use axis::{Axis, axes};
pub use error::DistanceError;

/// Namespace of the distances.
pub const NAMESPACE: &str = "Arc Distances";

/// What to measure.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// NeuroH5 file with the somata's coordinates; it gets the distances.
    pub coordinates: &'a Path,
    /// Namespace of the coordinates.
    pub namespace: &'a str,
    /// Populations to measure.
    pub populations: &'a [String],
    /// Elements in a chunk of the datasets.
    pub chunks: Chunks,
}

/// Distances of one population.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Population.
    pub population: String,
    /// Cells, ascending.
    pub gids: Vec<u32>,
    /// Distance from the origin along U of each cell, um; negative below it.
    pub u: Vec<f32>,
    /// Distance from the origin along V of each cell, um.
    pub v: Vec<f32>,
}

/// Lowest and highest distance in the tissue, um.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reference {
    /// Along U.
    pub u: [f64; 2],
    /// Along V.
    pub v: [f64; 2],
}

/// Measures the somata of some populations and adds the distances to their file.
///
/// # Errors
/// The geometry, the file or a soma is not as it must be; the file is then as it was before.
pub fn measure(config: &Config, request: &Request<'_>) -> Result<(Reference, Vec<Measured>), DistanceError> {
    let geometry = Geometry::of(config).map_err(|what| DistanceError::Config {
        key: "Geometry".to_owned(),
        what,
        remedy: "see the tutorial's Geometry.yaml for what it must have".to_owned(),
    })?;
    let [u, v, l] = axes(&geometry.surface)?;
    let reference = Reference { u: u.range(), v: v.range() };
    let mut made = Vec::new();
    let mut starts = Vec::new();
    {
        let store = Store::open(request.coordinates)?;
        let types = store.types()?;
        for (at, name) in request.populations.iter().enumerate() {
            if request.populations[..at].contains(name) {
                continue;
            }
            check_layers(&geometry, name)?;
            let range = range(&types, name, request)?;
            starts.push(range.gids.start);
            made.push(measure_population(&store, request, range, [&u, &v, &l])?);
        }
    }
    neuroh5::append_whole(request.coordinates, |store| {
        for (one, start) in made.iter().zip(&starts) {
            write(store, one, *start, &reference, request.chunks)?;
        }
        Ok::<_, DistanceError>(())
    })?;
    Ok((reference, made))
}

/// Layers that have cells of a population must have a place.
fn check_layers(geometry: &Geometry, population: &str) -> Result<(), DistanceError> {
    let layers = geometry.cell_distribution.get(population).into_iter().flatten();
    match layers.filter(|(_, cells)| **cells > 0).find(|(name, _)| !geometry.surface.layer_extents.contains_key(*name))
    {
        None => Ok(()),
        Some((layer, cells)) => {
            let known: Vec<&str> = geometry.surface.layer_extents.keys().map(String::as_str).collect();
            Err(DistanceError::Config {
                key: format!("Geometry: Cell Distribution: {population}"),
                what: format!("{cells} cells in layer {layer}, which has no extents"),
                remedy: format!(
                    "add it to `Parametric Surface: Layer Extents` or correct its name (layers there: {})",
                    known.join(", ")
                ),
            })
        }
    }
}

fn range<'a>(types: &'a Types, name: &str, request: &Request<'_>) -> Result<&'a PopulationRange, DistanceError> {
    types.population(name).ok_or_else(|| {
        let known: Vec<&str> = types.populations.iter().map(|one| one.name.as_str()).collect();
        DistanceError::Population {
            path: request.coordinates.to_owned(),
            name: name.to_owned(),
            what: "is not among its types".to_owned(),
            remedy: format!("correct --populations or --coords-path (populations there: {})", known.join(", ")),
        }
    })
}

fn measure_population(
    store: &Store,
    request: &Request<'_>,
    range: &PopulationRange,
    axes: [&Axis; 3],
) -> Result<Measured, DistanceError> {
    let name = &range.name;
    store.require_namespace(name, request.namespace)?;
    if store.has(&format!("/Populations/{name}/{NAMESPACE}")) {
        return Err(DistanceError::Population {
            path: request.coordinates.to_owned(),
            name: name.clone(),
            what: format!("has `{NAMESPACE}` already"),
            remedy: "leave it out of --populations, or start from a file without them".to_owned(),
        });
    }
    let read = |axis: &str| store.attributes(name, request.namespace, &format!("{axis} Coordinate"), range.gids.start);
    let places = [read("U")?, read("V")?, read("L")?];
    let mut made = Measured { population: name.clone(), gids: Vec::new(), u: Vec::new(), v: Vec::new() };
    let wrong = |gid: u32, what: String, remedy: &str| DistanceError::Cell {
        path: request.coordinates.to_owned(),
        population: name.clone(),
        gid,
        what,
        remedy: remedy.to_owned(),
    };
    let gids: std::collections::BTreeSet<u32> = places.iter().flat_map(|one| one.gids()).collect();
    for gid in gids {
        let mut distances = [0.0_f32; 3];
        for ((place, axis), distance) in places.iter().zip(axes).zip(&mut distances) {
            let &[at] = place.as_f64(gid).as_slice() else {
                let what = format!("has {} values of `{} Coordinate`, not one", place.len(gid), axis.name);
                return Err(wrong(gid, what, "place its population again, into a new file"));
            };
            if !(axis.low..=axis.high).contains(&at) {
                let bounds = format!("{} to {}", axis.low, axis.high);
                let what = format!("is outside of the tissue: {} is {at} um, the layers are at {bounds}", axis.name);
                return Err(wrong(gid, what, "give the configuration that the coordinates were made with"));
            }
            *distance = axis.distance(at) as f32;
        }
        if !range.gids.contains(&gid) {
            let what = format!("is outside of its population's gids {:?}", range.gids);
            return Err(wrong(gid, what, "make the file again from the types of this model"));
        }
        made.gids.push(gid);
        made.u.push(distances[0]);
        made.v.push(distances[1]);
    }
    if made.gids.is_empty() {
        return Err(DistanceError::Population {
            path: request.coordinates.to_owned(),
            name: name.clone(),
            what: format!("has no cell in `{}`", request.namespace),
            remedy: "leave it out of --populations, or place its cells first".to_owned(),
        });
    }
    Ok(made)
}

fn write(
    store: &Store,
    one: &Measured,
    start: u32,
    reference: &Reference,
    chunks: Chunks,
) -> Result<(), DistanceError> {
    for (name, values) in [("U Distance", &one.u), ("V Distance", &one.v)] {
        let rows = one.gids.iter().zip(values).map(|(gid, value)| (*gid, AttributeValues::F32(vec![*value])));
        let rows: Vec<_> = rows.collect();
        store.write_attribute_chunked(&one.population, NAMESPACE, name, start, &rows, Some(chunks))?;
    }
    let at = format!("/Populations/{}/{NAMESPACE}", one.population);
    for (name, [low, high]) in [("U", reference.u), ("V", reference.v)] {
        store.set_group_attribute(&at, &format!("Reference {name} Min"), low)?;
        store.set_group_attribute(&at, &format!("Reference {name} Max"), high)?;
    }
    Ok(())
}

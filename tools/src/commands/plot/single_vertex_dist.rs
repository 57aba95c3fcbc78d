//! `mivc plot-single-vertex-dist`.

use std::path::PathBuf;

use neuroh5::Store;

use crate::cli::{Failure, Outcome};
use crate::plot::{Histogram, chosen, histograms, picture_path};

/// Arguments of `plot-single-vertex-dist`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Accepted as in the original; populations and projections are those of the files
    #[arg(long)]
    config: Option<String>,
    /// Accepted as in the original
    #[arg(long)]
    config_prefix: Option<PathBuf>,
    /// File with connections
    #[arg(short = 'p', long)]
    connectivity_path: PathBuf,
    /// File with distances of the cells
    #[arg(short = 'c', long)]
    coords_path: PathBuf,
    /// Namespace of the distances
    #[arg(long, default_value = "Arc Distances")]
    distances_namespace: String,
    /// The cell
    #[arg(short = 'g', long)]
    target_gid: u32,
    /// Population that the connections go to
    #[arg(short = 'd', long)]
    destination: String,
    /// Population that the connections come from
    #[arg(short = 's', long)]
    source: String,
    /// global: where the connected cells are; local: relative to the cell
    #[arg(short = 't', long, default_value = "global", value_parser = ["global", "local"])]
    extent_type: String,
    /// in: connections onto the cell; out: connections from it
    #[arg(long, default_value = "in", value_parser = ["in", "out"])]
    direction: String,
    /// Fractions in place of counts
    #[arg(long)]
    normed: bool,
    /// Width of a bin, um
    #[arg(long, default_value = "20", value_parser = super::positive_number)]
    bin_size: f64,
    /// Format if there is no --output
    #[arg(long, default_value = "png", value_parser = ["png", "svg"])]
    fig_format: String,
    /// The picture; without it the name of the connections' file with _vertex_dist
    #[arg(short, long, value_name = "FILE.svg|png", value_parser = picture_path)]
    output: Option<PathBuf>,
}

/// Draws.
pub fn run(args: &Args) -> Outcome {
    let store = Store::open(&args.connectivity_path)?;
    let types = store.types()?;
    let one = |name: &String| -> Result<_, Failure> { Ok(chosen(&store, &types, std::slice::from_ref(name))?[0]) };
    let (destination, source) = (one(&args.destination)?, one(&args.source)?);
    let inward = args.direction == "in";
    let (own, other) = if inward { (destination, source) } else { (source, destination) };
    if !own.gids.contains(&args.target_gid) {
        return Err(Failure::Message(format!(
            "gid {} is not in population {}, which has {} to {}; check --target-gid and --direction",
            args.target_gid,
            own.name,
            own.gids.start,
            own.gids.end.saturating_sub(1)
        )));
    }
    let projection =
        store.projection(&destination.name, &source.name, destination.gids.clone(), source.gids.clone())?;
    let mut connected = Vec::new();
    let mut lengths = Vec::new();
    let rows: Vec<u32> = projection.destinations().map(|(gid, _)| gid).collect();
    for (row, gid) in rows.into_iter().enumerate().filter(|(_, gid)| !inward || *gid == args.target_gid) {
        let edges = projection.edges(row)?;
        for (from, length) in edges.source.iter().zip(&edges.distance) {
            if inward || *from == args.target_gid {
                connected.push(if inward { *from } else { gid });
                lengths.push(f64::from(*length));
            }
        }
    }
    let places = Store::open(&args.coords_path)?;
    let mut panels = Vec::new();
    let (cell, n) = (format!("{} {}", own.name, args.target_gid), connected.len());
    let (from, onto) = if inward { (&other.name, &cell) } else { (&cell, &other.name) };
    let title = format!("{n} connections from {from} onto {onto}");
    for (color, axis) in ["U", "V"].into_iter().enumerate() {
        let name = format!("{axis} Distance");
        let read = |population: &neuroh5::PopulationRange| {
            places.require_namespace(&population.name, &args.distances_namespace)?;
            places.attributes(&population.name, &args.distances_namespace, &name, population.gids.start)
        };
        let (own_places, other_places) = (read(own)?, read(other)?);
        let place = |all: &neuroh5::Attributes, gid: u32| {
            all.as_f64(gid).first().copied().ok_or_else(|| {
                let path = places.path().display();
                Failure::Message(format!("{path}: gid {gid} has no {name} in {}; measure it", args.distances_namespace))
            })
        };
        let zero = if args.extent_type == "local" { place(&own_places, args.target_gid)? } else { 0.0 };
        let values = connected.iter().map(|gid| Ok(place(&other_places, *gid)? - zero));
        let relative = if args.extent_type == "local" { "distance from the cell" } else { "position" };
        panels.push(Histogram {
            title: title.clone(),
            counted: "connections",
            label: format!("{relative} along {} (µm)", axis.to_lowercase()),
            values: values.collect::<Result<_, Failure>>()?,
            color,
        });
    }
    panels.push(Histogram {
        title: "Distance of each connection, as stored with it".to_owned(),
        label: "distance (µm)".to_owned(),
        counted: "connections",
        values: lengths,
        color: 2,
    });
    let base = super::base(&args.connectivity_path);
    let picture = histograms(&panels, args.bin_size, args.normed);
    super::finish(&picture, args.output.as_ref(), &format!("{base}_vertex_dist.{}", args.fig_format))
}

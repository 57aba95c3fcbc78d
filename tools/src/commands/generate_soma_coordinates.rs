//! `mivc generate-soma-coordinates`: places the somata of each population in its layers.

use std::path::PathBuf;

use construct::coordinates::{self, CoordinatesError, MadePopulation, Request};
use neuroh5::Chunks;

use crate::cli::{Failure, Outcome};
use crate::commands::{complain_softly, configuration, positive, say};

/// Arguments of `generate-soma-coordinates`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file, below the configuration directory if that is given
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Directory of the configuration
    #[arg(long, value_name = "DIR")]
    config_prefix: Option<PathBuf>,
    /// File with the types, as make-h5types writes it
    #[arg(long, value_name = "FILE")]
    types_path: PathBuf,
    /// Accepted for the original's sake, which keeps the shape of the volume there: here it is not needed
    #[arg(long, value_name = "FILE")]
    geometry_path: Option<PathBuf>,
    /// File that gets the coordinates; one that exists is added to
    #[arg(long, value_name = "FILE")]
    output_path: PathBuf,
    /// Namespace of the coordinates
    #[arg(long, value_name = "NAME", default_value = "Generated Coordinates")]
    output_namespace: String,
    /// Population; may be given several times [default: all]
    #[arg(short = 'i', long, value_name = "POPULATION")]
    populations: Vec<String>,
    /// Points of the volume's grid in each direction: with --alpha-radius they tell whether the volume holds together
    #[arg(long, num_args = 3, value_names = ["U", "V", "L"], default_values_t = [3, 3, 3])]
    resolution: Vec<usize>,
    /// Radius of the alpha shape of the volume, um
    #[arg(long, value_name = "UM", default_value_t = 2500.0)]
    alpha_radius: f64,
    /// Iterations in which the points of a layer repel each other
    #[arg(long, value_name = "N", default_value_t = 10)]
    nodeiter: usize,
    /// Length of a step of a point, as a fraction of the distance to its nearest neighbour
    #[arg(long, value_name = "FRACTION", default_value_t = 0.1)]
    dispersion_delta: f64,
    /// Points nearer to a face of their layer than this fraction of that distance are put on it
    #[arg(long, value_name = "FRACTION", default_value_t = 0.01)]
    snap_delta: f64,
    /// Keep every cell inside the `Cell Constraints`; the original lets cells that repel each other leave them
    #[arg(long)]
    keep_constraints: bool,
    /// Number of ranks that write; accepted and not needed, one process writes
    #[arg(long, value_name = "N", default_value_t = -1, allow_negative_numbers = true)]
    io_size: i64,
    /// Elements in a chunk of indices and pointers
    #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
    chunk_size: usize,
    /// Elements in a chunk of values
    #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
    value_chunk_size: usize,
    /// Tell more
    #[arg(short, long)]
    verbose: bool,
}

/// Places the somata.
pub fn run(args: &Args) -> Outcome {
    let config_path = match &args.config_prefix {
        Some(prefix) => prefix.join(&args.config),
        None => args.config.clone(),
    };
    let config = configuration(&config_path, &mut diag::Sources::new())?;
    if let Some(path) = &args.geometry_path {
        complain_softly("note", &format!("--geometry-path {} is neither read nor written", path.display()));
    }
    let request = Request {
        types: &args.types_path,
        output: &args.output_path,
        namespace: &args.output_namespace,
        populations: &args.populations,
        resolution: [0, 1, 2].map(|axis| args.resolution.get(axis).copied().unwrap_or_default()),
        alpha_radius: args.alpha_radius,
        iterations: args.nodeiter,
        dispersion_delta: args.dispersion_delta,
        snap_delta: args.snap_delta,
        keep_constraints: args.keep_constraints,
        chunks: Chunks { pointers: args.chunk_size, values: args.value_chunk_size },
    };
    let made = coordinates::generate(&config, &request).map_err(|error| match error {
        error @ (CoordinatesError::Config { .. } | CoordinatesError::Geometry(_)) => {
            Failure::Message(format!("{}: {error}", config_path.display()))
        }
        error => Failure::from(error),
    })?;
    for warning in &made.warnings {
        complain_softly("warning", &format!("{}: {warning}", config_path.display()));
    }
    for MadePopulation { name, cells, outside, .. } in made.populations.iter().filter(|one| one.outside > 0) {
        complain_softly(
            "note",
            &format!(
                "{outside} of {cells} cells of {name} are in its layers and outside of its `Cell Constraints`, as cells \
                 that repel each other are in the original, too; --keep-constraints keeps them inside"
            ),
        );
    }
    say(&table(&made.populations));
    say(&format!("written to {}", args.output_path.display()));
    Ok(())
}

fn table(made: &[MadePopulation]) -> String {
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header(["population", "cells", "from points", "drawn uniformly"]);
    for one in made {
        table.add_row([one.name.clone(), one.cells.to_string(), one.spread.to_string(), one.drawn.to_string()]);
    }
    table.to_string()
}

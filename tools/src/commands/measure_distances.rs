//! `mivc measure-distances`: how far somata are from the origin of the tissue.

use std::path::PathBuf;

use construct::distances::{self, Measured, Request};
use neuroh5::Chunks;

use crate::cli::{Failure, Outcome};
use crate::commands::{configuration, positive, say};

/// Arguments of `measure-distances`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file, below the configuration directory
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Directory of the configuration
    #[arg(long, value_name = "DIR")]
    config_prefix: PathBuf,
    /// File with the types and the coordinates of the somata; gets the distances
    #[arg(long, value_name = "FILE")]
    coords_path: PathBuf,
    /// Namespace of the coordinates
    #[arg(long, value_name = "NAME", default_value = "Generated Coordinates")]
    coords_namespace: String,
    /// Where the original keeps its interpolation; accepted and not needed, distances are exact
    #[arg(long, value_name = "FILE")]
    geometry_path: Option<PathBuf>,
    /// Population to measure; may be given several times
    #[arg(short = 'i', long, value_name = "POPULATION", required = true)]
    populations: Vec<String>,
    /// Points of the original's volume; accepted and not needed, distances are exact
    #[arg(long, num_args = 3, value_names = ["U", "V", "L"], default_values_t = [30, 30, 10])]
    resolution: Vec<u32>,
    /// Sample points of the original's interpolation; accepted and not needed, distances are exact
    #[arg(long, value_name = "N", default_value_t = 1000)]
    nsample: u32,
    /// Of the original's alpha shape; accepted and not needed, the tissue is a block
    #[arg(long, value_name = "UM", default_value_t = 100.0)]
    alpha_radius: f64,
    /// Number of ranks that write; accepted and not needed, one process writes
    #[arg(long, value_name = "N", default_value_t = -1, allow_negative_numbers = true)]
    io_size: i64,
    /// Elements in a chunk of the pointers
    #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
    chunk_size: usize,
    /// Elements in a chunk of the values
    #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
    value_chunk_size: usize,
    /// Cells read at a time by the original; accepted and not needed
    #[arg(long, value_name = "N", default_value_t = 50)]
    cache_size: u32,
    /// Tell more
    #[arg(short, long)]
    verbose: bool,
}

/// Measures the distances.
pub fn run(args: &Args) -> Outcome {
    let config_path = args.config_prefix.join(&args.config);
    let config = configuration(&config_path, &mut diag::Sources::new())?;
    let request = Request {
        coordinates: &args.coords_path,
        namespace: &args.coords_namespace,
        populations: &args.populations,
        chunks: Chunks { pointers: args.chunk_size, values: args.value_chunk_size },
    };
    let (reference, made) = distances::measure(&config, &request).map_err(|error| match error {
        error @ distances::DistanceError::Config { .. } => {
            Failure::Message(format!("{}: {error}", config_path.display()))
        }
        error => Failure::from(error),
    })?;
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header(["population", "cells", "U um", "V um"]);
    for Measured { population, gids, u, v } in &made {
        table.add_row([population.clone(), gids.len().to_string(), bounds(u), bounds(v)]);
    }
    say(&table.to_string());
    let [[a, b], [c, d]] = [reference.u, reference.v];
    say(&format!("tissue: U {a:.2} to {b:.2} um, V {c:.2} to {d:.2} um from the origin"));
    say(&format!("written to {}", args.coords_path.display()));
    Ok(())
}

fn bounds(values: &[f32]) -> String {
    let (low, high) = (
        values.iter().copied().fold(f32::INFINITY, f32::min),
        values.iter().copied().fold(f32::NEG_INFINITY, f32::max),
    );
    format!("{low:.1} to {high:.1}")
}

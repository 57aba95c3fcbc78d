//! `mivc generate-distance-connections`: connects the cells of a forest by distance.

use std::path::PathBuf;

use construct::connections::{self, Projection, Request};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{Failure, Outcome};
use crate::commands::{configuration, positive, say};

/// Arguments of `generate-distance-connections`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file, below the configuration directory
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Directory of the configuration
    #[arg(long, value_name = "DIR", default_value = "config")]
    config_prefix: PathBuf,
    /// Postsynaptic population to connect; may be given several times [default: all of the forest]
    #[arg(short, long, value_name = "POPULATION")]
    include: Vec<String>,
    /// File with the synapses of the cells
    #[arg(long, value_name = "FILE")]
    forest_path: PathBuf,
    /// File that gets the connections; one that exists is added to
    #[arg(long, value_name = "FILE")]
    connectivity_path: PathBuf,
    /// Namespace of the connections; accepted for the original's sake, which does not use it either
    #[arg(long, value_name = "NAME", default_value = "Connectivity")]
    connectivity_namespace: String,
    /// File with the types and the arc distances of the somata
    #[arg(long, value_name = "FILE")]
    coords_path: PathBuf,
    /// Namespace of the somata's coordinates
    #[arg(long, value_name = "NAME", default_value = "Coordinates")]
    coords_namespace: String,
    /// Namespace of the synapses
    #[arg(long, value_name = "NAME", default_value = "Synapse Attributes")]
    synapses_namespace: String,
    /// Namespace of the arc distances
    #[arg(long, value_name = "NAME", default_value = "Arc Distances")]
    distances_namespace: String,
    /// Accepted for the original's sake, which does not use it either
    #[arg(long, num_args = 3, value_names = ["U", "V", "L"], default_values_t = [30.0, 30.0, 10.0])]
    resolution: Vec<f64>,
    /// Accepted for the original's sake, which does not use it either
    #[arg(long, value_name = "N", default_value_t = 1000)]
    interp_chunk_size: i64,
    /// Number of ranks that write; accepted and not needed, one process writes
    #[arg(long, value_name = "N", default_value_t = -1, allow_negative_numbers = true)]
    io_size: i64,
    /// Accepted for the original's sake: chunks have the size of --value-chunk-size
    #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
    chunk_size: usize,
    /// Elements in a chunk of the datasets
    #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
    value_chunk_size: usize,
    /// Cells in a block: blocks are in the order of the forest, cells of a block in that of their gids
    #[arg(long, value_name = "N", default_value = "1", value_parser = positive)]
    cache_size: usize,
    /// Cells written at a time, after a first one alone; 0 is all at once
    #[arg(long, value_name = "N", default_value_t = 1)]
    write_size: usize,
    /// Connect, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Accepted for the original's sake
    #[arg(long)]
    debug: bool,
    /// Tell more
    #[arg(short, long)]
    verbose: bool,
}

/// Connects the cells.
pub fn run(args: &Args) -> Outcome {
    let config_path = args.config_prefix.join(&args.config);
    let config = configuration(&config_path, &mut diag::Sources::new())?;
    let request = Request {
        forest: &args.forest_path,
        coordinates: &args.coords_path,
        output: &args.connectivity_path,
        include: &args.include,
        coordinates_namespace: &args.coords_namespace,
        distances_namespace: &args.distances_namespace,
        synapses_namespace: &args.synapses_namespace,
        cache_size: args.cache_size,
        write_size: args.write_size,
        chunk_size: args.value_chunk_size,
        dry_run: args.dry_run,
    };
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("connecting {msg} {bar:40} {pos:>6} / {len} cells  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let made = connections::generate(&config, &request, &mut |progress| {
        if progress.done == 1 {
            bar.reset();
            bar.set_message(progress.population.to_owned());
            bar.set_length(progress.cells as u64);
        }
        bar.set_position(progress.done as u64);
    });
    bar.finish_and_clear();
    let made = made.map_err(|error| match error {
        error @ connections::ConnectionError::Config { .. } => {
            Failure::Message(format!("{}: {error}", config_path.display()))
        }
        error => Failure::from(error),
    })?;
    say(&table(&made));
    let edges: usize = made.iter().map(|one| one.edges).sum();
    let end = if args.dry_run {
        "nothing written (--dry-run)".to_owned()
    } else {
        format!("written to {}", args.connectivity_path.display())
    };
    say(&format!("{edges} connections {end}"));
    Ok(())
}

fn table(made: &[Projection]) -> String {
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header(["projection", "cells", "connections", "per cell"]);
    for one in made {
        let mean = one.edges as f64 / one.cells.max(1) as f64;
        table.add_row([
            format!("{} → {}", one.source, one.destination),
            one.cells.to_string(),
            one.edges.to_string(),
            format!("{mean:.1}"),
        ]);
    }
    table.to_string()
}

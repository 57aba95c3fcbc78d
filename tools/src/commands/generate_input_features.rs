//! `mivc generate-input-features`: selectivity and peak rate of the input cells.

use std::path::PathBuf;

use construct::input::{FeatureRequest, InputError, Layout, Made, generate_features};
use neuroh5::Chunks;

use crate::cli::{Failure, Outcome};
use crate::commands::{configuration, positive, say};

/// Arguments of `generate-input-features`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File with the types and the arc distances of the cells
    #[arg(long, value_name = "FILE")]
    coords_path: PathBuf,
    /// Namespace of the arc distances
    #[arg(short = 'n', long, value_name = "NAME", default_value = "Arc Distances")]
    distances_namespace: String,
    #[command(flatten)]
    common: Common,
    /// Cells in a block: blocks are in the order of the file, cells of a block in that of their gids
    #[arg(long, value_name = "N", default_value = "50", value_parser = positive)]
    cache_size: usize,
    /// Make only some cells of each population
    #[arg(long)]
    debug: bool,
    /// Number of cells with --debug
    #[arg(long, value_name = "N", default_value_t = 10)]
    debug_count: usize,
    #[command(flatten)]
    figures: Figures,
}

/// What both commands of the input have.
#[derive(Debug, clap::Args)]
pub struct Common {
    /// Configuration file, below the configuration directory
    #[arg(long, value_name = "FILE")]
    pub(super) config: PathBuf,
    /// Directory of the configuration
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(super) config_prefix: PathBuf,
    /// File that gets the data; one that exists is added to
    #[arg(long, value_name = "FILE")]
    pub(super) output_path: PathBuf,
    /// Arena of the stimulus
    #[arg(long, value_name = "ID", default_value = "A")]
    pub(super) arena_id: String,
    /// Population; may be given several times [default: all that can be made]
    #[arg(short, long, value_name = "POPULATION")]
    pub(super) populations: Vec<String>,
    /// Number of ranks that write; accepted and not needed, one process writes
    #[arg(long, value_name = "N", default_value_t = -1, allow_negative_numbers = true)]
    io_size: i64,
    /// Elements in a chunk of indices and pointers
    #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
    pub(super) chunk_size: usize,
    /// Elements in a chunk of values
    #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
    pub(super) value_chunk_size: usize,
    /// Cells written at a time, after a first one alone; 0 is all at once
    #[arg(long, value_name = "N", default_value_t = 10000)]
    pub(super) write_size: usize,
    /// Accepted for the original's sake, whose figures need it
    #[arg(long)]
    gather: bool,
    /// Make, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Tell more
    #[arg(short, long)]
    verbose: bool,
}

/// Figures of the original, which this version does not draw.
#[derive(Debug, clap::Args)]
pub struct Figures {
    /// Not in this version
    #[arg(long, hide = true)]
    interactive: bool,
    /// Not in this version
    #[arg(long, hide = true)]
    plot: bool,
    /// Not in this version
    #[arg(long, hide = true)]
    show_fig: bool,
    /// Not in this version
    #[arg(long, value_name = "NAME", hide = true)]
    save_fig: Option<String>,
    /// Directory of figures; of no use in this version
    #[arg(long, value_name = "DIR", hide = true)]
    save_fig_dir: Option<PathBuf>,
    /// Size of letters in figures; of no use in this version
    #[arg(long, value_name = "PT", default_value_t = 14.0, hide = true)]
    font_size: f64,
    /// Format of figures; of no use in this version
    #[arg(long, value_name = "FORMAT", default_value = "svg", hide = true)]
    fig_format: String,
}

impl Figures {
    /// Figures that are asked for are an error: they would silently be missing.
    pub(super) fn refuse(&self) -> Outcome {
        let asked = [
            ("--interactive", self.interactive),
            ("--plot", self.plot),
            ("--show-fig", self.show_fig),
            ("--save-fig", self.save_fig.is_some()),
        ];
        match asked.iter().find(|(_, asked)| *asked) {
            Some((flag, _)) => Err(Failure::Message(format!(
                "{flag} is not supported by this version; leave it out: the data do not depend on it"
            ))),
            None => Ok(()),
        }
    }
}

impl Common {
    /// The configuration, its problems told.
    pub(super) fn load(&self) -> Result<model::config::Config, Failure> {
        configuration(&self.config_prefix.join(&self.config), &mut diag::Sources::new())
    }

    pub(super) fn layout(&self, cache_size: usize, limit: Option<usize>) -> Layout {
        let chunks = Chunks { pointers: self.chunk_size, values: self.value_chunk_size };
        Layout { cache_size, write_size: self.write_size, chunks, limit }
    }

    /// Messages about the configuration name its file.
    pub(super) fn explain(&self, error: InputError) -> Failure {
        match error {
            error @ InputError::Config { .. } => {
                Failure::Message(format!("{}: {error}", self.config_prefix.join(&self.config).display()))
            }
            error => Failure::from(error),
        }
    }

    /// Tells what was made.
    pub(super) fn tell(&self, made: &[Made], spikes: bool) {
        let mut table = comfy_table::Table::new();
        table.load_preset(comfy_table::presets::NOTHING);
        let mut header = vec!["population", "namespace", "cells"];
        header.extend(spikes.then_some("spikes"));
        table.set_header(header);
        for one in made {
            let mut row = vec![one.population.clone(), one.namespace.clone(), one.cells.to_string()];
            row.extend(spikes.then(|| one.spikes.to_string()));
            table.add_row(row);
        }
        say(&table.to_string());
        if self.dry_run {
            say("nothing written (--dry-run)");
        } else {
            say(&format!("written to {}", self.output_path.display()));
        }
    }
}

/// Makes the features.
pub fn run(args: &Args) -> Outcome {
    args.figures.refuse()?;
    let config = args.common.load()?;
    let request = FeatureRequest {
        coordinates: &args.coords_path,
        output: &args.common.output_path,
        distances_namespace: &args.distances_namespace,
        arena: &args.common.arena_id,
        populations: &args.common.populations,
        layout: args.common.layout(args.cache_size, args.debug.then_some(args.debug_count)),
        dry_run: args.common.dry_run,
    };
    let made = generate_features(&config, &request).map_err(|error| args.common.explain(error))?;
    args.common.tell(&made, false);
    Ok(())
}

//! `mivc distribute-synapse-locs`: places synapses on the trees of a forest.

use std::path::PathBuf;
use std::sync::Arc;

use construct::synapses::{self, Distributed, Distribution, Request, SynapseError};
use indicatif::{ProgressBar, ProgressStyle};
use neuroh5::Chunks;

use crate::cli::{Failure, Outcome};
use crate::commands::{complain_softly, configuration, positive, say};

/// Arguments of `distribute-synapse-locs`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file, below the configuration directory
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Directory of the configuration
    #[arg(long, value_name = "DIR", default_value = "config")]
    config_prefix: PathBuf,
    /// Directories with .hoc templates, separated by colons
    #[arg(long, value_name = "DIRS", default_value = "templates")]
    template_path: String,
    /// File that gets the synapses; one that exists is added to [default: the forest]
    #[arg(long, value_name = "FILE")]
    output_path: Option<PathBuf>,
    /// File with the trees of the cells
    #[arg(long, value_name = "FILE")]
    forest_path: PathBuf,
    /// Directory of .mod files, or a mechanism library written by `mivc compile`: what the templates insert
    #[arg(long, short, value_name = "PATH", default_value = "mechanisms")]
    mechanisms_path: PathBuf,
    /// Population to distribute synapses in; may be given several times
    #[arg(long, short = 'i', value_name = "POPULATION", required = true)]
    populations: Vec<String>,
    /// How synapses lie along a section: at random intervals, or at equal ones in each segment
    #[arg(long, value_name = "NAME", value_enum, default_value_t = Name::Uniform)]
    distribution: Name,
    /// Number of ranks that write; accepted and not needed, one process writes
    #[arg(long, value_name = "N", default_value_t = -1, allow_negative_numbers = true)]
    io_size: i64,
    /// Elements in a chunk of indices and pointers
    #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
    chunk_size: usize,
    /// Elements in a chunk of values
    #[arg(long, value_name = "N", default_value = "1000", value_parser = positive)]
    value_chunk_size: usize,
    /// Cells written at a time; 0 is all at once; the file is the same
    #[arg(long, value_name = "N", default_value_t = 1)]
    write_size: usize,
    /// Distribute, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Accepted for the original's sake
    #[arg(long)]
    debug: bool,
    /// Tell more
    #[arg(short, long)]
    verbose: bool,
}

/// Distributions by the original's names.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Name {
    Poisson,
    Uniform,
}

/// Distributes the synapses.
pub fn run(args: &Args) -> Outcome {
    let config_path = args.config_prefix.join(&args.config);
    let mut sources = diag::Sources::new();
    let config = configuration(&config_path, &mut sources)?;
    let catalogue = Arc::new(crate::mechanisms::load(&args.mechanisms_path)?);
    let templates: Vec<PathBuf> = args.template_path.split(':').map(PathBuf::from).collect();
    let output = args.output_path.as_ref().unwrap_or(&args.forest_path);
    let request = Request {
        forest: &args.forest_path,
        output,
        populations: &args.populations,
        templates: &templates,
        distribution: match args.distribution {
            Name::Poisson => Distribution::Poisson,
            Name::Uniform => Distribution::Uniform,
        },
        chunks: Chunks { pointers: args.chunk_size, values: args.value_chunk_size },
        write_size: args.write_size,
        dry_run: args.dry_run,
    };
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("distributing synapses {msg} {bar:40} {pos:>6} / {len} cells  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let made = synapses::distribute(&config, &catalogue, &request, &mut sources, &mut |progress| {
        if progress.done == 1 {
            bar.reset();
            bar.set_message(progress.population.to_owned());
            bar.set_length(progress.cells as u64);
        }
        bar.set_position(progress.done as u64);
    });
    bar.finish_and_clear();
    let made = made.map_err(|error| explain(error, &config_path))?;
    for one in &made {
        for ((section, kind), _) in one.synapses.iter().filter(|(_, count)| **count == 0) {
            let warning = format!(
                "population {} got no {kind} synapses on {section}: check its density, and that its cells have such \
                 sections in those layers",
                one.population
            );
            complain_softly("warning", &warning);
        }
    }
    say(&table(&made));
    let synapses: usize = made.iter().flat_map(|one| one.synapses.values()).sum();
    let end = if args.dry_run {
        "nothing written (--dry-run)".to_owned()
    } else {
        format!("written to {}", output.display())
    };
    say(&format!("{synapses} synapses {end}"));
    Ok(())
}

/// A problem in a template is shown as it is; one of the configuration with its file; everything else in one line.
fn explain(error: SynapseError, config: &std::path::Path) -> Failure {
    use std::io::Write;
    match error {
        SynapseError::Template(text) => {
            let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end());
            Failure::Told
        }
        error @ SynapseError::Config { .. } => Failure::Message(format!("{}: {error}", config.display())),
        error => Failure::from(error),
    }
}

fn table(made: &[Distributed]) -> String {
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header(["population", "cells", "section", "type", "synapses", "per cell"]);
    for one in made {
        for ((section, kind), count) in &one.synapses {
            let mean = *count as f64 / one.cells.max(1) as f64;
            table.add_row([
                one.population.clone(),
                one.cells.to_string(),
                section.clone(),
                kind.clone(),
                count.to_string(),
                format!("{mean:.1}"),
            ]);
        }
    }
    table.to_string()
}

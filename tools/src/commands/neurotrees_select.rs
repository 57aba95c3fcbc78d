//! `mivc neurotrees_select`: trees and attributes of the cells that a selection names.

use std::path::PathBuf;

use construct::trees::{SelectOptions, select};
use neuroh5::Chunks;

use crate::cli::Outcome;
use crate::commands::say;

/// Arguments of `neurotrees_select`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// NeuroH5 file with trees
    #[arg(value_name = "INPUT.h5")]
    input: PathBuf,
    /// Namespace of the selection and, after a slash, its attribute (New Cell Index)
    #[arg(value_name = "SELECTION[/ATTRIBUTE]")]
    selection: String,
    /// File that gets the trees
    #[arg(value_name = "OUTPUT.h5")]
    output: PathBuf,
    /// Population
    #[arg(short, value_name = "POPULATION")]
    population: String,
    /// Number the cells as the values of the selection say
    #[arg(long)]
    reindex: bool,
    /// Namespaces that are selected too, with colons between
    #[arg(short, long, value_name = "A:B", value_delimiter = ':')]
    namespace: Vec<String>,
    /// Assignment of cells to ranks: no effect in one process
    #[arg(short, long, value_name = "FILE")]
    rankfile: Option<PathBuf>,
    /// Ranks that read and write: no effect in one process
    #[arg(short, long, value_name = "N")]
    iosize: Option<usize>,
    /// Elements in a chunk of an attribute's pointers
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = super::positive)]
    chunksize: usize,
    /// Elements in a chunk of an attribute's values
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = super::positive)]
    value_chunksize: usize,
    /// Size of the original's cache: no effect
    #[arg(long, value_name = "N")]
    cachesize: Option<usize>,
}

/// Selects the trees.
pub fn run(args: &Args) -> Outcome {
    for (given, option) in [
        (args.rankfile.is_some(), "--rankfile"),
        (args.iosize.is_some(), "--iosize"),
        (args.cachesize.is_some(), "--cachesize"),
    ] {
        if given {
            super::complain_softly("note", &format!("{option} has no effect: one process reads and writes"));
        }
    }
    let options = SelectOptions {
        population: args.population.clone(),
        selection: args.selection.clone(),
        reindex: args.reindex,
        namespaces: args.namespace.clone(),
        chunks: Chunks { pointers: args.chunksize, values: args.value_chunksize },
    };
    let selected = select(&args.input, &args.output, &options)?;
    say(&format!("{}: {} cells selected", args.population, selected.gids.len()));
    Ok(())
}

//! `mivc neurotrees_copy`: one cell's tree for many.

use std::path::PathBuf;

use construct::trees::{CopyOptions, copy};
use neuroh5::Chunks;

use crate::cli::{Failure, Outcome};
use crate::commands::say;

/// Arguments of `neurotrees_copy`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// NeuroH5 file with types and the tree
    #[arg(value_name = "INPUT.h5")]
    input: PathBuf,
    /// Population
    #[arg(value_name = "POPULATION")]
    population: String,
    /// gid of the cell whose tree is copied
    #[arg(value_name = "SRC_GID")]
    source: u32,
    /// gids that get it
    #[arg(value_name = "DEST_GID", conflicts_with = "fill")]
    destinations: Vec<u32>,
    /// Give it to every gid of the population
    #[arg(long)]
    fill: bool,
    /// File that gets the copies; the input file if it is left out
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Trees in an append; 0 all
    #[arg(short, long, value_name = "N", default_value_t = 0)]
    write_size: usize,
    /// Elements in a chunk of pointers
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = super::positive)]
    chunk_size: usize,
    /// Elements in a chunk of values
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = super::positive)]
    value_chunk_size: usize,
    /// No effect, as in the original
    #[arg(short = 'a')]
    all: bool,
}

/// Copies the tree.
pub fn run(args: &Args) -> Outcome {
    if !args.fill && args.destinations.is_empty() {
        let text = "no gids to copy to; name them at the end, or give --fill for every gid of the population";
        return Err(Failure::Message(text.to_owned()));
    }
    if args.all {
        super::complain_softly("note", "-a has no effect, as in the original");
    }
    let options = CopyOptions {
        population: args.population.clone(),
        source: args.source,
        destinations: (!args.fill).then(|| args.destinations.clone()),
        write_size: args.write_size,
        chunks: Chunks { pointers: args.chunk_size, values: args.value_chunk_size },
    };
    // The same file under another name is the input file too.
    let same =
        |output: &PathBuf| matches!((output.canonicalize(), args.input.canonicalize()), (Ok(a), Ok(b)) if a == b);
    let output = args.output.as_ref().filter(|output| !same(output));
    let gids = copy(&args.input, output.map(PathBuf::as_path), &options)?;
    say(&format!("{}: the tree of gid {} copied to {} cells", args.population, args.source, gids.len()));
    Ok(())
}

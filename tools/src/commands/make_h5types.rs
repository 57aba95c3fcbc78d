//! `mivc make-h5types`: a file with the types of a configuration.

use std::path::PathBuf;

use construct::h5types;

use crate::cli::{Failure, Outcome};
use crate::commands::{configuration, say};

/// Arguments of `make-h5types`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file
    #[arg(short, long, value_name = "FILE")]
    config: PathBuf,
    /// Directory of the configuration
    #[arg(long, value_name = "DIR", default_value = "")]
    config_prefix: PathBuf,
    /// File that gets the types
    #[arg(long, value_name = "FILE", default_value = "MiV_h5types.h5")]
    output_path: PathBuf,
    /// Allow the projections of the gap junctions in place of those of the synapses
    #[arg(long)]
    gap_junctions: bool,
}

/// Makes the file.
pub fn run(args: &Args) -> Outcome {
    let config_path = args.config_prefix.join(&args.config);
    let config = configuration(&config_path, &mut diag::Sources::new())?;
    let types = h5types::types(&config, args.gap_junctions)
        .map_err(|error| Failure::Message(format!("{}: {error}", config_path.display())))?;
    h5types::write(&types, &args.output_path)?;
    say(&super::show_h5types::table(&types));
    Ok(())
}

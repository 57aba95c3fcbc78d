//! `mivc show-h5types`: populations and allowed projections of a file.

use std::path::PathBuf;

use comfy_table::CellAlignment;
use neuroh5::{Store, Types};

use crate::cli::Outcome;
use crate::commands::say;

/// Arguments of `show-h5types`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File with types
    #[arg(short = 'p', long, value_name = "FILE", default_value = "MiV_h5types.h5")]
    input_path: PathBuf,
}

/// Shows the types.
pub fn run(args: &Args) -> Outcome {
    say(&table(&Store::open(&args.input_path)?.types()?));
    Ok(())
}

/// Populations and projections of a file as text.
pub fn table(types: &Types) -> String {
    let mut populations = super::lined_table(&["population", "number", "start", "count"]);
    for one in &types.populations {
        let cells = [one.number.to_string(), one.gids.start.to_string(), one.gids.len().to_string()];
        populations.add_row([one.name.clone()].into_iter().chain(cells));
    }
    for column in populations.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut projections = super::lined_table(&["source", "destination"]);
    for (source, destination) in &types.projections {
        projections.add_row([source, destination]);
    }
    format!("{populations}\n\n{projections}")
}

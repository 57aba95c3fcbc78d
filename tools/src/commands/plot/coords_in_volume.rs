//! `mivc plot-coords-in-volume`.

use std::path::PathBuf;

use neuroh5::Store;

use crate::cli::Outcome;
use crate::plot::{chosen, coordinates, picture_path, somata};

/// Arguments of `plot-coords-in-volume`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Accepted as in the original; the surface of the volume is not drawn
    #[arg(long)]
    config: Option<PathBuf>,
    /// File with coordinates
    #[arg(short = 'c', long)]
    coords_path: PathBuf,
    /// Namespace of the coordinates
    #[arg(short = 'n', long, default_value = "Generated Coordinates")]
    coords_namespace: String,
    /// Population to draw, may be repeated
    #[arg(short = 'i', long, required = true)]
    populations: Vec<String>,
    /// The picture; without it the name of the file with _coords.png
    #[arg(short, long, value_name = "FILE.svg|png", value_parser = picture_path)]
    output: Option<PathBuf>,
}

/// Draws.
pub fn run(args: &Args) -> Outcome {
    let store = Store::open(&args.coords_path)?;
    let types = store.types()?;
    let populations = chosen(&store, &types, &args.populations)?;
    let populations: Vec<_> = populations
        .into_iter()
        .map(|one| somata(&store, &types, one, &args.coords_namespace))
        .collect::<Result<_, _>>()?;
    let base = super::base(&args.coords_path);
    super::finish(&coordinates("Somata", &populations), args.output.as_ref(), &format!("{base}_coords.png"))
}

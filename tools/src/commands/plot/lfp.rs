//! `mivc plot-lfp`.

use std::path::PathBuf;

use neuroh5::Store;

use crate::cli::{Failure, Outcome};
use crate::plot::{fields, panels, picture_path};

/// Arguments of `plot-lfp`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Accepted as in the original; the electrodes are those of the results
    #[arg(short = 'c', long)]
    config_path: Option<PathBuf>,
    /// Results of run-network
    #[arg(short = 'p', long)]
    input_path: PathBuf,
    /// Last time, ms
    #[arg(long, allow_negative_numbers = true)]
    t_max: Option<f64>,
    /// First time, ms
    #[arg(long, allow_negative_numbers = true)]
    t_min: Option<f64>,
    /// The picture; without it the name of the results with _lfp.png
    #[arg(short, long, value_name = "FILE.svg|png", value_parser = picture_path)]
    output: Option<PathBuf>,
}

/// Draws.
pub fn run(args: &Args) -> Outcome {
    let store = Store::open(&args.input_path)?;
    let mut all = fields(&store)?;
    if all.is_empty() {
        return Err(Failure::Message(format!(
            "{}: there is no /Local Field Potential …; configure an electrode under Recording: LFP and run again",
            store.path().display()
        )));
    }
    let data = all.iter().flat_map(|one| one.points.iter()).map(|(t, _)| *t);
    let data = data.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), t| (low.min(t), high.max(t)));
    let (begin, end) = super::window(args.t_min, args.t_max, if data.0 <= data.1 { data } else { (0.0, 1.0) })?;
    for one in &mut all {
        one.points.retain(|(t, _)| (begin..=end).contains(t));
    }
    super::finish(&panels(&all), args.output.as_ref(), &format!("{}_lfp.png", super::base(&args.input_path)))
}

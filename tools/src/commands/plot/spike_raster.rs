//! `mivc plot-spike-raster`.

use std::path::PathBuf;

use neuroh5::Store;

use crate::cli::Outcome;
use crate::commands::complain_softly;
use crate::plot::{Spikes, Window, chosen, picture_path, raster, read_spikes, span};

/// Arguments of `plot-spike-raster`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Results of run-network, or another file with spikes
    #[arg(short = 'p', long)]
    spike_events_path: PathBuf,
    /// Namespace of the spikes
    #[arg(short = 'n', long, default_value = "Spike Events")]
    spike_events_namespace: String,
    /// Population to draw, may be repeated; all without it
    #[arg(short = 'i', long)]
    populations: Vec<String>,
    /// Draw at most as many spikes, every n-th of them
    #[arg(long, default_value = "1000000", value_parser = super::super::positive)]
    max_spikes: usize,
    /// Width of the bins of the rates, ms
    #[arg(long, default_value = "5", value_parser = super::positive_number)]
    spike_hist_bin: f64,
    /// Attribute of the times
    #[arg(long, default_value = "t")]
    t_variable: String,
    /// Last time, ms
    #[arg(long, allow_negative_numbers = true)]
    t_max: Option<f64>,
    /// First time, ms
    #[arg(long, allow_negative_numbers = true)]
    t_min: Option<f64>,
    /// Draw played spikes too, as is done without it
    #[arg(long, overrides_with = "exclude_artificial")]
    include_artificial: bool,
    /// Leave played spikes out
    #[arg(long)]
    exclude_artificial: bool,
    /// Format if there is no --output
    #[arg(long, default_value = "png", value_parser = ["png", "svg"])]
    save_format: String,
    /// The picture; without it the name of the spikes' file with _raster
    #[arg(short, long, value_name = "FILE.svg|png", value_parser = picture_path)]
    output: Option<PathBuf>,
}

/// Draws.
pub fn run(args: &Args) -> Outcome {
    let store = Store::open(&args.spike_events_path)?;
    let types = store.types()?;
    let what = Spikes {
        namespace: &args.spike_events_namespace,
        attribute: &args.t_variable,
        artificial: args.include_artificial || !args.exclude_artificial,
    };
    let mut populations = read_spikes(&store, &types, &chosen(&store, &types, &args.populations)?, &what)?;
    let run = span(&store, &types, what.namespace, &populations)?;
    let (begin_ms, end_ms) = super::window(args.t_min, args.t_max, (run.begin_ms, run.end_ms))?;
    for one in &mut populations {
        one.spikes.retain(|(t, _)| (begin_ms..=end_ms).contains(t));
    }
    let n: usize = populations.iter().map(|one| one.spikes.len()).sum();
    let every = n.div_ceil(args.max_spikes).max(1);
    if every > 1 {
        complain_softly(
            "warning",
            &format!("every {every}th of {n} spikes is drawn, and rates are of these; see --max-spikes"),
        );
        for one in &mut populations {
            one.spikes = one.spikes.iter().copied().step_by(every).collect();
        }
    }
    let base = super::base(&args.spike_events_path);
    let picture = raster(&base, &populations, &Window { begin_ms, end_ms, bin_ms: args.spike_hist_bin });
    super::finish(&picture, args.output.as_ref(), &format!("{base}_raster.{}", args.save_format))
}

//! `mivc generate-input-spike-trains`: spikes of the input cells along the trajectories of an arena.

use std::path::PathBuf;

use construct::input::{SpikeTrainRequest, generate_spike_trains};

use super::generate_input_features::{Common, Figures};
use crate::cli::{Failure, Outcome};
use crate::commands::positive;

/// Arguments of `generate-input-spike-trains`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File with the types and the features of the cells
    #[arg(long, value_name = "FILE")]
    selectivity_path: PathBuf,
    /// Namespace of the features, without the arena; `Selectivity` is every kind
    #[arg(long, value_name = "NAME", default_value = "Selectivity")]
    selectivity_namespace: String,
    /// File with the arc distances; of use for --phase-mod only
    #[arg(long, value_name = "FILE")]
    coords_path: Option<PathBuf>,
    /// Namespace of the arc distances; of use for --phase-mod only
    #[arg(short = 'n', long, value_name = "NAME", default_value = "Arc Distances")]
    distances_namespace: String,
    #[command(flatten)]
    common: Common,
    /// Number of trials
    #[arg(long, value_name = "N", default_value_t = 1)]
    n_trials: usize,
    /// Cells in a block: blocks are in the order of the file, cells of a block in that of their gids
    #[arg(long, value_name = "N", default_value = "100", value_parser = positive)]
    cache_size: usize,
    /// Namespace of the spikes, without arena and trajectory
    #[arg(long, value_name = "NAME", default_value = "Input Spikes")]
    spikes_namespace: String,
    /// Attribute with the times
    #[arg(long, value_name = "NAME", default_value = "Spike Train")]
    spike_train_attr_name: String,
    /// Modulate rates by the global oscillation (not in this version)
    #[arg(long)]
    phase_mod: bool,
    /// Make only some cells of each population
    #[arg(long)]
    debug: bool,
    /// Number of cells with --debug
    #[arg(long, value_name = "N", default_value_t = 10)]
    debug_count: usize,
    #[command(flatten)]
    figures: Figures,
}

/// Draws the spike trains.
pub fn run(args: &Args) -> Outcome {
    args.figures.refuse()?;
    if args.phase_mod {
        let text = "--phase-mod is not supported by this version; leave it out for rates without oscillation";
        return Err(Failure::Message(text.to_owned()));
    }
    let config = args.common.load()?;
    let request = SpikeTrainRequest {
        selectivity: &args.selectivity_path,
        output: &args.common.output_path,
        selectivity_namespace: &args.selectivity_namespace,
        arena: &args.common.arena_id,
        populations: &args.common.populations,
        trials: args.n_trials,
        spikes_namespace: &args.spikes_namespace,
        attribute: &args.spike_train_attr_name,
        layout: args.common.layout(args.cache_size, args.debug.then_some(args.debug_count)),
        dry_run: args.common.dry_run,
    };
    let made = generate_spike_trains(&config, &request).map_err(|error| args.common.explain(error))?;
    args.common.tell(&made, true);
    Ok(())
}

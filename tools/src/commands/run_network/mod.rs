//! `mivc run-network`: reads options, builds the network, runs it, tells what happened.

mod args;
mod table;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::Sources;
use indicatif::{ProgressBar, ProgressStyle};
use model::config::Config;
use runtime::network::{Network, Options, Progress, StimulusOptions};

pub use args::Args;

use crate::cli::{Failure, Outcome};
use crate::commands::{say, show, write_whole};
use crate::plot::{RasterPopulation, raster};

/// Runs the command.
pub fn run(args: &Args) -> Outcome {
    refuse_unsupported(args)?;
    let mut sources = Sources::new();
    let config = match model::load(&args.config_prefix.join(&args.config_file), &mut sources) {
        Ok((config, warnings)) => {
            show(&warnings, &sources);
            config
        }
        Err(problems) => {
            show(&problems, &sources);
            return Err(Failure::Told);
        }
    };
    let options = options(args, &config, &mut sources)?;
    let catalogue = Arc::new(crate::mechanisms::load(&args.mechanisms_path)?);
    let results = results_path(args, &config)?;

    let bar = ProgressBar::new(0);
    let mut network = {
        let mut progress = |what: Progress<'_>| follow(&bar, what);
        Network::build(&config, catalogue, &options, &mut sources, &mut progress)
            .inspect_err(|_| bar.finish_and_clear())?
    };
    for warning in &network.summary.warnings {
        bar.suspend(|| complain_softly(warning));
    }
    if args.dry_run {
        bar.finish_and_clear();
        say(&table::summary(&network, &[], 0.0));
        return Ok(());
    }
    let equilibration = config.stimulus.equilibration_duration;
    let tstop = args.tstop + equilibration;
    let style = ProgressStyle::with_template("integrating {bar:40} {pos:>6} / {len} ms  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_length(tstop.ceil() as u64);
    bar.set_position(0);
    let checkpoint = (args.checkpoint_interval > 0.0).then_some(args.checkpoint_interval);
    let spikes = network
        .run(tstop, checkpoint, Some((&results, args.results_id.as_deref())), &mut |what| follow(&bar, what))
        .inspect_err(|_| bar.finish_and_clear())?;
    bar.finish_and_clear();
    say(&table::summary(&network, &spikes, tstop));
    say(&format!("results in {}", results.display()));
    if let Some(path) = &args.plot {
        write_whole(path, draw(&config, &network, &spikes, equilibration, tstop).as_bytes())?;
        say(&format!("raster in {}", path.display()));
    }
    Ok(())
}

fn complain_softly(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "warning: {text}");
}

fn follow(bar: &ProgressBar, what: Progress<'_>) {
    match what {
        Progress::Phase(name) => bar.set_message(name.to_owned()),
        Progress::Cell(_) => bar.inc(1),
        Progress::Time(t) => bar.set_position(t as u64),
    }
}

/// Options that one process cannot honour, by name and with what to do.
fn refuse_unsupported(args: &Args) -> Outcome {
    let refused = [
        (args.use_coreneuron, "--use-coreneuron", "leave it out: mivc has an engine of its own"),
        (args.coreneuron_gpu, "--coreneuron-gpu", "leave it out: mivc has an engine of its own"),
        (args.output_syn_spike_count, "--output-syn-spike-count", "leave it out"),
        (args.microcircuit_inputs, "--microcircuit-inputs", "build all presynaptic cells"),
        (args.cell_selection_path.is_some(), "--cell-selection-path", "build all cells"),
        (!args.spike_input_namespace.is_empty(), "--spike-input-namespace", "use --arena-id and --stimulus-id"),
    ];
    match refused.iter().find(|(given, ..)| *given) {
        Some((_, option, remedy)) => {
            Err(Failure::Message(format!("{option} is not supported by this version; {remedy}")))
        }
        None => Ok(()),
    }
}

fn options(args: &Args, config: &Config, _: &mut Sources) -> Result<Options, Failure> {
    let data = |name: &Option<String>, key: &str| match name {
        Some(name) => data_file(&args.dataset_prefix, config.dataset_name.as_deref(), name).map(Some),
        None if key == "Cell Data" => {
            Err(Failure::Message("the configuration names no `Cell Data`; add the file of the cells".to_owned()))
        }
        None => Ok(None),
    };
    let Some(cells) = data(&config.cell_data, "Cell Data")? else {
        return Err(Failure::Message("the configuration names no `Cell Data`; add the file of the cells".to_owned()));
    };
    if config.gap_junction_data.is_some() {
        return Err(Failure::Message(
            "`Gap Junction Data` is not supported by this version; remove it from the configuration".to_owned(),
        ));
    }
    Ok(Options {
        templates: args.template_paths.split(':').map(PathBuf::from).collect(),
        cells,
        connections: data(&config.connection_data, "Connection Data")?,
        spike_input: args.spike_input_path.clone(),
        coordinates: args.coordinates_namespace.clone(),
        selection: None::<BTreeSet<u32>>,
        stimulus: StimulusOptions {
            arena: args.arena_id.clone(),
            stimulus: args.stimulus_id.clone(),
            onset: args.stimulus_onset,
        },
        profile: args.recording_profile.clone(),
        dt: args.dt,
        v_init: args.v_init,
    })
}

/// The data file in the folder of the data set, or right below the prefix.
fn data_file(prefix: &Path, dataset: Option<&str>, name: &str) -> Result<PathBuf, Failure> {
    let mut places: Vec<PathBuf> = dataset.iter().map(|folder| prefix.join(folder).join(name)).collect();
    places.push(prefix.join(name));
    match places.iter().find(|path| path.is_file()) {
        Some(path) => Ok(path.clone()),
        None => {
            let places: Vec<String> = places.iter().map(|path| path.display().to_string()).collect();
            Err(Failure::Message(format!(
                "the data file {name} is not at {}; check --dataset-prefix and the file names in the configuration",
                places.join(" nor at ")
            )))
        }
    }
}

fn results_path(args: &Args, config: &Config) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(&args.results_path).map_err(|error| {
        let path = args.results_path.display();
        Failure::Message(format!("cannot make the results directory {path}: {error}; choose another --results-path"))
    })?;
    let id = args.results_id.as_ref().map_or(String::new(), |id| format!("_{id}"));
    Ok(args.results_path.join(format!("{}_results{id}.h5", config.model_name)))
}

fn draw(config: &Config, network: &Network, spikes: &[(f64, u32)], equilibration: f64, tstop: f64) -> String {
    let populations: Vec<RasterPopulation> = network
        .types
        .populations
        .iter()
        .map(|population| RasterPopulation {
            name: population.name.clone(),
            n_cells: network.summary.cells.get(&population.name).copied().unwrap_or(0),
            spikes: spikes
                .iter()
                .filter(|(_, gid)| population.gids.contains(gid))
                .map(|(t, gid)| (t - equilibration, *gid))
                .collect(),
        })
        .collect();
    raster(&config.model_name, &populations, -equilibration, tstop - equilibration)
}

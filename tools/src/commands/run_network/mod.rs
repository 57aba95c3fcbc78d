//! `mivc run-network`: reads options, builds the network, runs it, tells what happened.

mod args;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diag::Sources;
use indicatif::{ProgressBar, ProgressStyle};
use model::config::Config;
use neuroh5::{ResultsFile, Store};
use runtime::network::{Network, NetworkError, Options, Progress, RunOptions, StimulusOptions};

pub use args::Args;

use crate::cli::{Failure, Outcome};
use crate::commands::{configuration, say, show};
use crate::plot::{DEFAULT_BIN_MS, Picture, RasterPopulation, Window, raster};

/// Runs the command.
pub fn run(args: &Args) -> Outcome {
    let began = Instant::now();
    refuse_unsupported(args)?;
    let mut sources = Sources::new();
    let config = configuration(&args.config_prefix.join(&args.config_file), &mut sources)?;
    if config.stimulus.other.contains_key("Opsin") {
        return Err(Failure::Message(
            "`Stimulus: Opsin` is not supported by this version; remove it to run without light".to_owned(),
        ));
    }
    let options = options(args, &config, &mut sources)?;
    let notes = notes(args)?;
    let catalogue = Arc::new(crate::mechanisms::load(&args.mechanisms_path)?);
    let directory = if args.dry_run { None } else { Some(NewDirectory::make(&args.results_path)?) };
    let results = match &directory {
        Some(_) => Some(ResultsFile::begin(&results_path(args, &config), &Store::open(&options.cells)?)?),
        None => None,
    };

    let bar = ProgressBar::new(0);
    let loud = args.verbose || args.debug;
    let mut network = {
        let mut progress = |what: Progress<'_>| follow(&bar, loud, what);
        Network::build(&config, catalogue, &options, &mut sources, &mut progress)
            .inspect_err(|_| bar.finish_and_clear())
            .map_err(explain)?
    };
    for warning in &network.summary.warnings {
        bar.suspend(|| complain_softly("warning", warning));
    }
    for note in &notes {
        bar.suspend(|| complain_softly("note", note));
    }
    let Some(results) = results else {
        bar.finish_and_clear();
        say(&table::summary(&network, &[], 0.0));
        return Ok(());
    };
    let equilibration = config.stimulus.equilibration_duration;
    let tstop = args.tstop + equilibration;
    let style = ProgressStyle::with_template("integrating {bar:40} {pos:>6} / {len} ms  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_length(tstop.ceil() as u64);
    bar.set_position(0);
    let left = (args.max_walltime_hours * 3600.0 - args.results_write_time).max(0.0);
    let how = RunOptions {
        tstop,
        checkpoint: (args.checkpoint_interval > 0.0).then_some(args.checkpoint_interval),
        results: Some(&results),
        // Longer than the clock can count is no limit.
        deadline: Duration::try_from_secs_f64(left).ok().and_then(|left| began.checked_add(left)),
    };
    let ended = network.run(&how, &mut |what| follow(&bar, loud, what)).inspect_err(|_| bar.finish_and_clear())?;
    bar.finish_and_clear();
    if let Some(directory) = directory {
        directory.keep();
    }
    if ended.early {
        complain_softly(
            "warning",
            &format!(
                "stopped at {:.3} of {tstop} ms because --max-walltime-hours={} is nearly over (--results-write-time={} \
             s are kept for writing); the results are complete to that time; give more hours to go further",
                ended.t, args.max_walltime_hours, args.results_write_time
            ),
        );
    }
    say(&table::summary(&network, &ended.spikes, ended.t));
    say(&format!("results in {}", results.path().display()));
    if args.profile_memory {
        say(&memory());
    }
    if let Some(path) = &args.plot {
        draw(&config, &network, &ended.spikes, equilibration, tstop).write(path)?;
        say(&format!("raster in {}", path.display()));
    }
    Ok(())
}

/// A problem in a template is shown as it is; everything else in one line.
fn explain(error: NetworkError) -> Failure {
    use std::io::Write;
    match error {
        NetworkError::Template(text) => {
            let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end());
            Failure::Told
        }
        other => Failure::from(other),
    }
}

fn complain_softly(kind: &str, text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "{kind}: {text}");
}

fn follow(bar: &ProgressBar, loud: bool, what: Progress<'_>) {
    match what {
        Progress::Phase(name) => {
            bar.set_message(name.to_owned());
            if loud {
                bar.suspend(|| complain_softly("note", &format!("{name} …")));
            }
        }
        Progress::Cell(_) => bar.inc(1),
        Progress::Time(t) => bar.set_position(t as u64),
    }
}

/// What this process used at most, where the system tells.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(str::trim);
    match peak {
        Some(peak) => format!("memory at most {peak}"),
        None => "this system does not tell how much memory was used".to_owned(),
    }
}

/// A directory that is removed again if nothing comes of it.
#[derive(Debug)]
struct NewDirectory {
    path: PathBuf,
    remove: bool,
}

impl NewDirectory {
    fn make(path: &Path) -> Result<NewDirectory, Failure> {
        let remove = !path.exists();
        std::fs::create_dir_all(path).map_err(|error| {
            let path = path.display();
            Failure::Message(format!(
                "cannot make the results directory {path}: {error}; choose another --results-path"
            ))
        })?;
        Ok(NewDirectory { path: path.to_owned(), remove })
    }

    fn keep(mut self) {
        self.remove = false;
    }
}

impl Drop for NewDirectory {
    fn drop(&mut self) {
        if self.remove {
            // It fails if there is something in it, as it should.
            let _ = std::fs::remove_dir(&self.path);
        }
    }
}

/// Options that mivc cannot honour, by name and with what to do.
fn refuse_unsupported(args: &Args) -> Outcome {
    let refused = [(args.use_coreneuron, "--use-coreneuron"), (args.coreneuron_gpu, "--coreneuron-gpu")];
    match refused.iter().find(|(given, _)| *given) {
        Some((_, option)) => Err(Failure::Message(format!(
            "{option} is not supported: there is no CoreNEURON in mivc; leave it out, mivc has a compiled engine of \
             its own"
        ))),
        None => Ok(()),
    }
}

/// One line for each option that has no effect in one process; what they are given is checked all the same.
fn notes(args: &Args) -> Result<Vec<String>, Failure> {
    let mut notes = Vec::new();
    if let Some(path) = &args.node_rank_file {
        let text = crate::commands::read_text(path, "the file of --node-rank-file")?;
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let numbers: Vec<_> = line.split_whitespace().map(str::parse::<u32>).collect();
            if numbers.len() != 2 || numbers.iter().any(Result::is_err) {
                return Err(Failure::Message(format!(
                    "{}:{}: `{}` is not `gid rank`; give two whole numbers on each line",
                    path.display(),
                    number + 1,
                    line.trim()
                )));
            }
        }
        notes.push("--node-rank-file has no effect: one process has all cells".to_owned());
    }
    let mut no_use = |given: bool, option: &str| {
        if given {
            notes.push(format!("{option} has no effect: there is one process"));
        }
    };
    no_use(args.io_size != 0, "--io-size");
    no_use(args.ldbal, "--ldbal");
    no_use(args.lptbal, "--lptbal");
    Ok(notes)
}

fn options(args: &Args, config: &Config, sources: &mut Sources) -> Result<Options, Failure> {
    let data = |name: &Option<String>| match name {
        Some(name) => data_file(&args.dataset_prefix, config.dataset_name.as_deref(), name).map(Some),
        None => Ok(None),
    };
    let Some(cells) = data(&config.cell_data)? else {
        return Err(Failure::Message("the configuration names no `Cell Data`; add the file of the cells".to_owned()));
    };
    let selection = match &args.cell_selection_path {
        Some(path) => Some(model::load_selection(path, sources).map_err(|problems| {
            show(&problems, sources);
            Failure::Told
        })?),
        None => None,
    };
    Ok(Options {
        templates: args.template_paths.split(':').map(PathBuf::from).collect(),
        cells,
        connections: data(&config.connection_data)?,
        gap_junctions: data(&config.gap_junction_data.as_ref().map(|one| one.value.clone()))?,
        coordinates: args.coordinates_namespace.clone(),
        selection,
        microcircuit_inputs: args.microcircuit_inputs,
        count_events: args.output_syn_spike_count,
        stimulus: StimulusOptions {
            arena: args.arena_id.clone(),
            stimulus: args.stimulus_id.clone(),
            onset: args.stimulus_onset,
            input: args.spike_input_path.clone(),
            input_namespaces: args.spike_input_namespace.clone(),
            input_attribute: args.spike_input_attr.clone(),
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

fn results_path(args: &Args, config: &Config) -> PathBuf {
    let id = args.results_id.as_ref().map_or(String::new(), |id| format!("_{id}"));
    args.results_path.join(format!("{}_results{id}.h5", config.model_name))
}

fn draw(config: &Config, network: &Network, spikes: &[(f64, u32)], equilibration: f64, tstop: f64) -> Picture {
    let populations: Vec<RasterPopulation> = network
        .types
        .populations
        .iter()
        .enumerate()
        .map(|(color, population)| RasterPopulation {
            name: population.name.clone(),
            color,
            n_cells: network.summary.cells.get(&population.name).copied().unwrap_or(0),
            spikes: spikes
                .iter()
                .filter(|(_, gid)| population.gids.contains(gid))
                .map(|(t, gid)| (t - equilibration, *gid))
                .collect(),
        })
        .collect();
    let window = Window { begin_ms: -equilibration, end_ms: tstop - equilibration, bin_ms: DEFAULT_BIN_MS };
    raster(&config.model_name, &populations, &window)
}

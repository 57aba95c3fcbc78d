//! `mivc build`: all steps of the construction in order, each skipped when its output is up to date.

mod meter;
mod state;
mod targets;

use std::path::{Path, PathBuf};

use self::meter::{Cost, Meter};
use self::state::{Made, State};
use self::targets::{Action, Target};
use crate::cli::{self, Failure, Outcome};
use crate::commands::{configuration, lined_table, say};

/// Arguments of `build`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file, below the configuration directory
    #[arg(long, visible_alias = "config", value_name = "FILE")]
    pub config_file: PathBuf,
    /// Directory of the configuration
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub config_prefix: PathBuf,
    /// Directory of data sets: everything is made in DIR/Dataset Name
    #[arg(long, value_name = "DIR", default_value = "datasets")]
    pub dataset_prefix: PathBuf,
    /// Directories with .hoc templates, separated by colons
    #[arg(long, visible_alias = "template-path", value_name = "DIRS", default_value = "templates")]
    pub template_paths: String,
    /// Directory of .mod files, or a mechanism library written by `mivc compile`
    #[arg(long, short = 'm', value_name = "PATH", default_value = "mechanisms")]
    pub mechanisms_path: PathBuf,
    /// Directory with POPULATION.swc for each population with trees [default: where everything is made]
    #[arg(long, value_name = "DIR")]
    pub morphologies: Option<PathBuf>,
    /// How synapses lie along a section
    #[arg(long, value_name = "NAME", default_value = "poisson", value_parser = ["poisson", "uniform"])]
    pub distribution: String,
    /// Arena of the input
    #[arg(long, value_name = "ID", default_value = "A")]
    pub arena_id: String,
    /// Trials of the input
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub n_trials: usize,
    /// Make everything anew
    #[arg(long)]
    pub force: bool,
    /// Say what would be done
    #[arg(long)]
    pub dry_run: bool,
}

/// Makes what is missing or out of date.
pub fn run(args: &Args) -> Outcome {
    let config_path = args.config_prefix.join(&args.config_file);
    let mut sources = diag::Sources::new();
    let config = configuration(&config_path, &mut sources)?;
    let directory = args.dataset_prefix.join(config.dataset_name.as_deref().unwrap_or(&config.model_name));
    let targets = targets::of(args, &config, &config_path, &directory)?;
    if !args.dry_run {
        std::fs::create_dir_all(&directory).map_err(|error| {
            Failure::Message(format!("cannot make {}: {error}; check its permissions", directory.display()))
        })?;
    }
    let _alone = if args.dry_run { None } else { Some(state::lock(&directory)?) };
    let mut state = State::read(&directory);
    let settings = state::settings(&sources);
    let mut rows = Vec::new();
    for (at, target) in targets.iter().enumerate() {
        let name = target.name();
        let key = state::key(target, &settings, &state)?;
        let present = state.up_to_date(target, &key);
        if present && !args.force {
            say(&format!("[{}/{}] {name} is up to date", at + 1, targets.len()));
            rows.push((target, state.cost(target), true));
            continue;
        }
        say(&format!("[{}/{}] {name}", at + 1, targets.len()));
        for action in &target.actions {
            say(&format!("  {action}"));
        }
        if args.dry_run {
            // What depends on it is out of date as well.
            state.forget(target);
            continue;
        }
        let cost = make(target)?;
        state.remember(target, Made { key, cost, files: state::finished(target)? });
        state.write(&directory)?;
        rows.push((target, Some(cost), false));
    }
    if !args.dry_run {
        say(&table(&rows));
    }
    Ok(())
}

/// Makes all files of a target beside their final names, and gives them those when they are complete.
fn make(target: &Target) -> Result<Cost, Failure> {
    for path in &target.outputs {
        remove(&targets::unfinished(path))?;
    }
    let meter = Meter::start();
    for action in &target.actions {
        match action {
            Action::Command(arguments) => cli::execute(arguments)?,
            Action::CopyTypes { from, to } => {
                let types = neuroh5::Store::open(from)?;
                neuroh5::append_whole(to, |store| store.copy_types(&types))?;
            }
        }
    }
    let cost = meter.stop();
    for path in &target.outputs {
        let unfinished = targets::unfinished(path);
        std::fs::rename(&unfinished, path).map_err(|error| {
            Failure::Message(format!("cannot rename {} to {}: {error}", unfinished.display(), path.display()))
        })?;
    }
    Ok(cost)
}

fn remove(path: &Path) -> Outcome {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::Message(format!("cannot remove {}: {error}", path.display())))
        }
        _ => Ok(()),
    }
}

fn table(rows: &[(&Target, Option<Cost>, bool)]) -> String {
    let mut table = lined_table(&["file", "wall (s)", "CPU (s)", "peak memory (MiB)", ""]);
    for (target, cost, present) in rows {
        let number =
            |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |value| format!("{value:.digits$}"));
        table.add_row([
            target.name(),
            number(cost.map(|cost| cost.wall), 2),
            number(cost.and_then(|cost| cost.cpu), 2),
            number(cost.and_then(|cost| cost.peak), 0),
            if *present { "up to date; as when it was made" } else { "made" }.to_owned(),
        ]);
    }
    for at in 1..4 {
        if let Some(column) = table.column_mut(at) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    table.to_string()
}

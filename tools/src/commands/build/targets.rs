//! The files of a construction, in order, each with the commands that make it: those of the tutorial, as they would be
//! typed.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use model::config::Config;

use super::Args;
use crate::cli::Failure;

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A command with its arguments.
    Command(Vec<String>),
    /// Copies the types of one file into another (the tutorial's `h5copy -s /H5Types`).
    CopyTypes {
        /// File of make-h5types.
        from: PathBuf,
        /// File that gets them.
        to: PathBuf,
    },
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Command(arguments) => {
                for (at, argument) in arguments.iter().enumerate() {
                    let blank = if at == 0 { "" } else { " " };
                    let quote = if argument.contains(' ') { "'" } else { "" };
                    write!(f, "{blank}{quote}{argument}{quote}")?;
                }
                Ok(())
            }
            Action::CopyTypes { from, to } => {
                write!(f, "h5copy -p -s /H5Types -d /H5Types -i {} -o {}", from.display(), to.display())
            }
        }
    }
}

/// Files that are made together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Final names.
    pub outputs: Vec<PathBuf>,
    /// What its commands read, besides the configuration.
    pub inputs: Vec<PathBuf>,
    /// What makes the outputs, under their unfinished names.
    pub actions: Vec<Action>,
}

impl Target {
    /// Names of its files.
    pub fn name(&self) -> String {
        let names = self.outputs.iter().filter_map(|path| path.file_name());
        names.map(|name| name.to_string_lossy().into_owned()).collect::<Vec<_>>().join(", ")
    }
}

/// Where a file is made until it is complete.
pub fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(OsString::from(".building"));
    PathBuf::from(name)
}

/// A command line in the making.
struct Line(Vec<String>);

impl Line {
    fn new(command: &str) -> Line {
        Line(vec![command.to_owned()])
    }

    fn word(mut self, word: &str) -> Line {
        self.0.push(word.to_owned());
        self
    }

    fn path(self, path: &Path) -> Line {
        self.word(&path.to_string_lossy())
    }

    fn option(self, name: &str, value: &str) -> Line {
        self.word(&format!("--{name}={value}"))
    }

    fn path_option(self, name: &str, path: &Path) -> Line {
        let value = path.to_string_lossy().into_owned();
        self.option(name, &value)
    }

    fn end(self) -> Action {
        Action::Command(self.0)
    }
}

/// Namespace of the coordinates that the tutorial's commands make.
const COORDINATES: &str = "Generated Coordinates";

/// Id of the first point of an SWC file, if it has one.
fn first_id(path: &Path) -> Option<i64> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// All targets of a configuration, in order; `directory` is where they are made.
pub fn of(args: &Args, config: &Config, config_path: &Path, directory: &Path) -> Result<Vec<Target>, Failure> {
    let in_config =
        |error: construct::h5types::H5TypesError| Failure::Message(format!("{}: {error}", config_path.display()));
    let ranges = construct::h5types::types(config, false).map_err(in_config)?;
    let model = &config.model_name;
    let file = |name: &str| directory.join(name);
    let configured = |command: &str| {
        Line::new(command).path_option("config", &args.config_file).path_option("config-prefix", &args.config_prefix)
    };
    let data = |name: &Option<String>, key: &str| match name {
        Some(name) => Ok(file(name)),
        None => Err(Failure::Message(format!("{} has no `{key}`; add the file's name", config_path.display()))),
    };
    let mut targets = Vec::new();

    let types = file(&format!("{model}_h5types.h5"));
    targets.push(Target {
        actions: vec![configured("make-h5types").path_option("output-path", &unfinished(&types)).end()],
        outputs: vec![types.clone()],
        inputs: Vec::new(),
    });

    let coordinates = file(&format!("{model}_coords.h5"));
    let new = unfinished(&coordinates);
    let place = configured("generate-soma-coordinates")
        .path_option("types-path", &types)
        .path_option("output-path", &new)
        .option("output-namespace", COORDINATES);
    let measure = ranges
        .populations
        .iter()
        .fold(configured("measure-distances"), |line, one| line.word("-i").word(&one.name))
        .path_option("coords-path", &new)
        .option("coords-namespace", COORDINATES);
    targets.push(Target {
        outputs: vec![coordinates.clone()],
        inputs: vec![types.clone()],
        actions: vec![place.end(), measure.end()],
    });

    let has_trees = |name: &str| config.cell_types.get(name).is_some_and(|one| one.value.synapses.density.is_some());
    let mut forests = Vec::new();
    for population in ranges.populations.iter().filter(|one| has_trees(&one.name)) {
        let name = &population.name;
        let swc = args.morphologies.as_deref().unwrap_or(directory).join(format!("{name}.swc"));
        if !swc.is_file() {
            return Err(Failure::Message(format!(
                "population {name} has synapses and no morphology: put one at {}, or name its directory with \
                 --morphologies",
                swc.display()
            )));
        }
        let tree = file(&format!("{name}_tree.h5"));
        let new = unfinished(&tree);
        let mut import = Line::new("neurotrees_import");
        if first_id(&swc) == Some(1) {
            // NeuroH5 counts points from 0, most SWC files from 1.
            import = import.word("-n").word("-1");
        }
        targets.push(Target {
            outputs: vec![tree.clone()],
            inputs: vec![types.clone(), swc.clone()],
            actions: vec![
                import.word(name).path(&new).path(&swc).end(),
                Action::CopyTypes { from: types.clone(), to: new },
            ],
        });
        let forest = file(&format!("{name}_forest.h5"));
        let new = unfinished(&forest);
        let copy = Line::new("neurotrees_copy")
            .word("--fill")
            .word("--output")
            .path(&new)
            .path(&tree)
            .word(name)
            .word(&population.gids.start.to_string());
        let distribute = configured("distribute-synapse-locs")
            .option("template-path", &args.template_paths)
            .path_option("mechanisms-path", &args.mechanisms_path)
            .option("populations", name)
            .path_option("forest-path", &new)
            .path_option("output-path", &new)
            .option("distribution", &args.distribution)
            .option("write-size", "0");
        let mut inputs = vec![tree, args.mechanisms_path.clone()];
        inputs.extend(args.template_paths.split(':').map(PathBuf::from));
        targets.push(Target { outputs: vec![forest.clone()], inputs, actions: vec![copy.end(), distribute.end()] });
        forests.push(forest);
    }

    let connections = file(&format!("{model}_connections.h5"));
    let connect = |forest: &PathBuf| {
        configured("generate-distance-connections")
            .path_option("forest-path", forest)
            .path_option("connectivity-path", &unfinished(&connections))
            .path_option("coords-path", &coordinates)
            .option("coords-namespace", COORDINATES)
            .option("cache-size", "20")
            .option("write-size", "100")
            .end()
    };
    if !forests.is_empty() {
        targets.push(Target {
            outputs: vec![connections.clone()],
            inputs: forests.iter().chain([&coordinates]).cloned().collect(),
            actions: forests.iter().map(connect).collect(),
        });
    }

    let input = |name: &str| config.cell_types.get(name).is_some_and(|one| one.value.spike_train.is_some());
    let inputs: Vec<&str> = ranges.populations.iter().map(|one| one.name.as_str()).filter(|name| input(name)).collect();
    let spikes = file(&format!("{model}_input_spikes.h5"));
    if !inputs.is_empty() {
        let features = file(&format!("{model}_input_features.h5"));
        let of_inputs = |line: Line| inputs.iter().fold(line, |line, name| line.word("-p").word(name));
        let feature_line = of_inputs(configured("generate-input-features"))
            .path_option("coords-path", &coordinates)
            .path_option("output-path", &unfinished(&features))
            .option("arena-id", &args.arena_id);
        targets.push(Target {
            outputs: vec![features.clone()],
            inputs: vec![coordinates.clone()],
            actions: vec![feature_line.end()],
        });
        let spike_line = of_inputs(configured("generate-input-spike-trains"))
            .path_option("selectivity-path", &features)
            .path_option("output-path", &unfinished(&spikes))
            .option("arena-id", &args.arena_id)
            .option("n-trials", &args.n_trials.to_string());
        targets.push(Target { outputs: vec![spikes.clone()], inputs: vec![features], actions: vec![spike_line.end()] });
    }

    let cells = data(&config.cell_data, "Cell Data")?;
    let edges = data(&config.connection_data, "Connection Data")?;
    let mut collapse = configured("prepare-data")
        .path_option("cells-path", &unfinished(&cells))
        .path_option("connections-path", &unfinished(&edges))
        .path_option("types-path", &types)
        .path_option("coords-path", &coordinates);
    let mut inputs_of_data = vec![types, coordinates];
    if !forests.is_empty() {
        collapse = forests.iter().fold(collapse.word("--forest-path"), |line, forest| line.path(forest));
        collapse = collapse.path_option("connectivity-path", &connections);
        inputs_of_data.extend(forests);
        inputs_of_data.push(connections);
    }
    if !inputs.is_empty() {
        collapse = collapse.path_option("spike-input-path", &spikes);
        inputs_of_data.push(spikes);
    }
    targets.push(Target { outputs: vec![cells, edges], inputs: inputs_of_data, actions: vec![collapse.end()] });
    Ok(targets)
}

//! Options of `run-network`, by the names and defaults of MiV-Simulator's command.

use std::path::PathBuf;

/// Arguments of `run-network`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file, inside the configuration directory
    #[arg(long, value_name = "FILE")]
    pub config_file: PathBuf,
    /// Directory of the configuration
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub config_prefix: PathBuf,
    /// Directories with .hoc templates, separated by colons
    #[arg(long, value_name = "DIRS", default_value = "templates")]
    pub template_paths: String,
    /// Directory with hoc libraries (accepted; no library is needed)
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub hoc_lib_path: PathBuf,
    /// Directory of .mod files, or a mechanism library written by `mivc compile`
    #[arg(long, short = 'm', value_name = "PATH", default_value = "mechanisms")]
    pub mechanisms_path: PathBuf,
    /// Directory of the HDF5 data, with or without a folder named after the data set
    #[arg(long, value_name = "DIR")]
    pub dataset_prefix: PathBuf,
    /// Directory for the results; it is made if missing
    #[arg(long, value_name = "DIR")]
    pub results_path: PathBuf,
    /// Part of the name of the results file
    #[arg(long, value_name = "ID")]
    pub results_id: Option<String>,
    /// Arena: with --stimulus-id it completes the name of the spike train namespace
    #[arg(long, value_name = "ID")]
    pub arena_id: Option<String>,
    /// Stimulus: with --arena-id it completes the name of the spike train namespace
    #[arg(long, value_name = "ID")]
    pub stimulus_id: Option<String>,
    /// YAML file, population to list of gids: only these cells are built, presynaptic cells that are not play their
    /// spikes (as with --microcircuit-inputs)
    #[arg(long, value_name = "FILE")]
    pub cell_selection_path: Option<PathBuf>,
    /// File with lines `gid rank` (it is checked; one process has no use of it)
    #[arg(long, value_name = "FILE")]
    pub node_rank_file: Option<PathBuf>,
    /// Number of ranks that read and write; 0 is all (one process has no use of it)
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub io_size: u32,
    /// Read attributes in bounded memory (the result is the same, and mivc reads what it needs)
    #[arg(long)]
    pub use_cell_attr_gen: bool,
    /// Cells to keep in memory with --use-cell-attr-gen
    #[arg(long, default_value_t = 10)]
    pub cell_attr_gen_cache_size: u32,
    /// Key of `Recording: Intracellular` in the configuration
    #[arg(long, value_name = "NAME", default_value = "Network default")]
    pub recording_profile: String,
    /// Write the number of events that the synapses of each cell got from each population
    #[arg(long)]
    pub output_syn_spike_count: bool,
    /// Run in CoreNEURON
    #[arg(long)]
    pub use_coreneuron: bool,
    /// Run in CoreNEURON on a GPU
    #[arg(long)]
    pub coreneuron_gpu: bool,
    /// Duration of the stimulus, ms; `Equilibration Duration` of the configuration comes before it
    ///
    /// The run takes `Equilibration Duration` + tstop ms of simulated time, whatever the checkpoint interval, and times
    /// in the results count from the end of equilibration. (MiV-Simulator stops short, at tstop of simulated time, if
    /// all of it fits into one checkpoint interval.)
    #[arg(long, value_name = "MS", default_value_t = 1.0, allow_negative_numbers = true, value_parser = not_negative)]
    pub tstop: f64,
    /// Initial membrane potential, mV
    #[arg(long, value_name = "MV", default_value_t = -75.0, allow_negative_numbers = true, value_parser = finite)]
    pub v_init: f64,
    /// Added to every time of a played spike, ms
    #[arg(long, value_name = "MS", default_value_t = 1.0, allow_negative_numbers = true, value_parser = finite)]
    pub stimulus_onset: f64,
    /// Wall time after which the run must have ended, hours
    ///
    /// The run stops early, with a warning and with complete results to that time, when only --results-write-time is
    /// left.
    #[arg(long, value_name = "HOURS", default_value_t = 1.0, allow_negative_numbers = true, value_parser = not_negative)]
    pub max_walltime_hours: f64,
    /// Let presynaptic cells that are not built play their spikes
    #[arg(long)]
    pub microcircuit_inputs: bool,
    /// Forget recorded samples after each checkpoint (always done; the results are the same)
    #[arg(long)]
    pub checkpoint_clear_data: bool,
    /// Write results every so many ms of simulated time, more than 1; 0 writes at the end only
    #[arg(long, value_name = "MS", default_value_t = 500.0, allow_negative_numbers = true, value_parser = checkpoint)]
    pub checkpoint_interval: f64,
    /// Wall time reserved for writing results, seconds
    #[arg(long, value_name = "S", default_value_t = 360.0, allow_negative_numbers = true, value_parser = not_negative)]
    pub results_write_time: f64,
    /// HDF5 file with spikes to play; where the cells file has spikes of its own, those are played instead
    #[arg(long, value_name = "FILE", requires = "spike_input_namespace")]
    pub spike_input_path: Option<PathBuf>,
    /// Namespace of the spikes to play in that file (repeatable; a later one replaces an earlier)
    #[arg(long, value_name = "NAME", requires = "spike_input_path")]
    pub spike_input_namespace: Vec<String>,
    /// Attribute of the spikes to play in that file, if not `t` or the configured one
    #[arg(long, value_name = "NAME", requires = "spike_input_path")]
    pub spike_input_attr: Option<String>,
    /// Namespace of the coordinates of cells without trees
    #[arg(long, value_name = "NAME", default_value = "Coordinates")]
    pub coordinates_namespace: String,
    /// Time step, ms
    #[arg(long, value_name = "MS", default_value_t = 0.025, allow_negative_numbers = true, value_parser = positive)]
    pub dt: f64,
    /// Report the expected load balance (one process has no use of it)
    #[arg(long)]
    pub ldbal: bool,
    /// Balance load by longest processing time (one process has no use of it)
    #[arg(long)]
    pub lptbal: bool,
    /// Free synapse attributes after wiring (always done)
    #[arg(long, overrides_with = "no_cleanup")]
    pub cleanup: bool,
    /// Keep synapse attributes after wiring (nothing needs them)
    #[arg(long)]
    pub no_cleanup: bool,
    /// Tell how much memory was used at most
    #[arg(long)]
    pub profile_memory: bool,
    /// Write the selection of cells (accepted; MiV-Simulator writes none either)
    #[arg(long)]
    pub write_selection: bool,
    /// Say what is being done, on standard error
    #[arg(long, short = 'v')]
    pub verbose: bool,
    /// The same as --verbose
    #[arg(long)]
    pub debug: bool,
    /// Draw the spikes of the run as SVG or PNG (not an option of the original)
    #[arg(long, value_name = "FILE.svg|png", value_parser = crate::plot::picture_path)]
    pub plot: Option<PathBuf>,
    /// Build everything, run nothing, write nothing
    #[arg(long)]
    pub dry_run: bool,
}

fn finite(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err("it must be finite".to_owned()),
        Err(_) => Err("it must be a number, such as 0.5".to_owned()),
    }
}

fn in_range(text: &str, good: impl Fn(f64) -> bool, range: &str) -> Result<f64, String> {
    let value = finite(text)?;
    if good(value) { Ok(value) } else { Err(format!("it must be {range}")) }
}

fn positive(text: &str) -> Result<f64, String> {
    in_range(text, |value| value > 0.0, "above 0")
}

fn not_negative(text: &str) -> Result<f64, String> {
    in_range(text, |value| value >= 0.0, "at least 0")
}

fn checkpoint(text: &str) -> Result<f64, String> {
    in_range(text, |value| value == 0.0 || value > 1.0, "above 1, or 0 for none")
}

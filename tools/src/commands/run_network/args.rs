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
    /// Directory with hoc libraries
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
    /// YAML file, population to list of gids: only these cells are built
    #[arg(long, value_name = "FILE")]
    pub cell_selection_path: Option<PathBuf>,
    /// File with lines `gid rank`
    #[arg(long, value_name = "FILE")]
    pub node_rank_file: Option<PathBuf>,
    /// Number of ranks that read and write; 0 is all
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub io_size: i64,
    /// Read attributes in bounded memory (the result is the same)
    #[arg(long)]
    pub use_cell_attr_gen: bool,
    /// Cells to keep in memory with --use-cell-attr-gen
    #[arg(long, default_value_t = 10)]
    pub cell_attr_gen_cache_size: u32,
    /// Key of `Recording: Intracellular` in the configuration
    #[arg(long, value_name = "NAME", default_value = "Network default")]
    pub recording_profile: String,
    /// Write the number of events of each synapse
    #[arg(long)]
    pub output_syn_spike_count: bool,
    /// Run in CoreNEURON
    #[arg(long)]
    pub use_coreneuron: bool,
    /// Run in CoreNEURON on a GPU
    #[arg(long)]
    pub coreneuron_gpu: bool,
    /// Duration, ms
    #[arg(long, value_name = "MS", default_value_t = 1.0)]
    pub tstop: f64,
    /// Initial membrane potential, mV
    #[arg(long, value_name = "MV", default_value_t = -75.0, allow_negative_numbers = true)]
    pub v_init: f64,
    /// Added to every time of a played spike, ms
    #[arg(long, value_name = "MS", default_value_t = 1.0, allow_negative_numbers = true)]
    pub stimulus_onset: f64,
    /// Wall time after which the run must have ended, hours
    #[arg(long, value_name = "HOURS", default_value_t = 1.0)]
    pub max_walltime_hours: f64,
    /// Replace presynaptic cells that are not built by played spikes
    #[arg(long)]
    pub microcircuit_inputs: bool,
    /// Forget recorded samples after each checkpoint
    #[arg(long)]
    pub checkpoint_clear_data: bool,
    /// Write results every so many ms of simulated time
    #[arg(long, value_name = "MS", default_value_t = 500.0)]
    pub checkpoint_interval: f64,
    /// Wall time reserved for writing results, seconds
    #[arg(long, value_name = "S", default_value_t = 360.0)]
    pub results_write_time: f64,
    /// HDF5 file with spikes to play
    #[arg(long, value_name = "FILE")]
    pub spike_input_path: Option<PathBuf>,
    /// Namespace of the spikes to play (repeatable)
    #[arg(long, value_name = "NAME")]
    pub spike_input_namespace: Vec<String>,
    /// Attribute of the spikes to play
    #[arg(long, value_name = "NAME")]
    pub spike_input_attr: Option<String>,
    /// Namespace of the coordinates of cells without trees
    #[arg(long, value_name = "NAME", default_value = "Coordinates")]
    pub coordinates_namespace: String,
    /// Time step, ms
    #[arg(long, value_name = "MS", default_value_t = 0.025)]
    pub dt: f64,
    /// Report the expected load balance
    #[arg(long)]
    pub ldbal: bool,
    /// Balance load by longest processing time
    #[arg(long)]
    pub lptbal: bool,
    /// Free synapse attributes after wiring
    #[arg(long, overrides_with = "no_cleanup")]
    pub cleanup: bool,
    /// Keep synapse attributes after wiring
    #[arg(long)]
    pub no_cleanup: bool,
    /// Report memory use
    #[arg(long)]
    pub profile_memory: bool,
    /// Write the selection of cells
    #[arg(long)]
    pub write_selection: bool,
    /// Say more while running
    #[arg(long, short = 'v')]
    pub verbose: bool,
    /// Say much more while running
    #[arg(long)]
    pub debug: bool,
    /// Draw the spikes of the run as SVG (not an option of the original)
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
    /// Build everything, run nothing, write nothing
    #[arg(long)]
    pub dry_run: bool,
}

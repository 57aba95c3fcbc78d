//! Arguments, subcommands and exit status.
//!
//! `mivc SUBCOMMAND …`, or any subcommand under its own name: a link called `run-network` that points at `mivc` is
//! `mivc run-network` (`mivc link-commands DIR` makes such links).

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::{
    self, build, compare, compile, distribute_synapse_locs, generate_distance_connections, generate_input_features,
    generate_input_spike_trains, generate_soma_coordinates, inspect, link_commands, make_h5types, measure_distances,
    neurotrees_copy, neurotrees_import, neurotrees_select, planned, plot, prepare_data, report, run_network,
    sample_data, show_h5types, trace,
};
use crate::ranks;

/// NMODL compiler and simulator of biophysical networks.
#[derive(Debug, Parser)]
#[command(name = "mivc", version, about, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Every subcommand that exists; those of the tutorial keep their own names and flags.
#[derive(Debug, Subcommand)]
enum Command {
    /// Compile NMODL mechanisms (in place of nrnivmodl) into a mechanism library
    Compile(compile::Args),
    /// Run a small model described in a protocol file and write its traces
    Trace(trace::Args),
    /// Run a network: cells and connections from NeuroH5, mechanisms, templates and configuration from text
    RunNetwork(Box<run_network::Args>),
    /// Make a NeuroH5 file with the populations, gid ranges and projections of a configuration
    #[command(name = "make-h5types")]
    MakeH5types(make_h5types::Args),
    /// Show the populations, gid ranges and projections of a NeuroH5 file
    #[command(name = "show-h5types")]
    ShowH5types(show_h5types::Args),
    /// Import SWC morphologies as NeuroH5 trees
    #[command(name = "neurotrees_import")]
    NeurotreesImport(neurotrees_import::Args),
    /// Copy the tree of one cell to others of its population
    #[command(name = "neurotrees_copy")]
    NeurotreesCopy(neurotrees_copy::Args),
    /// Select trees and attributes of some cells
    #[command(name = "neurotrees_select")]
    NeurotreesSelect(neurotrees_select::Args),
    /// Distribute synapses over the trees of cells
    DistributeSynapseLocs(Box<distribute_synapse_locs::Args>),
    /// Place the somata of each population in its layers
    GenerateSomaCoordinates(Box<generate_soma_coordinates::Args>),
    /// Measure how far somata are from the origin of the tissue
    MeasureDistances(measure_distances::Args),
    /// Connect cells by the distance between their somata
    GenerateDistanceConnections(Box<generate_distance_connections::Args>),
    /// Make the features of the input cells: selectivity and peak rate
    GenerateInputFeatures(Box<generate_input_features::Args>),
    /// Draw the spike trains of the input cells along the trajectories of an arena
    GenerateInputSpikeTrains(Box<generate_input_spike_trains::Args>),
    /// Collect cells and connections into the two files of run-network
    PrepareData(Box<prepare_data::Args>),
    /// Make the data of a configuration: all steps of the construction, skipping what is up to date
    Build(Box<build::Args>),
    /// Show what a NeuroH5 file has: populations, attributes, projections
    Inspect(inspect::Args),
    /// Show how two NeuroH5 files differ; status 1 if they do
    Compare(compare::Args),
    /// Make a small data set for a configuration, from a seed
    SampleData(sample_data::Args),
    /// Draw the spikes of a run: populations stacked, rates below
    PlotSpikeRaster(plot::spike_raster::Args),
    /// Draw recorded states of cells
    PlotState(plot::state::Args),
    /// Draw the local field potentials of a run
    PlotLfp(plot::lfp::Args),
    /// Draw the somata of populations in space
    PlotCoordsInVolume(plot::coords_in_volume::Args),
    /// Draw the tree of a cell and the synapses on it
    PlotCellTree(plot::cell_tree::Args),
    /// Draw the distances of the cells that are connected with one cell
    PlotSingleVertexDist(plot::single_vertex_dist::Args),
    /// Write a run's summary and pictures as one HTML page
    Report(report::Args),
    /// Make links with the names of the tutorial's commands
    LinkCommands(link_commands::Args),
    #[command(flatten)]
    Planned(planned::Planned),
}

/// Why a command ends with a status other than 0.
#[derive(Debug)]
pub enum Failure {
    /// Already told to the user on standard error.
    Told,
    /// To be told: one message with the remedy.
    Message(String),
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            let inner_text = inner.to_string();
            if !text.contains(&inner_text) {
                text.push_str(": ");
                text.push_str(&inner_text);
            }
            source = inner.source();
        }
        Failure::Message(text)
    }
}

/// What a command returns.
pub type Outcome = Result<(), Failure>;

/// Names under which a link to the executable is a command of its own.
pub fn command_names() -> Vec<String> {
    let own = ["build", "link-commands", "sample-data", "inspect", "compare", "report", "help"];
    let cli = Cli::command();
    let names = cli.get_subcommands().map(|one| one.get_name().to_owned());
    names.filter(|name| !own.contains(&name.as_str())).collect()
}

/// Runs the program: status 0, 1 for errors, 2 for wrong usage.
pub fn main(mut arguments: Vec<OsString>) -> ExitCode {
    let name =
        arguments.first().and_then(|path| Path::new(path).file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    if let Some(name) = name.filter(|name| command_names().contains(name)) {
        arguments.insert(1, name.into());
    }
    let matches = match Cli::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // Help and version are not errors; clap prints each to its proper stream.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let command = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli.command,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(2);
        }
    };
    if let Some(launched) = ranks::launched(|name| std::env::var(name).ok()) {
        if launched.rank > 0 {
            return ExitCode::SUCCESS;
        }
        let note = format!(
            "started as {} processes: this version does all work in the first, with all cores of its machine",
            launched.size
        );
        commands::complain_softly("note", &note);
    }
    match dispatch(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Told) => ExitCode::from(1),
        Err(Failure::Message(text)) => {
            commands::complain(&text);
            ExitCode::from(1)
        }
    }
}

/// Runs a subcommand as if it had been typed, in this process.
pub fn execute(arguments: &[String]) -> Outcome {
    let matches =
        Cli::command().try_get_matches_from(std::iter::once("mivc").chain(arguments.iter().map(String::as_str)))?;
    dispatch(Cli::from_arg_matches(&matches)?.command)
}

fn dispatch(command: Command) -> Outcome {
    match command {
        Command::Build(args) => build::run(&args),
        Command::Compile(args) => compile::run(&args),
        Command::Trace(args) => trace::run(&args),
        Command::RunNetwork(args) => run_network::run(&args),
        Command::MakeH5types(args) => make_h5types::run(&args),
        Command::ShowH5types(args) => show_h5types::run(&args),
        Command::NeurotreesImport(args) => neurotrees_import::run(&args),
        Command::NeurotreesCopy(args) => neurotrees_copy::run(&args),
        Command::NeurotreesSelect(args) => neurotrees_select::run(&args),
        Command::DistributeSynapseLocs(args) => distribute_synapse_locs::run(&args),
        Command::GenerateSomaCoordinates(args) => generate_soma_coordinates::run(&args),
        Command::MeasureDistances(args) => measure_distances::run(&args),
        Command::GenerateDistanceConnections(args) => generate_distance_connections::run(&args),
        Command::GenerateInputFeatures(args) => generate_input_features::run(&args),
        Command::GenerateInputSpikeTrains(args) => generate_input_spike_trains::run(&args),
        Command::PrepareData(args) => prepare_data::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::SampleData(args) => sample_data::run(&args),
        Command::PlotSpikeRaster(args) => plot::spike_raster::run(&args),
        Command::PlotState(args) => plot::state::run(&args),
        Command::PlotLfp(args) => plot::lfp::run(&args),
        Command::PlotCoordsInVolume(args) => plot::coords_in_volume::run(&args),
        Command::PlotCellTree(args) => plot::cell_tree::run(&args),
        Command::PlotSingleVertexDist(args) => plot::single_vertex_dist::run(&args),
        Command::Report(args) => report::run(&args),
        Command::LinkCommands(args) => link_commands::run(&args),
        Command::Planned(command) => planned::run(&command),
    }
}

//! `mivc prepare-data`: the cells and connections files of a simulation from what the construction made.

use std::path::PathBuf;

use construct::collapse::{Inputs, collapse};

use crate::cli::{Failure, Outcome};
use crate::commands::{configuration, say};

/// Arguments of `prepare-data`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file
    #[arg(short, long, value_name = "FILE")]
    config: PathBuf,
    /// Directory of the configuration
    #[arg(long, value_name = "DIR", default_value = "")]
    config_prefix: PathBuf,
    /// Directory for the two files as run-network looks for them: DIR/Dataset Name/Cell Data and …/Connection Data
    #[arg(long, value_name = "DIR")]
    dataset_prefix: Option<PathBuf>,
    /// Cells file, in place of the configuration's
    #[arg(long, value_name = "FILE", required_unless_present = "dataset_prefix")]
    cells_path: Option<PathBuf>,
    /// Connections file, in place of the configuration's
    #[arg(long, value_name = "FILE", required_unless_present = "dataset_prefix")]
    connections_path: Option<PathBuf>,
    /// File of make-h5types, if not the types in the file of the coordinates
    #[arg(long, value_name = "FILE")]
    types_path: Option<PathBuf>,
    /// File with coordinates and distances
    #[arg(long, value_name = "FILE")]
    coords_path: PathBuf,
    /// Files with trees and synapses
    #[arg(long, value_name = "FILE", num_args = 1..)]
    forest_path: Vec<PathBuf>,
    /// Files with projections
    #[arg(long, value_name = "FILE", num_args = 1..)]
    connectivity_path: Vec<PathBuf>,
    /// Files with input spikes
    #[arg(long, value_name = "FILE", num_args = 1..)]
    spike_input_path: Vec<PathBuf>,
    /// Namespaces of the input spikes; those that begin as the configuration's `spike train` if left out
    #[arg(long, value_name = "NAME", num_args = 1..)]
    spike_input_namespace: Vec<String>,
    /// Namespace of the coordinates
    #[arg(long, value_name = "NAME", default_value = "Generated Coordinates")]
    coords_namespace: String,
    /// Namespace of the distances
    #[arg(long, value_name = "NAME", default_value = "Arc Distances")]
    distances_namespace: String,
    /// Namespace of the synapses
    #[arg(long, value_name = "NAME", default_value = "Synapse Attributes")]
    synapses_namespace: String,
    /// Namespace where run-network looks for the coordinates of cells without trees
    #[arg(long, value_name = "NAME", default_value = "Coordinates")]
    coordinates_namespace: String,
}

/// Makes the two files.
pub fn run(args: &Args) -> Outcome {
    let config_path = args.config_prefix.join(&args.config);
    let config = configuration(&config_path, &mut diag::Sources::new())?;
    let place = |given: &Option<PathBuf>, name: &Option<String>, key: &str| -> Result<PathBuf, Failure> {
        if let Some(path) = given {
            return Ok(path.clone());
        }
        let missing = || format!("{} has no `{key}`; add the file's name", config_path.display());
        let name = name.as_ref().ok_or_else(|| Failure::Message(missing()))?;
        let directory = args.dataset_prefix.clone().unwrap_or_default();
        Ok(directory.join(config.dataset_name.as_deref().unwrap_or("")).join(name))
    };
    let cells = place(&args.cells_path, &config.cell_data, "Cell Data")?;
    let connections = place(&args.connections_path, &config.connection_data, "Connection Data")?;
    let inputs = Inputs {
        types: args.types_path.clone(),
        coordinates: args.coords_path.clone(),
        forests: args.forest_path.clone(),
        connections: args.connectivity_path.clone(),
        spikes: args.spike_input_path.clone(),
        coordinates_namespace: args.coords_namespace.clone(),
        distances_namespace: args.distances_namespace.clone(),
        synapses_namespace: args.synapses_namespace.clone(),
        spike_namespaces: args.spike_input_namespace.clone(),
        places_namespace: args.coordinates_namespace.clone(),
    };
    let collected = collapse(&config, &inputs, &cells, &connections)?;
    for one in &collected {
        say(&format!("{}: {} cells: {}", one.population, one.n_cells, one.namespaces.join(", ")));
    }
    for one in collected.iter().filter(|one| !one.sources.is_empty()) {
        say(&format!("onto {}: from {}", one.population, one.sources.join(", ")));
    }
    for one in &collected {
        let wanted = config.cell_types.get(&one.population).and_then(|kind| kind.value.spike_train.as_ref());
        if let Some(train) =
            wanted.filter(|train| !one.namespaces.iter().any(|name| name.starts_with(&train.namespace)))
        {
            let text = format!(
                "{} plays spikes of the namespace `{}`, which is not in the cells file: give their file with \
                 --spike-input-path here, or to run-network",
                one.population, train.namespace
            );
            super::complain_softly("warning", &text);
        }
    }
    say(&format!("cells in {}\nconnections in {}", cells.display(), connections.display()));
    Ok(())
}

//! `mivc sample-data`: a small data set for a configuration, from a seed.

use std::path::{Path, PathBuf};

use crate::cli::{Failure, Outcome};
use crate::commands::{configuration, say, write_whole};
use crate::sample::{self, Input, Network};

/// Arguments of `sample-data`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Seed of everything that is drawn
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Length of the input spike trains, ms after the equilibration
    #[arg(long, value_name = "MS", default_value_t = 1000.0)]
    duration: f64,
    /// Arena in the name of the spike train namespace
    #[arg(long, value_name = "ID", default_value = "A")]
    arena_id: String,
    /// Stimulus in the name of the spike train namespace
    #[arg(long, value_name = "ID", default_value = "Diag")]
    stimulus_id: String,
    /// Directory for the cells and connections named in the configuration and for an SWC file of each population
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// Makes the data set.
pub fn run(args: &Args) -> Outcome {
    if !(args.duration > 0.0 && args.duration.is_finite()) {
        return Err(Failure::Message(format!("--duration is {} ms; it must be above 0", args.duration)));
    }
    let config = configuration(&args.config, &mut diag::Sources::new())?;
    let named = |file: &Option<String>, key: &str| {
        let missing = || format!("{} has no `{key}`; add the file's name", args.config.display());
        file.clone().ok_or_else(|| Failure::Message(missing()))
    };
    let cells = named(&config.cell_data, "Cell Data")?;
    let connections = named(&config.connection_data, "Connection Data")?;
    let network = sample::build(&config, args.seed, Input { duration: args.duration })
        .map_err(|text| Failure::Message(format!("{}: {text}", args.config.display())))?;
    std::fs::create_dir_all(&args.output).map_err(|error| {
        Failure::Message(format!("cannot make {}: {error}; check the path and its permissions", args.output.display()))
    })?;
    let namespace = format!("Input Spikes {} {}", args.arena_id, args.stimulus_id);
    whole(&args.output.join(cells), |path| sample::write_cells(&network, path, &namespace))?;
    whole(&args.output.join(connections), |path| sample::write_connections(&network, path))?;
    for (population, text) in sample::swc(&network) {
        write_whole(&args.output.join(format!("{population}.swc")), text.as_bytes())?;
    }
    report(&network);
    Ok(())
}

/// Writes an HDF5 file under another name and renames it when it is complete.
fn whole(path: &Path, write: impl FnOnce(&Path) -> Result<(), neuroh5::Error>) -> Outcome {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let written = write(&partial).map_err(Failure::from);
    let renamed = written.and_then(|()| std::fs::rename(&partial, path).map_err(Failure::from));
    if renamed.is_err() {
        // What could not be completed is of no use; if nothing was begun there is nothing to remove.
        let _ = std::fs::remove_file(&partial);
    }
    renamed
}

fn report(network: &Network) {
    for population in &network.populations {
        let synapses: usize = population.cells.iter().map(|cell| cell.synapses.len()).sum();
        let spikes: usize = population.cells.iter().map(|cell| cell.spikes.len()).sum();
        let cells = population.cells.len();
        say(&format!("{}: {cells} cells, {synapses} synapses, {spikes} input spikes", population.name));
    }
}

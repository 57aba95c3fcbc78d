//! What can go wrong while cells are connected.

use std::path::PathBuf;

use model::numpy::Invalid;

/// Why no connections were made.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// A file that is not as it must be.
    #[error(transparent)]
    File(#[from] neuroh5::Error),
    /// A population that the configuration or a file does not know.
    #[error("population {name} is not in {place}; {remedy}")]
    Population {
        /// Its name.
        name: String,
        /// Where it is missing.
        place: String,
        /// What to do.
        remedy: String,
    },
    /// A value in the configuration.
    #[error("configuration, {key}: {what}; {remedy}")]
    Config {
        /// Keys from the top of the configuration.
        key: String,
        /// What was found.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// Cells without something they need.
    #[error("{}: cell {gid} of {population} {what}; {remedy}", path.display())]
    Cell {
        /// File.
        path: PathBuf,
        /// Population.
        population: String,
        /// Cell.
        gid: u32,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// A synapse that belongs to no projection.
    #[error(
        "synapse {synapse} of cell {gid} ({population}) is {kind} on {section} in layer {layer}, and no presynaptic \
         population makes such synapses; add the section and layer to one under `Connection Generator: Synapses: \
         {population}`"
    )]
    NoProjection {
        /// Population of the cell.
        population: String,
        /// Cell.
        gid: u32,
        /// Number of the synapse.
        synapse: u32,
        /// Synapse type.
        kind: String,
        /// SWC type.
        section: String,
        /// Layer.
        layer: String,
    },
    /// Presynaptic populations that got no synapse of a cell.
    #[error(
        "cell {gid} of {population} has no synapse for {}, in {passes} attempts to share its {synapses} synapses; give \
         the cell more synapses, or remove the projection from `Connection Generator: Synapses: {population}`",
        sources.join(", ")
    )]
    EmptyProjection {
        /// Population of the cell.
        population: String,
        /// Cell.
        gid: u32,
        /// Presynaptic populations without a synapse.
        sources: Vec<String>,
        /// Number of its synapses.
        synapses: usize,
        /// Number of attempts.
        passes: usize,
    },
    /// No cell of a presynaptic population is near enough.
    #[error(
        "cell {gid} of {population} has no cell of {source_population} within reach, in no layer; enlarge \
         `Connection Generator: Axon Extent: {source_population}` or check the arc distances of both"
    )]
    NoCandidates {
        /// Population of the cell.
        population: String,
        /// Cell.
        gid: u32,
        /// Presynaptic population.
        source_population: String,
    },
    /// numpy's generator refuses a seed or probabilities.
    #[error("cell {gid} of {population}: {invalid}; correct {place}")]
    Random {
        /// Population of the cell.
        population: String,
        /// Cell.
        gid: u32,
        /// What is refused.
        invalid: Invalid,
        /// Where it comes from.
        place: &'static str,
    },
    /// Connections that are there already.
    #[error("{} has {what} already; {remedy}", path.display())]
    Present {
        /// File.
        path: PathBuf,
        /// What it has.
        what: String,
        /// What to do.
        remedy: String,
    },
}

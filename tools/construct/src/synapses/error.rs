//! What can go wrong while synapses are distributed.

use std::path::PathBuf;

use model::numpy::Invalid;

/// Why no synapses were distributed.
#[derive(Debug, thiserror::Error)]
pub enum SynapseError {
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
    /// Something of a cell.
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
    /// No file with the template.
    #[error(
        "no template `{template}` for population {population}: there is no {file} in {searched}; correct \
         --template-path, or `template` or `template file` in Cell Types"
    )]
    NoTemplate {
        /// Population.
        population: String,
        /// Template.
        template: String,
        /// File that was looked for.
        file: String,
        /// Directories.
        searched: String,
    },
    /// A file with another template.
    #[error(
        "{} does not define the template `{template}` of population {population}; correct `begintemplate` there, or \
         `template` or `template file` in Cell Types",
        path.display()
    )]
    OtherTemplate {
        /// Template.
        template: String,
        /// Population.
        population: String,
        /// File.
        path: PathBuf,
    },
    /// A template that cannot be read.
    #[error("the template {} cannot be read: {error}; check its permissions", path.display())]
    UnreadableTemplate {
        /// File.
        path: PathBuf,
        /// Why.
        error: String,
    },
    /// A problem in a template, rendered: a message of its own, to be shown as it is.
    #[error("{0}")]
    Template(String),
    /// Cells of a kind that has no place for synapses.
    #[error("{what} is not supported; {instead}")]
    Unsupported {
        /// What.
        what: String,
        /// What to do.
        instead: String,
    },
    /// A stream of random numbers that never gives what is needed.
    #[error(
        "cell {gid} of {population}: no {what} for {kind} synapses on {section} in {tries} attempts; correct their \
         density in `Cell Types: {population}: synapses: density: {section}: {kind}`"
    )]
    NoDraw {
        /// Population.
        population: String,
        /// Cell.
        gid: u32,
        /// What was to be drawn.
        what: &'static str,
        /// Synapse type.
        kind: String,
        /// Section type.
        section: &'static str,
        /// Number of attempts.
        tries: usize,
    },
    /// numpy's generator refuses the seed.
    #[error("cell {gid} of {population}: {invalid}; correct `Random Seeds: Synapse Locations`")]
    Seed {
        /// Population.
        population: String,
        /// Cell.
        gid: u32,
        /// What is refused.
        invalid: Invalid,
    },
    /// Synapses that are there already.
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

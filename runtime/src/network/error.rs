//! Why a network cannot be built or run.

/// Why a network cannot be built or run.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant names its fields")]
pub enum NetworkError {
    #[error(transparent)]
    File(#[from] neuroh5::Error),
    #[error(transparent)]
    Cable(#[from] cable::CableError),
    #[error(transparent)]
    Engine(#[from] crate::engine::EngineError),
    /// A problem in a template, rendered: a message of its own, to be shown as it is.
    #[error("{0}")]
    Template(String),
    #[error("the template {} cannot be read: {error}; check its permissions", path.display())]
    UnreadableTemplate { path: std::path::PathBuf, error: String },
    #[error(
        "{} does not define the template `{template}` of population {population}; correct `begintemplate` there, or \
         `template` or `template file` in Cell Types",
        path.display()
    )]
    OtherTemplate { template: String, population: String, path: std::path::PathBuf },
    #[error(
        "no template or artificial cell `{template}` for population {population}: there is no {template}.hoc in \
         {searched}, and no compiled ARTIFICIAL_CELL of that name; add one of them, or correct `template` in Cell Types"
    )]
    NoTemplate { population: String, template: String, searched: String },
    #[error(
        "the cells of population {population} ({template}) take parameters; add `mechanism file` to it in Cell Types, a \
         file with `{key}`"
    )]
    NoMechanismFile { population: String, template: String, key: &'static str },
    #[error("the mechanism file {} of population {population}: {what}", path.display())]
    MechanismFile { population: String, path: std::path::PathBuf, what: String },
    #[error("population {0} is in Cell Types and not in the cells file; remove it from Cell Types, or make its cells")]
    NoPopulation(String),
    #[error(
        "population {population} has neither Trees nor a namespace `{namespace}` in the cells file; give \
         --coordinates-namespace, or make its cells"
    )]
    NoCells { population: String, namespace: String },
    #[error(
        "the connections file has a projection from {source_population} to {destination} that the configuration does \
         not describe; add it to Connection Generator: Synapses and Connection Velocity"
    )]
    Projection { destination: String, source_population: String },
    #[error("synapse {synapse} of gid {gid} {what}; the files do not belong together, or are damaged: make them again")]
    Synapse { gid: u32, synapse: u32, what: String },
    #[error(
        "population {population} has no weights in namespace `{namespace}`, which `synapses: weights` names; the \
         namespace must hold `syn_id` and one attribute for each label ({labels})"
    )]
    NoWeights { population: String, namespace: String, labels: String },
    #[error(
        "{mechanism} has no place for the parameter `{name}`: its NET_RECEIVE takes {slots} arguments; correct \
         `netcon_params` in Synapse Parameter Rules"
    )]
    NoWeight { mechanism: String, name: String, slots: usize },
    #[error(
        "the cell selection names {what}, which the cells file {} does not have; correct --cell-selection-path",
        path.display()
    )]
    Selection { what: String, path: std::path::PathBuf },
    #[error(
        "the recording of {quantity} has several point processes named {id} on gid {gid}; add `reduce: True` to the \
         profile to sum them, or filter by `sources`"
    )]
    SeveralSynapses { quantity: String, id: String, gid: u32 },
    #[error(
        "{} already holds the potential of electrode `{label}` of an earlier run; give --results-id or another \
         --results-path",
        path.display()
    )]
    FieldExists { label: String, path: std::path::PathBuf },
    #[error("`Random Seeds: {name}` is missing; add a whole number under that name")]
    NoSeed { name: &'static str },
    #[error("the recording profile `{name}` is not in Recording: Intracellular; there are {known}")]
    Profile { name: String, known: String },
    #[error("{what} is not supported by this version; {instead}")]
    Unsupported { what: String, instead: String },
}

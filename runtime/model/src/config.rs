//! The schema of the configuration, with MiV-Simulator's key names.
//!
//! Keys that construction commands alone need are kept as free values. Values that a later check may find at fault are
//! [`Spanned`], so that the message can show them.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_yaml::Spanned;

/// The whole configuration, `!include`s resolved.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the file is: other files are named relative to it.
    #[serde(skip)]
    pub directory: std::path::PathBuf,
    /// `Model Name`: names the results file.
    #[serde(rename = "Model Name")]
    pub model_name: String,
    /// `Dataset Name`: folder of the data below the data set prefix.
    #[serde(rename = "Dataset Name")]
    pub dataset_name: Option<String>,
    /// `Definitions`.
    #[serde(rename = "Definitions")]
    pub definitions: Definitions,
    /// `Global Parameters`: `celsius` in degC, ….
    #[serde(rename = "Global Parameters", default)]
    pub global_parameters: IndexMap<String, Spanned<f64>>,
    /// `Geometry`, for construction.
    #[serde(rename = "Geometry")]
    pub geometry: Option<serde_json::Value>,
    /// `Random Seeds`: integers, possibly written as 1.5e+6.
    #[serde(rename = "Random Seeds", default)]
    pub random_seeds: IndexMap<String, f64>,
    /// `Connection Generator`.
    #[serde(rename = "Connection Generator")]
    pub connection_generator: ConnectionGenerator,
    /// `Cell Data`: file name below the data set path.
    #[serde(rename = "Cell Data")]
    pub cell_data: Option<String>,
    /// `Connection Data`: file name below the data set path.
    #[serde(rename = "Connection Data")]
    pub connection_data: Option<String>,
    /// `Gap Junction Data`: file name below the data set path.
    #[serde(rename = "Gap Junction Data")]
    pub gap_junction_data: Option<Spanned<String>>,
    /// `Cell Types` by population.
    #[serde(rename = "Cell Types")]
    pub cell_types: IndexMap<String, Spanned<CellType>>,
    /// `Recording`.
    #[serde(rename = "Recording", default)]
    pub recording: Recording,
    /// `Stimulus`.
    #[serde(rename = "Stimulus", default)]
    pub stimulus: Stimulus,
    /// `Analysis`.
    #[serde(rename = "Analysis")]
    pub analysis: Option<serde_json::Value>,
    /// `Network Clamp`.
    #[serde(rename = "Network Clamp")]
    pub network_clamp: Option<serde_json::Value>,
}

/// `Definitions`: names and their numbers in the files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definitions {
    /// `SWC Types`.
    #[serde(rename = "SWC Types")]
    pub swc_types: IndexMap<String, i64>,
    /// `Synapse Types`.
    #[serde(rename = "Synapse Types")]
    pub synapse_types: IndexMap<String, i64>,
    /// `Synapse Mechanisms`.
    #[serde(rename = "Synapse Mechanisms", default)]
    pub synapse_mechanisms: IndexMap<String, i64>,
    /// `Layers`.
    #[serde(rename = "Layers")]
    pub layers: IndexMap<String, i64>,
    /// `Populations`.
    #[serde(rename = "Populations")]
    pub populations: IndexMap<String, i64>,
    /// `Input Selectivity Types`.
    #[serde(rename = "Input Selectivity Types", default)]
    pub input_selectivity_types: IndexMap<String, i64>,
}

impl Definitions {
    /// Name of an SWC type in the files.
    pub fn swc_name(&self, number: i64) -> Option<&str> {
        self.swc_types.iter().find(|(_, one)| **one == number).map(|(name, _)| name.as_str())
    }

    /// Populations in the order of their numbers.
    pub fn populations_in_order(&self) -> Vec<&str> {
        let mut all: Vec<(&i64, &str)> =
            self.populations.iter().map(|(name, number)| (number, name.as_str())).collect();
        all.sort();
        all.into_iter().map(|(_, name)| name).collect()
    }
}

/// `Connection Generator`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionGenerator {
    /// `Synapse Mechanisms`: label to point process.
    #[serde(rename = "Synapse Mechanisms")]
    pub synapse_mechanisms: IndexMap<String, Spanned<String>>,
    /// `Synapse Parameter Rules` by point process.
    #[serde(rename = "Synapse Parameter Rules")]
    pub synapse_parameter_rules: IndexMap<String, ParameterRules>,
    /// `Axon Extent`, for construction.
    #[serde(rename = "Axon Extent")]
    pub axon_extent: Option<serde_json::Value>,
    /// `Connection Velocity`, um/ms, by presynaptic population.
    #[serde(rename = "Connection Velocity")]
    pub connection_velocity: IndexMap<String, Spanned<f64>>,
    /// `Synapses`: postsynaptic, presynaptic.
    #[serde(rename = "Synapses")]
    pub synapses: IndexMap<String, Spanned<IndexMap<String, Spanned<Synapses>>>>,
    /// `Gap Junctions`, for construction.
    #[serde(rename = "Gap Junctions")]
    pub gap_junctions: Option<serde_json::Value>,
}

/// Which parameters of a point process are its own and which are weights of NetCons.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParameterRules {
    /// File it comes from; not looked at.
    pub mech_file: Option<String>,
    /// Range variables of the point process.
    #[serde(default)]
    pub mech_params: Vec<String>,
    /// Name to position among the NetCon's weights.
    #[serde(default)]
    pub netcon_params: IndexMap<String, usize>,
    /// Not looked at.
    pub netcon_state: Option<serde_json::Value>,
}

/// One projection's synapses.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Synapses {
    /// Synapse type, of `Definitions: Synapse Types`.
    #[serde(rename = "type")]
    pub kind: Spanned<String>,
    /// SWC types, one for each proportion.
    pub sections: Vec<Spanned<String>>,
    /// Layers, one for each proportion.
    pub layers: Vec<Spanned<String>>,
    /// Part of the synapses of that type, section and layer that this source gets.
    pub proportions: Vec<Spanned<f64>>,
    /// Contacts of one source.
    #[serde(default = "one")]
    pub contacts: u32,
    /// Label to parameters.
    pub mechanisms: Option<IndexMap<String, Spanned<Parameters>>>,
    /// SWC type to label to parameters.
    #[serde(rename = "swctype mechanisms")]
    pub swctype_mechanisms: Option<IndexMap<String, IndexMap<String, Spanned<Parameters>>>>,
}

fn one() -> u32 {
    1
}

/// Parameters of a synapse by name.
pub type Parameters = IndexMap<String, Spanned<ParameterValue>>;

/// A number, or an expression of the connection's own numbers.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum ParameterValue {
    /// A number.
    Number(f64),
    /// `{expr, parameter, const}`.
    Expression(IndexMap<String, serde_json::Value>),
}

/// One population of `Cell Types`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellType {
    /// Template, or artificial cell, of the cells.
    pub template: Spanned<String>,
    /// File of the template, if not its name with .hoc.
    #[serde(rename = "template file")]
    pub template_file: Option<String>,
    /// Python class of the template.
    #[serde(rename = "template class")]
    pub template_class: Option<Spanned<String>>,
    /// File of parameters.
    #[serde(rename = "mechanism file")]
    pub mechanism_file: Option<Spanned<String>>,
    /// Synapses on these cells.
    #[serde(default)]
    pub synapses: CellSynapses,
    /// Played spikes.
    #[serde(rename = "spike train")]
    pub spike_train: Option<SpikeTrain>,
}

/// `synapses` of a cell type.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellSynapses {
    /// SWC type, synapse type, layer: mean and variance per um.
    pub density: Option<IndexMap<String, IndexMap<String, IndexMap<String, Density>>>>,
    /// Whether each synapse has a point process of its own.
    #[serde(default)]
    pub unique: bool,
    /// Weights from files.
    #[serde(default)]
    pub weights: Vec<Weights>,
}

/// Density of synapses along a dendrite.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Density {
    /// 1/um
    pub mean: f64,
    /// 1/um2
    pub variance: f64,
}

/// Namespaces with weights: `syn_id`, and a value for each synapse under the label of its mechanism.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Namespaces in the cells file; the last that has a weight wins.
    pub namespace: Names,
}

/// One name or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Names {
    /// The names in order.
    pub fn list(&self) -> &[String] {
        match self {
            Names::One(name) => std::slice::from_ref(name),
            Names::Several(names) => names,
        }
    }
}

/// `spike train` of a cell type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpikeTrain {
    /// Namespace in the cells file, completed by arena and stimulus.
    pub namespace: String,
    /// Attribute with the times.
    pub attribute: String,
}

/// `Recording`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// Profiles.
    #[serde(rename = "Intracellular", default)]
    pub intracellular: IndexMap<String, Spanned<Profile>>,
    /// Electrodes.
    #[serde(rename = "LFP", default)]
    pub lfp: IndexMap<String, Spanned<Electrode>>,
}

/// An extracellular electrode.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Electrode {
    /// Position, um.
    pub position: [f64; 3],
    /// Cells whose soma is nearer than this, um, all contribute; of the others the part `fraction`.
    #[serde(rename = "maxEDist")]
    pub max_distance: f64,
    /// Part of the far cells that contribute, each scaled by its inverse.
    pub fraction: f64,
    /// Resistivity of the extracellular space, ohm cm.
    pub rho: f64,
    /// Interval of samples, ms.
    pub dt: f64,
}

/// A recording profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Part of the cells that are recorded.
    #[serde(default = "all")]
    pub fraction: f64,
    /// Stop a population after this many; -1 never.
    #[serde(default = "unlimited")]
    pub limit: i64,
    /// Interval of samples, ms; every step if absent.
    pub dt: Option<f64>,
    /// Sum quantities of one name.
    #[serde(default)]
    pub reduce: bool,
    /// Quantities of sections.
    #[serde(rename = "section quantity", default)]
    pub section_quantity: IndexMap<String, SectionQuantity>,
    /// Quantities of synapses.
    #[serde(rename = "synaptic quantity", default)]
    pub synaptic_quantity: IndexMap<String, Option<SynapticQuantity>>,
}

/// A recorded quantity of synapses: of all that pass every filter given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynapticQuantity {
    /// Synapse types.
    #[serde(rename = "syn types")]
    pub syn_types: Option<Vec<Spanned<String>>>,
    /// SWC types of the sections they are on.
    #[serde(rename = "swc types")]
    pub swc_types: Option<Vec<Spanned<String>>>,
    /// Layers they are in.
    pub layers: Option<Vec<Spanned<String>>>,
    /// Presynaptic populations.
    pub sources: Option<Vec<Spanned<String>>>,
}

fn all() -> f64 {
    1.0
}

fn unlimited() -> i64 {
    -1
}

/// A recorded quantity of sections.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionQuantity {
    /// Range variable, if not the quantity's own name.
    pub variable: Option<String>,
    /// Places; the original records at 0.5 whatever stands here.
    pub loc: Option<Vec<f64>>,
    /// SWC types of the sections.
    #[serde(rename = "swc types")]
    pub swc_types: Option<Vec<Spanned<String>>>,
    /// Layers of the sections.
    pub layers: Option<Vec<Spanned<String>>>,
}

/// `Stimulus`.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Stimulus {
    /// `Equilibration Duration`, ms.
    #[serde(rename = "Equilibration Duration", default)]
    pub equilibration_duration: f64,
    /// Everything else, for construction.
    #[serde(flatten)]
    pub other: IndexMap<String, serde_json::Value>,
}

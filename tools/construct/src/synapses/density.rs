//! What the configuration says about the synapses of a population: how many there are per um, and where.

use indexmap::IndexMap;
use model::config::{Config, Density};

use super::SynapseError;
use super::shape::SectionKind;

/// Densities of a population in the order of the configuration, which is the order of drawing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Densities {
    pub(super) kinds: Vec<KindDensities>,
}

/// Densities on one kind of section.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KindDensities {
    pub(super) kind: SectionKind,
    /// Number of the kind in `Definitions: SWC Types`.
    pub(super) swc_type: u8,
    pub(super) synapses: Vec<TypeDensity>,
}

/// Density of the synapses of one type.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TypeDensity {
    /// Name of the type, for messages.
    pub(super) name: String,
    /// Number of the type in `Definitions: Synapse Types`.
    pub(super) synapse_type: u8,
    /// Layers that have such synapses.
    layers: Vec<i8>,
    /// Whether all others have them, too.
    default: bool,
    /// 1/um
    pub(super) mean: f64,
    /// Standard deviation between segments, 1/um: what the configuration calls `variance`.
    pub(super) scale: f64,
}

impl TypeDensity {
    /// Whether there are such synapses in a layer.
    pub(super) fn is_in(&self, layer: i8) -> bool {
        self.default || self.layers.contains(&layer)
    }
}

impl Densities {
    pub(super) fn new(config: &Config, population: &str) -> Result<Densities, SynapseError> {
        let wrong = |key: &str, what: String, remedy: String| SynapseError::Config {
            key: format!("Cell Types: {population}{key}"),
            what,
            remedy,
        };
        let Some(cell_type) = config.cell_types.get(population) else {
            let known: Vec<&str> = config.cell_types.keys().map(String::as_str).collect();
            return Err(SynapseError::Population {
                name: population.to_owned(),
                place: "`Cell Types` of the configuration".to_owned(),
                remedy: format!("correct --populations (populations there: {})", known.join(", ")),
            });
        };
        let example = "add section types, synapse types and layers, as `apical: {excitatory: {default: {mean: 1.0, \
                       variance: 0.1}}}` (1/um)";
        let Some(density) = cell_type.value.synapses.density.as_ref().filter(|all| !all.is_empty()) else {
            let what = "there is no `synapses: density`".to_owned();
            return Err(wrong("", what, example.to_owned()));
        };
        let mut kinds = Vec::new();
        for (section, by_type) in density {
            let key = format!(": synapses: density: {section}");
            let swc_type = number(&config.definitions.swc_types, section, "SWC Types")
                .map_err(|(what, remedy)| wrong(&key, what, remedy))?;
            let Some(kind) = SectionKind::of_name(section) else {
                let what = format!("templates have no list of sections of type `{section}`");
                return Err(wrong(&key, what, format!("choose one of {}", SectionKind::names())));
            };
            if by_type.is_empty() {
                return Err(wrong(&key, "there is no density".to_owned(), example.to_owned()));
            }
            let mut synapses = Vec::new();
            for (name, layers) in by_type {
                let key = format!("{key}: {name}");
                let wrong = |(what, remedy): (String, String)| wrong(&key, what, remedy);
                let synapse_type = number(&config.definitions.synapse_types, name, "Synapse Types").map_err(wrong)?;
                synapses.push(type_density(config, name, synapse_type, layers).map_err(wrong)?);
            }
            kinds.push(KindDensities { kind, swc_type, synapses });
        }
        Ok(Densities { kinds })
    }
}

/// What is wrong, and what to do.
type Wrong = (String, String);

fn number<T: TryFrom<i64>>(table: &IndexMap<String, i64>, name: &str, section: &str) -> Result<T, Wrong> {
    let Some(number) = table.get(name) else {
        let known: Vec<&str> = table.keys().map(String::as_str).collect();
        let remedy = format!("correct its spelling or define it (defined there: {})", known.join(", "));
        return Err((format!("`{name}` is not in `Definitions: {section}`"), remedy));
    };
    T::try_from(*number).map_err(|_| {
        let what = format!("the number {number} of `{name}` does not fit into one byte, which it has in the file");
        (what, format!("give it a smaller number in `Definitions: {section}`"))
    })
}

fn type_density(
    config: &Config,
    name: &str,
    synapse_type: u8,
    by_layer: &IndexMap<String, Density>,
) -> Result<TypeDensity, Wrong> {
    let mut layers = Vec::new();
    let mut default = false;
    for (layer, density) in by_layer {
        if layer == "default" {
            default = true;
        } else {
            layers.push(number(&config.definitions.layers, layer, "Layers")?);
        }
        let Density { mean, variance } = *density;
        if !mean.is_finite() || !variance.is_finite() || variance < 0.0 {
            let what = format!("{layer}: mean {mean} and variance {variance}");
            return Err((what, "both must be numbers, and variance at least 0".to_owned()));
        }
    }
    // The original overwrites its parameters layer by layer: those of the last count in all.
    let Some(Density { mean, variance }) = by_layer.values().last() else {
        let remedy = "add a layer or `default` with `mean` and `variance`, or remove this synapse type".to_owned();
        return Err(("there is no layer".to_owned(), remedy));
    };
    Ok(TypeDensity { name: name.to_owned(), synapse_type, layers, default, mean: *mean, scale: *variance })
}

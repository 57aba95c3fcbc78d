//! What the configuration says about the synapses of one postsynaptic population.

use indexmap::IndexMap;
use model::config::Config;
use serde_json::Value;

use super::ConnectionError;

/// Presynaptic populations of a postsynaptic one, in the order of their names.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) population: String,
    pub(super) sources: Vec<Source>,
}

/// One presynaptic population.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: String,
    /// Synapse type.
    pub(super) kind: i64,
    /// SWC type and layer to the part of the synapses there.
    pub(super) proportions: IndexMap<(i64, i64), f64>,
    /// Contacts of one source.
    pub(super) contacts: u32,
    /// Reach of the axon by layer of the synapse.
    reaches: IndexMap<i64, Reach>,
    /// In all other layers.
    reach: Option<Reach>,
}

/// Extent of an axon along u and v, um.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reach {
    offset: [f64; 2],
    /// Half of the width, less the offset.
    half: [f64; 2],
}

impl Reach {
    /// The probability, not normalised, that a source at a distance (|du|, |dv|) makes a synapse; none beyond the extent.
    pub(super) fn probability(&self, distance: [f64; 2]) -> Option<f64> {
        let within = |axis: usize| distance[axis] < self.half[axis] + self.offset[axis];
        if !(within(0) && within(1)) {
            return None;
        }
        let density = |axis: usize| normal(distance[axis] - self.offset[axis], self.half[axis] / 3.0);
        Some(density(0) * density(1))
    }
}

/// Density of the normal distribution about 0.
fn normal(x: f64, sigma: f64) -> f64 {
    let z = x / sigma;
    (-(z * z) / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() / sigma
}

impl Source {
    /// Reach of its axon in a layer.
    pub(super) fn reach(&self, layer: i64) -> Option<Reach> {
        self.reaches.get(&layer).copied().or(self.reach)
    }
}

impl Rules {
    pub(super) fn new(config: &Config, population: &str) -> Result<Rules, ConnectionError> {
        let generator = &config.connection_generator;
        let Some(synapses) = generator.synapses.get(population) else {
            let known: Vec<&str> = generator.synapses.keys().map(String::as_str).collect();
            return Err(ConnectionError::Population {
                name: population.to_owned(),
                place: "`Connection Generator: Synapses` of the configuration".to_owned(),
                remedy: format!("add its synapses there, or choose populations with --include ({})", known.join(", ")),
            });
        };
        let mut sources = Vec::new();
        for (name, one) in &synapses.value {
            let key = format!("Connection Generator: Synapses: {population}: {name}");
            let number = |table: &IndexMap<String, i64>, name: &str, section: &str| {
                table.get(name).copied().ok_or_else(|| ConnectionError::Config {
                    key: key.clone(),
                    what: format!("`{name}` is not in `Definitions: {section}`"),
                    remedy: "correct its spelling or define it".to_owned(),
                })
            };
            let (one, definitions) = (&one.value, &config.definitions);
            let mut proportions = IndexMap::new();
            for ((section, layer), proportion) in one.sections.iter().zip(&one.layers).zip(&one.proportions) {
                let section = number(&definitions.swc_types, &section.value, "SWC Types")?;
                let layer = number(&definitions.layers, &layer.value, "Layers")?;
                proportions.insert((section, layer), proportion.value);
            }
            if one.contacts == 0 {
                let (what, remedy) = ("`contacts` is 0".to_owned(), "give at least 1".to_owned());
                return Err(ConnectionError::Config { key, what, remedy });
            }
            let kind = number(&definitions.synapse_types, &one.kind.value, "Synapse Types")?;
            let (reaches, reach) = reaches(config, name)?;
            let contacts = one.contacts;
            sources.push(Source { name: name.clone(), kind, proportions, contacts, reaches, reach });
        }
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Rules { population: population.to_owned(), sources })
    }
}

/// `Axon Extent` of a population: by layer, and `default`.
fn reaches(config: &Config, population: &str) -> Result<(IndexMap<i64, Reach>, Option<Reach>), ConnectionError> {
    let key = format!("Connection Generator: Axon Extent: {population}");
    let wrong = |key: &str, what: &str, remedy: &str| ConnectionError::Config {
        key: key.to_owned(),
        what: what.to_owned(),
        remedy: remedy.to_owned(),
    };
    let example = "write `default: {width: [1000.0, 1000.0], offset: [0, 0]}` (um) there";
    let extents = config.connection_generator.axon_extent.as_ref().and_then(|all| all.get(population));
    let extents = extents.and_then(Value::as_object).ok_or_else(|| wrong(&key, "there is no axon extent", example))?;
    let (mut layers, mut default) = (IndexMap::new(), None);
    for (layer, extent) in extents {
        let key = format!("{key}: {layer}");
        let pair = |name: &str| -> Option<[f64; 2]> {
            let list = extent.get(name)?.as_array()?;
            let (u, v) = (list.first()?.as_f64()?, list.get(1)?.as_f64()?);
            (list.len() == 2 && u.is_finite() && v.is_finite()).then_some([u, v])
        };
        let width = pair("width").ok_or_else(|| wrong(&key, "`width` is not a pair of numbers", example))?;
        let offset = match extent.get("offset") {
            None => [0.0, 0.0],
            Some(_) => pair("offset").ok_or_else(|| wrong(&key, "`offset` is not a pair of numbers", example))?,
        };
        let half = [width[0] / 2.0 - offset[0], width[1] / 2.0 - offset[1]];
        if !(half[0] > 0.0 && half[1] > 0.0) {
            let remedy = "the offset must be less than half of the width, along both axes";
            return Err(wrong(&key, &format!("width {width:?} and offset {offset:?}"), remedy));
        }
        let reach = Reach { offset, half };
        if layer == "default" {
            default = Some(reach);
        } else if let Some(number) = config.definitions.layers.get(layer) {
            layers.insert(*number, reach);
        } else {
            let known: Vec<&str> = config.definitions.layers.keys().map(String::as_str).collect();
            let remedy = format!("use `default` or one of {}", known.join(", "));
            return Err(wrong(&key, "this is no layer", &remedy));
        }
    }
    Ok((layers, default))
}

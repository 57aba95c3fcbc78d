//! `make-h5types`: populations, their numbers and gid ranges, and the allowed projections, from a configuration.

use std::path::Path;

use model::Geometry;
use model::config::Config;
use neuroh5::{PopulationRange, Types};

/// Why there are no types.
#[derive(Debug, thiserror::Error)]
pub enum H5TypesError {
    /// A section of the configuration is missing or not as it must be; the text has the remedy.
    #[error("{0}")]
    Config(String),
    /// A population has no entry in `Geometry: Cell Distribution`.
    #[error("population {0} has no entry in `Geometry: Cell Distribution`; add `{0}: {{LAYER: number of cells}}`")]
    NoCells(String),
    /// A population's number does not fit.
    #[error("`Definitions: Populations` gives {0} the number {1}; numbers are from 0 to 65535, each used once")]
    Number(String, i64),
    /// More cells than gids.
    #[error("there are more cells than 32 bits can number; reduce `Geometry: Cell Distribution`")]
    TooManyCells,
    /// A projection of a population that is not defined.
    #[error("{section} names population {name}, which `Definitions: Populations` does not define; correct the name")]
    UnknownPopulation {
        /// Section of the configuration.
        section: &'static str,
        /// Population.
        name: String,
    },
    /// The output has other types.
    #[error(
        "{0} at /H5Types: there are other types already; other files may depend on them: remove the file first, or \
         give another --output-path"
    )]
    Other(String),
    /// The output cannot be written.
    #[error(transparent)]
    File(#[from] neuroh5::Error),
}

/// Types of a configuration: populations in the order of their numbers, one gid range after the other, and the
/// projections of `Synapses`, or, in their place, those of the gap junctions.
pub fn types(config: &Config, gap_junctions: bool) -> Result<Types, H5TypesError> {
    let geometry = Geometry::of(config).map_err(H5TypesError::Config)?;
    let defined = &config.definitions.populations;
    let mut populations = Vec::new();
    let mut start = 0_u32;
    for name in config.definitions.populations_in_order() {
        let value = defined[name];
        let wrong = || H5TypesError::Number(name.to_owned(), value);
        let number = u16::try_from(value).map_err(|_| wrong())?;
        if populations.last().is_some_and(|last: &PopulationRange| last.number == number) {
            return Err(wrong());
        }
        let layers = geometry.cell_distribution.get(name).ok_or_else(|| H5TypesError::NoCells(name.to_owned()))?;
        let count = layers.values().try_fold(0_u32, |sum, one| sum.checked_add(*one));
        let end = count.and_then(|count| start.checked_add(count)).ok_or(H5TypesError::TooManyCells)?;
        populations.push(PopulationRange { name: name.to_owned(), number, gids: start..end });
        start = end;
    }
    let (section, projections) = if gap_junctions {
        ("`Gap Junctions: Locations`", coupled(config)?)
    } else {
        let of = |(post, sources): (&String, &indexmap::IndexMap<String, _>)| -> Vec<(String, String)> {
            sources.keys().map(|pre| (pre.clone(), post.clone())).collect()
        };
        let synapses = &config.connection_generator.synapses;
        ("`Synapses`", synapses.iter().flat_map(|(post, sources)| of((post, &sources.value))).collect())
    };
    if let Some(name) = projections.iter().flat_map(|(a, b)| [a, b]).find(|name| !defined.contains_key(*name)) {
        return Err(H5TypesError::UnknownPopulation { section, name: name.clone() });
    }
    Ok(Types { populations, projections })
}

/// Source and destination of each pair of coupled populations: the first of the pair is the destination.
fn coupled(config: &Config) -> Result<Vec<(String, String)>, H5TypesError> {
    let wrong = |what: &str| {
        let form = "give it as `Connection Generator: Gap Junctions: Locations: {A: {B: [section types]}}`";
        H5TypesError::Config(format!("{what}; {form}"))
    };
    let gap_junctions = config.connection_generator.gap_junctions.as_ref();
    let gap_junctions = gap_junctions.ok_or_else(|| wrong("the configuration has no gap junctions"))?;
    let locations = gap_junctions.get("Locations").and_then(|one| one.as_object());
    let locations = locations.ok_or_else(|| wrong("the gap junctions have no `Locations` by population"))?;
    let mut pairs = Vec::new();
    for (a, inner) in locations {
        let inner = inner.as_object().ok_or_else(|| wrong(&format!("`Locations: {a}` is not a section")))?;
        pairs.extend(inner.keys().map(|b| (b.clone(), a.clone())));
    }
    Ok(pairs)
}

/// Writes `/H5Types` into a file, new or without types. A file that has the same types already stays as it is.
pub fn write(types: &Types, path: &Path) -> Result<(), H5TypesError> {
    neuroh5::append_whole(path, |store| {
        if !store.has("/H5Types") {
            return Ok(store.write_types(types)?);
        }
        if store.types()? == *types { Ok(()) } else { Err(H5TypesError::Other(path.display().to_string())) }
    })
}

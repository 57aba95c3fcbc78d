//! generate-input-features: selectivity and peak rate of each cell.

use std::path::Path;

use model::config::Config;
use neuroh5::{AttributeValues, Store};

use super::{InputError, Layout, Made, arena, check_output, keys, range, section};
use crate::connections::order;

/// What features to make and where to write them.
#[derive(Debug, Clone)]
pub struct FeatureRequest<'a> {
    /// NeuroH5 file with the cells' arc distances, and the population types.
    pub coordinates: &'a Path,
    /// NeuroH5 file to make or to add to.
    pub output: &'a Path,
    /// Namespace of the arc distances: the cells that have them get features.
    pub distances_namespace: &'a str,
    /// Arena in the namespace of the features.
    pub arena: &'a str,
    /// Populations; all with selectivity probabilities if empty.
    pub populations: &'a [String],
    /// How cells are read and written.
    pub layout: Layout,
    /// Make, and write nothing.
    pub dry_run: bool,
}

/// The one selectivity there is.
pub(super) const CONSTANT: &str = "constant";

/// Makes the features of some populations: namespace `Constant Selectivity <arena>`.
///
/// # Errors
/// A file or the configuration is not as it must be; the output is then as it was before.
pub fn generate_features(config: &Config, request: &FeatureRequest<'_>) -> Result<Vec<Made>, InputError> {
    let coordinates = Store::open(request.coordinates)?;
    let types = coordinates.types()?;
    arena(config, request.arena)?;
    let namespace = format!("Constant Selectivity {}", request.arena);
    let mut populations = request.populations.to_vec();
    if populations.is_empty() {
        let probabilities = section(config, PROBABILITIES, "Selectivity Type Probabilities: {STIM: {constant: 1.0}}")?;
        populations.extend(probabilities.as_object().into_iter().flatten().map(|(name, _)| name.clone()));
    }
    populations.sort();
    populations.dedup();

    let mut made = Vec::new();
    let mut work = Vec::new();
    for population in &populations {
        let range = range(&types, population, request.coordinates)?;
        let (kind, peak) = selectivity(config, population)?;
        let start = range.gids.start;
        let rows = coordinates.attribute_rows(population, request.distances_namespace, "U Distance", start)?;
        let gids: Vec<u32> = rows.rows().iter().map(|(gid, _)| *gid).collect();
        let mut order = order::rows_in_order(&gids, request.layout.cache_size);
        order.truncate(request.layout.limit.unwrap_or(usize::MAX));
        let gids: Vec<u32> = order.into_iter().map(|row| gids[row]).collect();
        let (population, namespace) = (population.clone(), namespace.clone());
        made.push(Made { population, namespace, cells: gids.len(), spikes: 0 });
        work.push((start, gids, kind, peak));
    }
    if request.dry_run {
        return Ok(made);
    }
    let names: Vec<_> = made.iter().map(|one| (one.population.clone(), one.namespace.clone())).collect();
    check_output(request.output, &types, &names)?;
    neuroh5::append_whole(request.output, |store| {
        if !store.has("/H5Types") {
            store.copy_types(&coordinates)?;
        }
        for (one, (start, gids, kind, peak)) in made.iter().zip(&work) {
            for portion in order::portions(gids.len(), request.layout.write_size) {
                let mut gids = gids[portion].to_vec();
                gids.sort_unstable();
                let write = |attribute: &str, values: AttributeValues| {
                    let rows: Vec<_> = gids.iter().map(|gid| (*gid, values.clone())).collect();
                    let chunks = Some(request.layout.chunks);
                    store.write_attribute_chunked(&one.population, &one.namespace, attribute, *start, &rows, chunks)
                };
                write("Selectivity Type", AttributeValues::U8(vec![*kind]))?;
                write("Peak Rate", AttributeValues::F32(vec![*peak]))?;
            }
        }
        Ok::<(), InputError>(())
    })?;
    Ok(made)
}

const PROBABILITIES: &str = "Selectivity Type Probabilities";

/// Number of the selectivity type `constant` in the files.
pub(super) fn constant_type(config: &Config) -> Result<u8, InputError> {
    let number = config.definitions.input_selectivity_types.get(CONSTANT).copied();
    number.and_then(|number| u8::try_from(number).ok()).ok_or_else(|| {
        let what = format!("there is no `{CONSTANT}` with a number of 0 … 255");
        InputError::config("Definitions: Input Selectivity Types", what, format!("add `{CONSTANT}: 1`"))
    })
}

/// Selectivity type, as a number, and peak rate (Hz) of a population. Nothing is drawn: one type is possible.
fn selectivity(config: &Config, population: &str) -> Result<(u8, f32), InputError> {
    let probabilities = section(config, PROBABILITIES, "Selectivity Type Probabilities: {STIM: {constant: 1.0}}")?;
    let key = format!("Stimulus: {PROBABILITIES}: {population}");
    let Some(types) = probabilities.get(population).and_then(serde_json::Value::as_object) else {
        let what = format!("there is no selectivity of {population}");
        let remedy =
            format!("add `{population}: {{{CONSTANT}: 1.0}}`, or choose with -p among {}", keys(probabilities));
        return Err(InputError::config(key, what, remedy));
    };
    let mut sum = 0.0;
    for (name, probability) in types {
        let Some(probability) = probability.as_f64().filter(|one| (0.0..=1.0).contains(one)) else {
            return Err(InputError::config(key, format!("{name}: {probability}"), "give a number of 0 … 1"));
        };
        if name != CONSTANT && probability > 0.0 {
            let what = format!("selectivity `{name}` is not supported");
            return Err(InputError::config(key, what, format!("use `{CONSTANT}: 1.0`")));
        }
        sum += probability;
    }
    if (sum - 1.0).abs() > 1.5e-8 {
        return Err(InputError::config(key, format!("the probabilities sum to {sum}"), "make them sum to 1"));
    }
    let rates = section(config, "Peak Rate", "Peak Rate: {STIM: {constant: 80.0}}")?;
    let rate = rates.get(population).and_then(|rates| rates.get(CONSTANT)).and_then(serde_json::Value::as_f64);
    match rate.filter(|rate| *rate >= 0.0 && rate.is_finite()) {
        Some(rate) => Ok((constant_type(config)?, rate as f32)),
        None => {
            let key = format!("Stimulus: Peak Rate: {population}: {CONSTANT}");
            Err(InputError::config(key, "there is no rate of 0 Hz or more", format!("add `{CONSTANT}: 80.0`")))
        }
    }
}

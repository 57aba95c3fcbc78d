//! Spike trains of input cells.

use std::collections::BTreeMap;

use model::config::Config;
use neuroh5::{Store, Types};

use super::NetworkError;

/// Which spikes to play.
#[derive(Debug, Clone, Default)]
pub struct StimulusOptions {
    /// Arena; with the stimulus it completes the namespace.
    pub arena: Option<String>,
    /// Stimulus.
    pub stimulus: Option<String>,
    /// Added to every time, ms.
    pub onset: f64,
}

impl StimulusOptions {
    /// The namespace of a cell type's spike trains.
    pub fn namespace(&self, base: &str) -> String {
        match (&self.arena, &self.stimulus) {
            (Some(arena), Some(stimulus)) => format!("{base} {arena} {stimulus}"),
            _ => base.to_owned(),
        }
    }
}

/// Times, ms of simulated time, for each input cell that has a train; with a message for each population whose
/// namespace is absent (its cells stay silent).
pub fn spike_trains(
    config: &Config,
    types: &Types,
    sources: &[&Store],
    options: &StimulusOptions,
) -> Result<(BTreeMap<u32, Vec<f64>>, Vec<String>), NetworkError> {
    let mut trains = BTreeMap::new();
    let mut silent = Vec::new();
    // The original adds in single precision, the type of the stored times.
    let shift = (config.stimulus.equilibration_duration + options.onset) as f32;
    for (population, cell_type) in &config.cell_types {
        let (Some(train), Some(range)) = (&cell_type.value.spike_train, types.population(population)) else { continue };
        let completed = options.namespace(&train.namespace);
        // A configuration may name the whole namespace already.
        let has = |name: &str| sources.iter().any(|store| store.has(&format!("/Populations/{population}/{name}")));
        let namespace = if !has(&completed) && has(&train.namespace) { train.namespace.clone() } else { completed };
        let mut found = false;
        for store in sources {
            if !store.has(&format!("/Populations/{population}/{namespace}")) {
                continue;
            }
            found = true;
            let start = range.gids.start;
            let spikes = store.attributes(population, &namespace, &train.attribute, start)?;
            let has_trials = store.attribute_names(population, &namespace)?.iter().any(|name| name == "Trial Index");
            let trials =
                if has_trials { Some(store.attributes(population, &namespace, "Trial Index", start)?) } else { None };
            for gid in spikes.gids() {
                let mut times = spikes.as_f32(gid);
                if let Some(trials) = &trials {
                    let index = trials.as_u8(gid);
                    let first = times.iter().zip(&index).filter(|(_, trial)| **trial == 0).map(|(time, _)| *time);
                    times = first.collect();
                }
                times.sort_by(f32::total_cmp);
                trains.insert(gid, times.into_iter().map(|time| f64::from(time + shift)).collect());
            }
        }
        if !found {
            let known = sources.iter().map(|store| store.namespaces(population)).collect::<Result<Vec<_>, _>>()?;
            let known: Vec<String> = known.into_iter().flatten().collect();
            silent.push(format!(
                "{population} has no namespace `{namespace}`: its cells stay silent; give --arena-id and --stimulus-id \
                 so that the name is one of: {}",
                known.join(", ")
            ));
        }
    }
    Ok((trains, silent))
}

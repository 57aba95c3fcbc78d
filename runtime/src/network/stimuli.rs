//! Spike trains of input cells.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

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
    /// A file with spikes to play, which those of the cells file replace where it has any.
    pub input: Option<PathBuf>,
    /// Namespaces in that file; a later one replaces an earlier.
    pub input_namespaces: Vec<String>,
    /// Attribute with the times in that file, if not the usual one.
    pub input_attribute: Option<String>,
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

/// Times, ms of simulated time, by gid.
pub type Trains = BTreeMap<u32, Vec<f64>>;

/// Where spikes are read.
#[derive(Debug)]
pub struct SpikeSource<'a> {
    /// Configuration.
    pub config: &'a Config,
    /// Populations.
    pub types: &'a Types,
    /// Cells file.
    pub cells: &'a Store,
    /// The file of [`StimulusOptions::input`], open.
    pub input: Option<&'a Store>,
    /// Options.
    pub options: &'a StimulusOptions,
}

/// Spikes of every input cell that has any, and a message for each population that has none at all (its cells stay
/// silent).
pub fn spike_trains(source: &SpikeSource<'_>) -> Result<(Trains, Vec<String>), NetworkError> {
    let mut trains = Trains::new();
    let mut silent = Vec::new();
    for (population, cell_type) in &source.config.cell_types {
        let Some(train) = &cell_type.value.spike_train else { continue };
        let places = source.places(population)?;
        for (store, namespace) in &places {
            let names = store.attribute_names(population, namespace)?;
            let other = source.options.input_attribute.as_deref().unwrap_or("t");
            let of_input = source.input.is_some_and(|input| std::ptr::eq(input, *store));
            let has_own = !of_input || names.contains(&train.attribute);
            let attribute = if has_own { train.attribute.as_str() } else { other };
            source.read(store, population, namespace, attribute, &mut trains)?;
        }
        if places.is_empty() {
            let mut known = source.cells.namespaces(population)?;
            known.extend(source.input.map(|store| store.namespaces(population)).transpose()?.into_iter().flatten());
            silent.push(format!(
                "{population} has no namespace `{}`: its cells stay silent; give --arena-id and --stimulus-id \
                 so that the name is one of: {}",
                source.options.namespace(&train.namespace),
                known.join(", ")
            ));
        }
    }
    Ok((trains, silent))
}

/// Spikes of cells that are not built: presynaptic cells of a selection. Messages as [`spike_trains`].
pub fn input_trains(source: &SpikeSource<'_>, gids: &BTreeSet<u32>) -> Result<(Trains, Vec<String>), NetworkError> {
    let mut trains = Trains::new();
    let mut silent = Vec::new();
    for population in &source.types.populations {
        let wanted: Vec<u32> = gids.iter().copied().filter(|gid| population.gids.contains(gid)).collect();
        if wanted.is_empty() {
            continue;
        }
        let mut of_population = Trains::new();
        for (store, namespace) in source.places(&population.name)? {
            let names = store.attribute_names(&population.name, &namespace)?;
            let usual = if names.iter().any(|name| name == "t") { "t" } else { "Spike Train" };
            let attribute = source.options.input_attribute.as_deref().unwrap_or(usual);
            source.read(store, &population.name, &namespace, attribute, &mut of_population)?;
        }
        of_population.retain(|gid, _| gids.contains(gid));
        if of_population.is_empty() {
            silent.push(format!(
                "{} presynaptic cells of {} are not built and have no spikes to play: they stay silent; give \
                 --spike-input-path and --spike-input-namespace",
                wanted.len(),
                population.name
            ));
        }
        trains.append(&mut of_population);
    }
    Ok((trains, silent))
}

impl<'a> SpikeSource<'a> {
    /// Files and namespaces with spikes of a population, in the order in which they are played.
    fn places(&self, population: &str) -> Result<Vec<(&'a Store, String)>, NetworkError> {
        let has = |store: &Store, name: &str| store.has(&format!("/Populations/{population}/{name}"));
        let mut places = Vec::new();
        if let Some(store) = self.input {
            let names = self.options.input_namespaces.iter();
            places.extend(names.filter(|name| has(store, name)).map(|name| (store, name.clone())));
        }
        let train = self.config.cell_types.get(population).and_then(|one| one.value.spike_train.as_ref());
        if let Some(train) = train {
            let completed = self.options.namespace(&train.namespace);
            // A configuration may name the whole namespace already.
            for name in [completed, train.namespace.clone()] {
                if has(self.cells, &name) {
                    places.push((self.cells, name));
                    break;
                }
            }
        }
        Ok(places)
    }

    fn read(
        &self,
        store: &Store,
        population: &str,
        namespace: &str,
        attribute: &str,
        trains: &mut Trains,
    ) -> Result<(), NetworkError> {
        let Some(range) = self.types.population(population) else { return Ok(()) };
        // The original adds in single precision, the type of the stored times.
        let shift = (self.config.stimulus.equilibration_duration + self.options.onset) as f32;
        let start = range.gids.start;
        let spikes = store.attributes(population, namespace, attribute, start)?;
        let has_trials = store.attribute_names(population, namespace)?.iter().any(|name| name == "Trial Index");
        let trials =
            if has_trials { Some(store.attributes(population, namespace, "Trial Index", start)?) } else { None };
        for gid in spikes.gids() {
            let mut times = spikes.as_f32(gid);
            if let Some(trials) = &trials {
                let index = trials.as_u8(gid);
                times = times.iter().zip(&index).filter(|(_, trial)| **trial == 0).map(|(time, _)| *time).collect();
            }
            times.sort_by(f32::total_cmp);
            trains.insert(gid, times.into_iter().map(|time| f64::from(time + shift)).collect());
        }
        Ok(())
    }
}

//! Portions of the results file: `Spike Events`, `Intracellular …`; and, at the end of a run, potentials of electrodes
//! and counts of synaptic events.

use std::collections::BTreeMap;

use neuroh5::{AttributeValues, Error, Store, Types};

/// What happened between two checkpoints.
#[derive(Debug, Clone, Default)]
pub struct Portion {
    /// Time, ms of simulated time, and gid of each spike, in order.
    pub spikes: Vec<(f64, u32)>,
    /// Population, recording id, gid, then quantity to samples.
    pub recordings: BTreeMap<(String, String, u32), BTreeMap<String, Vec<f64>>>,
    /// Times of the samples, ms of simulated time.
    pub times: Vec<f64>,
    /// Times in the file count from here, ms.
    pub zero: f64,
    /// Duration that the file states, ms.
    pub duration: f64,
    /// Gids of artificial cells.
    pub artificial: std::collections::BTreeSet<u32>,
}

/// What is written once, when a run ends.
#[derive(Debug, Clone, Default)]
pub struct Closing {
    /// Electrode to times (ms of simulated time) and potentials (mV).
    pub fields: BTreeMap<String, (Vec<f64>, Vec<f64>)>,
    /// Label of a synaptic mechanism, postsynaptic and presynaptic population, then gid to delivered events.
    pub counts: BTreeMap<(String, String, String), BTreeMap<u32, u32>>,
}

/// Writes what is written once.
pub fn write_closing(store: &Store, types: &Types, closing: &Closing) -> Result<(), Error> {
    for (label, (times, values)) in &closing.fields {
        let single = |values: &[f64]| values.iter().map(|value| rounded(*value)).collect::<Vec<f32>>();
        store.write_field(label, &single(times), &single(values))?;
    }
    for ((label, post, pre), counts) in &closing.counts {
        let rows: Vec<_> = counts.iter().map(|(gid, n)| (*gid, AttributeValues::U32(vec![*n]))).collect();
        let start = types.population(post).map_or(0, |population| population.gids.start);
        store.write_attribute(post, &format!("{label} Spike Counts"), pre, start, &rows)?;
    }
    Ok(())
}

/// Six decimals, then single precision, as the original writes times and values.
fn rounded(value: f64) -> f32 {
    ((value * 1e6).round_ties_even() / 1e6) as f32
}

/// Writes a portion; gids of one population stand in ascending order.
pub fn write_portion(store: &Store, types: &Types, portion: &Portion) -> Result<(), Error> {
    let zero = portion.zero as f32;
    for population in &types.populations {
        let start = population.gids.start;
        let mut trains: BTreeMap<u32, Vec<f32>> = BTreeMap::new();
        for (t, gid) in portion.spikes.iter().filter(|(_, gid)| population.gids.contains(gid)) {
            trains.entry(*gid).or_default().push(rounded(*t) - zero);
        }
        if !trains.is_empty() {
            let write = |attribute: &str, values: &dyn Fn(u32, &[f32]) -> AttributeValues| {
                let rows: Vec<_> = trains.iter().map(|(gid, train)| (*gid, values(*gid, train))).collect();
                store.write_attribute(&population.name, "Spike Events", attribute, start, &rows)
            };
            write("Trial Duration", &|_, _| AttributeValues::F32(vec![portion.duration as f32]))?;
            write("t", &|_, train| AttributeValues::F32(train.to_vec()))?;
            write("Trial Index", &|_, train| AttributeValues::U8(vec![0; train.len()]))?;
            let artificial = |gid: u32| AttributeValues::U8(vec![u8::from(portion.artificial.contains(&gid))]);
            write("artificial", &|gid, _| artificial(gid))?;
        }
        let mut namespaces: BTreeMap<&str, BTreeMap<&str, Vec<(u32, AttributeValues)>>> = BTreeMap::new();
        let times: Vec<f32> = portion.times.iter().map(|t| rounded(*t) - zero).collect();
        for ((_, id, gid), quantities) in portion.recordings.iter().filter(|((one, ..), _)| *one == population.name) {
            let attributes = namespaces.entry(id).or_default();
            for (quantity, samples) in quantities {
                let values = AttributeValues::F32(samples.iter().map(|value| rounded(*value)).collect());
                attributes.entry(quantity).or_default().push((*gid, values));
            }
            attributes.entry("t").or_default().push((*gid, AttributeValues::F32(times.clone())));
        }
        for (id, attributes) in namespaces {
            for (attribute, rows) in attributes {
                let namespace = format!("Intracellular {id}");
                store.write_attribute(&population.name, &namespace, attribute, start, &rows)?;
            }
        }
    }
    Ok(())
}

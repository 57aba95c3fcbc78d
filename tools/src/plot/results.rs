//! Reads what pictures show: spikes, recorded states, potentials, positions.

use neuroh5::{PopulationRange, Store, Types};

use super::{RasterPopulation, SomaPositions, Trace};
use crate::cli::Failure;

/// Which spikes are read.
#[derive(Debug, Clone)]
pub struct Spikes<'a> {
    /// Namespace, as `Spike Events`.
    pub namespace: &'a str,
    /// Attribute of the times, as `t`.
    pub attribute: &'a str,
    /// Whether spikes that were played into the network are among them.
    pub artificial: bool,
}

/// The populations of these names, or all if there are none; an error names one that the file has not.
pub fn chosen<'a>(store: &Store, types: &'a Types, names: &[String]) -> Result<Vec<&'a PopulationRange>, Failure> {
    for name in names {
        if types.population(name).is_none() {
            let known: Vec<&str> = types.populations.iter().map(|one| one.name.as_str()).collect();
            return Err(Failure::Message(format!(
                "{}: there is no population {name}; the file has {}",
                store.path().display(),
                known.join(", ")
            )));
        }
    }
    let asked = |one: &&PopulationRange| names.is_empty() || names.contains(&one.name);
    Ok(types.populations.iter().filter(asked).collect())
}

/// The colour of a population: its place among all of the file, whichever are drawn.
pub fn color_of(types: &Types, name: &str) -> usize {
    types.populations.iter().position(|one| one.name == name).unwrap_or(0)
}

/// Spikes of each population; an error if no population of the file has the namespace.
pub fn read_spikes(
    store: &Store,
    types: &Types,
    populations: &[&PopulationRange],
    what: &Spikes<'_>,
) -> Result<Vec<RasterPopulation>, Failure> {
    let mut all = Vec::new();
    // A population that was chosen may be silent; one of the file has spikes.
    let has = |name: &str| store.has(&format!("/Populations/{name}/{}", what.namespace));
    let found = types.populations.iter().any(|one| has(&one.name));
    for population in populations {
        let (name, start) = (&population.name, population.gids.start);
        let mut spikes = Vec::new();
        let at = format!("/Populations/{name}/{}", what.namespace);
        if store.has(&at) {
            let times = store.attributes(name, what.namespace, what.attribute, start)?;
            let played = store.has(&format!("{at}/artificial"));
            let played = if played { Some(store.attributes(name, what.namespace, "artificial", start)?) } else { None };
            for gid in times.gids() {
                let is_played = played.as_ref().is_some_and(|all| all.as_u8(gid).first() == Some(&1));
                if what.artificial || !is_played {
                    spikes.extend(times.as_f64(gid).into_iter().map(|t| (t, gid)));
                }
            }
        }
        all.push(RasterPopulation {
            name: name.clone(),
            color: color_of(types, name),
            n_cells: population.gids.len(),
            spikes,
        });
    }
    if found {
        return Ok(all);
    }
    // Results of a run in which nobody spiked have recordings and no spikes; a file without both is another one.
    let mut known = Vec::new();
    for population in populations {
        known.extend(store.namespaces(&population.name)?);
    }
    known.sort();
    known.dedup();
    let silent = what.namespace == "Spike Events" && known.iter().any(|name| name.starts_with("Intracellular "));
    if !silent {
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        return Err(Failure::Message(format!(
            "{}: no population has the namespace {}; check --spike-events-namespace (namespaces there: {known})",
            store.path().display(),
            what.namespace
        )));
    }
    Ok(all)
}

/// Namespaces of recorded states of a population.
pub fn state_namespaces(store: &Store, population: &str) -> Result<Vec<String>, Failure> {
    let mut all = store.namespaces(population)?;
    all.retain(|name| name.starts_with("Intracellular "));
    Ok(all)
}

/// gid and trace of a recorded variable: of the cells `gids`, or of the first `most` that have it.
pub fn states(
    store: &Store,
    population: &PopulationRange,
    namespace: &str,
    (time, variable): (&str, &str),
    gids: &[u32],
    most: usize,
) -> Result<Vec<(u32, Trace)>, Failure> {
    let (name, start) = (&population.name, population.gids.start);
    let times = store.attributes(name, namespace, time, start)?;
    let values = store.attributes(name, namespace, variable, start)?;
    let asked = values.gids().filter(|gid| gids.is_empty() || gids.contains(gid));
    let asked = asked.take(if gids.is_empty() { most } else { usize::MAX });
    let unit = if variable == "v" { "v (mV)".to_owned() } else { variable.to_owned() };
    let trace = |gid: u32| -> Result<(u32, Trace), Failure> {
        let (x, y) = (times.as_f64(gid), values.as_f64(gid));
        if x.len() != y.len() {
            return Err(Failure::Message(format!(
                "{} at /Populations/{name}/{namespace}: gid {gid} has {} times and {} values of {variable}; the file \
                 is damaged: run again",
                store.path().display(),
                x.len(),
                y.len()
            )));
        }
        let trace = Trace {
            title: format!("{name} {gid}, {}", namespace.trim_start_matches("Intracellular ")),
            label: unit.clone(),
            x_label: "time (ms)".to_owned(),
            color: 0,
            points: x.into_iter().zip(y).collect(),
        };
        Ok((gid, trace))
    };
    asked.map(trace).collect()
}

/// Potentials of every electrode of the file.
pub fn fields(store: &Store) -> Result<Vec<Trace>, Failure> {
    let names = store.members("/")?;
    let labels = names.iter().filter_map(|name| name.strip_prefix("Local Field Potential "));
    let trace = |(index, label): (usize, &str)| -> Result<Trace, Failure> {
        let (t, v) = store.field(label)?;
        Ok(Trace {
            title: format!("Local field potential, {label}"),
            label: "potential (mV)".to_owned(),
            // Unlike spikes and states, potentials are written with the time since the run began, as in the original.
            x_label: "time since the run began (ms)".to_owned(),
            color: index,
            points: t.into_iter().map(f64::from).zip(v.into_iter().map(f64::from)).collect(),
        })
    };
    labels.enumerate().map(trace).collect()
}

/// Positions of the somata of a population.
pub fn somata(
    store: &Store,
    types: &Types,
    population: &PopulationRange,
    namespace: &str,
) -> Result<SomaPositions, Failure> {
    store.require_namespace(&population.name, namespace)?;
    let axis = |name: &str| store.attributes(&population.name, namespace, name, population.gids.start);
    let axes = [axis("X Coordinate")?, axis("Y Coordinate")?, axis("Z Coordinate")?];
    let one = |gid: u32| {
        let at: Vec<f64> = axes.iter().filter_map(|axis| axis.as_f64(gid).first().copied()).collect();
        <[f64; 3]>::try_from(at).map(|at| (gid, at)).ok()
    };
    Ok(SomaPositions {
        name: population.name.clone(),
        color: color_of(types, &population.name),
        cells: axes[0].gids().filter_map(one).collect(),
    })
}

//! Intracellular recordings: which cells, which sections and synapses, under which names.

use std::collections::{BTreeMap, BTreeSet};

use cable::PointId;
use indexmap::IndexMap;
use model::config::{Config, Profile, SynapticQuantity};
use model::recording::draw;
use neuroh5::Types;
use serde_yaml::Spanned;

use super::NetworkError;
use super::cells::{Cell, CellSections, Cells};
use super::synapses::PlacedSynapse;
use crate::engine::Simulation;
use crate::record::{Probe, RecorderId};

/// One recorded variable of one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Cell.
    pub gid: u32,
    /// Population.
    pub population: String,
    /// `soma`, or `apical.12` where a cell has several sections of the type; `apical12.AMPA` for synapses.
    pub id: String,
    /// Name of the quantity.
    pub quantity: String,
    /// Its samples, to be added up.
    pub recorders: Vec<RecorderId>,
}

/// All recordings of a run, with their times.
#[derive(Debug, Clone)]
pub struct Recordings {
    /// Recordings.
    pub list: Vec<Recorded>,
    /// Times of the samples.
    pub times: RecorderId,
    /// What the profile asks for and does not get.
    pub warnings: Vec<String>,
}

/// The profile that is taken unless another is named; a configuration may do without it.
const DEFAULT_PROFILE: &str = "Network default";

/// A profile and the cells drawn for it.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Profile; none if the configuration has no profiles at all.
    pub profile: Option<&'a Profile>,
    /// Cells with their populations.
    pub cells: Vec<(String, u32)>,
}

impl Plan<'_> {
    /// Cells whose synapses are recorded.
    pub fn with_synapses(&self) -> BTreeSet<u32> {
        let any = self.profile.is_some_and(|profile| !profile.synaptic_quantity.is_empty());
        if any { self.cells.iter().map(|(_, gid)| *gid).collect() } else { BTreeSet::new() }
    }
}

/// Finds the profile and draws its cells.
pub fn plan<'a>(config: &'a Config, types: &Types, name: &str, cells: &Cells) -> Result<Plan<'a>, NetworkError> {
    let profiles = &config.recording.intracellular;
    match profiles.get(name).map(|one| &one.value) {
        Some(profile) => Ok(Plan { profile: Some(profile), cells: chosen(config, types, profile, cells)? }),
        None if profiles.is_empty() && name == DEFAULT_PROFILE => Ok(Plan { profile: None, cells: Vec::new() }),
        None => {
            let known = profiles.keys().cloned().collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "none".to_owned() } else { known };
            Err(NetworkError::Profile { name: name.to_owned(), known })
        }
    }
}

/// Starts the recordings of a plan.
pub fn start(
    config: &Config,
    plan: &Plan<'_>,
    cells: &Cells,
    placed: &[PlacedSynapse],
    simulation: &mut Simulation,
) -> Result<Recordings, NetworkError> {
    let Some(profile) = plan.profile else {
        let times = simulation.record(Probe::Time, None)?;
        return Ok(Recordings { list: Vec::new(), times, warnings: Vec::new() });
    };
    let times = simulation.record(Probe::Time, profile.dt)?;
    let mut recordings = Recordings { list: Vec::new(), times, warnings: Vec::new() };
    for (quantity, description) in &profile.section_quantity {
        if description.layers.is_some() {
            return Err(NetworkError::Unsupported {
                what: format!("`layers` of section quantity `{quantity}` in a recording profile"),
                instead: "choose sections by `swc types`".to_owned(),
            });
        }
        if description.loc.iter().flatten().any(|place| *place != 0.5) {
            let warning = format!(
                "`loc` of section quantity `{quantity}` has no effect, here as in MiV-Simulator: \
                                   sections are recorded at 0.5"
            );
            recordings.warnings.push(warning);
        }
    }
    for (population, gid) in &plan.cells {
        let Some(Cell::Sections(sections)) = cells.by_gid.get(gid) else { continue };
        record_sections(profile, population, *gid, sections, simulation, &mut recordings.list)?;
        for (quantity, filter) in &profile.synaptic_quantity {
            let from = placed.partition_point(|one| one.gid < *gid);
            let of_cell = placed[from..].iter().take_while(|one| one.gid == *gid);
            let filter = filter.as_ref();
            let passing = of_cell.filter(|one| filter.is_none_or(|filter| passes(config, filter, one)));
            let what = Synaptic { population, gid: *gid, quantity, reduce: profile.reduce, dt: profile.dt };
            record_synapses(config, &what, passing, simulation, &mut recordings.list)?;
        }
    }
    Ok(recordings)
}

fn record_sections(
    profile: &Profile,
    population: &str,
    gid: u32,
    sections: &CellSections,
    simulation: &mut Simulation,
    list: &mut Vec<Recorded>,
) -> Result<(), NetworkError> {
    for (quantity, description) in &profile.section_quantity {
        let variable = description.variable.as_deref().unwrap_or(quantity);
        let wanted: Option<Vec<&str>> =
            description.swc_types.as_ref().map(|types| types.iter().map(|one| one.value.as_str()).collect());
        for (kind, of_kind) in by_kind(sections) {
            if wanted.as_ref().is_some_and(|wanted| !wanted.contains(&kind)) {
                continue;
            }
            for section in of_kind {
                let number = sections.all.iter().position(|one| one == section).unwrap_or_default();
                let id = if of_kind.len() == 1 { kind.to_owned() } else { format!("{kind}.{number}") };
                let probe = simulation.section_probe(*section, 0.5, variable)?;
                let recorders = vec![simulation.record(probe, profile.dt)?];
                let (population, quantity) = (population.to_owned(), quantity.clone());
                list.push(Recorded { gid, population, id, quantity, recorders });
            }
        }
    }
    Ok(())
}

/// Whether a synapse passes all filters.
fn passes(config: &Config, filter: &SynapticQuantity, synapse: &PlacedSynapse) -> bool {
    let definitions = &config.definitions;
    let is = |list: &Option<Vec<Spanned<String>>>, names: &IndexMap<String, i64>, number: i64| {
        list.as_ref().is_none_or(|list| list.iter().any(|one| names.get(&one.value) == Some(&number)))
    };
    is(&filter.syn_types, &definitions.synapse_types, synapse.kind)
        && is(&filter.swc_types, &definitions.swc_types, synapse.swc)
        && is(&filter.layers, &definitions.layers, synapse.layer)
        && is(&filter.sources, &definitions.populations, synapse.source)
}

/// A quantity of the synapses of one cell.
struct Synaptic<'a> {
    population: &'a str,
    gid: u32,
    quantity: &'a str,
    reduce: bool,
    dt: Option<f64>,
}

/// One recording for each section and label; several point processes are summed if the profile says so.
fn record_synapses<'a>(
    config: &Config,
    what: &Synaptic<'_>,
    synapses: impl Iterator<Item = &'a PlacedSynapse>,
    simulation: &mut Simulation,
    list: &mut Vec<Recorded>,
) -> Result<(), NetworkError> {
    let Synaptic { population, gid, quantity, reduce, dt } = *what;
    let mut points: IndexMap<String, Vec<PointId>> = IndexMap::new();
    let mut seen = BTreeSet::new();
    let labels = &config.connection_generator.synapse_mechanisms;
    for one in synapses {
        let swc = config.definitions.swc_name(one.swc).unwrap_or("unknown");
        let label = labels.get_index(usize::from(one.label)).map_or("", |(label, _)| label.as_str());
        // Synapses that share a point process are recorded once.
        if seen.insert(one.point.0) {
            points.entry(format!("{swc}{}.{label}", one.section)).or_default().push(one.point);
        }
    }
    for (id, points) in points {
        if points.len() > 1 && !reduce {
            return Err(NetworkError::SeveralSynapses { quantity: quantity.to_owned(), id, gid });
        }
        let mut recorders = Vec::with_capacity(points.len());
        for point in points {
            let probe = simulation.point_probe(point, quantity)?;
            recorders.push(simulation.record(probe, dt)?);
        }
        let (population, quantity) = (population.to_owned(), quantity.to_owned());
        list.push(Recorded { gid, population, id, quantity, recorders });
    }
    Ok(())
}

fn by_kind(sections: &CellSections) -> [(&'static str, &[cable::SectionId]); 6] {
    [
        ("soma", &sections.soma),
        ("apical", &sections.apical),
        ("basal", &sections.basal),
        ("ais", &sections.ais),
        ("hillock", &sections.hillock),
        ("axon", &sections.axon),
    ]
}

/// The draw of the original: all cells of all populations take part, artificial ones too.
fn chosen(
    config: &Config,
    types: &Types,
    profile: &Profile,
    cells: &Cells,
) -> Result<Vec<(String, u32)>, NetworkError> {
    let mut populations: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for gid in cells.by_gid.keys() {
        if let Some(population) = types.population_of(*gid) {
            populations.entry(&population.name).or_default().push(*gid);
        }
    }
    let name = "Intracellular Recording Sample";
    let seed = match config.random_seeds.get(name) {
        Some(seed) => *seed as u32,
        // Nothing is drawn if all are taken.
        None if profile.fraction >= 1.0 => 0,
        None => return Err(NetworkError::NoSeed { name }),
    };
    let lists: Vec<Vec<u32>> = populations.into_values().collect();
    let chosen = draw(seed, profile.fraction, profile.limit, &lists);
    let name = |gid: u32| types.population_of(gid).map_or(String::new(), |population| population.name.clone());
    Ok(chosen.into_iter().map(|gid| (name(gid), gid)).collect())
}

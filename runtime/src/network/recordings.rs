//! Intracellular recordings: which cells, which sections, under which names.

use std::collections::BTreeMap;

use model::config::{Config, Profile};
use model::recording::draw;
use neuroh5::Types;

use super::NetworkError;
use super::cells::{Cell, CellSections, Cells};
use crate::engine::Simulation;
use crate::record::RecorderId;

/// One recorded variable of one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Cell.
    pub gid: u32,
    /// Population.
    pub population: String,
    /// `soma`, or `apical.12` where a cell has several sections of the type.
    pub id: String,
    /// Name of the quantity.
    pub quantity: String,
    /// Its samples.
    pub recorder: RecorderId,
}

/// All recordings of a run, with their times.
#[derive(Debug, Clone)]
pub struct Recordings {
    /// Recordings.
    pub list: Vec<Recorded>,
    /// Times of the samples.
    pub times: RecorderId,
}

/// Starts the recordings of a profile.
pub fn start(
    config: &Config,
    types: &Types,
    profile: &str,
    cells: &Cells,
    simulation: &mut Simulation,
) -> Result<Recordings, NetworkError> {
    let profiles = &config.recording.intracellular;
    let Some(profile) = profiles.get(profile).map(|one| &one.value) else {
        if profiles.is_empty() {
            let times = simulation.record(crate::record::Probe::Time, None)?;
            return Ok(Recordings { list: Vec::new(), times });
        }
        let known = profiles.keys().cloned().collect::<Vec<_>>().join(", ");
        return Err(NetworkError::Profile { name: profile.to_owned(), known });
    };
    if let Some(quantity) = &profile.synaptic_quantity
        && quantity.value.as_object().is_some_and(|quantities| !quantities.is_empty())
    {
        return Err(NetworkError::Unsupported {
            what: "`synaptic quantity` in a recording profile".to_owned(),
            instead: "remove it from the profile, or choose another --recording-profile".to_owned(),
        });
    }
    let times = simulation.record(crate::record::Probe::Time, profile.dt)?;
    let mut list = Vec::new();
    for (population, gid) in chosen(config, types, profile, cells) {
        let Some(Cell::Sections(sections)) = cells.by_gid.get(&gid) else { continue };
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
                    let recorder = simulation.record(probe, profile.dt)?;
                    let (population, quantity) = (population.clone(), quantity.clone());
                    list.push(Recorded { gid, population, id, quantity, recorder });
                }
            }
        }
    }
    Ok(Recordings { list, times })
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
fn chosen(config: &Config, types: &Types, profile: &Profile, cells: &Cells) -> Vec<(String, u32)> {
    let mut populations: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for gid in cells.by_gid.keys() {
        if let Some(population) = types.population_of(*gid) {
            populations.entry(&population.name).or_default().push(*gid);
        }
    }
    let seed = config.random_seeds.get("Intracellular Recording Sample").copied().unwrap_or(0.0) as u32;
    let lists: Vec<Vec<u32>> = populations.into_values().collect();
    let chosen = draw(seed, profile.fraction, profile.limit, &lists);
    let name = |gid: u32| types.population_of(gid).map_or(String::new(), |population| population.name.clone());
    chosen.into_iter().map(|gid| (name(gid), gid)).collect()
}

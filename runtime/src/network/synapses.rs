//! Synapses: point processes shared within a segment, and one connection for each synapse and mechanism.
//!
//! The order follows MiV-Simulator (synapses.py): cell by cell, the synapses of one presynaptic population after the
//! other in the order of population numbers, by synapse id, label by label. Point processes are shared among synapses
//! of one presynaptic population on one segment; each later synapse sets their parameters again.

use std::collections::{BTreeMap, HashMap};

use cable::{Model, PointId};
use indexmap::IndexMap;
use model::config::{Config, ParameterRules, ParameterValue, Parameters, Synapses};
use neuroh5::{Attributes, Store, Types};

use super::NetworkError;
use super::cells::Cells;

/// A connection to be made: the engine's NetCon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Connection {
    /// Presynaptic cell.
    pub source: u32,
    /// Point process.
    pub target: PointId,
    /// ms
    pub delay: f64,
    /// Position of its weights in [`Connections::weights`].
    pub weights: u32,
    /// Number of its weights.
    pub n_weights: u32,
}

/// All connections in order of creation.
#[derive(Debug, Clone, Default)]
pub struct Connections {
    /// Connections.
    pub list: Vec<Connection>,
    /// Weights of all connections, one after the other.
    pub weights: Vec<f64>,
    /// Synapses by postsynaptic population.
    pub synapses: IndexMap<String, usize>,
    /// Connections by postsynaptic population.
    pub connections: IndexMap<String, usize>,
}

/// `Synapse Attributes` of one population, as far as a run needs them.
struct SynapseAttributes {
    ids: Attributes,
    locations: Attributes,
    sections: Attributes,
    swc_types: Attributes,
}

/// Incoming edges of a cell: presynaptic population, then synapse id, to source and delay.
type Incoming = BTreeMap<usize, BTreeMap<u32, (u32, f64)>>;

/// Makes all synapses of the cells that exist.
pub fn connect(
    config: &Config,
    types: &Types,
    cells_file: &Store,
    connections_file: &Store,
    dt: f64,
    cells: &Cells,
    model: &mut Model,
) -> Result<Connections, NetworkError> {
    let mut out = Connections::default();
    let order = config.definitions.populations_in_order();
    let mut names = connections_file.projection_names()?;
    names.sort();
    let mut postsynaptic: Vec<String> = names.iter().map(|(post, _)| post.clone()).collect();
    postsynaptic.dedup();
    for post in postsynaptic {
        let Some(population) = types.population(&post) else { continue };
        let mut incoming: BTreeMap<u32, Incoming> = BTreeMap::new();
        for (_, pre) in names.iter().filter(|(one, _)| *one == post) {
            let (Some(source), Some(velocity)) =
                (types.population(pre), config.connection_generator.connection_velocity.get(pre))
            else {
                return Err(NetworkError::Projection { destination: post.clone(), source_population: pre.clone() });
            };
            let rank = order.iter().position(|name| name == pre).unwrap_or(usize::MAX);
            let projection = connections_file.projection(&post, pre, population.gids.clone(), source.gids.clone())?;
            for (row, (gid, _)) in projection.destinations().enumerate() {
                if !cells.contains(gid) {
                    continue;
                }
                let edges = projection.edges(row)?;
                let table = incoming.entry(gid).or_default().entry(rank).or_default();
                for ((source, synapse), distance) in edges.source.iter().zip(&edges.synapse).zip(&edges.distance) {
                    // The original divides in single precision and rounds the delay to it.
                    let delay = (*distance / velocity.value as f32).max((2.0 * dt) as f32);
                    table.insert(*synapse, (*source, f64::from(delay)));
                }
            }
        }
        let attributes = SynapseAttributes::read(cells_file, &post, population.gids.start)?;
        for (gid, incoming) in incoming {
            connect_cell(config, &order, &post, gid, &incoming, &attributes, cells, model, &mut out)?;
        }
    }
    Ok(out)
}

impl SynapseAttributes {
    fn read(file: &Store, population: &str, start: u32) -> Result<SynapseAttributes, NetworkError> {
        let read = |name: &str| file.attributes(population, "Synapse Attributes", name, start);
        Ok(SynapseAttributes {
            ids: read("syn_ids")?,
            locations: read("syn_locs")?,
            sections: read("syn_secs")?,
            swc_types: read("swc_types")?,
        })
    }
}

/// Point processes are shared within these groups of SWC types, never across them.
fn sharing_group(swc: &str) -> Option<u8> {
    match swc {
        "apical" | "basal" => Some(0),
        "axon" => Some(1),
        "ais" => Some(2),
        "hillock" => Some(3),
        "soma" => Some(4),
        _ => None,
    }
}

#[allow(clippy::too_many_arguments, reason = "the one place where everything about a cell's synapses comes together")]
fn connect_cell(
    config: &Config,
    order: &[&str],
    post: &str,
    gid: u32,
    incoming: &Incoming,
    attributes: &SynapseAttributes,
    cells: &Cells,
    model: &mut Model,
    out: &mut Connections,
) -> Result<(), NetworkError> {
    let generator = &config.connection_generator;
    let sections = cells.sections(gid);
    let unique = config.cell_types.get(post).is_some_and(|one| one.value.synapses.unique);
    let (ids, locations) = (attributes.ids.as_u32(gid), attributes.locations.as_f64(gid));
    let (secs, swcs) = (attributes.sections.as_u32(gid), attributes.swc_types.as_u8(gid));
    let position: HashMap<u32, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    for (rank, table) in incoming {
        let pre = order.get(*rank).copied().unwrap_or("");
        let synapses = generator.synapses.get(post).and_then(|sources| sources.value.get(pre));
        let Some(synapses) = synapses.map(|one| &one.value) else {
            return Err(NetworkError::Projection { destination: post.to_owned(), source_population: pre.to_owned() });
        };
        let mut shared: HashMap<(u8, u32, usize, usize), PointId> = HashMap::new();
        for (synapse, (source, delay)) in table {
            let damaged = |what: String| NetworkError::Synapse { gid, synapse: *synapse, what };
            let at = *position.get(synapse).ok_or_else(|| damaged("is not among the cell's synapses".to_owned()))?;
            let (Some(location), Some(section_index), Some(swc)) = (locations.get(at), secs.get(at), swcs.get(at))
            else {
                return Err(damaged("lacks an attribute".to_owned()));
            };
            let swc = config.definitions.swc_name(i64::from(*swc)).unwrap_or("unknown");
            let group = sharing_group(swc).ok_or_else(|| damaged(format!("is on a section of type {swc}")))?;
            let section = *sections
                .get(*section_index as usize)
                .ok_or_else(|| damaged(format!("is on section {section_index}, the cell has {}", sections.len())))?;
            let x = location.clamp(0.05, 0.95);
            let segment = model.section(section).segment_index(x);
            *out.synapses.entry(post.to_owned()).or_insert(0) += 1;
            for (number, (label, parameters)) in parameters_for(synapses, swc).iter().enumerate() {
                let class = &generator.synapse_mechanisms[*label].value;
                let rules = &generator.synapse_parameter_rules[class];
                let key = (group, *section_index, segment, number);
                let point = match shared.get(&key).filter(|_| !unique) {
                    Some(point) => *point,
                    None => {
                        let point = model.add_point_process(class, section, x)?;
                        shared.insert(key, point);
                        point
                    }
                };
                let weights = out.weights.len() as u32;
                let n_weights = n_weights(model, point);
                out.weights.resize(out.weights.len() + n_weights as usize, 0.0);
                set_parameters(model, point, rules, parameters, &mut out.weights[weights as usize..])?;
                out.list.push(Connection { source: *source, target: point, delay: *delay, weights, n_weights });
                *out.connections.entry(post.to_owned()).or_insert(0) += 1;
            }
        }
    }
    Ok(())
}

/// Labels and parameters for a synapse on a section of this SWC type.
fn parameters_for<'a>(synapses: &'a Synapses, swc: &str) -> Vec<(&'a str, &'a Parameters)> {
    let by_type = synapses.swctype_mechanisms.as_ref();
    let table =
        by_type.and_then(|tables| tables.get(swc).or_else(|| tables.get("default"))).or(synapses.mechanisms.as_ref());
    table.into_iter().flatten().map(|(label, parameters)| (label.as_str(), &parameters.value)).collect()
}

fn n_weights(model: &Model, point: PointId) -> u32 {
    let mechanism = model.point_process(point).mechanism;
    model.catalogue().layout(mechanism).n_weights() as u32
}

fn set_parameters(
    model: &mut Model,
    point: PointId,
    rules: &ParameterRules,
    parameters: &Parameters,
    weights: &mut [f64],
) -> Result<(), NetworkError> {
    for (name, value) in parameters {
        let ParameterValue::Number(number) = value.value else { continue };
        if rules.mech_params.contains(name) {
            model.set_point_variable(point, name, number)?;
        } else if let Some(slot) = rules.netcon_params.get(name).and_then(|at| weights.get_mut(*at)) {
            *slot = number;
        }
    }
    Ok(())
}

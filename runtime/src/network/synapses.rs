//! Synapses: point processes shared within a segment, and one connection for each synapse and mechanism.
//!
//! The order follows MiV-Simulator (synapses.py): cell by cell, the synapses of one presynaptic population after the
//! other in the order of population numbers, by synapse id, label by label. Point processes are shared among synapses
//! of one presynaptic population on one segment; each later synapse sets their parameters again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cable::{Model, PointId};
use indexmap::IndexMap;
use model::config::{Config, ParameterRules, ParameterValue, Parameters, Synapses};
use neuroh5::{Attributes, Store, Types};

use super::NetworkError;
use super::cells::{Cell, Cells};
use crate::cells::reduced_section;

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
    /// Postsynaptic cell.
    pub gid: u32,
    /// Position of its label in `Connection Generator: Synapse Mechanisms`.
    pub label: u16,
}

/// A synapse of a recorded cell, one for each mechanism.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedSynapse {
    /// Postsynaptic cell.
    pub gid: u32,
    /// Number of the presynaptic population in `Definitions: Populations`.
    pub source: i64,
    /// `Definitions: Synapse Types`.
    pub kind: i64,
    /// `Definitions: SWC Types`.
    pub swc: i64,
    /// `Definitions: Layers`.
    pub layer: i64,
    /// Section index in the cell.
    pub section: u32,
    /// Position of its label in `Connection Generator: Synapse Mechanisms`.
    pub label: u16,
    /// Point process.
    pub point: PointId,
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
    /// Synapses of the cells that were asked for.
    pub placed: Vec<PlacedSynapse>,
}

/// Where synapses come from.
#[derive(Debug, Clone, Copy)]
pub struct SynapseSource<'a> {
    /// Configuration.
    pub config: &'a Config,
    /// Populations.
    pub types: &'a Types,
    /// Cells file.
    pub cells_file: &'a Store,
    /// Connections file.
    pub connections_file: &'a Store,
    /// Time step, ms: no delay is below two.
    pub dt: f64,
    /// Cells whose synapses are listed in [`Connections::placed`].
    pub observed: &'a BTreeSet<u32>,
}

/// `Synapse Attributes` of one population, as far as a run needs them.
struct SynapseAttributes {
    ids: Attributes,
    locations: Attributes,
    sections: Attributes,
    swc_types: Attributes,
    /// Read only if synapses are observed.
    layers_and_kinds: Option<(Attributes, Attributes)>,
    weights: Vec<WeightTable>,
}

/// Weights of the synapses of a population from one namespace, for one label.
struct WeightTable {
    label: usize,
    ids: Attributes,
    weights: Attributes,
}

/// Incoming edges of a cell: presynaptic population, then synapse id, to source and delay.
type Incoming = BTreeMap<usize, BTreeMap<u32, (u32, f64)>>;

/// Makes all synapses of the cells that exist.
pub fn connect(source: &SynapseSource<'_>, cells: &Cells, model: &mut Model) -> Result<Connections, NetworkError> {
    let SynapseSource { config, types, cells_file, connections_file, dt, observed } = *source;
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
        let attributes =
            SynapseAttributes::read(config, cells_file, &post, population.gids.start, !observed.is_empty())?;
        for (gid, incoming) in incoming {
            let cell = Postsynaptic { population: &post, gid, observed: observed.contains(&gid) };
            connect_cell(config, &order, &cell, &incoming, &attributes, cells, model, &mut out)?;
        }
    }
    out.placed.sort_by_key(|one| one.gid);
    Ok(out)
}

impl SynapseAttributes {
    fn read(
        config: &Config,
        file: &Store,
        population: &str,
        start: u32,
        observed: bool,
    ) -> Result<SynapseAttributes, NetworkError> {
        let read = |name: &str| file.attributes(population, "Synapse Attributes", name, start);
        Ok(SynapseAttributes {
            ids: read("syn_ids")?,
            locations: read("syn_locs")?,
            sections: read("syn_secs")?,
            swc_types: read("swc_types")?,
            layers_and_kinds: if observed { Some((read("syn_layers")?, read("syn_types")?)) } else { None },
            weights: read_weights(config, file, population, start)?,
        })
    }
}

fn read_weights(config: &Config, file: &Store, population: &str, start: u32) -> Result<Vec<WeightTable>, NetworkError> {
    let mut tables = Vec::new();
    let described = config.cell_types.get(population).map_or(&[][..], |one| &one.value.synapses.weights);
    for namespace in described.iter().flat_map(|one| one.namespace.list()) {
        let names = file.attribute_names(population, namespace)?;
        let labels = &config.connection_generator.synapse_mechanisms;
        let mut found = false;
        for (label, name) in labels.keys().enumerate().filter(|(_, label)| names.contains(label)) {
            found = true;
            let ids = file.attributes(population, namespace, "syn_id", start)?;
            let weights = file.attributes(population, namespace, name, start)?;
            tables.push(WeightTable { label, ids, weights });
        }
        if !found {
            let labels: Vec<&str> = labels.keys().map(String::as_str).collect();
            return Err(NetworkError::NoWeights {
                population: population.to_owned(),
                namespace: namespace.clone(),
                labels: labels.join(", "),
            });
        }
    }
    Ok(tables)
}

/// The cell whose synapses are made.
struct Postsynaptic<'a> {
    population: &'a str,
    gid: u32,
    observed: bool,
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
    cell: &Postsynaptic<'_>,
    incoming: &Incoming,
    attributes: &SynapseAttributes,
    cells: &Cells,
    model: &mut Model,
    out: &mut Connections,
) -> Result<(), NetworkError> {
    let generator = &config.connection_generator;
    let Postsynaptic { population: post, gid, observed } = *cell;
    let sections = cells.sections(gid);
    let reduced = match cells.by_gid.get(&gid) {
        Some(Cell::Sections(cell)) => Some(cell).filter(|cell| cell.reduced),
        Some(Cell::Artificial(_)) | None => None,
    };
    let unique = config.cell_types.get(post).is_some_and(|one| one.value.synapses.unique);
    let (ids, locations) = (attributes.ids.as_u32(gid), attributes.locations.as_f64(gid));
    let (secs, swcs) = (attributes.sections.as_u32(gid), attributes.swc_types.as_u8(gid));
    let position: HashMap<u32, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let (layers, kinds) = match attributes.layers_and_kinds.as_ref().filter(|_| observed) {
        Some((layers, kinds)) => (layers.as_i32(gid), kinds.as_i32(gid)),
        None => (Vec::new(), Vec::new()),
    };
    // Weight of each label and synapse; a later namespace wins.
    let mut weights_of: HashMap<(usize, u32), f64> = HashMap::new();
    for table in &attributes.weights {
        let (ids, values) = (table.ids.as_u32(gid), table.weights.as_f32(gid));
        weights_of.extend(ids.into_iter().zip(values).map(|(id, value)| ((table.label, id), f64::from(value))));
    }
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
            let swc_number = i64::from(*swc);
            let swc = config.definitions.swc_name(swc_number).unwrap_or("unknown");
            let group = sharing_group(swc).ok_or_else(|| damaged(format!("is on a section of type {swc}")))?;
            // Files number the sections of trees; a reduced cell goes by types.
            let by_type = reduced.and_then(|cell| reduced_section(cell, swc));
            let section_index = match by_type {
                Some(section) => sections.iter().position(|one| *one == section).unwrap_or_default() as u32,
                None => *section_index,
            };
            let section = *sections
                .get(section_index as usize)
                .ok_or_else(|| damaged(format!("is on section {section_index}, the cell has {}", sections.len())))?;
            let x = location.clamp(0.05, 0.95);
            let segment = model.section(section).segment_index(x);
            *out.synapses.entry(post.to_owned()).or_insert(0) += 1;
            for (number, (label, parameters)) in parameters_for(synapses, swc).iter().enumerate() {
                let class = &generator.synapse_mechanisms[*label].value;
                let rules = &generator.synapse_parameter_rules[class];
                let key = (group, section_index, segment, number);
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
                let slots = &mut out.weights[weights as usize..];
                set_parameters(model, point, rules, parameters, slots)?;
                let position = generator.synapse_mechanisms.get_index_of(*label).unwrap_or_default();
                if let Some(weight) = weights_of.get(&(position, *synapse)) {
                    set_parameter(model, point, rules, "weight", *weight, slots)?;
                }
                let label = position as u16;
                out.list.push(Connection {
                    source: *source,
                    target: point,
                    delay: *delay,
                    weights,
                    n_weights,
                    gid,
                    label,
                });
                if observed {
                    let number = |list: &[i32], at: usize| list.get(at).map_or(-1, |one| i64::from(*one));
                    out.placed.push(PlacedSynapse {
                        gid,
                        source: config.definitions.populations.get(pre).copied().unwrap_or(-1),
                        kind: number(&kinds, at),
                        swc: swc_number,
                        layer: number(&layers, at),
                        section: section_index,
                        label,
                        point,
                    });
                }
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
        // Expressions were refused with the configuration.
        let ParameterValue::Number(number) = value.value else { continue };
        set_parameter(model, point, rules, name, number, weights)?;
    }
    Ok(())
}

fn set_parameter(
    model: &mut Model,
    point: PointId,
    rules: &ParameterRules,
    name: &str,
    value: f64,
    weights: &mut [f64],
) -> Result<(), NetworkError> {
    if rules.mech_params.iter().any(|one| one == name) {
        model.set_point_variable(point, name, value)?;
        return Ok(());
    }
    let slots = weights.len();
    match rules.netcon_params.get(name).and_then(|at| weights.get_mut(*at)) {
        Some(slot) => {
            *slot = value;
            Ok(())
        }
        None => {
            let mechanism = model.catalogue().layout(model.point_process(point).mechanism).name.clone();
            Err(NetworkError::NoWeight { mechanism, name: name.to_owned(), slots })
        }
    }
}

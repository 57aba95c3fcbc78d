//! From a model to arrays: nodes in Hines order, ions by species, mechanisms by column.

use std::sync::Arc;

use cable::{Model, NodePlace, NodeTree};
use mech_abi::{Catalogue, IonArrays, IonIndex, MechanismId, MechanismKind};

use super::error::{EngineError, Place};
use super::events::{Events, NO_NETCON, NOT_PENDING};
use super::hines::TreeMatrix;
use super::host::{Extras, NO_SOURCE};
use super::random123::{ScopRandom, Stream};
use super::simulation::{Call, Instances, Ion, Kernels, Nodes, PointRow, Settings, Simulation};

/// An ion without an element at a node.
const NO_ELEMENT: u32 = u32::MAX;

impl Simulation {
    /// Numbers nodes and instances. The order of instances is NEURON's: by node; of point processes at one node the one
    /// made last comes first.
    pub fn new(mut model: Model, settings: Settings) -> Result<Simulation, EngineError> {
        settings.check()?;
        let tree = NodeTree::new(&mut model);
        let catalogue = model.catalogue().clone();
        let (ions, ion_info, elements) = ions(&model, &tree, &catalogue);
        let mut points = vec![PointRow { mechanism: 0, row: 0 }; model.point_processes().len()];
        let mut mechanisms = Vec::new();
        for id in catalogue.run_order() {
            let position = mechanisms.len() as u32;
            let one = instances(&model, &tree, &catalogue, id, &elements, &mut points, position, &settings)?;
            mechanisms.push(one);
        }
        let matrix =
            TreeMatrix { roots: tree.n_roots, parent: tree.parent.clone(), a: tree.a.clone(), b: tree.b.clone() };
        let n = tree.len();
        let nodes = Nodes {
            v: tree.v.clone(),
            rhs: vec![0.0; n],
            d: vec![0.0; n],
            area: tree.area.clone(),
            diam: tree.diam.clone(),
            cm: tree.cm.clone(),
        };
        if let Some(one) = mechanisms.iter().find(|one| one.rows > 0 && !one.layout.diffusion.is_empty()) {
            return Err(EngineError::Unsupported(format!("LONGITUDINAL_DIFFUSION of mechanism {}", one.layout.name)));
        }
        let mut simulation = Simulation {
            events: Events::new(settings.dt),
            model,
            tree,
            catalogue,
            settings,
            t: 0.0,
            matrix_dt: 0.0,
            cj: 0.0,
            solved: false,
            nodes,
            matrix,
            membrane: None,
            ions,
            ion_info,
            mechanisms,
            points,
            weights: Vec::new(),
            scheduled: Vec::new(),
            scop: ScopRandom::default(),
            recorders: Vec::new(),
            sums: Vec::new(),
            transfers: Vec::new(),
            plays: Vec::new(),
            prepared: None,
            exchange: None,
        };
        simulation.construct()?;
        Ok(simulation)
    }

    /// CONSTRUCTORs. In NEURON they run before anything is set; so what differs from its default by now stays.
    fn construct(&mut self) -> Result<(), EngineError> {
        for mechanism in 0..self.mechanisms.len() {
            let one = &self.mechanisms[mechanism];
            let Some(function) = one.layout.constructor.map(|at| at as usize) else { continue };
            let rows = 0..one.rows;
            let (defaults, before) = (one.layout.default_row(), one.columns.clone());
            let call = Call { mechanism, rows, netcon: NO_NETCON, flag: 0.0 };
            self.run(call, |kernels| &kernels.functions[function], &mut [])?;
            let columns = self.mechanisms[mechanism].columns.iter_mut();
            for ((column, before), default) in columns.zip(before).zip(defaults) {
                for (value, before) in column.iter_mut().zip(before) {
                    if before != default {
                        *value = before;
                    }
                }
            }
        }
        Ok(())
    }

    /// What a node is, for messages.
    pub(crate) fn node_place(&self, node: usize) -> Place {
        let Some(place) = self.tree.place.get(node) else { return Place::default() };
        let (section, x) = match *place {
            NodePlace::Root(section) => (section, self.model.section(section).child_end()),
            NodePlace::Segment(section, index) => (section, self.model.section(section).segment_centre(index as usize)),
            NodePlace::End(section) => (section, 1.0 - self.model.section(section).child_end()),
        };
        let section = self.model.section(section);
        Place {
            gid: section.cell.map(u64::from),
            section: section.name.clone(),
            x: format!("{}", (x * 1e4).round() / 1e4),
            mechanism: String::new(),
        }
    }
}

/// Arrays of all species, their nodes, and for each species the element of each node.
fn ions(model: &Model, tree: &NodeTree, catalogue: &Catalogue) -> (Vec<IonArrays>, Vec<Ion>, Vec<Vec<u32>>) {
    let mut all = (Vec::new(), Vec::new(), Vec::new());
    for id in catalogue.ion_ids() {
        let species = catalogue.ion(id);
        let mut arrays = IonArrays { charge: species.charge, ..IonArrays::default() };
        let mut nodes = Vec::new();
        let mut element = vec![NO_ELEMENT; tree.len()];
        for (node, place) in tree.place.iter().enumerate() {
            let NodePlace::Segment(section, index) = *place else { continue };
            let inserted = model.section(section).ions().iter().find(|inserted| inserted.ion == id);
            let Some(state) = inserted.map(|inserted| inserted.states[index as usize]) else { continue };
            element[node] = nodes.len() as u32;
            nodes.push(node as u32);
            arrays.reversal.push(state.reversal);
            arrays.inside.push(state.inside);
            arrays.outside.push(state.outside);
            arrays.current.push(0.0);
            arrays.slope.push(0.0);
            arrays.style.push(state.style);
        }
        all.0.push(arrays);
        let (inside0, outside0) = (species.inside, species.outside);
        all.1.push(Ion { name: species.name.clone(), nodes, inside0, outside0 });
        all.2.push(element);
    }
    all
}

#[allow(clippy::too_many_arguments, reason = "everything that decides where an instance goes")]
fn instances(
    model: &Model,
    tree: &NodeTree,
    catalogue: &Arc<Catalogue>,
    id: MechanismId,
    elements: &[Vec<u32>],
    points: &mut [PointRow],
    position: u32,
    settings: &Settings,
) -> Result<Instances, EngineError> {
    let mechanism = catalogue.mechanism(id);
    let layout = mechanism.layout.clone();
    let width = layout.n_columns();
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); width];
    let mut node_index = Vec::new();
    let mut rows = 0;
    let mut add = |values: &[f64], node: Option<u32>| {
        for (column, value) in columns.iter_mut().zip(values) {
            column.push(*value);
        }
        node_index.extend(node);
        rows += 1;
    };
    if layout.kind == MechanismKind::Density {
        for (node, place) in tree.place.iter().enumerate() {
            let NodePlace::Segment(section, index) = *place else { continue };
            let inserted = model.section(section).mechanisms().iter().find(|inserted| inserted.mechanism == id);
            if let Some(inserted) = inserted {
                add(inserted.row(index as usize), Some(node as u32));
            }
        }
    } else {
        let mut placed: Vec<(u32, std::cmp::Reverse<usize>)> = Vec::new();
        for (at, point) in model.point_processes().iter().enumerate().filter(|(_, point)| point.mechanism == id) {
            let node = point.place.map_or(0, |(section, x)| tree.node(model, section, x));
            // Artificial cells have no node and stand in order of creation.
            let order = if point.place.is_some() { at } else { usize::MAX - at };
            placed.push((node, std::cmp::Reverse(order)));
        }
        placed.sort_unstable();
        for (row, (node, std::cmp::Reverse(order))) in placed.into_iter().enumerate() {
            let artificial = layout.kind == MechanismKind::ArtificialCell;
            let at = if artificial { usize::MAX - order } else { order };
            points[at] = PointRow { mechanism: position, row: row as u32 };
            add(&model.point_processes()[at].values, (!artificial).then_some(node));
        }
    }
    let mut ion_index = Vec::new();
    for used in &layout.ions {
        let Some(species) = catalogue.ion_id(&used.ion) else { continue };
        let element = &elements[species.0 as usize];
        let index: Vec<u32> = node_index.iter().map(|node: &u32| element[*node as usize]).collect();
        if index.contains(&NO_ELEMENT) {
            let what =
                format!("{} uses ion {}, which is not in its segment; please report this", layout.name, used.ion);
            return Err(EngineError::Model(what));
        }
        ion_index.push(IonIndex { species: species.0 as usize, index });
    }
    let extras = extras(&layout, rows, position, settings);
    let globals = layout.default_globals();
    Ok(Instances {
        kernels: Kernels::of(mechanism),
        general: None,
        layout,
        rows,
        columns,
        node_index,
        ion_index,
        globals,
        extras,
    })
}

fn extras(layout: &mech_abi::MechanismLayout, rows: usize, position: u32, settings: &Settings) -> Extras {
    let streams_per_row = layout.random_streams as usize;
    let vectors_per_row = layout.vectors as usize;
    let receives = layout.net_receive.is_some();
    let n_streams = rows * streams_per_row;
    Extras {
        // NEURON numbers streams without identifiers (1, rank, counter).
        streams: (0..n_streams).map(|at| Stream::new(settings.global_index, 1, position, at as u32 + 1)).collect(),
        stream_is_set: vec![false; n_streams],
        streams_per_row,
        vectors: vec![None; rows * vectors_per_row],
        vectors_per_row,
        pending: vec![NOT_PENDING; if receives { rows } else { 0 }],
        sources: vec![NO_SOURCE; if receives { rows } else { 0 }],
    }
}

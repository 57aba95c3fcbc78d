//! The data set as files: cells and connections as NeuroH5, one morphology of each population as SWC.

use std::path::Path;

use neuroh5::{AttributeValues, Error, PopulationRange, Store, Tree, Types};

use super::morphology::Morphology;
use super::network::{Cell, Network, Population};

const COORDINATES: [&str; 3] = ["U Coordinate", "V Coordinate", "L Coordinate"];
const PLACES: [&str; 3] = ["X Coordinate", "Y Coordinate", "Z Coordinate"];

/// Writes the cells file.
pub fn write_cells(network: &Network, path: &Path, namespace: &str) -> Result<(), Error> {
    let store = Store::create(path)?;
    store.write_types(&types(network))?;
    for population in &network.populations {
        write_coordinates(&store, network, population)?;
        write_synapses(&store, population)?;
        write_spikes(&store, network, population, namespace)?;
        let trees: Vec<(u32, Tree)> = rows(population, |cell| Some(tree(cell.morphology.as_ref()?, &cell.layers)));
        if !trees.is_empty() {
            store.write_trees(&population.name, population.start, &trees)?;
        }
    }
    store.flush()
}

/// Writes the connections file.
pub fn write_connections(network: &Network, path: &Path) -> Result<(), Error> {
    let store = Store::create(path)?;
    store.write_types(&types(network))?;
    let start = |name: &str| network.populations.iter().find(|one| one.name == name).map_or(0, |one| one.start);
    for one in &network.connections {
        let (destination, source) = (&one.destination, &one.source);
        store.write_projection(destination, source, start(destination), start(source), &one.rows)?;
    }
    store.flush()
}

/// The first cell of each population with trees as SWC: population and text.
pub fn swc(network: &Network) -> Vec<(&str, String)> {
    let text = |one: &Population| {
        let cell = one.cells.first()?;
        Some(cell.morphology.as_ref()?.swc(&one.name, &cell.layers))
    };
    network.populations.iter().filter_map(|one| Some((one.name.as_str(), text(one)?))).collect()
}

fn types(network: &Network) -> Types {
    let range = |one: &Population| PopulationRange {
        name: one.name.clone(),
        number: one.number,
        gids: one.start..one.start + one.cells.len() as u32,
    };
    Types {
        populations: network.populations.iter().map(range).collect(),
        projections: network.connections.iter().map(|one| (one.source.clone(), one.destination.clone())).collect(),
    }
}

/// What the cells of a population have, with their gids.
fn rows<T>(population: &Population, of: impl Fn(&Cell) -> Option<T>) -> Vec<(u32, T)> {
    let numbered = (population.start..).zip(&population.cells);
    numbered.filter_map(|(gid, cell)| Some((gid, of(cell)?))).collect()
}

/// Coordinates of the somata, and their distances from the middle of the tissue along U and V.
fn write_coordinates(store: &Store, network: &Network, population: &Population) -> Result<(), Error> {
    let cells = network.populations.iter().flat_map(|one| &one.cells);
    let mut bounds = [[f64::INFINITY, f64::NEG_INFINITY]; 2];
    for cell in cells {
        for (bound, x) in bounds.iter_mut().zip(cell.position) {
            *bound = [bound[0].min(x), bound[1].max(x)];
        }
    }
    let write = |namespace: &str, attribute: &str, of: &dyn Fn(&Cell) -> f64| {
        let rows = rows(population, |cell| Some(AttributeValues::F32(vec![of(cell) as f32])));
        store.write_attribute(&population.name, namespace, attribute, population.start, &rows)
    };
    // run-network looks for the place of cells without trees under `Coordinates`.
    let artificial = population.cells.iter().all(|cell| cell.morphology.is_none());
    let namespaces: &[&str] =
        if artificial { &["Generated Coordinates", "Coordinates"] } else { &["Generated Coordinates"] };
    for namespace in namespaces {
        for (axis, names) in COORDINATES.iter().zip(PLACES).enumerate() {
            write(namespace, names.0, &|cell| cell.position[axis])?;
            write(namespace, names.1, &|cell| cell.position[axis])?;
        }
    }
    for (axis, name) in ["U Distance", "V Distance"].into_iter().enumerate() {
        let middle = (bounds[axis][0] + bounds[axis][1]) / 2.0;
        write("Arc Distances", name, &|cell| cell.position[axis] - middle)?;
    }
    Ok(())
}

fn write_synapses(store: &Store, population: &Population) -> Result<(), Error> {
    macro_rules! write {
        ($name:literal $variant:ident $of:expr) => {{
            let values = rows(population, |cell| {
                let one = AttributeValues::$variant(cell.synapses.iter().enumerate().map($of).collect());
                cell.morphology.as_ref().map(|_| one)
            });
            store.write_attribute(&population.name, "Synapse Attributes", $name, population.start, &values)?;
        }};
    }
    if population.cells.iter().all(|cell| cell.morphology.is_none()) {
        return Ok(());
    }
    write!("syn_ids" U32 |(id, _)| id as u32);
    write!("syn_locs" F32 |(_, synapse)| synapse.loc);
    write!("syn_secs" U32 |(_, synapse)| synapse.section);
    write!("syn_layers" I8 |(_, synapse)| synapse.layer);
    write!("syn_types" U8 |(_, synapse)| synapse.kind);
    write!("swc_types" U8 |(_, synapse)| synapse.swc_type);
    write!("syn_cdists" F32 |(_, synapse)| synapse.cdist);
    Ok(())
}

fn write_spikes(store: &Store, network: &Network, population: &Population, namespace: &str) -> Result<(), Error> {
    let artificial = |cell: &Cell| cell.morphology.is_none();
    if !population.cells.iter().any(artificial) {
        return Ok(());
    }
    let write = |attribute: &str, of: &dyn Fn(&Cell) -> AttributeValues| {
        let rows = rows(population, |cell| artificial(cell).then(|| of(cell)));
        store.write_attribute(&population.name, namespace, attribute, population.start, &rows)
    };
    write("Spike Train", &|cell| AttributeValues::F32(cell.spikes.clone()))?;
    write("Trial Index", &|cell| AttributeValues::U8(vec![0; cell.spikes.len()]))?;
    write("Trial Duration", &|_| AttributeValues::F32(vec![network.duration as f32]))
}

/// The form that NeuroH5 stores and templates take.
fn tree(cell: &Morphology, layers: &[i8]) -> Tree {
    let coordinate = |axis: usize| cell.points.iter().map(|point| point.at[axis]).collect();
    let joint = |edge: &(u16, u16)| {
        let parent_point = cell.points[cell.sections[usize::from(edge.1)][0] as usize].parent;
        let place = cell.sections[usize::from(edge.0)].iter().position(|point| *point as i32 == parent_point);
        place.unwrap_or(0) as u32
    };
    Tree {
        x: coordinate(0),
        y: coordinate(1),
        z: coordinate(2),
        radius: cell.points.iter().map(|point| point.radius).collect(),
        layer: layers.to_vec(),
        parent: cell.points.iter().map(|point| point.parent).collect(),
        swc_type: cell.points.iter().map(|point| point.swc_type).collect(),
        sections: cell.sections.clone(),
        source: cell.edges.iter().map(|edge| edge.0).collect(),
        destination: cell.edges.iter().map(|edge| edge.1).collect(),
        location: cell.edges.iter().map(joint).collect(),
    }
}

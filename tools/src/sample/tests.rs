//! What a data set from a seed must be.

use std::collections::BTreeSet;
use std::path::Path;

use super::morphology::{self, APICAL, BASAL, Morphology};
use super::*;

fn sample(seed: u32) -> Network {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/Sample.yaml");
    let (config, _) = model::load(&path, &mut diag::Sources::new()).unwrap();
    build(&config, seed, Input { duration: 1000.0 }).unwrap()
}

#[test]
fn a_seed_gives_one_morphology() {
    let make = |seed| morphology::pyramidal(&mut Random::new(seed));
    assert_eq!(make(3), make(3));
    assert_ne!(make(3), make(4));
}

#[test]
fn sections_hold_every_point_once_and_edges_make_a_tree() {
    for kind in [morphology::pyramidal, morphology::basket, morphology::oriens] {
        let cell: Morphology = kind(&mut Random::new(11));
        let mut seen: Vec<u32> = cell.sections.iter().flatten().copied().collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..cell.points.len() as u32).collect::<Vec<_>>());
        assert_eq!(cell.edges.len() + 1, cell.sections.len());
        let mut children: Vec<u16> = cell.edges.iter().map(|edge| edge.1).collect();
        children.sort_unstable();
        assert_eq!(children, (1..cell.sections.len() as u16).collect::<Vec<_>>());
        for (parent, child) in &cell.edges {
            let first = cell.sections[usize::from(*child)][0];
            let joint = cell.points[first as usize].parent as u32;
            assert!(cell.sections[usize::from(*parent)].contains(&joint));
        }
    }
}

/// Bounds: apical dendrites of reconstructed CA1 pyramidal cells reach 300 to 700 um, basal ones 100 to 250 um.
#[test]
fn a_pyramidal_cell_has_realistic_extent() {
    for seed in 0..20 {
        let cell = morphology::pyramidal(&mut Random::new(seed));
        let y = |of: i8| cell.points.iter().filter(move |point| point.swc_type == of).map(|point| point.at[1]);
        let top = y(APICAL).fold(f32::MIN, f32::max);
        let bottom = y(BASAL).fold(f32::MAX, f32::min);
        assert!((250.0..550.0).contains(&top), "apical dendrites reach {top} um");
        assert!((-250.0..-50.0).contains(&bottom), "basal dendrites reach {bottom} um");
    }
}

#[test]
fn every_synapse_has_one_source_and_none_is_the_cell_itself() {
    let network = sample(1);
    for population in &network.populations {
        for (gid, cell) in (population.start..).zip(&population.cells) {
            let mut synapses: Vec<u32> = Vec::new();
            for one in network.connections.iter().filter(|one| one.destination == population.name) {
                for (_, edges) in one.rows.iter().filter(|(destination, _)| *destination == gid) {
                    assert!(!edges.source.contains(&gid));
                    synapses.extend(&edges.synapse);
                }
            }
            synapses.sort_unstable();
            assert_eq!(synapses, (0..cell.synapses.len() as u32).collect::<Vec<_>>(), "cell {gid}");
        }
    }
}

#[test]
fn populations_projections_and_layers_are_those_of_the_configuration() {
    let network = sample(2);
    let sizes: Vec<(&str, u32, usize)> =
        network.populations.iter().map(|one| (one.name.as_str(), one.start, one.cells.len())).collect();
    assert_eq!(sizes, [("STIM", 0, 16), ("PYR", 16, 16), ("PVBC", 32, 8), ("OLM", 40, 6)]);
    assert_eq!(network.connections.len(), 10);
    // SO, SP, SR and SLM: a pyramidal cell goes through all of them.
    let layers: BTreeSet<i8> = network.populations[1].cells[0].layers.iter().copied().collect();
    assert_eq!(layers, BTreeSet::from([5, 6, 8, 9]));
    let places = network.populations.iter().flat_map(|one| &one.cells).flat_map(|cell| &cell.synapses);
    assert!(places.into_iter().all(|synapse| (0.0..=1.0).contains(&synapse.loc)));
}

/// 16 cells × 1 s at a mean of half the peak rate of 80 Hz; five standard deviations of a Poisson number.
#[test]
fn input_cells_fire_at_their_rate() {
    for seed in 0..10 {
        let spikes: usize = sample(seed).populations[0].cells.iter().map(|cell| cell.spikes.len()).sum();
        let expected = 640.0_f64;
        assert!((spikes as f64 - expected).abs() < 5.0 * expected.sqrt(), "{spikes} spikes");
    }
}

/// The files in `config/datasets/Sample` are what the command makes now.
#[test]
fn the_committed_data_are_those_of_seed_1() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/datasets/Sample");
    let made = tempfile::tempdir().unwrap();
    let network = sample(1);
    write_cells(&network, &made.path().join("Sample_Cells.h5"), "Input Spikes A Diag").unwrap();
    write_connections(&network, &made.path().join("Sample_Connections.h5")).unwrap();
    for (population, text) in swc(&network) {
        assert_eq!(std::fs::read_to_string(committed.join(format!("{population}.swc"))).unwrap(), text);
    }
    let open = |directory: &Path, name: &str| neuroh5::Store::open(&directory.join(name)).unwrap();
    let [old, new] = [committed.as_path(), made.path()].map(|directory: &Path| open(directory, "Sample_Cells.h5"));
    assert_eq!(old.types().unwrap(), new.types().unwrap());
    for population in &network.populations {
        let (name, start) = (population.name.as_str(), population.start);
        let namespaces = new.namespaces(name).unwrap();
        assert_eq!(old.namespaces(name).unwrap(), namespaces);
        for namespace in namespaces.iter().filter(|one| *one != "Trees") {
            let attributes = new.attribute_names(name, namespace).unwrap();
            assert_eq!(old.attribute_names(name, namespace).unwrap(), attributes);
            for attribute in attributes {
                let read = |store: &neuroh5::Store| store.attributes(name, namespace, &attribute, start).unwrap();
                assert_eq!(read(&old), read(&new), "{name} {namespace} {attribute}");
            }
        }
        if new.has_trees(name) {
            let [old, new] = [&old, &new].map(|store| store.trees(name, start).unwrap());
            for gid in new.gids() {
                assert_eq!(old.tree(gid).unwrap(), new.tree(gid).unwrap(), "tree of {gid}");
            }
        }
    }
    let [old, new] =
        [committed.as_path(), made.path()].map(|directory: &Path| open(directory, "Sample_Connections.h5"));
    for one in &network.connections {
        let gids = |name: &str| new.types().unwrap().population(name).unwrap().gids.clone();
        let read = |store: &neuroh5::Store| {
            let projection =
                store.projection(&one.destination, &one.source, gids(&one.destination), gids(&one.source)).unwrap();
            (0..one.rows.len()).map(|row| projection.edges(row).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(read(&old), read(&new));
    }
}

//! Connections and input of the original tools, made again; their directory is in `MIVC_REFERENCE_DATA`.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::path::{Path, PathBuf};

use construct::connections::{self, Request};
use construct::input::{FeatureRequest, Layout, SpikeTrainRequest, generate_features, generate_spike_trains};
use diag::Sources;
use model::config::Config;
use neuroh5::{Chunks, Kind, Numbers, Store};

fn data(name: &str) -> PathBuf {
    let data = std::env::var_os("MIVC_REFERENCE_DATA").expect("MIVC_REFERENCE_DATA names the directory of the data");
    PathBuf::from(data).join(name)
}

fn config(path: &str) -> Config {
    let mut sources = Sources::new();
    let read = model::load(&data(path), &mut sources);
    read.unwrap_or_else(|problems| panic!("{}", problems.render(&sources, false))).0
}

/// Asserts that two files have the same datasets of the same numbers, bit for bit, below a group; answers how many.
fn same(ours: &Path, theirs: &Path, group: &str) -> usize {
    let (ours, theirs) = (Store::open(ours).unwrap(), Store::open(theirs).unwrap());
    let names = |store: &Store| -> Vec<String> {
        let all = store.walk(group).unwrap().into_iter().filter(|(_, kind)| *kind == Kind::Dataset);
        all.map(|(name, _)| name).filter(|name| !name.starts_with("/H5Types")).collect()
    };
    let all = names(&theirs);
    assert_eq!(names(&ours), all);
    for name in &all {
        let (a, b) = (ours.numbers(name).unwrap(), theirs.numbers(name).unwrap());
        assert_eq!(a.kind(), b.kind(), "{name}");
        match (&a, &b) {
            // Signs of zeros count, too.
            (Numbers::F32(a), Numbers::F32(b)) => {
                assert!(a.iter().map(|one| one.to_bits()).eq(b.iter().map(|one| one.to_bits())), "{name}");
            }
            _ => assert!(a == b, "{name}"),
        }
    }
    all.len()
}

fn connect(config: &Config, coordinates: &Path, forest: &Path, output: &Path, include: &[&str]) -> usize {
    let include: Vec<String> = include.iter().map(|one| (*one).to_owned()).collect();
    let request = Request {
        forest,
        coordinates,
        output,
        include: &include,
        coordinates_namespace: "Generated Coordinates",
        distances_namespace: "Arc Distances",
        synapses_namespace: "Synapse Attributes",
        cache_size: 20,
        write_size: 100,
        chunk_size: 1000,
        dry_run: false,
    };
    let made = connections::generate(config, &request, &mut |_| {}).unwrap();
    made.iter().map(|one| one.edges).sum()
}

#[test]
fn connections_of_the_tiny_network() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("connections.h5");
    let config = config("tiny/config/Tiny.yaml");
    let coordinates = data("tiny/datasets/Tiny_coords.h5");
    let mut edges = 0;
    for population in ["PYR", "PVBC", "OLM"] {
        let forest = data(&format!("tiny/datasets/{population}_forest.h5"));
        edges += connect(&config, &coordinates, &forest, &output, &[]);
    }
    assert_eq!(edges, 38_481);
    assert_eq!(same(&output, &data("tiny/datasets/Tiny_connections.h5"), "/Projections"), 60);
}

#[test]
fn connections_of_the_small_microcircuit() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("connections.h5");
    let config = config("microcircuit-small/config/Microcircuit_Small.yaml");
    let coordinates = data("microcircuit-small/datasets/Microcircuit_Small_coords.h5");
    let forest = data("microcircuit-small/datasets/MiV_Cells_Microcircuit_Small_20220410.h5");
    assert_eq!(connect(&config, &coordinates, &forest, &output, &["PYR", "PVBC", "OLM"]), 3_267_987);
    let theirs = data("microcircuit-small/datasets/MiV_Connections_Microcircuit_Small_20220410.h5");
    assert_eq!(same(&output, &theirs, "/Projections"), 60);
}

#[test]
fn input_of_both_networks() {
    for (network, model, spikes) in [("tiny", "Tiny", 9665), ("microcircuit-small", "Microcircuit_Small", 24_227)] {
        let directory = tempfile::tempdir().unwrap();
        let (features, trains) = (directory.path().join("features.h5"), directory.path().join("spikes.h5"));
        let config = config(&format!("{network}/config/{model}.yaml"));
        let dataset = |name: &str| data(&format!("{network}/datasets/{model}_{name}.h5"));
        let populations = ["STIM".to_owned()];
        let chunks = Chunks { pointers: 1000, values: 1000 };
        let request = FeatureRequest {
            coordinates: &dataset("coords"),
            output: &features,
            distances_namespace: "Arc Distances",
            arena: "A",
            populations: &populations,
            layout: Layout { cache_size: 50, write_size: 10_000, chunks, limit: None },
            dry_run: false,
        };
        generate_features(&config, &request).unwrap();
        assert_eq!(same(&features, &dataset("input_features"), "/"), 6);
        let request = SpikeTrainRequest {
            selectivity: &features,
            output: &trains,
            selectivity_namespace: "Selectivity",
            arena: "A",
            populations: &populations,
            trials: 3,
            spikes_namespace: "Input Spikes",
            attribute: "Spike Train",
            layout: Layout { cache_size: 100, write_size: 10_000, chunks, limit: None },
            dry_run: false,
        };
        let made = generate_spike_trains(&config, &request).unwrap();
        assert_eq!(made.iter().map(|one| one.spikes).collect::<Vec<_>>(), [spikes]);
        assert_eq!(same(&trains, &dataset("input_spikes"), "/"), 13);
    }
}

/// The original interpolates arcs that it measured at sample points: its error is one unit in the last place of `f32`
/// at the tissue's edge (7.6e-6 um at 100 um, 3.1e-5 um at 500 um).
#[test]
fn arc_distances_are_those_of_the_original_but_for_its_fit() {
    for (name, file, config_file, tolerance) in [
        ("tiny", "Tiny_coords.h5", "Tiny.yaml", 8e-6),
        ("microcircuit-small", "Microcircuit_Small_coords.h5", "Microcircuit_Small.yaml", 4e-5),
    ] {
        let theirs = data(&format!("{name}/datasets/{file}"));
        let store = Store::open(&theirs).unwrap();
        let types = store.types().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let bare = directory.path().join("coords.h5");
        let names: Vec<String> = types.populations.iter().map(|one| one.name.clone()).collect();
        neuroh5::write_whole(&bare, |copy| {
            copy.copy_types(&store)?;
            for name in &names {
                let at = format!("/Populations/{name}/Generated Coordinates");
                copy.copy_object(&store, &at, &at)?;
            }
            Ok::<_, neuroh5::Error>(())
        })
        .unwrap();
        let request = construct::distances::Request {
            coordinates: &bare,
            namespace: "Generated Coordinates",
            populations: &names,
            chunks: Chunks { pointers: 1000, values: 1000 },
        };
        construct::distances::measure(&config(&format!("{name}/config/{config_file}")), &request).unwrap();
        let ours = Store::open(&bare).unwrap();
        let mut cells = 0;
        for population in &types.populations {
            let read = |store: &Store, name: &str| {
                store.attributes(&population.name, "Arc Distances", name, population.gids.start).unwrap()
            };
            for axis in ["U Distance", "V Distance"] {
                let (ours, theirs) = (read(&ours, axis), read(&store, axis));
                assert!(ours.gids().eq(theirs.gids()));
                for gid in ours.gids() {
                    let (a, b) = (ours.as_f64(gid), theirs.as_f64(gid));
                    assert_eq!((a.len(), b.len()), (1, 1));
                    assert!((a[0] - b[0]).abs() < tolerance, "{axis} of {gid}: {} for {}", a[0], b[0]);
                    cells += 1;
                }
            }
            let at = format!("/Populations/{}/Arc Distances", population.name);
            let (ours, theirs) = (ours.group_attributes(&at).unwrap(), store.group_attributes(&at).unwrap());
            assert_eq!(ours.len(), 4);
            for ((a, ours), (b, theirs)) in ours.iter().zip(&theirs) {
                assert!(a == b && (ours - theirs).abs() < 1e-9, "{a} {ours}, {b} {theirs}");
            }
        }
        assert_eq!(cells, 2 * types.populations.iter().map(|one| one.gids.len()).sum::<usize>());
    }
}

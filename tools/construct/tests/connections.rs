//! Connections of a small model: the same as by numpy, whatever the threads and portions, and told when impossible.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

mod small_model;

use std::collections::BTreeMap;
use std::path::Path;

use construct::connections::{ConnectionError, Projection, Request, generate};
use neuroh5::{Kind, Numbers, Store};
use small_model::{Files, Small, YAML, load, says};

/// Coordinates, forest and output.
type Paths = [std::path::PathBuf; 3];

fn paths(files: &Files) -> Paths {
    ["coords.h5", "forest.h5", "connections.h5"].map(|name| files.path(name))
}

fn request([coordinates, forest, output]: &Paths) -> Request<'_> {
    Request {
        forest,
        coordinates,
        output,
        include: &[],
        coordinates_namespace: "Coordinates",
        distances_namespace: "Arc Distances",
        synapses_namespace: "Synapse Attributes",
        cache_size: 1,
        write_size: 1,
        chunk_size: 100,
        dry_run: false,
    }
}

fn connect(files: &Files, request: &Request<'_>) -> Result<Vec<Projection>, ConnectionError> {
    generate(&files.config, request, &mut |_| {})
}

/// All edges of a file by cell and source population, in the order of the file.
fn edges(files: &Files, path: &Path) -> BTreeMap<u32, BTreeMap<String, Vec<(u32, u32, f32)>>> {
    let store = Store::open(path).unwrap();
    let mut all: BTreeMap<u32, BTreeMap<String, Vec<_>>> = BTreeMap::new();
    for (destination, source) in store.projection_names().unwrap() {
        let (to, from) = (files.gids(&destination), files.gids(&source));
        let projection = store.projection(&destination, &source, to, from).unwrap();
        for (row, (gid, _)) in projection.destinations().enumerate() {
            let one = projection.edges(row).unwrap();
            let list = one.source.into_iter().zip(one.synapse).zip(one.distance).map(|((s, i), d)| (s, i, d));
            all.entry(gid).or_default().entry(source.clone()).or_default().extend(list);
        }
    }
    all
}

/// Everything in a file but the types.
fn content(path: &Path) -> Vec<(String, Numbers)> {
    let store = Store::open(path).unwrap();
    let all = store.walk("/Projections").unwrap().into_iter().filter(|(_, kind)| *kind == Kind::Dataset);
    all.map(|(path, _)| (path.clone(), store.numbers(&path).unwrap())).collect()
}

fn sorted(mut list: Vec<(u32, u32, f32)>) -> Vec<(u32, u32, f32)> {
    list.sort_by_key(|(source, synapse, _)| (*source, *synapse));
    list
}

#[test]
fn edges_are_those_of_numpy() {
    let files = Files::new();
    let paths = paths(&files);
    let made = connect(&files, &request(&paths)).unwrap();
    let found = edges(&files, &paths[2]);
    assert_eq!(found.len(), files.small.edges.len());
    for (gid, projections) in &files.small.edges {
        for (source, expected) in projections {
            let found = &found[gid][source];
            assert!(found.is_sorted_by_key(|edge| edge.0), "{gid} from {source} by source");
            assert_eq!(sorted(found.clone()), sorted(expected.clone()), "{gid} from {source}");
        }
        let mut synapses: Vec<u32> = found[gid].values().flatten().map(|edge| edge.1).collect();
        synapses.sort_unstable();
        let n = files.small.synapses[gid].id.len() as u32;
        assert_eq!(synapses, (0..n).collect::<Vec<_>>(), "every synapse has one source");
    }
    let total: usize = files.small.synapses.values().map(|one| one.id.len()).sum();
    assert_eq!(made.iter().map(|one| one.edges).sum::<usize>(), total);
    assert_eq!(made.iter().map(|one| one.source.as_str()).collect::<Vec<_>>(), ["A", "B", "C"]);
}

#[test]
fn threads_do_not_matter() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let files = Files::new();
            let paths = paths(&files);
            connect(&files, &request(&paths)).unwrap();
            content(&paths[2])
        })
    };
    assert_eq!(on(1), on(4));
}

#[test]
fn portions_make_blocks_and_the_same_edges() {
    let files = Files::new();
    let paths = paths(&files);
    connect(&files, &request(&paths)).unwrap();
    let blocks = |path: &Path| {
        let edges = |name: &str| Store::open(path).unwrap().numbers(&format!("/Projections/B/A/Edges/{name}")).unwrap();
        (edges("Destination Block Index"), edges("Destination Block Pointer"))
    };
    // The forest is in descending order; each cell is a portion.
    assert_eq!(blocks(&paths[2]), (Numbers::U32(vec![2, 1, 0]), Numbers::U64(vec![0, 1, 2, 4])));
    let one_by_one = edges(&files, &paths[2]);

    for (cache, write, expected) in [
        (2, 100, (Numbers::U32(vec![1, 0, 2]), Numbers::U64(vec![0, 1, 2, 4]))),
        (20, 100, (Numbers::U32(vec![0, 1]), Numbers::U64(vec![0, 1, 4]))),
        (20, 0, (Numbers::U32(vec![0]), Numbers::U64(vec![0, 4]))),
    ] {
        std::fs::remove_file(&paths[2]).unwrap();
        connect(&files, &Request { cache_size: cache, write_size: write, ..request(&paths) }).unwrap();
        assert_eq!(blocks(&paths[2]), expected, "cache {cache}, write {write}");
        assert_eq!(edges(&files, &paths[2]), one_by_one, "cache {cache}, write {write}");
    }
}

#[test]
fn contacts_come_together() {
    let files = Files::with(&YAML.replace("contacts: 2", "contacts: 3"), |_| {});
    let paths = paths(&files);
    connect(&files, &request(&paths)).unwrap();
    let layer_of: BTreeMap<(u32, u32), i8> = (files.small.synapses.iter())
        .flat_map(|(gid, one)| one.id.iter().zip(&one.place).map(|(id, place)| ((*gid, *id), place.2)))
        .collect();
    for (gid, projections) in edges(&files, &paths[2]) {
        let mut counts: BTreeMap<(u32, i8), usize> = BTreeMap::new();
        let mut in_layer: BTreeMap<i8, usize> = BTreeMap::new();
        for (source, synapse, _) in &projections["B"] {
            let layer = layer_of[&(gid, *synapse)];
            *counts.entry((*source, layer)).or_default() += 1;
            *in_layer.entry(layer).or_default() += 1;
        }
        // Each source has a multiple of three in a layer; what is too many for the layer's synapses was cut.
        for (layer, n) in in_layer {
            let cut: usize =
                counts.iter().filter(|((_, one), _)| *one == layer).map(|(_, count)| (3 - count % 3) % 3).sum();
            assert_eq!((n + cut).div_ceil(3), n.div_ceil(3), "cell {gid}, layer {layer}");
        }
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let files = Files::new();
    let paths = paths(&files);
    let dry = connect(&files, &Request { dry_run: true, ..request(&paths) }).unwrap();
    assert!(!paths[2].exists());
    assert_eq!(dry, connect(&files, &request(&paths)).unwrap());
}

/// The message, and that nothing is left behind.
#[track_caller]
fn refused(files: &Files, request: &Request<'_>, words: &[&str]) {
    let before = std::fs::read(request.output).ok();
    let error = connect(files, request).expect_err("an error");
    says(&error.to_string(), words);
    assert_eq!(std::fs::read(request.output).ok(), before, "the output stays as it was");
    assert!(!files.path("connections.h5.partial").exists());
}

#[test]
fn missing_files_and_names_are_told() {
    let files = Files::new();
    let paths = paths(&files);
    let good = request(&paths);
    let missing = files.path("missing.h5");
    refused(&files, &Request { forest: &missing, ..good.clone() }, &["missing.h5", "no such file", "check the path"]);
    let namespace = Request { synapses_namespace: "Synapses", ..good.clone() };
    let known = "namespaces there: Synapse Attributes";
    refused(&files, &namespace, &["forest.h5", "/Populations/B/Synapses", "no such namespace", known]);
    let namespace = Request { coordinates_namespace: "Generated Coordinates", ..good.clone() };
    refused(&files, &namespace, &["coords.h5", "Generated Coordinates", "Arc Distances, Coordinates"]);
    let namespace = Request { distances_namespace: "Distances", ..good.clone() };
    refused(&files, &namespace, &["coords.h5", "no such namespace", "Arc Distances, Coordinates"]);
    let include = ["PYR".to_owned()];
    refused(&files, &Request { include: &include, ..good }, &["PYR", "forest.h5", "populations there: B"]);
}

#[test]
fn what_the_configuration_lacks_is_told() {
    let at = |from: &str, to: &str, words: &[&str]| {
        assert!(YAML.contains(from), "{from}");
        let files = Files::with(&YAML.replacen(from, to, 1), |_| {});
        refused(&files, &request(&paths(&files)), words);
    };
    at("    B:\n      C:", "    C:\n      C:", &["population B", "Connection Generator: Synapses", "--include (C)"]);
    at("  Connectivity Clustering: 1.5e+6\n", "", &["Random Seeds", "`Connectivity Clustering`", "add"]);
    at("Clustering: 1.5e+6", "Clustering: 4294967290", &["cell", "is outside 0", "Connectivity Clustering"]);
    at(
        "    C:\n      default: {width",
        "    D:\n      default: {width",
        &["Axon Extent: C", "no axon extent", "write"],
    );
    at("offset: [10.0, 0.0]", "offset: [200.0, 0.0]", &["Axon Extent: A: default", "less than half of the width"]);
    at("      SR: {width", "      XX: {width", &["Axon Extent: A: XX", "no layer", "SO, SP, SR"]);
    at("default: {width: [400.0", "SP: {width: [400.0", &["Axon Extent: A", "no extent in layer SO", "`default`"]);
    at("[400.0, 400.0]", "[400.0]", &["Axon Extent: A: default", "pair of numbers"]);
    at("contacts: 2", "contacts: 0", &["Synapses: B: B", "`contacts` is 0", "at least 1"]);
}

#[test]
fn proportions_must_sum_to_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.yaml");
    std::fs::write(&path, YAML.replacen("[0.7, 0.5]", "[0.6, 0.5]", 1)).unwrap();
    says(&load(&path).expect_err("an error"), &["on B basal in SO", "not 1", "change the proportions"]);
}

#[test]
fn cells_that_cannot_be_connected_are_told() {
    // No source within reach.
    let near = YAML.replacen("[800.0, 500.0]", "[0.001, 0.001]", 1);
    let files = Files::with(&near, |_| {});
    refused(&files, &request(&paths(&files)), &["cell 11 of B", "no cell of C within reach", "Axon Extent: C"]);

    let changed = |change: fn(&mut Small), words: &[&str]| {
        let files = Files::with(YAML, change);
        refused(&files, &request(&paths(&files)), words);
    };
    // A synapse that no population makes.
    let words = ["cell 10 (B)", "excitatory on soma in layer SP", "Connection Generator: Synapses: B"];
    changed(|small| small.synapses.get_mut(&10).unwrap().place[3] = (0, 1, 6), &words);
    // Only inhibitory synapses.
    let words = ["cell 9 of B", "no synapse for A, B", "give the cell more synapses"];
    changed(|small| small.synapses.get_mut(&9).unwrap().place.fill((1, 1, 6)), &words);
    // Attributes that do not belong together.
    let words = ["cell 10 of B", "syn_types", "distribute its synapses again"];
    changed(|small| small.synapses.get_mut(&10).unwrap().place.truncate(5), &words);
}

#[test]
fn an_existing_file_is_added_to_and_never_doubled() {
    let files = Files::new();
    let paths = paths(&files);
    let store = Store::create(&paths[2]).unwrap();
    store.copy_types(&Store::open(&paths[0]).unwrap()).unwrap();
    store.write_field("kept", &[0.0], &[1.0]).unwrap();
    drop(store);
    connect(&files, &request(&paths)).unwrap();
    assert!(Store::open(&paths[2]).unwrap().has_field("kept"));
    refused(&files, &request(&paths), &["connections.h5", "from A to B already", "remove the file"]);

    // A failure on the way leaves what was there.
    let files = Files::with(&YAML.replacen("[800.0, 500.0]", "[0.001, 0.001]", 1), |_| {});
    let paths = self::paths(&files);
    std::fs::copy(&paths[0], &paths[2]).unwrap();
    refused(&files, &request(&paths), &["no cell of C within reach"]);
    std::fs::write(&paths[2], "not an HDF5 file").unwrap();
    refused(&files, &request(&paths), &["connections.h5", "not a complete HDF5 file"]);
}

//! Files of the original tools, made again; their directory is in `MIVC_REFERENCE_DATA`.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::path::{Path, PathBuf};

use construct::collapse::{Inputs, collapse};
use construct::compare::{Mode, compare};
use construct::h5types;
use construct::swc::Options;
use construct::trees::{Classes, CopyOptions, ImportFile, copy, import};
use diag::Sources;
use model::config::Config;
use neuroh5::{Chunks, Store};

fn tiny(name: &str) -> PathBuf {
    let data = std::env::var_os("MIVC_REFERENCE_DATA").expect("MIVC_REFERENCE_DATA names the directory of the data");
    PathBuf::from(data).join("tiny").join(name)
}

fn data(name: &str) -> PathBuf {
    tiny("datasets").join(name)
}

fn config() -> Config {
    let mut sources = Sources::new();
    let read = model::load(&tiny("config/Tiny.yaml"), &mut sources);
    read.unwrap_or_else(|problems| panic!("{}", problems.render(&sources, false))).0
}

/// Asserts that two files say the same, bit for bit.
fn same(a: &Path, b: &Path) {
    let mut found = Vec::new();
    let mut tell = |difference: construct::compare::Difference| found.push(difference.to_string());
    compare(&Store::open(a).unwrap(), &Store::open(b).unwrap(), Mode::Exact, &mut tell).unwrap();
    assert_eq!(found, [""; 0]);
}

/// Asserts that everything below a path is the same on disk too: names, types and order of values.
fn same_on_disk(a: &Path, b: &Path, at: &str) {
    let (a, b) = (Store::open(a).unwrap(), Store::open(b).unwrap());
    let objects = a.walk(at).unwrap();
    assert_eq!(objects, b.walk(at).unwrap());
    for (path, kind) in objects {
        if kind == neuroh5::Kind::Dataset {
            assert_eq!(a.numbers(&path).unwrap(), b.numbers(&path).unwrap(), "{path}");
        }
    }
}

#[test]
fn types_are_the_original_s() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("types.h5");
    let types = h5types::types(&config(), false).unwrap();
    h5types::write(&types, &path).unwrap();
    assert_eq!(Store::open(&data("Tiny_h5types.h5")).unwrap().types().unwrap(), types);
    // Same chunks and the same committed types make a file of the same size.
    let size = |path: &Path| std::fs::metadata(path).unwrap().len();
    assert_eq!(size(&path), size(&data("Tiny_h5types.h5")));
}

#[test]
fn trees_are_the_original_s() {
    let directory = tempfile::tempdir().unwrap();
    for (population, gid) in [("PYR", 4), ("PVBC", 12), ("OLM", 20)] {
        let tree = directory.path().join(format!("{population}_tree.h5"));
        let reference = data(&format!("{population}_tree.h5"));
        let file = ImportFile { cell: 0, path: data(&format!("{population}.swc")) };
        import(population, &tree, &[file], &Options::default(), Classes::Type, &mut Sources::new()).unwrap();
        let types = h5types::types(&config(), false).unwrap();
        h5types::write(&types, &tree).unwrap();
        same(&tree, &reference);
        same_on_disk(&tree, &reference, "/Populations");
        let forest = directory.path().join(format!("{population}_forest.h5"));
        let options = CopyOptions {
            population: population.to_owned(),
            source: gid,
            destinations: None,
            write_size: 0,
            chunks: Chunks { pointers: 10_000, values: 100_000 },
        };
        copy(&tree, Some(&forest), &options).unwrap();
        let at = format!("/Populations/{population}/Trees");
        same_on_disk(&forest, &data(&format!("{population}_forest.h5")), &at);
    }
}

#[test]
fn the_two_files_of_a_simulation_are_the_notebook_s() {
    let directory = tempfile::tempdir().unwrap();
    let out = [directory.path().join("cells.h5"), directory.path().join("connections.h5")];
    let inputs = Inputs {
        types: Some(data("Tiny_h5types.h5")),
        coordinates: data("Tiny_coords.h5"),
        forests: ["PYR", "PVBC", "OLM"].map(|one| data(&format!("{one}_forest.h5"))).to_vec(),
        connections: vec![data("Tiny_connections.h5")],
        spikes: vec![data("Tiny_input_spikes.h5")],
        coordinates_namespace: "Generated Coordinates".to_owned(),
        distances_namespace: "Arc Distances".to_owned(),
        synapses_namespace: "Synapse Attributes".to_owned(),
        spike_namespaces: Vec::new(),
        places_namespace: "Coordinates".to_owned(),
    };
    collapse(&config(), &inputs, &out[0], &out[1]).unwrap();
    same(&out[0], &data("Tiny_Cells.h5"));
    same(&out[1], &data("Tiny_Connections.h5"));
    same_on_disk(&out[0], &data("Tiny_Cells.h5"), "/Populations");
    same_on_disk(&out[1], &data("Tiny_Connections.h5"), "/Projections");
}

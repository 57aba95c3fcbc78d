//! Types, the two files of a simulation, and comparisons, on the sample network.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::path::{Path, PathBuf};

use construct::collapse::{CollapseError, Inputs, collapse};
use construct::compare::{Difference, Mode, compare};
use construct::h5types::{self, H5TypesError};
use construct::inspect::inspect;
use diag::Sources;
use model::config::Config;
use neuroh5::{AttributeValues, Store};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config").join(name)
}

fn cells() -> PathBuf {
    sample("datasets/Sample/Sample_Cells.h5")
}

fn connections() -> PathBuf {
    sample("datasets/Sample/Sample_Connections.h5")
}

fn config() -> Config {
    let mut sources = Sources::new();
    let read = model::load(&sample("Sample.yaml"), &mut sources);
    read.unwrap_or_else(|problems| panic!("{}", problems.render(&sources, false))).0
}

/// Every difference, as text.
fn differences(a: &Path, b: &Path, mode: Mode) -> Vec<String> {
    let mut found = Vec::new();
    let mut tell = |difference: Difference| found.push(difference.to_string());
    let comparison = compare(&Store::open(a).unwrap(), &Store::open(b).unwrap(), mode, &mut tell).unwrap();
    assert_eq!(comparison.differences, found.len());
    found
}

#[test]
fn types_follow_the_configuration() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("types.h5");
    let types = h5types::types(&config(), false).unwrap();
    let numbers: Vec<(&str, u16)> = types.populations.iter().map(|one| (one.name.as_str(), one.number)).collect();
    assert_eq!(numbers, [("STIM", 0), ("PYR", 100), ("PVBC", 101), ("OLM", 102)]);
    h5types::write(&types, &path).unwrap();
    assert_eq!(Store::open(&path).unwrap().types().unwrap(), types);
    // Once more changes nothing; other types are refused.
    let before = std::fs::read(&path).unwrap();
    h5types::write(&types, &path).unwrap();
    let mut other = types.clone();
    other.projections.pop();
    assert!(matches!(h5types::write(&other, &path), Err(H5TypesError::Other(_))));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn gap_junctions_give_the_projections_if_asked() {
    let mut config = config();
    assert!(matches!(h5types::types(&config, true), Err(H5TypesError::Config(_))));
    let locations = |text: &str| Some(serde_json::from_str(text).unwrap());
    config.connection_generator.gap_junctions = locations(r#"{"Locations": {"PYR": {"OLM": ["apical"]}}}"#);
    // The first of the pair is the destination.
    let types = h5types::types(&config, true).unwrap();
    assert_eq!(types.projections, [("OLM".to_owned(), "PYR".to_owned())]);
    config.connection_generator.gap_junctions = locations(r#"{"Locations": {"PYR": {"OML": []}}}"#);
    let error = h5types::types(&config, true).unwrap_err().to_string();
    assert!(error.contains("population OML"), "{error}");
}

#[test]
fn populations_need_cells_and_numbers_of_their_own() {
    let mut config = config();
    config.definitions.populations.insert("DG".to_owned(), 7);
    let error = h5types::types(&config, false).unwrap_err().to_string();
    assert!(error.contains("population DG has no entry"), "{error}");
    config.definitions.populations.insert("DG".to_owned(), 100);
    config.definitions.populations.insert("OLM".to_owned(), 70_000);
    assert!(h5types::types(&config, false).is_err());
    config.definitions.populations.shift_remove("DG");
    assert!(matches!(h5types::types(&config, false), Err(H5TypesError::Number(name, 70_000)) if name == "OLM"));
}

fn inputs() -> Inputs {
    Inputs {
        types: None,
        coordinates: cells(),
        forests: vec![cells()],
        connections: vec![connections()],
        spikes: vec![cells()],
        coordinates_namespace: "Generated Coordinates".to_owned(),
        distances_namespace: "Arc Distances".to_owned(),
        synapses_namespace: "Synapse Attributes".to_owned(),
        spike_namespaces: Vec::new(),
        places_namespace: "Coordinates".to_owned(),
    }
}

#[test]
fn the_two_files_are_collected() {
    let directory = tempfile::tempdir().unwrap();
    let out = [directory.path().join("cells.h5"), directory.path().join("connections.h5")];
    let collected = collapse(&config(), &inputs(), &out[0], &out[1]).unwrap();
    let stim = &collected[0];
    let expected = ["Arc Distances", "Coordinates", "Generated Coordinates", "Input Spikes A Diag"];
    assert_eq!((stim.population.as_str(), stim.namespaces.as_slice()), ("STIM", &expected.map(str::to_owned)[..]));
    // The sample's own files are put together alike.
    assert_eq!(differences(&cells(), &out[0], Mode::Exact), [""; 0]);
    assert_eq!(differences(&connections(), &out[1], Mode::Exact), [""; 0]);
}

#[test]
fn what_is_missing_or_there_twice_is_told_and_nothing_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let out = [directory.path().join("cells.h5"), directory.path().join("connections.h5")];
    let refuse = |inputs: &Inputs| collapse(&config(), inputs, &out[0], &out[1]).unwrap_err().to_string();
    let error = refuse(&Inputs { forests: Vec::new(), ..inputs() });
    assert!(error.contains("no file has /Populations/PYR/Trees"), "{error}");
    let error = refuse(&Inputs { connections: Vec::new(), ..inputs() });
    assert!(error.contains("no file has /Projections/PYR"), "{error}");
    let error = refuse(&Inputs { distances_namespace: "Distances".to_owned(), ..inputs() });
    assert!(error.contains("no file has /Populations/STIM/Distances"), "{error}");
    let twice = Inputs { forests: vec![cells(), cells()], ..inputs() };
    assert!(matches!(collapse(&config(), &twice, &out[0], &out[1]), Err(CollapseError::Twice { .. })));
    // Types of another network.
    let other = directory.path().join("other.h5");
    let mut types = h5types::types(&config(), false).unwrap();
    types.populations[3].gids.end += 1;
    h5types::write(&types, &other).unwrap();
    let error = refuse(&Inputs { types: Some(other.clone()), ..inputs() });
    assert!(error.contains("other.h5 at /H5Types/Populations"), "{error}");
    std::fs::remove_file(other).unwrap();
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

/// A file with a few values, some of which may be changed.
fn small(path: &Path, values: [f32; 3], gids: [u32; 2]) {
    neuroh5::write_whole(path, |store| {
        store.write_types(&h5types::types(&config(), false).unwrap())?;
        let start = Store::open(&cells())?.types()?.population("PYR").unwrap().gids.start;
        let rows = [
            (start + gids[0], AttributeValues::F32(values[..2].to_vec())),
            (start + gids[1], AttributeValues::F32(values[2..].to_vec())),
        ];
        store.write_attribute("PYR", "Numbers", "x", start, &rows)
    })
    .unwrap();
}

#[test]
fn differences_are_told_by_path_gid_and_index() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let start = Store::open(&cells()).unwrap().types().unwrap().population("PYR").unwrap().gids.start;
    let next = f32::from_bits(2.0_f32.to_bits() + 1);
    small(&path("a.h5"), [1.0, 2.0, 3.0], [0, 1]);
    small(&path("b.h5"), [1.0, next, 3.0], [0, 1]);
    small(&path("c.h5"), [1.0, 2.0, 3.0], [0, 2]);
    let (a, b, c) = (path("a.h5"), path("b.h5"), path("c.h5"));
    let at = "/Populations/PYR/Numbers/x";
    assert_eq!(differences(&a, &b, Mode::Exact), [format!("{at} gid {start} [1]: 2.0 | {next:?}")]);
    assert_eq!(differences(&a, &b, Mode::Ulp(1)), [""; 0]);
    assert_eq!(
        differences(&a, &c, Mode::Exact),
        [format!("{at} gid {}: present | absent", start + 1), format!("{at} gid {}: absent | present", start + 2)]
    );
    neuroh5::append_whole(&b, |store| {
        store.set_group_attribute("/Populations/PYR/Numbers", "Reference", 1.0)?;
        store.write_field("A", &[0.0], &[1.0])
    })
    .unwrap();
    let found = differences(&a, &b, Mode::Ulp(1));
    assert_eq!(found[0], "/Populations/PYR/Numbers/Reference: absent | present");
    assert_eq!(found[1..], ["t", "v"].map(|name| format!("/Local Field Potential A/{name}: absent | present")));
}

#[test]
fn edges_are_compared_by_destination() {
    let directory = tempfile::tempdir().unwrap();
    let changed = directory.path().join("changed.h5");
    let store = Store::open(&connections()).unwrap();
    let types = store.types().unwrap();
    let gids = |name: &str| types.population(name).unwrap().gids.clone();
    let mut table = store.edge_table("PYR", "STIM", gids("PYR"), gids("STIM")).unwrap();
    let (gid, range) = table.rows[1].clone();
    let old = table.source[range.start];
    let new = if old == gids("STIM").start { old + 1 } else { gids("STIM").start };
    table.source[range.start] = new;
    neuroh5::write_whole(&changed, |copy| {
        copy.copy_types(&store)?;
        for (post, pre) in store.projection_names()? {
            let at = format!("/Projections/{post}/{pre}");
            if (post.as_str(), pre.as_str()) != ("PYR", "STIM") {
                copy.copy_object(&store, &at, &at)?;
            }
        }
        copy.write_edges("PYR", "STIM", gids("PYR").start, gids("STIM").start, &table, None)
    })
    .unwrap();
    let expected = format!("/Projections/PYR/STIM/Edges/Source gid {gid} [0]: {old} | {new}");
    assert_eq!(differences(&connections(), &changed, Mode::Exact), [expected]);
    // One edge of many does not show in the distributions.
    assert_eq!(differences(&connections(), &changed, Mode::Statistics), [""; 0]);
}

#[test]
fn distributions_that_are_shifted_differ() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, shift: f32| {
        let path = directory.path().join(name);
        neuroh5::write_whole(&path, |store| {
            store.write_types(&h5types::types(&config(), false).unwrap())?;
            let values = (0..500).map(|i| (i as f32 * 0.618).fract() + shift).collect();
            store.write_attribute("STIM", "Numbers", "x", 0, &[(0, AttributeValues::F32(values))])
        })
        .unwrap();
        path
    };
    let (a, b, c) = (write("a.h5", 0.0), write("b.h5", 1e-6), write("c.h5", 0.2));
    assert_eq!(differences(&a, &b, Mode::Exact).len(), 1);
    assert_eq!(differences(&a, &b, Mode::Statistics), [""; 0]);
    let found = differences(&a, &c, Mode::Statistics);
    assert!(found.len() == 1 && found[0].starts_with("/Populations/STIM/Numbers/x: 500 of mean"), "{found:?}");
}

#[test]
fn contents_are_summed_up() {
    let contents = inspect(&Store::open(&cells()).unwrap()).unwrap();
    let types = contents.types.unwrap();
    let pyr = types.population("PYR").unwrap().gids.len();
    let find = |name: &str| contents.attributes.iter().find(|one| one.population == "PYR" && one.name == name).unwrap();
    let x = find("X Coordinate");
    assert_eq!((x.values.kind, x.n_cells, x.repeated), ("float32", pyr, 0));
    let ids = find("syn_ids");
    assert_eq!((ids.values.kind, ids.n_cells), ("uint32", pyr));
    // Synapses of a cell are numbered from 0.
    assert_eq!(ids.values.range, Some((0.0, ids.lengths.1 as f64 - 1.0)));
    let contents = inspect(&Store::open(&connections()).unwrap()).unwrap();
    let onto: Vec<_> = contents.projections.iter().filter(|one| one.destination == "PYR").collect();
    // Every synapse has one source.
    assert_eq!(onto.iter().map(|one| one.n_edges).sum::<usize>(), ids.values.n);
    for one in onto {
        let (low, mean, high) = one.in_degree;
        assert!(low >= 1 && low as f64 <= mean && mean <= high as f64);
        assert!((mean * one.n_destinations as f64 - one.n_edges as f64).abs() < 1e-6);
    }
}

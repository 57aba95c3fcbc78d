//! Commands that draw, and the page of a run, on a small results file made here.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use neuroh5::{AttributeValues, Edges, PopulationRange, Store, Tree, Types};

/// HDF5 locks files that are open for writing, and a process that is started meanwhile inherits file and lock: whoever
/// does either holds this.
static FILES_AND_PROCESSES: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    FILES_AND_PROCESSES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(directory: &Path, arguments: &[&str]) -> (i32, String) {
    let _alone = alone();
    let output = Command::new(env!("CARGO_BIN_EXE_mivc")).args(arguments).current_dir(directory).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn good(directory: &Path, arguments: &[&str]) {
    assert_eq!(run(directory, arguments), (0, String::new()), "{arguments:?}");
}

/// The command ends with status 1 and a message that has each of the words.
fn refused(directory: &Path, arguments: &[&str], words: &[&str]) {
    let (status, error) = run(directory, arguments);
    assert_eq!(status, 1, "{arguments:?}: {error}");
    assert!(words.iter().all(|word| error.contains(word)), "{arguments:?}: {error}");
}

fn text(directory: &Path, name: &str) -> String {
    std::fs::read_to_string(directory.join(name)).unwrap()
}

/// Two populations: A with gids 0 and 1, B with gid 2; spikes and a voltage of A, a tree, places and connections.
fn prepared() -> tempfile::TempDir {
    let _alone = alone();
    let directory = tempfile::tempdir().unwrap();
    let store = Store::create(&directory.path().join("run.h5")).unwrap();
    let range = |name: &str, number, gids| PopulationRange { name: name.to_owned(), number, gids };
    let types = Types {
        populations: vec![range("A", 0, 0..2), range("B", 1, 2..3)],
        projections: vec![("B".to_owned(), "A".to_owned())],
    };
    store.write_types(&types).unwrap();
    let f32s = |population: &str, namespace: &str, name: &str, start: u32, rows: &[(u32, Vec<f32>)]| {
        let rows: Vec<_> = rows.iter().map(|(gid, values)| (*gid, AttributeValues::F32(values.clone()))).collect();
        store.write_attribute(population, namespace, name, start, &rows).unwrap();
    };
    f32s("A", "Spike Events", "t", 0, &[(0, vec![10.0, 20.0]), (1, vec![30.0, 99.0])]);
    f32s("A", "Intracellular soma", "t", 0, &[(1, vec![0.0, 50.0, 100.0])]);
    f32s("A", "Intracellular soma", "v", 0, &[(1, vec![-65.0, 20.0, -70.0])]);
    for (axis, offset) in [("X", 0.0), ("Y", 100.0), ("Z", 200.0)] {
        let name = format!("{axis} Coordinate");
        f32s("A", "Generated Coordinates", &name, 0, &[(0, vec![offset]), (1, vec![offset + 7.0])]);
    }
    for axis in ["U Distance", "V Distance"] {
        f32s("A", "Arc Distances", axis, 0, &[(0, vec![5.0]), (1, vec![15.0])]);
        f32s("B", "Arc Distances", axis, 2, &[(2, vec![300.0])]);
    }
    let edges = Edges { source: vec![2, 2, 2], synapse: vec![0, 1, 2], distance: vec![290.0, 290.0, 290.0] };
    store.write_projection("A", "B", 0, 2, &[(1, edges)]).unwrap();
    let tree = Tree {
        x: vec![0.0, 0.0, 30.0],
        y: vec![0.0, 10.0, 40.0],
        z: vec![0.0; 3],
        radius: vec![5.0, 1.0, 1.0],
        layer: vec![-1, 6, 6],
        parent: vec![-1, 0, 1],
        swc_type: vec![1, 1, 3],
        sections: vec![vec![0, 1], vec![1, 2]],
        source: vec![0],
        destination: vec![1],
        location: vec![1],
    };
    store.write_trees("A", 0, &[(1, tree)]).unwrap();
    drop(store);
    directory
}

/// Width and height of a PNG, and whether it is more than one colour: a blank one of this size takes a few kB.
fn png(directory: &Path, name: &str) -> (u32, u32, usize) {
    let bytes = std::fs::read(directory.join(name)).unwrap();
    assert_eq!(bytes[..8], *b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20), bytes.len())
}

#[test]
fn a_raster_has_a_dot_for_each_spike_and_the_rate_of_each_population() {
    let directory = prepared();
    let at = directory.path();
    good(at, &["plot-spike-raster", "-p", "run.h5", "-o", "r.svg", "--t-min=0", "--t-max=100"]);
    let svg = text(at, "r.svg");
    for word in ["time (ms)", "rate (Hz)", "gid", "A (2)", "B (1)", "A: 20.0 Hz", "B: 0.0 Hz"] {
        assert!(svg.contains(&format!(">{word}<")), "{word}: {svg}");
    }
    good(at, &["plot-spike-raster", "-p", "run.h5", "-o", "early.svg", "--t-min=0", "--t-max=50"]);
    let circles = |svg: &str| svg.matches("<circle").count();
    assert_eq!(circles(&svg), circles(&text(at, "early.svg")) + 1, "the spike at 99 ms is after 50 ms");
    good(at, &["plot-spike-raster", "-p", "run.h5", "-o", "none.svg", "--t-min=40", "--t-max=50"]);
    assert!(text(at, "none.svg").contains("run: no spikes in this time"));
    // B has its colour also where A is not drawn, and the time is that of the run, which the recording begins.
    good(at, &["plot-spike-raster", "-p", "run.h5", "-i", "B", "-o", "b.svg"]);
    let color = |svg: &str| {
        let at = svg.find(">B (1)<").unwrap();
        let dot = at + svg[at..].find("<circle").unwrap();
        let fill = dot + svg[dot..].find('#').unwrap();
        svg[fill..fill + 7].to_owned()
    };
    assert_eq!(color(&text(at, "b.svg")), color(&svg));
    assert!(text(at, "b.svg").contains(">100<"), "the axis ends with the run, at 100 ms, not with the last spike");
    good(at, &["plot-spike-raster", "-p", "run.h5"]);
    let (width, height, size) = png(at, "run_raster.png");
    assert!(width > 1600 && height > 900 && size > 10_000, "{width} x {height}, {size} bytes");
}

#[test]
fn every_picture_names_its_axes_with_units() {
    let directory = prepared();
    let at = directory.path();
    let drawn = |arguments: &[&str], words: &[&str]| {
        good(at, &[arguments, &["-o", "one.svg"]].concat());
        let svg = text(at, "one.svg");
        for word in words {
            assert!(svg.contains(&format!(">{word}<")), "{arguments:?}: {word}: {svg}");
        }
    };
    drawn(&["plot-state", "-p", "run.h5", "-g", "1"], &["time (ms)", "v (mV)", "A 1, soma"]);
    drawn(&["plot-coords-in-volume", "-c", "run.h5", "-i", "A"], &["x (µm)", "y (µm)", "z (µm)", "A (2)"]);
    drawn(&["plot-cell-tree", "-p", "run.h5", "-i", "A", "-g", "1"], &["x (µm)", "y (µm)", "soma", "basal", "A 1"]);
    drawn(&["plot-cell-tree", "-p", "run.h5", "-i", "A", "-g", "1", "--color-by", "layer"], &["layer 6"]);
    let vertex = ["plot-single-vertex-dist", "-p", "run.h5", "-c", "run.h5", "-g", "1", "-d", "A", "-s", "B"];
    drawn(&vertex, &["3 connections from B onto A 1", "position along u (µm)", "distance (µm)", "connections"]);
    let outward = ["plot-single-vertex-dist", "-p", "run.h5", "-c", "run.h5", "-g", "2", "-d", "A", "-s", "B"];
    drawn(&[&outward[..], &["--direction", "out"]].concat(), &["3 connections from B 2 onto A"]);
    drawn(&[&vertex[..], &["-t", "local"]].concat(), &["distance from the cell along v (µm)"]);
}

#[test]
fn what_is_not_there_is_named() {
    let directory = prepared();
    let at = directory.path();
    refused(at, &["plot-spike-raster", "-p", "no.h5"], &["no.h5"]);
    refused(at, &["plot-spike-raster", "-p", "run.h5", "-i", "C"], &["run.h5", "population C", "A, B"]);
    refused(at, &["plot-spike-raster", "-p", "run.h5", "-n", "Spikes"], &["namespace Spikes", "Spike Events"]);
    refused(at, &["plot-spike-raster", "-p", "run.h5", "--t-min=9", "--t-max=3"], &["9 to 3 ms"]);
    refused(at, &["plot-state", "-p", "run.h5", "-g", "0"], &["of gid 0", "A Intracellular soma"]);
    refused(at, &["plot-state", "-p", "run.h5", "-g", "1", "-g", "7"], &["of gid 7", "A Intracellular soma"]);
    refused(at, &["plot-state", "-p", "run.h5", "-n", "Dendrite"], &["Dendrite"]);
    refused(at, &["plot-lfp", "-p", "run.h5"], &["Local Field Potential"]);
    refused(at, &["plot-coords-in-volume", "-c", "run.h5", "-i", "B"], &["/Populations/B/Generated Coordinates"]);
    refused(at, &["plot-cell-tree", "-p", "run.h5", "-i", "A", "-g", "0"], &["no tree of gid 0"]);
    refused(at, &["plot-cell-tree", "-p", "run.h5", "-i", "B", "-g", "2"], &["/Populations/B/Trees"]);
    let vertex = ["plot-single-vertex-dist", "-p", "run.h5", "-c", "run.h5", "-g", "2", "-d", "A", "-s", "B"];
    refused(at, &vertex, &["gid 2 is not in population A"]);
    refused(at, &["report", "no.h5"], &["no.h5"]);
    assert_eq!(run(at, &["plot-spike-raster", "-p", "run.h5", "-o", "r.jpg"]).0, 2);
}

#[test]
fn the_page_of_a_run_needs_nothing_from_elsewhere() {
    let directory = prepared();
    let at = directory.path();
    good(at, &["report", "run.h5", "-o", "run.html"]);
    let page = text(at, "run.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    for outside in ["src=", "<link", "@import", "fetch(", "url(http"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains(r#""times":[10.0,20.0,30.0,99.0],"gids":[0,0,1,1]"#), "{page}");
    assert!(page.contains(">A 1, soma<"), "the voltage is drawn: {page}");
    assert!(page.contains("These results have no local field potential."));
}

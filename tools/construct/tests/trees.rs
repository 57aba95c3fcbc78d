//! Morphologies by hand: imported, copied, selected, and refused where no tree can be made of them.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::path::{Path, PathBuf};

use construct::swc::{self, Options};
use construct::trees::{Classes, CopyOptions, ImportFile, SelectOptions, TreesError, copy, import, select};
use diag::Sources;
use neuroh5::{AttributeValues, Chunks, Numbers, PopulationRange, Store, Types};

/// A soma of two points, a dendrite that branches into a run and a one-point end, and a one-point axon.
const CELL: &str = "# by hand
0 1 0 0 0 5 -1 6
1 1 0 5 0 5 0 6

2 3 1 6 0 1 1 5   # dendrite
3 3 2 7 0 1 2 5
4 3 3 8 0 0.5 3 5
5 3 3 9 0 0.5 4
6 3 1 8 0.25 .5 3 9
7 2 0 -6 0 1 1
";

const CHUNKS: Chunks = Chunks { pointers: 100, values: 100 };

fn write(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn types() -> Types {
    let population = |name: &str, number, gids| PopulationRange { name: name.to_owned(), number, gids };
    Types {
        populations: vec![population("STIM", 0, 0..10), population("PYR", 100, 10..18)],
        projections: vec![("STIM".to_owned(), "PYR".to_owned())],
    }
}

fn import_all(output: &Path, files: &[ImportFile]) -> Result<Vec<(u32, usize, usize)>, TreesError> {
    import("PYR", output, files, &Options::default(), Classes::Type, &mut Sources::new())
}

/// A file with types and the tree of gid 10.
fn imported(directory: &Path) -> PathBuf {
    let output = directory.join("tree.h5");
    let file = ImportFile { cell: 0, path: write(directory, "cell.swc", CELL) };
    assert_eq!(import_all(&output, &[file]).unwrap(), [(0, 8, 5)]);
    neuroh5::append_whole(&output, |store| store.write_types(&types())).unwrap();
    output
}

fn cell_index(path: &Path) -> Vec<u32> {
    match Store::open(path).unwrap().numbers("/Populations/PYR/Trees/Cell Index").unwrap() {
        Numbers::U32(index) => index,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_morphology_becomes_a_tree() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&imported(directory.path())).unwrap();
    let tree = store.trees("PYR", 10).unwrap().tree(10).unwrap();
    assert_eq!(tree.x, [0.0, 0.0, 1.0, 2.0, 3.0, 3.0, 1.0, 0.0]);
    assert_eq!(tree.radius, [5.0, 5.0, 1.0, 1.0, 0.5, 0.5, 0.5, 1.0]);
    assert_eq!(tree.layer, [6, 6, 5, 5, 5, -1, 9, -1]);
    assert_eq!(tree.parent, [-1, 0, 1, 2, 3, 4, 3, 1]);
    assert_eq!(tree.swc_type, [1, 1, 3, 3, 3, 3, 3, 2]);
    // The dendrite, its run, its one-point end with the branching point before it; the axon alike.
    assert_eq!(tree.sections, [vec![0, 1], vec![2, 3], vec![4, 5], vec![3, 6], vec![1, 7]]);
    let edges: Vec<(u16, u16)> = tree.source.iter().copied().zip(tree.destination.iter().copied()).collect();
    assert_eq!(edges, [(0, 1), (0, 4), (1, 2), (1, 3)]);
    assert_eq!(tree.location, [1, 1, 1, 1]);
}

#[test]
fn several_files_are_stored_in_reverse_and_cells_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = write(directory.path(), "cell.swc", CELL);
    let output = directory.path().join("trees.h5");
    let files = |cells: &[u32]| -> Vec<ImportFile> {
        cells.iter().map(|cell| ImportFile { cell: *cell, path: path.clone() }).collect()
    };
    import_all(&output, &files(&[0, 1, 2])).unwrap();
    import_all(&output, &files(&[7, 4])).unwrap();
    assert_eq!(cell_index(&output), [2, 1, 0, 4, 7]);
    let before = std::fs::read(&output).unwrap();
    let error = import_all(&output, &files(&[8, 4])).unwrap_err();
    assert!(error.to_string().contains("gid 4 of PYR has a tree already"), "{error}");
    assert_eq!(std::fs::read(&output).unwrap(), before);
}

#[test]
fn options_shift_ids_and_put_layers_in_the_second_column() {
    let mut sources = Sources::new();
    let text = "1 2 0 0 0 1 -1\n2 -9 0 0 1 1 1\n3 3 0 0 2 1 2 77\n";
    let file = sources.add("layers.swc", text);
    let options = Options { node_offset: -1, constant_type: Some(3), layer_offset: 4, several_roots: false };
    let swc = swc::parse(text, file, &options).unwrap();
    assert_eq!((swc.parent, swc.swc_type, swc.layer), (vec![-1, 0, 1], vec![3, 3, 3], vec![6, 0, 7]));
}

/// The first message about a morphology, with its line.
fn refusal(text: &str) -> String {
    let mut sources = Sources::new();
    let file = sources.add("bad.swc", text);
    let problems = swc::parse(text, file, &Options::default()).expect_err(text);
    let first = problems.sorted()[0].clone();
    assert!(first.help.is_some(), "{} has no remedy", first.title);
    format!("{}: {}", sources.file(file).line_column(first.primary.span.start).0, first.title)
}

#[test]
fn what_makes_no_tree_is_told_with_its_line() {
    assert_eq!(refusal("0 1 0 0 0 1 -1\n1 1 0 0 up 1 0\n"), "2: `up` is not a number");
    assert_eq!(refusal("0 1 0 0 0 1 -1\n1 axon 0 0 0 1 0\n"), "2: `axon` is not a whole number");
    assert_eq!(refusal("x y z\n"), "1: 3 columns where a point has 7 or 8");
    assert_eq!(refusal("0 1 0 0 0 1 -1\n\n1 1 0 0 0 1 9\n"), "3: there is no point 9");
    assert_eq!(refusal("0 1 0 0 0 1 -1\n1 1 0 0 0 1 -1\n"), "2: 2 points have no parent; a tree has one root");
    assert_eq!(
        refusal("0 1 0 0 0 1 -1\n1 1 0 0 0 1 3\n2 1 0 0 0 1 1\n3 1 0 0 0 1 2\n"),
        "2: point 1 is its own ancestor"
    );
    assert_eq!(refusal("0 1 0 0 0 1 0\n"), "1: point 0 is its own ancestor");
    assert_eq!(refusal("0 1 inf 0 0 1 -1\n"), "1: x is inf");
    assert_eq!(refusal("0 1 0 0 0 1 -1\n1 1 0 0 0 0 0\n"), "2: a radius of 0 um");
    assert_eq!(refusal("0 1 0 0 0 -1 -1\n"), "1: a radius of -1 um");
    assert_eq!(refusal("1 1 0 0 0 1 -1\n2 1 0 0 0 1 1\n"), "1: the first point has the id 1; NeuroH5 counts from 0");
    assert_eq!(refusal("0 1 0 0 0 1 -1\n2 1 0 0 0 1 0\n"), "2: point 2 where 1 is due");
    assert_eq!(refusal("0 300 0 0 0 1 -1\n"), "1: type 300 is not between -128 and 127");
    assert_eq!(refusal("0 1 0 0 0 1 -1 9.5\n"), "1: `9.5` is not a whole number");
    assert_eq!(refusal("# nothing\n"), "1: no points");
}

#[test]
fn a_single_section_and_a_missing_file_are_errors() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("t.h5");
    let path = write(directory.path(), "one.swc", "0 1 0 0 0 1 -1\n1 1 0 0 1 1 0\n");
    let error = import_all(&output, &[ImportFile { cell: 0, path }]).unwrap_err();
    assert!(matches!(error, TreesError::Text(_)), "{error}");
    let error = import_all(&output, &[ImportFile { cell: 0, path: directory.path().join("no.swc") }]).unwrap_err();
    assert!(error.to_string().contains("no.swc"), "{error}");
    assert!(!output.exists());
}

fn copy_options(destinations: Option<Vec<u32>>, write_size: usize) -> CopyOptions {
    CopyOptions { population: "PYR".to_owned(), source: 10, destinations, write_size, chunks: CHUNKS }
}

#[test]
fn a_tree_is_copied_to_a_population() {
    let directory = tempfile::tempdir().unwrap();
    let input = imported(directory.path());
    let output = directory.path().join("forest.h5");
    let gids = copy(&input, Some(&output), &copy_options(None, 3)).unwrap();
    assert_eq!(gids, (10..18).collect::<Vec<u32>>());
    // The first append has one tree more, and each is in descending order.
    assert_eq!(cell_index(&output), [3, 2, 1, 0, 6, 5, 4, 7]);
    let (from, to) = (Store::open(&input).unwrap(), Store::open(&output).unwrap());
    let original = from.trees("PYR", 10).unwrap().tree(10).unwrap();
    let copies = to.trees("PYR", 10).unwrap();
    assert!((10..18).all(|gid| copies.tree(gid).unwrap() == original));
    assert_eq!(to.types().unwrap(), types());
}

#[test]
fn copies_in_place_leave_the_source_out() {
    let directory = tempfile::tempdir().unwrap();
    let input = imported(directory.path());
    copy(&input, None, &copy_options(None, 0)).unwrap();
    assert_eq!(cell_index(&input), [0, 7, 6, 5, 4, 3, 2, 1]);
    let error = copy(&input, None, &copy_options(Some(vec![12]), 0)).unwrap_err().to_string();
    assert!(error.contains("gid 12 of PYR has a tree already"), "{error}");
    let error = copy(&input, None, &copy_options(Some(vec![18]), 0)).unwrap_err().to_string();
    assert!(error.contains("gid 18 is not of PYR"), "{error}");
    let other = CopyOptions { source: 9, ..copy_options(None, 0) };
    let error = copy(&input, None, &other).unwrap_err().to_string();
    assert!(error.contains("gid 9 of PYR has no tree"), "{error}");
}

#[test]
fn selected_cells_keep_their_gids_or_get_new_ones() {
    let directory = tempfile::tempdir().unwrap();
    let input = imported(directory.path());
    copy(&input, None, &copy_options(None, 0)).unwrap();
    neuroh5::append_whole(&input, |store| {
        let new = [(16, AttributeValues::U32(vec![10])), (12, AttributeValues::U32(vec![11]))];
        store.write_attribute("PYR", "Selection", "New Cell Index", 10, &new)?;
        let values = |gid: u32| (gid, AttributeValues::F32(vec![gid as f32, 0.5]));
        store.write_attribute("PYR", "Numbers", "x", 10, &[values(12), values(14), values(16)])
    })
    .unwrap();
    let options = |reindex: bool, selection: &str| SelectOptions {
        population: "PYR".to_owned(),
        selection: selection.to_owned(),
        reindex,
        namespaces: vec!["Numbers".to_owned()],
        chunks: CHUNKS,
    };
    let kept = directory.path().join("kept.h5");
    assert_eq!(select(&input, &kept, &options(false, "Selection")).unwrap().gids, [(12, 12), (16, 16)]);
    assert_eq!(cell_index(&kept), [2, 6]);
    let new = directory.path().join("new.h5");
    assert_eq!(select(&input, &new, &options(true, "Selection")).unwrap().gids, [(16, 10), (12, 11)]);
    assert_eq!(cell_index(&new), [0, 1]);
    let store = Store::open(&new).unwrap();
    assert_eq!(store.attributes("PYR", "Numbers", "x", 10).unwrap().as_f32(10), [16.0, 0.5]);
    assert_eq!(store.trees("PYR", 10).unwrap().tree(11).unwrap().x.len(), 8);
    let error = select(&input, &directory.path().join("no.h5"), &options(true, "Numbers/x")).unwrap_err();
    assert!(error.to_string().contains("float32"), "{error}");
    assert!(!directory.path().join("no.h5").exists());
}

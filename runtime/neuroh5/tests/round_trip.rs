//! What is written is read back; what is damaged is an error that names the place.

use neuroh5::{AttributeValues, Edges, PopulationRange, Store, Tree, Types};

fn types() -> Types {
    let population = |name: &str, number, gids| PopulationRange { name: name.to_owned(), number, gids };
    Types {
        populations: vec![population("STIM", 0, 0..10), population("PYR", 100, 10..90)],
        projections: vec![("STIM".to_owned(), "PYR".to_owned()), ("PYR".to_owned(), "PYR".to_owned())],
    }
}

#[test]
fn types_come_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("types.h5");
    let store = Store::create(&path).unwrap();
    store.write_types(&types()).unwrap();
    drop(store);
    assert_eq!(Store::open(&path).unwrap().types().unwrap(), types());
    // A copy keeps the committed types.
    let copy = Store::create(&directory.path().join("copy.h5")).unwrap();
    copy.copy_types(&Store::open(&path).unwrap()).unwrap();
    assert_eq!(copy.types().unwrap(), types());
}

#[test]
fn attributes_of_a_gid_that_is_appended_twice_are_joined() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::create(&directory.path().join("a.h5")).unwrap();
    let write = |rows: &[(u32, AttributeValues)]| store.write_attribute("PYR", "Spike Events", "t", 10, rows).unwrap();
    write(&[(12, AttributeValues::F32(vec![1.0, 2.0])), (10, AttributeValues::F32(vec![]))]);
    write(&[(12, AttributeValues::F32(vec![3.5]))]);
    let read = store.attributes("PYR", "Spike Events", "t", 10).unwrap();
    assert_eq!(read.gids().collect::<Vec<_>>(), [10, 12]);
    assert_eq!(read.as_f32(12), [1.0, 2.0, 3.5]);
    assert_eq!(read.as_f64(10), [0.0; 0]);
    assert_eq!(store.attribute_names("PYR", "Spike Events").unwrap(), ["t"]);
}

fn tree() -> Tree {
    Tree {
        x: vec![0.0, 1.0, 2.0, 3.0],
        y: vec![0.5; 4],
        z: vec![0.0; 4],
        radius: vec![1.0; 4],
        layer: vec![-1, 0, 1, 1],
        parent: vec![-1, 0, 1, 0],
        swc_type: vec![1, 1, 3, 4],
        sections: vec![vec![0, 1], vec![2], vec![3]],
        source: vec![0, 0],
        destination: vec![1, 2],
        location: vec![1, 0],
    }
}

#[test]
fn trees_come_back_with_their_attachment_points() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::create(&directory.path().join("t.h5")).unwrap();
    store.write_trees("PYR", 10, &[(11, tree()), (15, tree())]).unwrap();
    let trees = store.trees("PYR", 10).unwrap();
    assert_eq!(trees.gids(), [11, 15]);
    assert_eq!(trees.tree(15).unwrap(), tree());
}

#[test]
fn a_tree_that_falls_apart_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::create(&directory.path().join("t.h5")).unwrap();
    let mut broken = tree();
    broken.parent[3] = 2;
    store.write_trees("PYR", 10, &[(11, broken)]).unwrap();
    let error = store.trees("PYR", 10).unwrap().tree(11).unwrap_err();
    assert_eq!(error.what, "the tree of gid 11: section 2 is not attached to a point of section 0");
}

#[test]
fn projections_come_back_by_destination() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::create(&directory.path().join("p.h5")).unwrap();
    let edges = |source: &[u32]| Edges {
        source: source.to_vec(),
        synapse: source.iter().map(|one| one * 10).collect(),
        distance: vec![1.5; source.len()],
    };
    // The worked example of the format: destinations 10, 11 and 14.
    let rows = [(10, edges(&[3, 1])), (11, edges(&[2])), (14, edges(&[0, 5]))];
    store.write_projection("PYR", "STIM", 10, 0, &rows).unwrap();
    let read = store.projection("PYR", "STIM", 10..90, 0..10).unwrap();
    assert_eq!(read.destinations().collect::<Vec<_>>(), [(10, 2), (11, 1), (14, 2)]);
    let first = read.edges(0).unwrap();
    assert_eq!((first.source, first.synapse), (vec![1, 3], vec![10, 30]));
    assert_eq!(read.edges(2).unwrap().source, [0, 5]);
    assert_eq!(store.projection_names().unwrap(), [("PYR".to_owned(), "STIM".to_owned())]);
    // A source outside its population is damage.
    let narrow = store.projection("PYR", "STIM", 10..90, 0..2).unwrap();
    assert_eq!(narrow.edges(0).unwrap_err().what, "source 3 is outside its population of 2");
}

#[test]
fn bad_files_are_told_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("no.h5");
    assert_eq!(Store::open(&missing).unwrap_err().what, "there is no such file");
    let text = directory.path().join("text.h5");
    std::fs::write(&text, "not an HDF5 file").unwrap();
    assert!(Store::open(&text).unwrap_err().what.starts_with("not a complete HDF5 file"));
    // Truncate a good one at every hundredth byte: an error or a file without the data, never a panic.
    let good = directory.path().join("good.h5");
    let store = Store::create(&good).unwrap();
    store.write_types(&types()).unwrap();
    store.write_trees("PYR", 10, &[(11, tree())]).unwrap();
    drop(store);
    let bytes = std::fs::read(&good).unwrap();
    for length in (0..bytes.len()).step_by(100) {
        std::fs::write(&text, &bytes[..length]).unwrap();
        let read = Store::open(&text).and_then(|store| store.types().map(drop));
        assert!(read.is_err(), "{length} of {} bytes were taken for a whole file", bytes.len());
    }
}

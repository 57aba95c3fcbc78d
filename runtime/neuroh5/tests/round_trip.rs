//! What is written is read back; what is damaged is an error that names the place.

use neuroh5::{AttributeValues, Chunks, Edges, Kind, Numbers, PopulationRange, Store, Tree, Types};

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

#[test]
fn edges_of_several_appends_make_several_blocks() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::create(&directory.path().join("p.h5")).unwrap();
    let edges = |source: &[u32]| Edges {
        source: source.to_vec(),
        synapse: source.iter().map(|one| one * 10).collect(),
        distance: vec![1.5; source.len()],
    };
    // The worked example of the format, and the append after it.
    let rows = [(10, edges(&[3, 1])), (11, edges(&[2])), (14, edges(&[0, 5]))];
    let chunks = Some(Chunks { pointers: 1000, values: 1000 });
    store.write_projection_chunked("PYR", "STIM", 10, 0, &rows, chunks).unwrap();
    store.write_projection_chunked("PYR", "STIM", 10, 0, &[(12, edges(&[7]))], chunks).unwrap();
    let numbers = |name: &str| store.numbers(&format!("/Projections/PYR/STIM/Edges/{name}")).unwrap();
    assert_eq!(numbers("Destination Block Index"), Numbers::U32(vec![0, 4, 2]));
    assert_eq!(numbers("Destination Block Pointer"), Numbers::U64(vec![0, 2, 3, 5]));
    assert_eq!(numbers("Destination Pointer"), Numbers::U64(vec![0, 2, 3, 5, 6]));
    assert_eq!(numbers("Source Index"), Numbers::U32(vec![1, 3, 2, 0, 5, 7]));
    let table = store.edge_table("PYR", "STIM", 10..90, 0..10).unwrap();
    assert_eq!(table.rows, [(10, 0..2), (11, 2..3), (14, 3..5), (12, 5..6)]);
    assert_eq!(table.attributes[1].values, Numbers::U32(vec![10, 30, 20, 0, 50, 70]));
    let read = store.projection("PYR", "STIM", 10..90, 0..10).unwrap();
    assert_eq!(read.edges(3).unwrap().source, [7]);
}

#[test]
fn trees_are_appended_under_shared_links() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::create(&directory.path().join("t.h5")).unwrap();
    let chunks = Some(Chunks { pointers: 4000, values: 4000 });
    store.write_trees_chunked("PYR", 10, &[(15, &tree()), (11, &tree())], chunks).unwrap();
    store.write_trees_chunked("PYR", 10, &[(13, &tree())], chunks).unwrap();
    let trees = store.trees("PYR", 10).unwrap();
    assert_eq!(trees.gids(), [11, 13, 15]);
    for gid in [11, 13, 15] {
        assert_eq!(trees.tree(gid).unwrap(), tree());
    }
    assert_eq!(store.numbers("/Populations/PYR/Trees/Section/Cell Index").unwrap(), Numbers::U32(vec![5, 1, 3]));
    let mut large = tree();
    large.sections[0].push(70_000);
    let error = store.write_trees("PYR", 10, &[(17, large)]).unwrap_err();
    assert!(error.what.contains("gid 17"), "{error}");
    let error = store.write_trees("PYR", 10, &[(9, tree())]).unwrap_err();
    assert!(error.what.contains("gid 9"), "{error}");
}

#[test]
fn a_file_is_whole_or_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    let failed = neuroh5::write_whole(&path, |store| {
        store.write_types(&types())?;
        store.numbers("/nowhere").map(drop)
    });
    let error = failed.unwrap_err();
    // The message names the file that was asked for.
    assert_eq!((error.path.as_path(), error.at.as_str()), (path.as_path(), "/nowhere"));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    neuroh5::write_whole(&path, |store| store.write_types(&types())).unwrap();
    let before = std::fs::read(&path).unwrap();
    let failed = neuroh5::append_whole(&path, |store| {
        store.write_trees("PYR", 10, &[(11, tree())])?;
        store.numbers("/nowhere").map(drop)
    });
    assert!(failed.is_err());
    assert_eq!(std::fs::read(&path).unwrap(), before);
    neuroh5::append_whole(&path, |store| store.write_trees("PYR", 10, &[(11, tree())])).unwrap();
    assert_eq!(Store::open(&path).unwrap().trees("PYR", 10).unwrap().gids(), [11]);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn objects_are_copied_with_their_attributes_and_links() {
    let directory = tempfile::tempdir().unwrap();
    let from = Store::create(&directory.path().join("from.h5")).unwrap();
    from.write_trees("PYR", 10, &[(11, tree())]).unwrap();
    from.set_group_attribute("/Populations/PYR/Trees", "Reference U Min", -0.1).unwrap();
    let to = Store::create(&directory.path().join("to.h5")).unwrap();
    let trees = "/Populations/PYR/Trees";
    to.copy_object(&from, trees, trees).unwrap();
    assert_eq!(to.group_attributes(trees).unwrap(), [("Reference U Min".to_owned(), -0.1)]);
    // Shared in the copy as in the original: what is appended through one link is seen through the others.
    to.write_trees("PYR", 10, &[(12, tree())]).unwrap();
    assert_eq!(to.trees("PYR", 10).unwrap().tree(12).unwrap(), tree());
    assert_eq!(to.copy_object(&from, trees, trees).unwrap_err().what, "there is such an object already");
    assert_eq!(to.copy_object(&from, "/no", "/no").unwrap_err().what, "there is no such object");
    let kinds = to.walk("/").unwrap();
    assert!(kinds.contains(&("/Populations/PYR/Trees/Radius/Attribute Value".to_owned(), Kind::Dataset)));
}

#[test]
fn a_length_that_no_file_can_have_is_damage() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    // A length that stands nowhere else in the file, so that it can be found there and changed.
    let values = vec![1.0; 48_611];
    neuroh5::write_whole(&path, |store| {
        store.write_attribute("PYR", "Numbers", "x", 0, &[(0, AttributeValues::F32(values.clone()))])
    })
    .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let length = 48_611_u64.to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 8).filter(|at| bytes[*at..at + 8] == length).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 8].copy_from_slice(&(1_u64 << 45).to_le_bytes());
    }
    std::fs::write(&path, bytes).unwrap();
    let error = Store::open(&path).and_then(|store| store.attributes("PYR", "Numbers", "x", 0).map(drop)).unwrap_err();
    assert!(error.what.contains("elements in a file of"), "{error}");
}

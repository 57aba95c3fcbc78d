//! Files that other programs wrote: each kind of storage that h5py has, and h5copy. `foreign/make.py` made them.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::path::PathBuf;

use neuroh5::{Numbers, Store};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/foreign/{name}.h5"))
}

fn attribute(store: &Store, name: &str, gid: u32) -> Result<Numbers, neuroh5::Error> {
    Ok(store.attributes("B", "Synapse Attributes", name, 2)?.values(gid))
}

/// Asserts that a file has everything that `make.py` puts into each, but for the attributes of these names.
fn has_everything(name: &str, but: &[&str]) {
    let store = Store::open(&path(name)).unwrap_or_else(|error| panic!("{error}"));
    let types = store.types().unwrap_or_else(|error| panic!("{error}"));
    let populations: Vec<_> =
        types.populations.iter().map(|one| (one.name.as_str(), one.number, one.gids.clone())).collect();
    assert_eq!(populations, [("A", 0, 0..2), ("B", 300, 2..5)], "{name}");
    assert_eq!(types.projections, [("A".to_owned(), "B".to_owned())], "{name}");

    let expected = [
        ("syn_ids", Numbers::U32(vec![7, 4_000_000_000, 9]), Numbers::U32(vec![1, 2])),
        ("syn_locs", Numbers::F32(vec![0.25, 0.5, 1e-30]), Numbers::F32(vec![-3.5, 0.1])),
        ("syn_layers", Numbers::I8(vec![-1, 0, 127]), Numbers::I8(vec![-128, 5])),
        ("syn_types", Numbers::U8(vec![0, 1, 1]), Numbers::U8(vec![0, 255])),
        ("syn_secs", Numbers::U16(vec![0, 65535, 3]), Numbers::U16(vec![2, 1])),
    ];
    for (one, first, second) in expected.into_iter().filter(|(one, _, _)| !but.contains(one)) {
        assert_eq!(attribute(&store, one, 4), Ok(first), "{name}: {one}");
        assert_eq!(attribute(&store, one, 2), Ok(second), "{name}: {one}");
        assert_eq!(attribute(&store, one, 3).unwrap().len(), 0, "{name}: {one}");
    }

    assert_eq!(store.projection_names().unwrap(), [("B".to_owned(), "A".to_owned())], "{name}");
    let projection = store.projection("B", "A", 2..5, 0..2).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(projection.destinations().collect::<Vec<_>>(), [(2, 2), (4, 1)], "{name}");
    let (first, second) = (projection.edges(0).unwrap(), projection.edges(1).unwrap());
    assert_eq!((first.source, first.synapse, first.distance), (vec![0, 1], vec![1, 2], vec![10.5, 20.25]), "{name}");
    assert_eq!((second.source, second.synapse, second.distance), (vec![1], vec![7], vec![0.0]), "{name}");
}

#[test]
fn any_storage_of_h5py_is_read() {
    for name in ["contiguous", "chunked", "gzip", "gzip_shuffle_checksum", "lzf"] {
        has_everything(name, &[]);
    }
}

#[test]
fn numbers_with_the_high_byte_first_are_read() {
    has_everything("big_endian", &[]);
}

#[test]
fn types_need_not_be_committed() {
    has_everything("types_not_committed", &[]);
}

#[test]
fn files_collapsed_by_h5copy_are_read() {
    has_everything("h5copy", &[]);
}

#[test]
fn enumerations_are_read_as_their_numbers() {
    has_everything("enumeration", &[]);
}

#[test]
fn a_format_newer_than_the_library_is_told() {
    let message = Store::open(&path("newest_format")).unwrap().types().unwrap_err().to_string();
    for one in ["newest_format.h5", "/H5Types/Populations", "newer HDF5"] {
        assert!(message.contains(one), "{one:?} is not in: {message}");
    }
}

#[test]
fn doubles_are_read_as_such() {
    has_everything("float64", &["syn_locs"]);
    let store = Store::open(&path("float64")).unwrap();
    assert_eq!(attribute(&store, "syn_locs", 2), Ok(Numbers::F64(vec![-3.5, 0.1])));
}

#[test]
fn what_cannot_be_read_is_told_by_its_place() {
    has_everything("text", &["syn_types"]);
    let store = Store::open(&path("text")).unwrap();
    let message = attribute(&store, "syn_types", 2).unwrap_err().to_string();
    for one in ["text.h5", "/Populations/B/Synapse Attributes/syn_types", "unicode"] {
        assert!(message.contains(one), "{one:?} is not in: {message}");
    }
}

#[test]
fn a_file_that_ends_early_is_told() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["contiguous", "chunked", "gzip"] {
        let bytes = std::fs::read(path(name)).unwrap();
        for part in 1..8 {
            let cut = directory.path().join("cut.h5");
            std::fs::write(&cut, &bytes[..bytes.len() * part / 8]).unwrap();
            let message = Store::open(&cut).map(drop).unwrap_err().to_string();
            assert!(message.contains("cut.h5") && message.contains("truncated"), "{message}");
        }
    }
}

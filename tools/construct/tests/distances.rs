//! Arc distances in small tissues: exact, with a rotation and without, and told when impossible.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

#[allow(dead_code, reason = "its cells are of no use here")]
mod small_model;

use std::path::{Path, PathBuf};

use construct::distances::{DistanceError, Measured, Reference, Request, measure};
use model::config::Config;
use neuroh5::{AttributeValues, Chunks, PopulationRange, Store, Types};
use small_model::{YAML, load, says};

const GEOMETRY: &str = "
Geometry:
  Parametric Surface:
    Origin: {U: median, V: min, L: max}
    Layer Extents:
      SO: [[0.0, -50.0, 0.0], [200.0, 100.0, 100.0]]
      SP: [[20.0, -50.0, 100.0], [220.0, 150.0, 150.0]]
    Rotation: [0.0, 0.0, 0.0]
  Cell Distribution:
    A: {SO: 2, SP: 0}
    B: {SO: 0, SP: 3}
";

/// U, V and L of cells 0 and 1 (A), 2 to 4 (B).
const PLACES: [[f32; 3]; 5] =
    [[1.0, 0.0, 50.0], [200.0, 99.5, 0.0], [110.0, -49.0, 100.0], [33.25, 149.0, 149.0], [219.0, 10.0, 120.0]];

struct Files {
    directory: tempfile::TempDir,
    config: Config,
}

impl Files {
    fn new(geometry: &str) -> Files {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.yaml");
        std::fs::write(&path, format!("{YAML}{geometry}")).unwrap();
        let files = Files { config: load(&path).unwrap_or_else(|text| panic!("{text}")), directory };
        files.write(&PLACES);
        files
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("coords.h5")
    }

    fn write(&self, places: &[[f32; 3]; 5]) {
        let store = Store::create(&self.path()).unwrap();
        let range = |name: &str, number, gids| PopulationRange { name: name.to_owned(), number, gids };
        let populations = vec![range("A", 0, 0..2), range("B", 100, 2..5), range("C", 101, 5..7)];
        store.write_types(&Types { populations, projections: vec![("A".to_owned(), "B".to_owned())] }).unwrap();
        for (name, gids) in [("A", 0..2_u32), ("B", 2..5), ("C", 5..5)] {
            for (at, axis) in ["U Coordinate", "V Coordinate", "L Coordinate"].into_iter().enumerate() {
                // Two ranks write the even cells first.
                let (even, odd): (Vec<u32>, Vec<u32>) = gids.clone().partition(|gid| gid % 2 == 0);
                let rows = even.into_iter().chain(odd);
                let rows: Vec<_> =
                    rows.map(|gid| (gid, AttributeValues::F32(vec![places[gid as usize][at]]))).collect();
                store.write_attribute(name, "Generated Coordinates", axis, gids.start, &rows).unwrap();
            }
        }
    }

    fn measure(&self, populations: &[&str]) -> Result<(Reference, Vec<Measured>), DistanceError> {
        measure_in(&self.config, &self.path(), populations)
    }

    /// The message of a failure, which must leave the file as it was.
    fn complaint(&self, populations: &[&str]) -> String {
        let before = std::fs::read(self.path()).ok();
        let message = self.measure(populations).expect_err("a complaint").to_string();
        assert_eq!(std::fs::read(self.path()).ok(), before, "the file has changed");
        assert!(!self.directory.path().join("coords.h5.partial").exists());
        message
    }
}

fn measure_in(config: &Config, path: &Path, populations: &[&str]) -> Result<(Reference, Vec<Measured>), DistanceError> {
    let populations: Vec<String> = populations.iter().map(|one| (*one).to_owned()).collect();
    let request = Request {
        coordinates: path,
        namespace: "Generated Coordinates",
        populations: &populations,
        chunks: Chunks { pointers: 1000, values: 1000 },
    };
    measure(config, &request)
}

#[test]
fn distances_are_differences_to_the_origin() {
    let files = Files::new(GEOMETRY);
    let (reference, made) = files.measure(&["B", "A", "B"]).unwrap();
    assert_eq!(made.iter().map(|one| one.population.as_str()).collect::<Vec<_>>(), ["B", "A"]);
    assert_eq!(made[0].gids, [2, 3, 4]);
    // The middle of -0.01 to 220.01; -50.01.
    assert_eq!(made[0].u, [0.0, -76.75, 109.0]);
    assert_eq!(made[0].v, [1.01, 199.01, 60.01]);
    assert_eq!(made[1].u, [-109.0, 90.0]);
    let near = |found: [f64; 2], low: f64, high: f64| {
        assert!((found[0] - low).abs() < 1e-12 && (found[1] - high).abs() < 1e-12, "{found:?}");
    };
    near(reference.u, -110.01, 110.01);
    near(reference.v, 0.0, 200.02);

    let store = Store::open(&files.path()).unwrap();
    let v = store.attributes("B", "Arc Distances", "V Distance", 2).unwrap();
    assert_eq!(v.gids().collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(v.as_f32(3), [199.01]);
    let mut numbers = store.group_attributes("/Populations/A/Arc Distances").unwrap();
    numbers.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("Reference U Max", reference.u[1]),
        ("Reference U Min", reference.u[0]),
        ("Reference V Max", reference.v[1]),
        ("Reference V Min", reference.v[0]),
    ];
    assert_eq!(numbers, expected.map(|(name, value)| (name.to_owned(), value)));
}

#[test]
fn origins_may_be_numbers_or_ends() {
    let files = Files::new(&GEOMETRY.replace("U: median, V: min", "U: 20, V: max"));
    let (reference, made) = files.measure(&["A"]).unwrap();
    assert_eq!(made[0].u, [-19.0, 180.0]);
    assert_eq!(made[0].v, [-150.01, -50.51]);
    assert_eq!(reference.v[1], 0.0);
}

/// The original's sampling of arcs through a rotated block, made with numpy (`reference/arcs.py`).
#[test]
fn arcs_in_a_rotated_tissue_are_as_long() {
    #[derive(serde::Deserialize)]
    struct Arcs {
        u: Vec<f64>,
        v: Vec<f64>,
        reference: [f64; 4],
    }
    let arcs: Arcs = serde_json::from_str(include_str!("reference/arcs.json")).unwrap();
    let files = Files::new(&GEOMETRY.replace("[0.0, 0.0, 0.0]\n  Cell", "[0.0, 35.0, 0.0]\n  Cell"));
    let (reference, made) = files.measure(&["A", "B"]).unwrap();
    let near = |ours: f64, theirs: f64| assert!((ours - theirs).abs() < 2e-5, "{ours} for {theirs}");
    for (axis, theirs) in [(0, &arcs.u), (1, &arcs.v)] {
        let ours = made.iter().flat_map(|one| if axis == 0 { &one.u } else { &one.v });
        assert_eq!(ours.clone().count(), theirs.len());
        ours.zip(theirs).for_each(|(ours, theirs)| near(f64::from(*ours), *theirs));
    }
    let ours = [reference.u, reference.v].concat();
    ours.iter().zip(arcs.reference).for_each(|(ours, theirs)| near(*ours, theirs));
}

#[test]
fn what_is_wrong_with_the_file_is_told() {
    let files = Files::new(GEOMETRY);
    says(&files.complaint(&["D"]), &["coords.h5", "population D", "A, B, C"]);
    says(&files.complaint(&["A", "C"]), &["coords.h5", "population C", "has no cell", "Generated Coordinates"]);
    files.measure(&["A"]).unwrap();
    says(&files.complaint(&["B", "A"]), &["coords.h5", "population A", "already"]);

    let mut places = PLACES;
    places[3][1] = 170.0;
    files.write(&places);
    says(&files.complaint(&["A", "B"]), &["coords.h5", "cell 3 of B", "V is 170 um", "-50.01 to 150.01"]);
    places[3][1] = f32::NAN;
    files.write(&places);
    says(&files.complaint(&["B"]), &["cell 3 of B", "V is NaN"]);

    let bytes = std::fs::read(files.path()).unwrap();
    std::fs::write(files.path(), &bytes[..bytes.len() / 2]).unwrap();
    says(&files.complaint(&["A"]), &["coords.h5", "truncated"]);
    std::fs::remove_file(files.path()).unwrap();
    says(&files.complaint(&["A"]), &["coords.h5", "no such file"]);
}

#[test]
fn a_missing_namespace_or_axis_is_told() {
    let files = Files::new(GEOMETRY);
    let other = files.directory.path().join("other.h5");
    let store = Store::create(&other).unwrap();
    store.copy_types(&Store::open(&files.path()).unwrap()).unwrap();
    let rows = [(0, AttributeValues::F32(vec![1.0]))];
    store.write_attribute("A", "Coordinates", "U Coordinate", 0, &rows).unwrap();
    store.write_attribute("B", "Generated Coordinates", "U Coordinate", 2, &[]).unwrap();
    drop(store);
    let message = |name| measure_in(&files.config, &other, &[name]).unwrap_err().to_string();
    says(&message("A"), &["other.h5", "/Populations/A/Generated Coordinates", "Coordinates"]);
    says(&message("B"), &["other.h5", "V Coordinate"]);
    says(&message("C"), &["other.h5", "/Populations/C"]);
}

#[test]
fn what_is_wrong_with_the_geometry_is_told() {
    let complaint = |from: &str, to: &str| {
        assert!(GEOMETRY.contains(from));
        Files::new(&GEOMETRY.replace(from, to)).complaint(&["A"])
    };
    says(&Files::new("").complaint(&["A"]), &["Geometry"]);
    says(&complaint("A: {SO: 2, SP: 0}", "A: {SQ: 2, SP: 0}"), &["Cell Distribution: A", "SQ", "SO, SP"]);
    says(&complaint("U: median", "U: middle"), &["Origin: U", "`middle`", "median"]);
    says(&complaint("U: median", "U: 300"), &["Origin: U", "300 um", "220.01"]);
    says(&complaint("U: median, ", ""), &["Origin: U", "no such value"]);
    says(&complaint("[200.0, 100.0, 100.0]", "[200.0, -60.0, 100.0]"), &["Layer Extents: SO", "V is from -50 to -60"]);
    // What is not a number is refused at its place while the configuration is read.
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.yaml");
    let geometry = GEOMETRY.replace("[200.0, 100.0, 100.0]", "[.nan, 100.0, 100.0]");
    std::fs::write(&path, format!("{YAML}{geometry}")).unwrap();
    says(&load(&path).unwrap_err(), &["model.yaml:", ".nan"]);
}

#[test]
fn a_directory_that_cannot_be_written_is_told() {
    let files = Files::new(GEOMETRY);
    // A directory in the place of the file that is written beside.
    std::fs::create_dir(files.directory.path().join("coords.h5.partial")).unwrap();
    let before = std::fs::read(files.path()).unwrap();
    let message = files.measure(&["A"]).unwrap_err().to_string();
    says(&message, &["coords.h5", "cannot be written"]);
    assert_eq!(std::fs::read(files.path()).unwrap(), before);
}

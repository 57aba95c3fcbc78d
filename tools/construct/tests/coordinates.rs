//! Somata of small models: as many as asked for, where they may be, spaced as by the original's algorithm, the same
//! every time, and told when impossible.

#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::path::PathBuf;

use construct::coordinates::{CoordinatesError, Made, Request, generate};
use construct::h5types;
use diag::Sources;
use model::config::Config;
use neuroh5::{Chunks, Store};

/// Three populations, one of them in two layers and with a constraint.
const YAML: &str = "\
Model Name: Slab
Definitions:
  SWC Types: {soma: 1}
  Synapse Types: {excitatory: 0}
  Layers: {SO: 5, SP: 6, SR: 8}
  Populations: {A: 0, B: 1, C: 2}
Random Seeds: {Soma Locations: 60.0e+6}
Connection Generator:
  Synapse Mechanisms: {}
  Synapse Parameter Rules: {}
  Connection Velocity: {}
  Axon Extent: {}
  Synapses: {}
Cell Types: {A: {template: VecStim}, B: {template: VecStim}, C: {template: VecStim}}
Geometry:
  Parametric Surface:
    Origin: {U: median, V: median, L: max}
    Layer Extents:
      SO: [[0.0, -500.0, 0.0], [1000.0, 500.0, 100.0]]
      SP: [[0.0, -500.0, 100.0], [1000.0, 500.0, 150.0]]
      SR: [[0.0, -500.0, 150.0], [1000.0, 500.0, 350.0]]
    Rotation: [0.0, 0.0, 0.0]
  Cell Constraints:
    C: {SR: [150.0, 200.0]}
  Cell Distribution:
    A: {SO: 60, SP: 0, SR: 0}
    B: {SO: 0, SP: 80, SR: 0}
    C: {SO: 20, SP: 0, SR: 30}
";

struct Files {
    directory: tempfile::TempDir,
    config: Config,
    types: PathBuf,
    output: PathBuf,
}

impl Files {
    /// The model after some replacements, with its types.
    fn with(changes: &[(&str, &str)]) -> Files {
        let files = Files::untyped(changes);
        let types = h5types::types(&files.config, false).unwrap();
        h5types::write(&types, &files.path("types.h5")).unwrap();
        files
    }

    fn untyped(changes: &[(&str, &str)]) -> Files {
        let mut yaml = YAML.to_owned();
        for (from, to) in changes {
            assert!(yaml.contains(from), "{from}");
            yaml = yaml.replace(from, to);
        }
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.yaml");
        std::fs::write(&path, yaml).unwrap();
        let mut sources = Sources::new();
        let read = model::load(&path, &mut sources);
        let config = read.unwrap_or_else(|problems| panic!("{}", problems.render(&sources, false))).0;
        let (types, output) = (directory.path().join("types.h5"), directory.path().join("coords.h5"));
        Files { directory, config, types, output }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn place<'a>(&'a self, change: impl FnOnce(&mut Request<'a>)) -> Result<Made, CoordinatesError> {
        let mut request = Request {
            types: &self.types,
            output: &self.output,
            namespace: "Generated Coordinates",
            populations: &[],
            resolution: [3, 3, 3],
            alpha_radius: 2500.0,
            iterations: 10,
            dispersion_delta: 0.1,
            snap_delta: 0.01,
            keep_constraints: false,
            chunks: Chunks { pointers: 1000, values: 1000 },
        };
        change(&mut request);
        generate(&self.config, &request)
    }

    /// Coordinates of a population's cells by gid: three of `UVL` or `XYZ`.
    fn read(&self, population: &str, axes: &str) -> Vec<[f64; 3]> {
        let store = Store::open(&self.path("coords.h5")).unwrap();
        let gids = store.types().unwrap().population(population).unwrap().gids.clone();
        let mut points = vec![[0.0; 3]; gids.len()];
        for (axis, name) in axes.chars().enumerate() {
            let attribute = format!("{name} Coordinate");
            let values = store.attributes(population, "Generated Coordinates", &attribute, gids.start).unwrap();
            assert_eq!(values.gids().collect::<Vec<_>>(), gids.clone().collect::<Vec<_>>());
            for (point, gid) in points.iter_mut().zip(gids.clone()) {
                let value = values.as_f32(gid);
                assert_eq!(value.len(), 1);
                point[axis] = f64::from(value[0]);
            }
        }
        points
    }

    /// What is refused, in words; nothing is written or changed.
    fn refused<'a>(&'a self, change: impl FnOnce(&mut Request<'a>)) -> String {
        let before = std::fs::read(self.path("coords.h5")).ok();
        let error = self.place(change).unwrap_err();
        assert_eq!(std::fs::read(self.path("coords.h5")).ok(), before);
        assert!(!self.path("coords.h5.partial").exists());
        error.to_string()
    }
}

fn within(point: &[f64; 3], l: std::ops::RangeInclusive<f64>) -> bool {
    (0.0..=1000.0).contains(&point[0]) && (-500.0..=500.0).contains(&point[1]) && l.contains(&point[2])
}

/// Mean and coefficient of variation of the distance to the nearest neighbour.
fn spacing(points: &[[f64; 3]]) -> (f64, f64) {
    let distance = |a: &[f64; 3], b: &[f64; 3]| (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f64>().sqrt();
    let nearest = |(index, a): (usize, &[f64; 3])| {
        let others = points.iter().enumerate().filter(|(other, _)| *other != index);
        others.map(|(_, b)| distance(a, b)).fold(f64::INFINITY, f64::min)
    };
    let all: Vec<f64> = points.iter().enumerate().map(nearest).collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let variance = all.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / all.len() as f64;
    (mean, variance.sqrt() / mean)
}

#[test]
fn cells_are_counted_in_their_layers_and_ordered_by_u() {
    let files = Files::with(&[]);
    let made = files.place(|_| {}).unwrap();
    assert_eq!(made.warnings, Vec::<String>::new());
    let counts: Vec<_> = made.populations.iter().map(|one| (one.name.as_str(), one.cells)).collect();
    assert_eq!(counts, [("A", 60), ("B", 80), ("C", 50)]);
    for one in &made.populations {
        assert_eq!(one.drawn, one.cells.saturating_sub(one.spread), "{}", one.name);
        let points = files.read(&one.name, "UVL");
        assert_eq!(points.len(), one.cells);
        assert!(points.is_sorted_by(|a, b| a[0] <= b[0]), "{}", one.name);
        // Without a rotation the axes are the same.
        assert_eq!(files.read(&one.name, "XYZ"), points);
        let fits = |point: &&[f64; 3]| match one.name.as_str() {
            "A" => within(point, 0.0..=100.0),
            "B" => within(point, 100.0..=150.0),
            _ => within(point, 0.0..=100.0) || within(point, 150.0..=350.0),
        };
        assert_eq!(points.iter().filter(fits).count(), points.len(), "{}", one.name);
        let (_, variation) = spacing(&points);
        assert!(variation > 0.0);
        let outside = points.iter().filter(|point| point[2] > 200.0).count();
        assert_eq!(one.outside, if one.name == "C" { outside } else { 0 });
    }
}

#[test]
fn constraints_are_kept_if_asked_for() {
    let files = Files::with(&[]);
    let made = files.place(|request| request.keep_constraints = true).unwrap();
    assert!(made.populations.iter().all(|one| one.outside == 0));
    let points = files.read("C", "UVL");
    assert!(points.iter().all(|point| within(point, 0.0..=100.0) || within(point, 150.0..=200.0)));
    assert!(points.iter().any(|point| point[2] > 150.0));
}

#[test]
fn the_seed_decides_and_threads_do_not() {
    let place = |threads: usize, seed: &str| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let files = Files::with(&[("60.0e+6", seed)]);
            files.place(|_| {}).unwrap();
            ["A", "B", "C"].map(|name| files.read(name, "UVL"))
        })
    };
    let one = place(1, "7");
    assert_eq!(place(1, "7"), one);
    assert_eq!(place(4, "7"), one);
    let other = place(1, "8");
    assert!((0..3).all(|index| other[index] != one[index]));
}

#[test]
fn a_rotation_turns_x_y_z_and_not_u_v_l() {
    let straight = Files::with(&[]);
    straight.place(|_| {}).unwrap();
    let points = straight.read("A", "UVL");
    for (angles, turned) in [
        ("[0.0, 0.0, 90.0]", (|[u, v, l]| [-v, u, l]) as fn([f64; 3]) -> [f64; 3]),
        ("[90.0, 0.0, 0.0]", |[u, v, l]| [u, -l, v]),
        ("[0.0, 90.0, 0.0]", |[u, v, l]| [l, v, -u]),
        // Of several angles the last one counts.
        ("[90.0, 0.0, 180.0]", |[u, v, l]| [-u, -v, l]),
    ] {
        let rotated = Files::with(&[("Rotation: [0.0, 0.0, 0.0]", &format!("Rotation: {angles}"))]);
        let made = rotated.place(|_| {}).unwrap();
        assert_eq!(made.warnings.len(), usize::from(angles.contains("180")));
        assert_eq!(rotated.read("A", "UVL"), points);
        for (xyz, uvl) in rotated.read("A", "XYZ").iter().zip(&points) {
            let expected = turned(*uvl);
            assert!((0..3).all(|axis| (xyz[axis] - expected[axis]).abs() < 1e-3), "{xyz:?} {expected:?}");
        }
    }
}

#[test]
fn some_populations_can_be_placed_and_others_added() {
    let files = Files::with(&[]);
    let only = ["C".to_owned(), "C".to_owned()];
    let made = files.place(|request| request.populations = &only).unwrap();
    assert_eq!(made.populations.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["C"]);
    let before = files.read("C", "UVL");
    assert!(files.refused(|_| {}).contains("`Generated Coordinates` of C already"));
    let rest = ["A".to_owned(), "B".to_owned()];
    files.place(|request| request.populations = &rest).unwrap();
    assert_eq!(files.read("C", "UVL"), before);
    assert_eq!(files.read("A", "UVL").len(), 60);
    files.place(|request| request.namespace = "Coordinates").unwrap();
    let store = Store::open(&files.path("coords.h5")).unwrap();
    assert_eq!(store.namespaces("A").unwrap(), ["Coordinates", "Generated Coordinates"]);
    assert_eq!(store.attribute_names("A", "Coordinates").unwrap().len(), 6);
}

#[test]
fn thin_constraints_and_few_cells_are_filled() {
    let files = Files::with(&[("C: {SR: [150.0, 200.0]}", "C: {SR: [150.0, 152.0]}"), ("SO: 60", "SO: 1")]);
    let made = files.place(|request| request.keep_constraints = true).unwrap();
    assert_eq!(made.populations.iter().map(|one| one.cells).collect::<Vec<_>>(), [1, 80, 50]);
    let thin = files.read("C", "UVL").into_iter().filter(|point| point[2] > 100.0).collect::<Vec<_>>();
    assert!(!thin.is_empty() && thin.iter().all(|point| within(point, 150.0..=152.0)));
}

#[test]
fn what_cannot_be_placed_is_told() {
    let says = |changes: &[(&str, &str)], expected: &str| {
        let text = Files::with(changes).refused(|_| {});
        assert!(text.contains(expected), "{text}");
    };
    says(&[("      SP: [[", "      SX: [[")], "there is no layer SP; correct the name");
    says(&[("{SO: 60, ", "{'@grid': 60, ")], "layer @grid: a layer whose name begins with @ is filled by a Python");
    says(&[("[1000.0, 500.0, 350.0]", "[1000.0, 500.0, 100.0]")], "Layer Extents: SR: L is from 150 to 100 um");
    says(&[("[150.0, 200.0]}", "[200.0, 150.0]}")], "Cell Constraints: C: SR: L from 200 to 150 um");
    says(&[("[150.0, 200.0]}", "[400.0, 500.0]}")], "Cell Constraints: C: SR: L from 400 to 500 um");
    says(&[("SP: 80", "SP: 60000000")], "60000000 cells do not fit into 50000000 um3");
    says(&[("{SO: 60, ", "{SO: 0, "), ("SP: 80", "SP: 0"), ("SO: 20, SP: 0, SR: 30", "SO: 0")], "no population has");
    says(&[("Soma Locations", "Other")], "Random Seeds: Soma Locations: there is no seed; add");
    says(&[("Soma Locations: 60.0e+6", "Soma Locations: 1.0e+300")], "give a number below 2^53");
}

#[test]
fn what_is_asked_for_wrongly_is_told() {
    let files = Files::with(&[]);
    let unknown = ["D".to_owned()];
    let text = files.refused(|request| request.populations = &unknown);
    assert!(text.starts_with("population D is not in /H5Types of "), "{text}");
    assert!(text.ends_with("(populations there: A, B, C)"), "{text}");
    assert!(files.refused(|request| request.alpha_radius = 300.0).contains("leaves nothing of SO"));
    assert!(files.refused(|request| request.alpha_radius = f64::NAN).contains("--alpha-radius NaN"));
    assert!(files.refused(|request| request.resolution = [3, 1, 3]).contains("--resolution 1"));
    assert!(files.refused(|request| request.dispersion_delta = -0.1).contains("--dispersion-delta -0.1"));
    assert!(files.refused(|request| request.snap_delta = f64::INFINITY).contains("--snap-delta inf"));
    assert!(files.refused(|request| request.namespace = "a/b").contains("--output-namespace 'a/b'"));
    let missing = files.path("nothing.h5");
    assert!(files.refused(|request| request.types = &missing).contains("nothing.h5"));
    let nowhere = files.path("nowhere/coords.h5");
    assert!(files.refused(|request| request.output = &nowhere).contains("nowhere/coords.h5"));

    let empty = Files::with(&[("{SO: 60, ", "{SO: 0, ")]);
    let only = ["A".to_owned()];
    assert!(empty.refused(|request| request.populations = &only).starts_with("population A has no cells"));
    let made = empty.place(|_| {}).unwrap();
    assert_eq!((made.populations.len(), made.warnings.len()), (2, 1));

    let without = Files::untyped(&[("Geometry:\n", "Analysis:\n")]);
    h5types::write(&h5types::types(&files.config, false).unwrap(), &without.path("types.h5")).unwrap();
    assert!(without.refused(|_| {}).contains("the configuration has no `Geometry`"));
    let other = Files::untyped(&[("SP: 80", "SP: 81")]);
    std::fs::copy(files.path("types.h5"), other.path("types.h5")).unwrap();
    assert!(other.refused(|_| {}).starts_with("population B has 80 cells in /H5Types of "));
}

/// Mean distance to the nearest neighbour (um) and its coefficient of variation, means over 200 seeds of the original's
/// algorithm with rbf 2025.7.4.1 and SciPy 1.17.1. One seed varies by 2 to 5 % and 10 to 17 %, the mean of 30 seeds by a
/// fifth of that. The original's triangulation of the volume also has some faces inside, at which points turn back, so
/// that for B 30 instead of 36 points stay in the layer: hence 7 % and 10 %.
#[test]
fn spacing_is_the_originals() {
    let expected = [("A", 110.44, 0.176), ("B", 67.26, 0.491), ("C", 170.91, 0.248)];
    let mut sums = [(0.0, 0.0); 3];
    for seed in 0..30 {
        let files = Files::with(&[("60.0e+6", &seed.to_string())]);
        files.place(|_| {}).unwrap();
        for (sum, (name, ..)) in sums.iter_mut().zip(expected) {
            let (mean, variation) = spacing(&files.read(name, "UVL"));
            *sum = (sum.0 + mean / 30.0, sum.1 + variation / 30.0);
        }
    }
    for ((name, mean, variation), sum) in expected.into_iter().zip(sums) {
        assert!((sum.0 / mean - 1.0).abs() < 0.07, "{name}: {} um", sum.0);
        assert!((sum.1 / variation - 1.0).abs() < 0.10, "{name}: {}", sum.1);
    }
}

//! Input of a small model: the same as by numpy and SciPy, and told when impossible.

mod small_model;

use std::path::{Path, PathBuf};

use construct::input::{
    FeatureRequest, InputError, Layout, Made, SpikeTrainRequest, generate_features, generate_spike_trains,
};
use neuroh5::{Chunks, Store, Trajectory};
use small_model::{Files, YAML, says};

/// Coordinates, features and spikes.
type Paths = [PathBuf; 3];

fn paths(files: &Files) -> Paths {
    ["coords.h5", "features.h5", "spikes.h5"].map(|name| files.path(name))
}

const LAYOUT: Layout =
    Layout { cache_size: 50, write_size: 4, chunks: Chunks { pointers: 10, values: 100 }, limit: None };

fn features([coordinates, output, _]: &Paths) -> FeatureRequest<'_> {
    FeatureRequest {
        coordinates,
        output,
        distances_namespace: "Arc Distances",
        arena: "Box",
        populations: &[],
        layout: LAYOUT,
        dry_run: false,
    }
}

fn trains<'a>([_, selectivity, output]: &'a Paths, trials: usize) -> SpikeTrainRequest<'a> {
    SpikeTrainRequest {
        selectivity,
        output,
        selectivity_namespace: "Selectivity",
        arena: "Box",
        populations: &[],
        trials,
        spikes_namespace: "Input Spikes",
        attribute: "Spike Train",
        layout: LAYOUT,
        dry_run: false,
    }
}

fn make(files: &Files) -> Result<Vec<Made>, InputError> {
    let paths = paths(files);
    generate_features(&files.config, &features(&paths))?;
    generate_spike_trains(&files.config, &trains(&paths, files.small.trials))
}

#[test]
fn features_are_the_configurations() {
    let files = Files::new();
    let paths = paths(&files);
    let made = generate_features(&files.config, &features(&paths)).unwrap();
    let made: Vec<_> = made.iter().map(|one| (one.population.as_str(), one.cells)).collect();
    assert_eq!(made, [("A", 9), ("C", 6)]);
    let store = Store::open(&paths[1]).unwrap();
    for (population, expected) in [("A", 80.0), ("C", 25.0)] {
        let gids = files.gids(population);
        let read = |name: &str| store.attributes(population, "Constant Selectivity Box", name, gids.start).unwrap();
        let (rates, types) = (read("Peak Rate"), read("Selectivity Type"));
        assert_eq!(rates.gids().collect::<Vec<_>>(), gids.clone().collect::<Vec<_>>());
        for gid in gids {
            assert_eq!((rates.as_f32(gid), types.as_u8(gid)), (vec![expected], vec![1]), "{gid}");
        }
    }
}

#[test]
fn spikes_are_those_of_numpy_and_scipy() {
    let files = Files::new();
    let made = make(&files).unwrap();
    let store = Store::open(&paths(&files)[2]).unwrap();
    assert_eq!(files.small.runs.len(), 2);
    for (name, run) in &files.small.runs {
        let stored = store.trajectory("Box", name).unwrap().expect("a trajectory");
        assert_eq!(stored.t.len(), run.samples, "{name}");
        for (key, values) in [("t", &stored.t), ("x", &stored.x), ("y", &stored.y), ("d", &stored.d)] {
            let some: Vec<f32> = values.iter().step_by(50).chain(values.last()).copied().collect();
            assert_eq!(some, run.some[key], "{name}: {key}");
        }
        for population in ["A", "C"] {
            let namespace = format!("Input Spikes Box {name}");
            let gids = files.gids(population);
            let read = |name: &str| store.attributes(population, &namespace, name, gids.start).unwrap();
            let (times, trials, durations) = (read("Spike Train"), read("Trial Index"), read("Trial Duration"));
            for gid in gids.clone() {
                let expected = &run.spikes[&gid];
                assert_eq!(times.as_f32(gid), expected.t, "{name}: {gid}");
                assert_eq!(trials.as_u8(gid), expected.trial, "{name}: {gid}");
                let duration = stored.t[stored.t.len() - 1] - stored.t[0];
                assert_eq!(durations.len(gid), files.small.trials);
                assert!(durations.as_f32(gid).iter().all(|one| (one - duration).abs() < 1e-3), "{name}: {gid}");
            }
            let one = made.iter().find(|one| one.population == population && one.namespace == namespace).unwrap();
            assert_eq!(one.spikes, gids.map(|gid| run.spikes[&gid].t.len()).sum::<usize>());
        }
    }
}

#[test]
fn threads_portions_and_order_do_not_matter() {
    let all = |threads: usize, layout: Layout| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let files = Files::new();
            let paths = paths(&files);
            generate_features(&files.config, &features(&paths)).unwrap();
            generate_spike_trains(&files.config, &SpikeTrainRequest { layout, ..trains(&paths, 2) }).unwrap();
            let store = Store::open(&paths[2]).unwrap();
            let trains = store.attributes("A", "Input Spikes Box Corner", "Spike Train", 0).unwrap();
            (files.gids("A")).map(|gid| trains.as_f32(gid)).collect::<Vec<_>>()
        })
    };
    let one = all(1, LAYOUT);
    assert_eq!(all(4, LAYOUT), one);
    assert_eq!(all(2, Layout { cache_size: 2, write_size: 0, ..LAYOUT }), one);
}

#[test]
fn rates_and_dead_time_are_kept() {
    let files = Files::new();
    make(&files).unwrap();
    let store = Store::open(&paths(&files)[2]).unwrap();
    let run = store.trajectory("Box", "Across").unwrap().unwrap();
    for (population, rate) in [("A", 80.0), ("C", 25.0)] {
        let gids = files.gids(population);
        let trains = store.attributes(population, "Input Spikes Box Across", "Spike Train", gids.start).unwrap();
        let mut n = 0;
        for gid in gids.clone() {
            let train = trains.as_f32(gid);
            // Intervals are counted in whole steps of the grid: at most one step is lost in each of a few draws.
            assert!(train.windows(2).all(|pair| pair[1] - pair[0] > 1.0), "{gid}");
            n += train.len();
        }
        // Two trials; the rate rises during the equilibration (half of it is lost), 5 standard deviations of Poisson.
        let duration = f64::from(run.t[run.t.len() - 1]) + 6.0;
        let expected = rate * duration / 1000.0 * 2.0 * gids.len() as f64;
        assert!((n as f64 - expected).abs() < expected * 0.1 + 5.0 * expected.sqrt(), "{n} spikes for {expected}");
    }
}

#[test]
fn a_rate_of_nothing_makes_no_spikes() {
    let files = Files::with(&YAML.replacen("constant: 80.0", "constant: 0.0", 1), |_| {});
    let made = make(&files).unwrap();
    assert!(made.iter().filter(|one| one.population == "A").all(|one| one.spikes == 0 && one.cells == 9));
    let store = Store::open(&paths(&files)[2]).unwrap();
    let durations = store.attributes("A", "Input Spikes Box Corner", "Trial Duration", 0).unwrap();
    assert_eq!(durations.gids().count(), 9);
}

#[test]
fn a_dry_run_and_a_limit() {
    let files = Files::new();
    let paths = paths(&files);
    generate_features(&files.config, &FeatureRequest { dry_run: true, ..features(&paths) }).unwrap();
    assert!(!paths[1].exists());
    let layout = Layout { limit: Some(2), ..LAYOUT };
    let made = generate_features(&files.config, &FeatureRequest { layout, ..features(&paths) }).unwrap();
    assert!(made.iter().all(|one| one.cells == 2));
}

#[track_caller]
fn refused(error: Result<Vec<Made>, InputError>, output: &Path, words: &[&str]) {
    says(&error.expect_err("an error").to_string(), words);
    assert!(!output.with_extension("h5.partial").exists());
}

#[test]
fn what_the_configuration_lacks_is_told() {
    let at = |from: &str, to: &str, words: &[&str]| {
        assert!(YAML.contains(from), "{from}");
        let files = Files::with(&YAML.replacen(from, to, 1), |_| {});
        refused(make(&files), &paths(&files)[2], words);
        assert!(!paths(&files)[2].exists());
    };
    at("    A: {constant: 80.0}\n", "", &["Peak Rate: A: constant", "0 Hz or more", "add `constant"]);
    at("constant: 80.0", "constant: 400.0", &["400 Hz", "pauses 3 ms", "below 333 Hz"]);
    at("A: {constant: 1.0}", "A: {constant: 0.9}", &["Probabilities: A", "sum to 0.9", "sum to 1"]);
    at("A: {constant: 1.0}", "A: {constant: 0.5, random: 0.5}", &["`random` is not supported", "use `constant"]);
    at(
        "    A: {constant: 1.0}",
        "    D: {constant: 1.0}",
        &["population D", "coords.h5", "populations there: A, B, C"],
    );
    at("random: 0, constant: 1", "random: 0", &["Input Selectivity Types", "add `constant: 1`"]);
    at("    Box:", "    Ring:", &["Arena", "no arena Box", "one of Ring"]);
    at("  Temporal Resolution: 0.5\n", "", &["Temporal Resolution", "add"]);
    at("Equilibration Duration: 12.0", "Equilibration Duration: -1.0", &["Equilibration Duration", "-1 ms"]);
    at("run velocity: 40.0", "run velocity: 0.0", &["Trajectory: Corner", "velocity above 0"]);
    at("path: [[-10, -10], [10, 10]]", "path: [[-10, -10]]", &["Trajectory: Across", "two points"]);
    at(
        "path: [[-10, -10], [10, 10]]",
        "path: [[0, 0], [1e9, 0]]",
        &["Trajectory: Across", "samples", "check the path"],
    );
    at("  Input Spiketrains: 50.0e+6\n", "", &["Random Seeds", "`Input Spiketrains`"]);
    at("Input Spiketrains: 50.0e+6", "Input Spiketrains: -9", &["cell 0 of A", "seed -9", "Input Spiketrains"]);
}

#[test]
fn missing_files_and_names_are_told() {
    let files = Files::new();
    let paths = paths(&files);
    let missing = files.path("missing.h5");
    let error = generate_features(&files.config, &FeatureRequest { coordinates: &missing, ..features(&paths) });
    refused(error, &paths[1], &["missing.h5", "no such file"]);
    let error = generate_features(&files.config, &FeatureRequest { distances_namespace: "D", ..features(&paths) });
    refused(error, &paths[1], &["coords.h5", "/Populations/A/D", "no such namespace", "Arc Distances"]);
    generate_features(&files.config, &features(&paths)).unwrap();
    let good = trains(&paths, 1);
    let error =
        generate_spike_trains(&files.config, &SpikeTrainRequest { selectivity_namespace: "Place", ..good.clone() });
    refused(error, &paths[2], &["features.h5", "Place Box", "namespaces there: Constant Selectivity Box"]);
    let population = ["B".to_owned()];
    let error = generate_spike_trains(&files.config, &SpikeTrainRequest { populations: &population, ..good.clone() });
    refused(error, &paths[2], &["features.h5", "/Populations/B", "populations there: A, C"]);
    for trials in [0, 257] {
        let error = generate_spike_trains(&files.config, &trains(&paths, trials));
        refused(error, &paths[2], &["trials", "1 … 256"]);
    }
    // The exact name of the namespace, as later versions of the original want it.
    let exact = SpikeTrainRequest { selectivity_namespace: "Constant Selectivity", ..good };
    assert_eq!(generate_spike_trains(&files.config, &exact).unwrap().len(), 4);
}

#[test]
fn an_existing_file_is_added_to_and_never_doubled() {
    let files = Files::new();
    let paths = paths(&files);
    generate_features(&files.config, &features(&paths)).unwrap();
    let (a, c) = (["A".to_owned()], ["C".to_owned()]);
    generate_spike_trains(&files.config, &SpikeTrainRequest { populations: &a, ..trains(&paths, 1) }).unwrap();
    generate_spike_trains(&files.config, &SpikeTrainRequest { populations: &c, ..trains(&paths, 1) }).unwrap();
    assert_eq!(Store::open(&paths[2]).unwrap().populations().unwrap(), ["A", "C"]);
    let before = std::fs::read(&paths[2]).unwrap();
    let again = generate_spike_trains(&files.config, &trains(&paths, 1));
    refused(again, &paths[2], &["spikes.h5", "`Input Spikes Box Across` of A already", "--output-path"]);
    assert_eq!(std::fs::read(&paths[2]).unwrap(), before);
    let again = generate_features(&files.config, &features(&paths));
    refused(again, &paths[1], &["features.h5", "`Constant Selectivity Box` of A already"]);

    // A trajectory of that name along another path.
    let other = files.path("other.h5");
    let store = Store::create(&other).unwrap();
    let trajectory = Trajectory { t: vec![0.0], x: vec![0.0], y: vec![0.0], d: vec![0.0] };
    store.write_trajectory("Box", "Corner", &trajectory).unwrap();
    drop(store);
    let error = generate_spike_trains(&files.config, &SpikeTrainRequest { output: &other, ..trains(&paths, 1) });
    refused(error, &other, &["other.h5", "another `Trajectory Box Corner`"]);
}

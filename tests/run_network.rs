//! Options of `mivc run-network` that change what is run or written, on a network of two cells.

#[path = "common/small_network.rs"]
mod small_network;

use neuroh5::{AttributeValues, Store};
use small_network::SmallNetwork;

const RESULTS: &str = "out/Small_results.h5";

fn ran(network: &SmallNetwork, options: &[&str]) -> (Store, String) {
    let output = network.run(options);
    assert_eq!(output.status, 0, "{}", output.stderr);
    (Store::open(&network.path(RESULTS)).expect("results"), output.stderr)
}

/// Spikes of a gid, ms.
fn spikes(store: &Store, population: &str, start: u32, gid: u32) -> Vec<f32> {
    store.attributes(population, "Spike Events", "t", start).map_or_else(|_| Vec::new(), |one| one.as_f32(gid))
}

/// A recorded quantity of gid 1.
fn recorded(store: &Store, namespace: &str, name: &str) -> Vec<f64> {
    store.attributes("CELL", namespace, name, 1).expect("a recording").as_f64(1)
}

#[test]
fn times_count_from_the_end_of_equilibration() {
    let network = SmallNetwork::new();
    let (store, _) = ran(&network, &[]);
    assert_eq!(spikes(&store, "STIM", 0, 0), [2.0, 10.0]);
    let cell = spikes(&store, "CELL", 1, 1);
    assert!(!cell.is_empty() && cell[0] > 2.0 && cell[0] < 6.0, "{cell:?}");
    // 5 ms of equilibration and 20 of stimulus: the checkpoint interval of 500 ms changes nothing.
    let t = recorded(&store, "Intracellular soma", "t");
    assert_eq!((t.len(), t[0]), (250, -5.0));
    let duration = store.attributes("CELL", "Spike Events", "Trial Duration", 1).expect("durations");
    assert_eq!(duration.as_f32(1), [25.0]);
}

#[test]
fn checkpoints_cut_the_results_and_nothing_else() {
    let whole = SmallNetwork::new();
    let (whole, _) = ran(&whole, &["--checkpoint-interval=0"]);
    let parts = SmallNetwork::new();
    let (parts, _) = ran(&parts, &["--checkpoint-interval=3.5", "--checkpoint-clear-data"]);
    for name in ["v", "t"] {
        let read = |store: &Store| recorded(store, "Intracellular soma", name);
        assert_eq!(read(&parts), read(&whole), "{name}");
    }
    for gid in [1, 2] {
        assert_eq!(spikes(&parts, "CELL", 1, gid), spikes(&whole, "CELL", 1, gid));
    }
}

#[test]
fn a_selected_cell_hears_the_others_play_their_spikes() {
    let network = SmallNetwork::new();
    let (store, _) = ran(&network, &[]);
    let (first, second) = (spikes(&store, "CELL", 1, 1), spikes(&store, "CELL", 1, 2));
    drop(store);
    std::fs::rename(network.path("out"), network.path("first")).expect("results");
    network.write("selection.yaml", "CELL: [1]\n");
    let options = [
        "--cell-selection-path=selection.yaml",
        "--spike-input-path=first/Small_results.h5",
        "--spike-input-namespace=Spike Events",
    ];
    let (store, stderr) = ran(&network, &options);
    assert_eq!(stderr, "");
    assert_eq!(spikes(&store, "CELL", 1, 1), first);
    assert_eq!(spikes(&store, "CELL", 1, 2), second, "it plays them");
    let artificial = store.attributes("CELL", "Spike Events", "artificial", 1).expect("marks");
    assert_eq!((artificial.as_u8(1), artificial.as_u8(2)), (vec![0], vec![1]));
    // Without spikes to play it says so.
    std::fs::rename(network.path("out"), network.path("second")).expect("results");
    let (store, stderr) = ran(&network, &["--cell-selection-path=selection.yaml"]);
    assert_eq!(spikes(&store, "STIM", 0, 0), [2.0, 10.0], "these are in the cells file");
    assert_eq!(spikes(&store, "CELL", 1, 2), [0.0; 0]);
    assert_eq!(
        stderr,
        "warning: 1 presynaptic cells of CELL are not built and have no spikes to play: they stay silent; give \
         --spike-input-path and --spike-input-namespace\n"
    );
}

#[test]
fn weights_come_from_their_namespace() {
    let network = SmallNetwork::new();
    // Gid 1 loses both synapses; gid 2 keeps what the configuration gives.
    network.append_to_cells(|store| {
        let rows = |values: AttributeValues| [(1, values)];
        store.write_attribute("CELL", "Weights", "syn_id", 1, &rows(AttributeValues::U32(vec![1, 0])))?;
        store.write_attribute("CELL", "Weights", "AMPA", 1, &rows(AttributeValues::F32(vec![0.0, 0.0])))
    });
    let weights = "template: Cell\n    synapses: {weights: [{namespace: [Weights]}]}\n";
    network.edit("config/small.yaml", "template: Cell\n", weights);
    let (store, _) = ran(&network, &[]);
    assert_eq!(spikes(&store, "CELL", 1, 1), [0.0; 0]);
    assert!(!spikes(&store, "CELL", 1, 2).is_empty());
}

#[test]
fn cells_without_trees_are_made_where_their_coordinates_are() {
    let network = SmallNetwork::new();
    network.edit("config/small.yaml", "template: VecStim", "template: Cell");
    let (store, stderr) = ran(&network, &[]);
    assert_eq!(
        stderr,
        "warning: `spike train` of population STIM has no effect: its cells are not artificial cells, which alone can \
         play spikes\n"
    );
    let v = store.attributes("STIM", "Intracellular soma", "v", 0).expect("a recording of the cell").as_f64(0);
    assert_eq!(v.len(), 250);
    assert_eq!(spikes(&store, "STIM", 0, 0), [0.0; 0], "nothing makes it fire");
}

#[test]
fn events_of_synapses_are_counted() {
    let network = SmallNetwork::new();
    let (store, _) = ran(&network, &["--output-syn-spike-count"]);
    let counts = |pre: &str| store.attributes("CELL", "AMPA Spike Counts", pre, 1).expect("counts");
    assert_eq!((counts("STIM").as_u32(1), counts("STIM").as_u32(2)), (vec![2], vec![2]));
    // 1 ms to the other cell; none of its spikes is younger at the end.
    let others = spikes(&store, "CELL", 1, 2);
    assert!(others.iter().all(|t| *t < 19.0), "{others:?}");
    assert_eq!(counts("CELL").as_u32(1), [others.len() as u32]);
}

#[test]
fn synapses_are_recorded_by_section_and_label() {
    let network = SmallNetwork::new();
    let quantity = "section quantity: {v: {swc types: [soma]}}\n      synaptic quantity: {g: {sources: [STIM]}}";
    network.edit("config/small.yaml", "section quantity: {v: {swc types: [soma]}}", quantity);
    network.edit("config/small.yaml", "      dt: 0.1\n", "");
    let (store, _) = ran(&network, &[]);
    let g = recorded(&store, "Intracellular soma0.AMPA", "g");
    let t = recorded(&store, "Intracellular soma0.AMPA", "t");
    assert_eq!(g.len(), 1001, "every step");
    assert!(g.iter().zip(&t).all(|(g, t)| *t > 2.9 || *g == 0.0), "nothing before spike and delay");
    // Between events conductance decays with 2 ms; samples are rounded to 1e-6.
    let decaying = t.iter().position(|t| *t > 3.5).expect("samples");
    for step in decaying..decaying + 100 {
        let expected = g[step] * (-0.025_f64 / 2.0).exp();
        assert!(g[step] > 1e-3 && (g[step + 1] - expected).abs() <= 1.1e-6, "{} {expected}", g[step + 1]);
    }
    // Of both sources there are two point processes on the section: an error, or their sum.
    std::fs::remove_dir_all(network.path("out")).expect("results");
    network.edit("config/small.yaml", "g: {sources: [STIM]}", "g: {}");
    let output = network.run(&[]);
    assert_eq!(output.status, 1);
    assert_eq!(
        output.stderr,
        "error: the recording of g has several point processes named soma0.AMPA on gid 1; add `reduce: True` to the \
         profile to sum them, or filter by `sources`\n"
    );
    network.edit("config/small.yaml", "    Network default:\n", "    Network default:\n      reduce: True\n");
    let (store, _) = ran(&network, &[]);
    let sum = recorded(&store, "Intracellular soma0.AMPA", "g");
    assert!(sum.iter().zip(&g).all(|(sum, one)| sum >= one) && sum != g);
}

#[test]
fn electrodes_listen_and_change_nothing() {
    let network = SmallNetwork::new();
    let (silent, _) = ran(&network, &[]);
    let v = recorded(&silent, "Intracellular soma", "v");
    let potential = |y: &str, rho: &str| {
        let network = SmallNetwork::new();
        let lfp = "Recording:\n  LFP: {E: {position: [10, Y, 0], maxEDist: 1e9, fraction: 0.5, rho: RHO, dt: 0.1}}\n";
        network.edit("config/small.yaml", "Recording:\n", &lfp.replace('Y', y).replace("RHO", rho));
        let (store, _) = ran(&network, &[]);
        assert_eq!(recorded(&store, "Intracellular soma", "v"), v);
        store.field("E").expect("a potential")
    };
    let largest = |values: &[f32]| values.iter().fold(0.0_f32, |largest, one| largest.max(one.abs()));
    let (times, once) = potential("30", "333.0");
    let (_, twice) = potential("30", "666.0");
    assert_eq!((times.len(), times[0], times[10]), (250, 0.0, 1.0), "times are those of the simulation");
    assert!(largest(&once) > 1e-4, "a spike is heard: {} mV", largest(&once));
    // Each is rounded to 1e-6.
    assert!(once.iter().zip(&twice).all(|(one, two)| (2.0 * one - two).abs() <= 2e-6));
    // All that flows out of a cell flows into it elsewhere: from 0.1 m a nA alone would be 2.6 mV, a cell is less than
    // its length (120 um) to that distance.
    let (_, far) = potential("1e5", "333.0e+6");
    assert!(largest(&far) > 0.0 && largest(&far) < 0.02, "{} mV", largest(&far));
}

#[test]
fn a_run_that_has_no_time_left_stops_with_complete_results() {
    let network = SmallNetwork::new();
    let (store, stderr) = ran(&network, &["--max-walltime-hours=0"]);
    assert_eq!(
        stderr,
        "warning: stopped at 1.000 of 25 ms because --max-walltime-hours=0 is nearly over (--results-write-time=360 s \
         are kept for writing); the results are complete to that time; give more hours to go further\n"
    );
    assert_eq!(recorded(&store, "Intracellular soma", "v").len(), 10);
}

#[test]
fn options_for_many_processes_are_told_to_have_no_effect() {
    let network = SmallNetwork::new();
    network.write("ranks", "0 0\n1 1\n2 0\n");
    let (_, stderr) = ran(&network, &["--node-rank-file=ranks", "--io-size=2", "--ldbal", "--lptbal"]);
    assert_eq!(
        stderr,
        "note: --node-rank-file has no effect: one process has all cells\n\
         note: --io-size has no effect: there is one process\n\
         note: --ldbal has no effect: there is one process\n\
         note: --lptbal has no effect: there is one process\n"
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let network = SmallNetwork::new();
    let output = network.run(&["--dry-run"]);
    assert_eq!((output.status, network.path("out").exists()), (0, false), "{}", output.stderr);
    assert!(network.files("out").is_empty() && output.stdout.contains("CELL"), "{}", output.stdout);
}

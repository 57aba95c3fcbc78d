//! What `mivc run-network` says about input that is wrong: one message that names the place and what to do, status 1
//! (2 for wrong usage), no panic, and no file that was not there before.

#[path = "common/small_network.rs"]
mod small_network;

use neuroh5::{AttributeValues, Store};
use small_network::SmallNetwork;

/// Runs a network that something is wrong with and gives the message.
fn refused(network: &SmallNetwork, options: &[&str], status: i32) -> String {
    let before = network.files("out");
    let output = network.run(options);
    assert_eq!(output.status, status, "{}", output.stderr);
    assert_eq!(network.files("out"), before, "files were left or changed");
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
    let messages = output.stderr.lines().filter(|line| line.starts_with("error")).count();
    assert_eq!(messages, 1, "{}", output.stderr);
    assert_eq!(output.stdout, "");
    // The HDF5 library's own words change with its version.
    match (output.stderr.find("(H5"), output.stderr.find("); ")) {
        (Some(from), Some(to)) if from < to => {
            format!("{}(HDF5's reason{}", &output.stderr[..from], &output.stderr[to..])
        }
        _ => output.stderr,
    }
}

/// The same for a network as it is, with one file edited.
fn edited(name: &str, from: &str, to: &str) -> String {
    let network = SmallNetwork::new();
    network.edit(name, from, to);
    refused(&network, &[], 1)
}

/// The same for options alone.
fn with(options: &[&str], status: i32) -> String {
    refused(&SmallNetwork::new(), options, status)
}

#[test]
fn what_the_cases_start_from_is_right() {
    let network = SmallNetwork::new();
    let output = network.run(&[]);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let names: Vec<String> = network.files("out").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Small_results.h5"]);
}

#[test]
fn configuration() {
    insta::assert_snapshot!("missing_file", with(&["--config-file=smal.yaml"], 1));
    insta::assert_snapshot!("missing_key", edited("config/small.yaml", "Model Name: Small\n", ""));
    insta::assert_snapshot!("misspelt_key", edited("config/small.yaml", "Cell Data", "Cell Date"));
    insta::assert_snapshot!("misspelt_stimulus", edited("config/small.yaml", "Equilibration Dur", "Equilibraton Dur"));
    insta::assert_snapshot!("wrong_type", edited("config/parts/connections.yaml", "STIM: 250.0", "STIM: fast"));
    insta::assert_snapshot!("not_yaml", edited("config/small.yaml", "Cell Types:\n", "Cell Types: [\n"));
    insta::assert_snapshot!("bad_include", edited("config/small.yaml", "parts/conn", "part/conn"));
    insta::assert_snapshot!("unknown_profile", with(&["--recording-profile=Everything"], 1));
    let train = "    spike train: {namespace";
    insta::assert_snapshot!(
        "mechanism_file",
        edited("config/small.yaml", "template: Cell\n", "template: Cell\n    mechanism file: cell.yaml\n")
    );
    insta::assert_snapshot!(
        "opsin",
        edited("config/small.yaml", "Duration: 5.0", "Duration: 5.0, Opsin: {nstates: 3}")
    );
    insta::assert_snapshot!(
        "electrode",
        edited(
            "config/small.yaml",
            "Recording:\n",
            "Recording:\n  LFP: {E: {position: [0, 0, 0], maxEDist: 10, fraction: 0, rho: 333.0, dt: 0.1}}\n"
        )
    );
    insta::assert_snapshot!("no_velocity", edited("config/parts/connections.yaml", "{STIM: 250.0, ", "{"));
    assert!(edited("config/small.yaml", train, "    spike trains: {namespace").contains("did you mean `spike train`?"));
}

#[test]
fn data_files() {
    let network = SmallNetwork::new();
    std::fs::remove_file(network.path("data/connections.h5")).expect("it was there");
    insta::assert_snapshot!("missing_data", refused(&network, &[], 1));

    let network = SmallNetwork::new();
    let bytes = std::fs::read(network.path("data/cells.h5")).expect("it is there");
    std::fs::write(network.path("data/cells.h5"), &bytes[..bytes.len() / 2]).expect("it can be written");
    insta::assert_snapshot!("truncated_data", refused(&network, &[], 1));

    let network = SmallNetwork::new();
    std::fs::copy(network.path("data/connections.h5"), network.path("data/cells.h5")).expect("both are there");
    insta::assert_snapshot!("other_data", refused(&network, &[], 1));

    let weights = "template: Cell\n    synapses: {weights: [{namespace: [Weights]}]}\n";
    insta::assert_snapshot!("no_weights", edited("config/small.yaml", "template: Cell\n", weights));

    let network = SmallNetwork::new();
    network.edit("config/small.yaml", "Cell Data", "Gap Junction Data: connections.h5\nCell Data");
    insta::assert_snapshot!("gap_junctions", refused(&network, &[], 1));

    let network = SmallNetwork::new();
    network.append_to_cells(|store| {
        let spikes = [(0, AttributeValues::F32(vec![1.0]))];
        store.write_attribute("STIM", "Input Spikes B Diag", "Spike Times", 0, &spikes)
    });
    insta::assert_snapshot!("other_attribute", refused(&network, &["--arena-id=B"], 1));

    let network = SmallNetwork::new();
    network.write("selection.yaml", "CELL: [1, 7]\n");
    insta::assert_snapshot!("selected_nobody", refused(&network, &["--cell-selection-path=selection.yaml"], 1));
    insta::assert_snapshot!("no_selection", refused(&network, &["--cell-selection-path=selected.yaml"], 1));
}

/// A file cut anywhere is refused, or read whole if what is missing is not needed: never a panic, never a part.
#[test]
fn data_cut_anywhere() {
    let network = SmallNetwork::new();
    let bytes = std::fs::read(network.path("data/connections.h5")).expect("it is there");
    for part in 1..8 {
        std::fs::write(network.path("data/connections.h5"), &bytes[..bytes.len() * part / 8]).expect("written");
        let message = refused(&network, &[], 1);
        assert!(message.contains("data/connections.h5: not a complete HDF5 file"), "{message}");
    }
}

#[test]
fn templates() {
    insta::assert_snapshot!("unknown_mechanism", edited("templates/Cell.hoc", "insert hh", "insert hhh"));
    insta::assert_snapshot!(
        "hoc_syntax",
        edited("templates/Cell.hoc", "connect dend(0), soma(1)", "connect dend(0, soma(1)")
    );
    insta::assert_snapshot!("no_template", with(&["--template-paths=config:data"], 1));
    insta::assert_snapshot!("other_template", edited("templates/Cell.hoc", "template Cell", "template Sell"));
}

#[test]
fn mechanisms() {
    insta::assert_snapshot!("mod_syntax", edited("mods/vecstim.mod", "ypos = y", "ypos = (y"));
    insta::assert_snapshot!("no_mechanisms", with(&["--mechanisms-path=modes"], 1));
    insta::assert_snapshot!("empty_mechanisms", with(&["--mechanisms-path=templates"], 1));

    let network = SmallNetwork::new();
    let compiled = network.mivc(&["compile", "mods", "-o", "all.mivlib"]);
    assert_eq!(compiled.status, 0, "{}", compiled.stderr);
    assert_eq!(network.run(&["--mechanisms-path=all.mivlib"]).status, 0);
    let network = SmallNetwork::new();
    network.mivc(&["compile", "mods", "-o", "all.mivlib"]);
    let bytes = std::fs::read(network.path("all.mivlib")).expect("it was made");
    std::fs::write(network.path("all.mivlib"), &bytes[..bytes.len() / 2]).expect("it can be written");
    insta::assert_snapshot!("truncated_library", refused(&network, &["--mechanisms-path=all.mivlib"], 1));
    let mut changed = bytes;
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    std::fs::write(network.path("all.mivlib"), changed).expect("it can be written");
    insta::assert_snapshot!("changed_library", refused(&network, &["--mechanisms-path=all.mivlib"], 1));
}

#[test]
fn usage() {
    insta::assert_snapshot!("unknown_option", with(&["--temprature=35"], 2));
    insta::assert_snapshot!("no_step", with(&["--dt=0"], 2));
    insta::assert_snapshot!("negative_duration", with(&["--tstop=-1"], 2));
    insta::assert_snapshot!("not_a_number", with(&["--tstop=long"], 2));
    insta::assert_snapshot!("tight_checkpoints", with(&["--checkpoint-interval=0.5"], 2));
    insta::assert_snapshot!("half_an_input", with(&["--spike-input-path=data/cells.h5"], 2));
    insta::assert_snapshot!("coreneuron", with(&["--use-coreneuron"], 1));
    let network = SmallNetwork::new();
    network.write("ranks", "0 0\n1 first\n");
    insta::assert_snapshot!("bad_ranks", refused(&network, &["--node-rank-file=ranks"], 1));
}

#[test]
fn results() {
    // A path below a file cannot be a directory, whoever asks.
    insta::assert_snapshot!("unwritable_results", with(&["--results-path=data/cells.h5/out"], 1));

    let network = SmallNetwork::new();
    network.write("out/Small_results.h5", "not HDF5");
    insta::assert_snapshot!("foreign_results", refused(&network, &[], 1));

    let network = SmallNetwork::new();
    let lfp = "Recording:\n  LFP: {E: {position: [0, 50, 0], maxEDist: 100, fraction: 1, rho: 333.0, dt: 0.1}}\n";
    network.edit("config/small.yaml", "Recording:\n", lfp);
    assert_eq!(network.run(&[]).status, 0);
    insta::assert_snapshot!("second_potential", refused(&network, &[], 1));
}

const BOOM: &str = "\
NEURON { SUFFIX boom NONSPECIFIC_CURRENT i }
ASSIGNED { i (mA/cm2) v (mV) }
BREAKPOINT {
    i = 0
    if (t > 2) { i = log(-1) }
}
";

#[test]
fn results_of_an_earlier_run_survive_one_that_fails() {
    let network = SmallNetwork::new();
    assert_eq!(network.run(&[]).status, 0);
    network.write("mods/boom.mod", BOOM);
    network.edit("templates/Cell.hoc", "insert hh", "insert hh insert boom");
    insta::assert_snapshot!("not_finite", refused(&network, &[], 1));
    let store = Store::open(&network.path("out/Small_results.h5")).expect("results of the first run");
    let spikes = store.attributes("STIM", "Spike Events", "t", 0).expect("spikes");
    assert_eq!(spikes.as_f32(0), [2.0, 10.0]);
}

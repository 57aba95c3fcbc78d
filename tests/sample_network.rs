//! The shipped network against NEURON: every spike, and the voltage of one cell of each kind to the last bit.
//!
//! `tests/oracle/network.py` made the reference.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::Sources;
use runtime::network::cells::Cell;
use runtime::network::{Network, Options, RunOptions, StimulusOptions};

const DT: f64 = 0.025;
const TSTOP: f64 = 300.0;

fn ours(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

fn build() -> Network {
    let mut sources = Sources::new();
    let config = model::load(&ours("config/Sample.yaml"), &mut sources);
    let (config, _) = config.unwrap_or_else(|problems| panic!("{}", problems.render(&sources, false)));
    let catalogue = tools::mechanisms::load(&ours("mechanisms")).expect("the mechanisms compile");
    let options = Options {
        templates: vec![ours("templates")],
        cells: ours("config/datasets/Sample/Sample_Cells.h5"),
        connections: Some(ours("config/datasets/Sample/Sample_Connections.h5")),
        gap_junctions: None,
        coordinates: "Coordinates".to_owned(),
        selection: None,
        microcircuit_inputs: false,
        count_events: false,
        stimulus: StimulusOptions {
            arena: Some("A".to_owned()),
            stimulus: Some("Diag".to_owned()),
            ..StimulusOptions::default()
        },
        profile: "Network default".to_owned(),
        dt: DT,
        v_init: -70.0,
    };
    Network::build(&config, Arc::new(catalogue), &options, &mut sources, &mut |_| {})
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Rows of a table of numbers, with its header.
fn table(name: &str) -> (Vec<String>, Vec<Vec<f64>>) {
    let text = std::fs::read_to_string(ours(name)).expect("the reference is there");
    let mut lines = text.lines();
    let header = lines.next().expect("a header").split(',').map(str::to_owned).collect();
    let number = |text: &str| text.parse().expect("a number");
    (header, lines.map(|line| line.split(',').map(number).collect()).collect())
}

#[test]
fn the_sample_network_has_neurons_spikes_and_voltages() {
    let mut network = build();
    let (header, traces) = table("tests/oracle/sample.traces.csv");
    let recorders: Vec<_> = header[1..]
        .iter()
        .map(|gid| {
            let Some(Cell::Sections(sections)) = network.cells.by_gid.get(&gid.parse().expect("a gid")) else {
                panic!("gid {gid} has no sections")
            };
            let probe = network.simulation.section_probe(sections.soma[0], 0.5, "v").expect("every section has v");
            network.simulation.record(probe, None).expect("a recorder")
        })
        .collect();
    let ended = network
        .run(&RunOptions { tstop: TSTOP, ..RunOptions::default() }, &mut |_| {})
        .unwrap_or_else(|error| panic!("{error}"));

    // Times are printed with 12 digits: a thousandth of a thousandth of a step.
    let step = |t: f64| (t / DT).round() as i64;
    let mut spikes: Vec<(i64, u32)> = ended.spikes.iter().map(|(t, gid)| (step(*t), *gid)).collect();
    spikes.sort_unstable();
    let (_, reference) = table("tests/oracle/sample.spikes.csv");
    let mut expected: Vec<(i64, u32)> = reference.iter().map(|row| (step(row[1]), row[0] as u32)).collect();
    expected.sort_unstable();
    assert!(expected.len() > 300, "a lively network: {} spikes", expected.len());
    assert_eq!(spikes, expected);

    // Both sides perform the same operations in the same order: there is nothing to be tolerant of.
    for (column, recorder) in recorders.iter().enumerate() {
        let samples = network.simulation.recorded(*recorder);
        for (at, row) in traces.iter().enumerate().skip(1) {
            let (gid, t) = (&header[column + 1], row[0]);
            assert_eq!(samples[at * 20 - 1].to_bits(), row[column + 1].to_bits(), "gid {gid} at {t} ms");
        }
    }
}

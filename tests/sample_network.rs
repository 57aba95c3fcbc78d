//! The shipped network against NEURON: every spike, and the voltage of one cell of each kind to the last bit.
//!
//! `tests/oracle/network.py` made the reference.

use runtime::network::RunOptions;
use tests::{Described, ours, table};

const DT: f64 = 0.025;
const TSTOP: f64 = 300.0;

#[test]
fn the_sample_network_has_neurons_spikes_and_voltages() {
    let data = ours("config/datasets/Sample");
    let mut network = tests::build(&Described {
        config: ours("config/Sample.yaml"),
        cells: data.join("Sample_Cells.h5"),
        connections: data.join("Sample_Connections.h5"),
        dt: DT,
        v_init: -70.0,
        count_events: false,
    });
    let (header, traces) = table(&ours("tests/oracle/sample.traces.csv"));
    let recorders = tests::record_somata(&mut network, &header[1..]);
    let ended = network
        .run(&RunOptions { tstop: TSTOP, ..RunOptions::default() }, &mut |_| {})
        .unwrap_or_else(|error| panic!("{error}"));

    // Times are printed with 12 digits: a thousandth of a thousandth of a step.
    let step = |t: f64| (t / DT).round() as i64;
    let mut spikes: Vec<(i64, u32)> = ended.spikes.iter().map(|(t, gid)| (step(*t), *gid)).collect();
    spikes.sort_unstable();
    let (_, reference) = table(&ours("tests/oracle/sample.spikes.csv"));
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

//! Traces of the protocols in `config/protocols` against NEURON's, committed in `tests/oracle`.

use std::path::Path;
use std::sync::Arc;

/// Every number of the reference, to the last bit: both sides print 17 significant digits. The engine performs
/// NEURON's operations in NEURON's order on the same C library, so there is nothing to be tolerant of.
#[test]
fn hodgkin_huxley_cell_with_dendrite_and_synapse() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("config/protocols/hh.yaml")).unwrap();
    let protocol = runtime::protocol::parse("hh.yaml", &text).unwrap();
    let catalogue = tools::mechanisms::catalogue(&[]).unwrap();
    let csv = runtime::protocol::run(&protocol, Arc::new(catalogue)).unwrap().csv();
    let all: Vec<&str> = csv.lines().collect();
    let reference = std::fs::read_to_string(root.join("tests/oracle/hh.csv")).unwrap();
    let mut compared = 0;
    for (number, line) in reference.lines().enumerate() {
        let ours = if number == 0 { all[0] } else { all[(number - 1) * 20 + 1] };
        assert_eq!(ours, line, "row {number}");
        compared += 1;
    }
    assert_eq!(compared, 102);
}

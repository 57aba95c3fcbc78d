//! Cells that take parameters instead of a tree: what they are made of, where their synapses and detectors are, and
//! what is said when their file is wrong.

#[path = "common/small_network.rs"]
mod small_network;

use neuroh5::Store;
use small_network::{Output, SmallNetwork};

const CONSTANT: &str = "\
NEURON { SUFFIX constant NONSPECIFIC_CURRENT i RANGE ic, i }
PARAMETER { ic = 0 (mA/cm2) }
ASSIGNED { i (mA/cm2) }
BREAKPOINT { i = ic }
";

const TEMPLATE: &str = "\
begintemplate PR_nrn
public soma, dend, sections
create soma, dend
objref sections
proc init() {
    soma { L = 20  diam = $o1.__getitem__(\"global_diam\")  insert hh  insert constant }
    dend { L = 100  diam = 2  nseg = 3  insert pas }
    soma connect dend(0), 1
    forall Ra = 1
    // No section is named: NEURON takes the first one of the network.
    ra = 1e4/(area(0.5)*ri(0.5))
    forall { Ra = ra  cm = $o1.get(\"cm_ratio\", 3) }
    sections = new SectionList()
    soma sections.append()
    dend sections.append()
}
endtemplate PR_nrn
";

/// Parameters, all 1 but for a few.
fn parameters() -> String {
    let ones = "pp Ltotal gc soma_gmax_Na soma_gmax_K soma_g_pas dend_gmax_Ca dend_gmax_KCa dend_gmax_KAHP dend_aqs_KAHP \
                dend_bq_KAHP dend_g_pas dend_d_Caconc dend_beta_Caconc global_cm cm_ratio e_pas V_rest";
    let ones: String = ones.split(' ').map(|name| format!("  {name}: 1\n")).collect();
    format!("PinskyRinzel:\n{ones}  global_diam: 20.0\n  ic_constant: 0.002\n  V_threshold: -20.0\n")
}

fn network() -> SmallNetwork {
    let network = SmallNetwork::new();
    network.edit("config/small.yaml", "template: Cell\n", "template: PR_nrn\n    mechanism file: cell.yaml\n");
    network.write("config/cell.yaml", &parameters());
    network.write("templates/PR_nrn.hoc", TEMPLATE);
    network.write("mods/constant.mod", CONSTANT);
    network
}

fn says(output: Output) -> String {
    assert_eq!(output.status, 1, "{}", output.stderr);
    output.stderr
}

/// Times of NEURON 9 for the same two cells: the second one has another Ra than the first one, as its template asks
/// for a section and names none.
#[test]
fn spikes_are_those_of_neuron() {
    let network = network();
    let output = network.run(&[]);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let store = Store::open(&network.path("out/Small_results.h5")).expect("the results");
    let spikes = store.attributes("CELL", "Spike Events", "t", 1).expect("spikes");
    for (gid, expected) in [(1, [3.325, 11.55]), (2, [3.45, 11.775])] {
        let found = spikes.as_f32(gid);
        assert_eq!(found.len(), 2, "{found:?}");
        // Files hold times as 32-bit numbers.
        let near = found.iter().zip(expected).all(|(found, expected)| (f64::from(*found) - expected).abs() < 2e-6);
        assert!(near, "gid {gid}: {found:?}, NEURON: {expected:?}");
    }
}

#[test]
fn what_is_wrong_with_the_file_is_named() {
    let one = network();
    one.edit("config/small.yaml", "    mechanism file: cell.yaml\n", "");
    insta::assert_snapshot!("no_mechanism_file", says(one.run(&[])));
    let one = network();
    one.edit("config/small.yaml", "file: cell.yaml\n", "file: sell.yaml\n");
    insta::assert_snapshot!("missing_mechanism_file", says(one.run(&[])));
    let one = network();
    one.edit("config/cell.yaml", "  gc: 1\n", "  gv: 1\n");
    insta::assert_snapshot!("missing_parameter", says(one.run(&[])));
    let one = network();
    one.edit("config/cell.yaml", "  gc: 1\n", "  gc: 1\n  dend_gmax_K: 1\n");
    insta::assert_snapshot!("unknown_parameter", says(one.run(&[])));
}

//! What each stage of the compiler makes of shipped mechanisms, as text that a reviewer can read.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

#[path = "common/shipped.rs"]
mod shipped;

use nmodl_compiler::{Compiled, backend, kir};

fn compile_shipped(path: &str) -> Compiled {
    shipped::compile(path, &std::fs::read_to_string(shipped::root().join("mechanisms").join(path)).unwrap())
}

fn kernels(compiled: &Compiled) -> String {
    let text = |kernel| kir::print(kernel, &compiled.layout);
    compiled.kernels.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// Syntax tree, resolved mechanism, layout and optimised kernels.
fn snapshot_stages(stem: &str, path: &str) {
    let compiled = compile_shipped(path);
    let layout = serde_json::to_string_pretty(&compiled.layout).unwrap();
    insta::assert_snapshot!(format!("{stem}_ast"), compiled.ast_text());
    insta::assert_snapshot!(format!("{stem}_hir"), compiled.hir_text());
    insta::assert_snapshot!(format!("{stem}_layout"), layout);
    insta::assert_snapshot!(format!("{stem}_kernels"), kernels(&compiled));
}

#[test]
fn a_density_channel_with_cnexp() {
    snapshot_stages("kdrca1", "ca3/kdrca1.mod");
}

#[test]
fn a_concentration_with_derivimplicit() {
    snapshot_stages("cacumm", "ca3/cacumm.mod");
}

#[test]
fn a_point_process_with_events() {
    snapshot_stages("linexp2synnmda", "synapses/linexp2synnmda.mod");
}

#[test]
fn a_kinetic_scheme() {
    snapshot_stages("rho3c", "opsins/rho3c.mod");
}

#[test]
fn two_ions_in_one_channel() {
    let compiled = compile_shipped("ca3/cagk.mod");
    insta::assert_snapshot!(kernels(&compiled));
}

#[test]
fn machine_code_of_a_small_mechanism() {
    let compiled = compile_shipped("gap/ggap.mod");
    let text = |kernel| backend::clif_text(kernel, &compiled.layout).unwrap();
    insta::assert_snapshot!(compiled.kernels.iter().map(text).collect::<Vec<_>>().join("\n"));
}

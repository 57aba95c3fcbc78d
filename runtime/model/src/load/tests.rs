//! A small configuration in two files, and what is said when something in it is wrong.

use super::*;

const MAIN: &str = "\
Model Name: Toy
Definitions:
  SWC Types: {soma: 1, apical: 4}
  Synapse Types: {excitatory: 0}
  Layers: {SP: 6, SR: 8}
  Populations: {STIM: 0, PYR: 100}
Random Seeds: {Intracellular Recording Sample: 24.0e+6}
Connection Generator: !include parts/connections.yaml
Cell Types:
  PYR: {template: Pyramidal}
  STIM:
    template: VecStim
    spike train: {namespace: Input Spikes, attribute: Spike Train}
";

const CONNECTIONS: &str = "\
Synapse Mechanisms: {AMPA: Exp2Syn}
Synapse Parameter Rules:
  Exp2Syn: {mech_params: [tau1, tau2, e], netcon_params: {weight: 0}}
Connection Velocity: {STIM: 250.0}
Synapses:
  PYR:
    STIM:
      type: excitatory
      sections: [soma, apical]
      layers: [SP, SR]
      proportions: [1.0, 1.0]
      mechanisms:
        AMPA: {tau1: 0.5, weight: 1.0e-3}
";

fn check(main: &str, connections: &str) -> Result<Config, String> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("parts")).unwrap();
    std::fs::write(directory.path().join("toy.yaml"), main).unwrap();
    std::fs::write(directory.path().join("parts/connections.yaml"), connections).unwrap();
    let mut sources = Sources::new();
    let result = load(&directory.path().join("toy.yaml"), &mut sources);
    let place = format!("{}/", directory.path().display());
    result.map(|(config, _)| config).map_err(|problems| problems.render(&sources, false).replace(&place, ""))
}

#[test]
fn includes_are_relative_to_their_file() {
    let config = check(MAIN, CONNECTIONS).unwrap();
    assert_eq!(config.model_name, "Toy");
    assert_eq!(config.random_seeds["Intracellular Recording Sample"], 24e6);
    let synapses = &config.connection_generator.synapses["PYR"].value["STIM"].value;
    assert_eq!(synapses.proportions[1].value, 1.0);
    assert_eq!(synapses.contacts, 1);
}

#[test]
fn a_misspelt_key_is_shown_with_its_neighbour() {
    insta::assert_snapshot!(check(&MAIN.replace("Cell Types", "Cel Types"), CONNECTIONS).unwrap_err());
}

#[test]
fn a_missing_key_is_named() {
    insta::assert_snapshot!(check(MAIN, &CONNECTIONS.replace("      type: excitatory\n", "")).unwrap_err());
}

#[test]
fn problems_in_an_included_file_are_shown_there_and_all_at_once() {
    let wrong = CONNECTIONS
        .replace("layers: [SP, SR]", "layers: [SP, SQ]")
        .replace("tau1: 0.5", "tau3: 0.5")
        .replace("[1.0, 1.0]", "[1.0, 0.4]");
    insta::assert_snapshot!(check(MAIN, &wrong).unwrap_err());
}

#[test]
fn a_missing_include_is_named() {
    insta::assert_snapshot!(check(&MAIN.replace("parts/connections", "parts/nothing"), CONNECTIONS).unwrap_err());
}

#[test]
fn a_number_that_is_none_is_shown() {
    insta::assert_snapshot!(check(MAIN, &CONNECTIONS.replace("STIM: 250.0", "STIM: fast")).unwrap_err());
}

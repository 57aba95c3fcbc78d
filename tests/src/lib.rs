//! What tests of whole networks share: building a network, recording its somata, reading tables of numbers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::Sources;
use runtime::network::cells::Cell;
use runtime::network::{Network, Options, StimulusOptions};
use runtime::record::RecorderId;

/// A path of this repository.
pub fn ours(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// Rows of a CSV table of numbers, with its header.
///
/// # Panics
///
/// The file is missing or not such a table.
pub fn table(path: &Path) -> (Vec<String>, Vec<Vec<f64>>) {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = text.lines();
    let header = lines.next().expect("a header").split(',').map(str::to_owned).collect();
    let number = |text: &str| text.parse().expect("a number");
    (header, lines.map(|line| line.split(',').map(number).collect()).collect())
}

/// Files and start of a network that is built with the shipped templates and mechanisms.
#[derive(Debug, Clone)]
pub struct Described {
    /// Configuration.
    pub config: PathBuf,
    /// Cells file.
    pub cells: PathBuf,
    /// Connections file.
    pub connections: PathBuf,
    /// ms
    pub dt: f64,
    /// mV
    pub v_init: f64,
    /// Whether the events of each synapse are counted.
    pub count_events: bool,
}

/// Builds it with the spike trains of arena A, stimulus Diag.
///
/// # Panics
///
/// Anything is wrong with it; the message is the user's.
pub fn build(network: &Described) -> Network {
    let mut sources = Sources::new();
    let config = model::load(&network.config, &mut sources);
    let (config, _) = config.unwrap_or_else(|problems| panic!("{}", problems.render(&sources, false)));
    let catalogue = tools::mechanisms::load(&ours("mechanisms")).expect("the mechanisms compile");
    let options = Options {
        templates: vec![ours("templates")],
        cells: network.cells.clone(),
        connections: Some(network.connections.clone()),
        gap_junctions: None,
        coordinates: "Coordinates".to_owned(),
        selection: None,
        microcircuit_inputs: false,
        count_events: network.count_events,
        stimulus: StimulusOptions {
            arena: Some("A".to_owned()),
            stimulus: Some("Diag".to_owned()),
            ..StimulusOptions::default()
        },
        profile: "Network default".to_owned(),
        dt: network.dt,
        v_init: network.v_init,
    };
    Network::build(&config, Arc::new(catalogue), &options, &mut sources, &mut |_| {})
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Recorders of the voltage in the middle of the somata of these cells, at every step.
///
/// # Panics
///
/// A gid is not that of a cell with sections.
pub fn record_somata(network: &mut Network, gids: &[String]) -> Vec<RecorderId> {
    let recorder = |gid: &String| {
        let Some(Cell::Sections(sections)) = network.cells.by_gid.get(&gid.parse().expect("a gid")) else {
            panic!("gid {gid} has no sections")
        };
        let probe = network.simulation.section_probe(sections.soma[0], 0.5, "v").expect("every section has v");
        network.simulation.record(probe, None).expect("a recorder")
    };
    gids.iter().map(recorder).collect()
}

//! A network of one input cell and two cells, with all its files in a directory of its own.

#![allow(dead_code, reason = "each test that shares this uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use neuroh5::{AttributeValues, Edges, PopulationRange, Store, Tree, Types};
use tempfile::TempDir;

/// HDF5 locks files that are open for writing, and a process that is started meanwhile inherits file and lock: whoever
/// does either holds this.
static FILES_AND_PROCESSES: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    FILES_AND_PROCESSES.lock().unwrap_or_else(PoisonError::into_inner)
}

const CONFIG: &str = "\
Model Name: Small
Definitions:
  SWC Types: {soma: 1, basal: 3}
  Synapse Types: {excitatory: 0}
  Layers: {SP: 6}
  Populations: {STIM: 0, CELL: 100}
Global Parameters: {celsius: 6.3}
Random Seeds: {Intracellular Recording Sample: 24.0e+6, Local Field Potential: 30.0e+6}
Connection Generator: !include parts/connections.yaml
Cell Data: cells.h5
Connection Data: connections.h5
Recording:
  Intracellular:
    Network default:
      dt: 0.1
      section quantity: {v: {swc types: [soma]}}
Stimulus: {Equilibration Duration: 5.0}
Cell Types:
  CELL:
    template: Cell
  STIM:
    template: VecStim
    spike train: {namespace: Input Spikes, attribute: Spike Train}
";

const CONNECTIONS: &str = "\
Synapse Mechanisms: {AMPA: ExpSyn}
Synapse Parameter Rules:
  ExpSyn: {mech_params: [tau, e], netcon_params: {weight: 0}}
Connection Velocity: {STIM: 250.0, CELL: 250.0}
Synapses:
  CELL:
    STIM:
      type: excitatory
      sections: [soma]
      layers: [SP]
      proportions: [0.5]
      mechanisms: {AMPA: {tau: 2.0, e: 0.0, weight: 0.05}}
    CELL:
      type: excitatory
      sections: [soma]
      layers: [SP]
      proportions: [0.5]
      mechanisms: {AMPA: {tau: 2.0, e: 0.0, weight: 0.05}}
";

const TEMPLATE: &str = "\
begintemplate Cell
public soma, dend, sections, soma_list, basal_list
create soma, dend
objref sections, soma_list, basal_list
proc init() {
    sections = new SectionList()
    soma_list = new SectionList()
    basal_list = new SectionList()
    soma { L = 20  diam = 20  Ra = 100  cm = 1  insert hh  sections.append()  soma_list.append() }
    dend { L = 100  diam = 2  nseg = 3  Ra = 100  cm = 1  insert pas  sections.append()  basal_list.append() }
    connect dend(0), soma(1)
}
endtemplate Cell
";

/// The directory with the network: `config`, `data`, `templates`, `mods`.
#[derive(Debug)]
pub struct SmallNetwork {
    directory: TempDir,
}

/// What a run of the command gave.
#[derive(Debug)]
pub struct Output {
    /// Exit status.
    pub status: i32,
    /// Standard error, with the number of milliseconds and the like left as they are.
    pub stderr: String,
    /// Standard output.
    pub stdout: String,
}

fn types() -> Types {
    let population = |name: &str, number, gids| PopulationRange { name: name.to_owned(), number, gids };
    let pair = |source: &str| (source.to_owned(), "CELL".to_owned());
    Types {
        populations: vec![population("STIM", 0, 0..1), population("CELL", 100, 1..3)],
        projections: vec![pair("STIM"), pair("CELL")],
    }
}

fn tree() -> Tree {
    Tree {
        x: vec![0.0, 20.0, 40.0],
        y: vec![0.0; 3],
        z: vec![0.0; 3],
        radius: vec![1.0; 3],
        layer: vec![6; 3],
        parent: vec![-1, 0, 1],
        swc_type: vec![1, 3, 3],
        sections: vec![vec![0], vec![1, 2]],
        source: vec![0],
        destination: vec![1],
        location: vec![0],
    }
}

impl SmallNetwork {
    /// Writes everything.
    pub fn new() -> SmallNetwork {
        let network = SmallNetwork { directory: tempfile::tempdir().expect("a directory") };
        network.write("config/small.yaml", CONFIG);
        network.write("config/parts/connections.yaml", CONNECTIONS);
        network.write("templates/Cell.hoc", TEMPLATE);
        let vecstim = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mechanisms/stimuli/vecstim.mod");
        network.write("mods/vecstim.mod", &std::fs::read_to_string(vecstim).expect("the shipped mechanism"));
        std::fs::create_dir(network.path("data")).expect("a directory");
        let files = alone();
        network.write_cells().expect("the cells file");
        network.write_connections().expect("the connections file");
        drop(files);
        network
    }

    /// Adds to the cells file.
    pub fn append_to_cells(&self, add: impl FnOnce(&Store) -> Result<(), neuroh5::Error>) {
        let _alone = alone();
        let store = Store::append(&self.path("data/cells.h5")).expect("the cells file");
        add(&store).and_then(|()| store.flush()).expect("it can be written");
    }

    /// A place in the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a text file, its directory if need be.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    }

    /// Replaces a piece of a text file, which must be there.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(name)).expect("a file");
        assert!(text.contains(from), "{from} is not in {name}");
        std::fs::write(self.path(name), text.replace(from, to)).expect("a file");
    }

    fn write_cells(&self) -> Result<(), neuroh5::Error> {
        let store = Store::create(&self.path("data/cells.h5"))?;
        store.write_types(&types())?;
        store.write_attribute("STIM", "Coordinates", "X Coordinate", 0, &[(0, AttributeValues::F32(vec![0.0]))])?;
        let spikes = [(0, AttributeValues::F32(vec![2.0, 10.0]))];
        store.write_attribute("STIM", "Input Spikes A Diag", "Spike Train", 0, &spikes)?;
        store.write_trees("CELL", 1, &[(1, tree()), (2, tree())])?;
        // Synapse 0 is for the input, synapse 1 for the other cell.
        let both = |values: AttributeValues| [(1, values.clone()), (2, values)];
        let synapses = [
            ("syn_ids", AttributeValues::U32(vec![0, 1])),
            ("syn_locs", AttributeValues::F32(vec![0.5, 0.5])),
            ("syn_secs", AttributeValues::U32(vec![0, 0])),
            ("swc_types", AttributeValues::U8(vec![1, 1])),
            ("syn_layers", AttributeValues::I8(vec![6, 6])),
            ("syn_types", AttributeValues::U8(vec![0, 0])),
        ];
        for (name, values) in synapses {
            store.write_attribute("CELL", "Synapse Attributes", name, 1, &both(values))?;
        }
        store.flush()
    }

    fn write_connections(&self) -> Result<(), neuroh5::Error> {
        let store = Store::create(&self.path("data/connections.h5"))?;
        store.write_types(&types())?;
        let edge = |source, synapse| Edges { source: vec![source], synapse: vec![synapse], distance: vec![250.0] };
        store.write_projection("CELL", "STIM", 1, 0, &[(1, edge(0, 0)), (2, edge(0, 0))])?;
        store.write_projection("CELL", "CELL", 1, 1, &[(1, edge(2, 1)), (2, edge(1, 1))])?;
        store.flush()
    }

    /// Runs mivc in the directory.
    pub fn mivc(&self, arguments: &[&str]) -> Output {
        let files = alone();
        let child = Command::new(env!("CARGO_BIN_EXE_mivc"))
            .args(arguments)
            .current_dir(self.directory.path())
            // Files that other tests have open for reading are inherited all the same.
            .env("HDF5_USE_FILE_LOCKING", "FALSE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("mivc can be started");
        drop(files);
        let output = child.wait_with_output().expect("mivc ends");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Output { status: output.status.code().unwrap_or(-1), stderr: text(output.stderr), stdout: text(output.stdout) }
    }

    /// Runs the network; later options win over the usual ones.
    pub fn run(&self, options: &[&str]) -> Output {
        let usual = [
            "--config-file=small.yaml",
            "--dataset-prefix=data",
            "--mechanisms-path=mods",
            "--results-path=out",
            "--arena-id=A",
            "--stimulus-id=Diag",
            "--stimulus-onset=0",
            "--v-init=-65",
            "--tstop=20",
        ];
        let name = |option: &str| option.split('=').next().unwrap_or_default().to_owned();
        let given: Vec<String> = options.iter().map(|option| name(option)).collect();
        let mut arguments = vec!["run-network"];
        arguments.extend(usual.into_iter().filter(|option| !given.contains(&name(option))));
        arguments.extend(options);
        self.mivc(&arguments)
    }

    /// Every file of a directory, by name, with its content; none if there is no such directory.
    pub fn files(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let Ok(entries) = std::fs::read_dir(self.path(name)) else { return Vec::new() };
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let mut files: Vec<(String, Vec<u8>)> = paths
            .map(|path| {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                (name, std::fs::read(&path).unwrap_or_default())
            })
            .collect();
        files.sort();
        files
    }
}

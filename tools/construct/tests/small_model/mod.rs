//! The small model of `reference/model.yaml` with its files, and what numpy and SciPy make of it (`reference/model.py`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use diag::Sources;
use model::config::Config;
use neuroh5::{AttributeValues, PopulationRange, Store, Types};
use serde::Deserialize;

/// Its configuration.
pub const YAML: &str = include_str!("../reference/model.yaml");

/// What `model.py` printed; keys are gids or populations.
#[derive(Debug, Deserialize)]
pub struct Small {
    pub ranges: BTreeMap<String, (u32, u32)>,
    somata: BTreeMap<u32, (f32, f32)>,
    pub synapses: BTreeMap<u32, SmallSynapses>,
    /// Destination to source population to source, synapse and distance.
    #[allow(dead_code, reason = "each test file uses its part")]
    pub edges: BTreeMap<u32, BTreeMap<String, Vec<(u32, u32, f32)>>>,
    #[allow(dead_code, reason = "each test file uses its part")]
    pub trials: usize,
    #[allow(dead_code, reason = "each test file uses its part")]
    pub runs: BTreeMap<String, SmallRun>,
}

#[derive(Debug, Deserialize)]
pub struct SmallSynapses {
    pub id: Vec<u32>,
    distance: Vec<f32>,
    /// Synapse type, SWC type, layer.
    pub place: Vec<(u8, u8, i8)>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "each test file uses its part")]
pub struct SmallRun {
    pub samples: usize,
    #[serde(rename = "every 50th and last")]
    pub some: BTreeMap<String, Vec<f32>>,
    pub spikes: BTreeMap<u32, SmallTrain>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "each test file uses its part")]
pub struct SmallTrain {
    pub t: Vec<f32>,
    pub trial: Vec<u8>,
}

/// The model, its numbers and a directory with its files.
pub struct Files {
    pub small: Small,
    pub config: Config,
    directory: tempfile::TempDir,
}

impl Files {
    /// The model as it is.
    pub fn new() -> Files {
        Files::with(YAML, |_| {})
    }

    /// The model with another configuration, or with other synapses.
    pub fn with(yaml: &str, change: impl FnOnce(&mut Small)) -> Files {
        let mut small: Small = serde_json::from_str(include_str!("../reference/model.json")).expect("numbers");
        change(&mut small);
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("model.yaml"), yaml).expect("a file");
        let config = load(&directory.path().join("model.yaml")).unwrap_or_else(|text| panic!("{text}"));
        let files = Files { small, config, directory };
        files.write_coordinates();
        files.write_forest();
        files
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn gids(&self, population: &str) -> std::ops::Range<u32> {
        let (from, to) = self.small.ranges[population];
        from..to
    }

    fn write_coordinates(&self) {
        let numbers = [0_u16, 100, 101];
        let populations: Vec<PopulationRange> = (self.small.ranges.keys().zip(numbers))
            .map(|(name, number)| PopulationRange { name: name.clone(), number, gids: self.gids(name) })
            .collect();
        let projections = ["A", "B", "C"].map(|source| (source.to_owned(), "B".to_owned())).to_vec();
        let store = Store::create(&self.path("coords.h5")).expect("a file");
        store.write_types(&Types { populations, projections }).expect("types");
        for name in self.small.ranges.keys() {
            let gids = self.gids(name);
            let rows = |value: fn((f32, f32)) -> f32| -> Vec<(u32, AttributeValues)> {
                let row = |gid| (gid, AttributeValues::F32(vec![value(self.small.somata[&gid])]));
                gids.clone().map(row).collect()
            };
            let write = |namespace: &str, name_in_it: &str, rows: &[(u32, AttributeValues)]| {
                store.write_attribute(name, namespace, name_in_it, gids.start, rows).expect("an attribute");
            };
            write("Coordinates", "U Coordinate", &rows(|(u, _)| u));
            write("Arc Distances", "U Distance", &rows(|(u, _)| u));
            write("Arc Distances", "V Distance", &rows(|(_, v)| v));
        }
    }

    /// Descending gids, as the trees of neurotrees_copy are.
    fn write_forest(&self) {
        let store = Store::create(&self.path("forest.h5")).expect("a file");
        let start = self.gids("B").start;
        let write = |attribute: &str, value: &dyn Fn(&SmallSynapses) -> AttributeValues| {
            let rows: Vec<_> = self.small.synapses.iter().rev().map(|(gid, one)| (*gid, value(one))).collect();
            store.write_attribute("B", "Synapse Attributes", attribute, start, &rows).expect("an attribute");
        };
        write("syn_ids", &|one| AttributeValues::U32(one.id.clone()));
        write("syn_cdists", &|one| AttributeValues::F32(one.distance.clone()));
        write("syn_types", &|one| AttributeValues::U8(one.place.iter().map(|place| place.0).collect()));
        write("swc_types", &|one| AttributeValues::U8(one.place.iter().map(|place| place.1).collect()));
        write("syn_layers", &|one| AttributeValues::I8(one.place.iter().map(|place| place.2).collect()));
    }
}

/// A configuration, or what is said of it.
pub fn load(path: &Path) -> Result<Config, String> {
    let mut sources = Sources::new();
    match model::load(path, &mut sources) {
        Ok((config, _)) => Ok(config),
        Err(problems) => Err(problems.render(&sources, false)),
    }
}

/// Asserts that all of some words are in a message.
#[track_caller]
#[allow(dead_code, reason = "each test file uses its part")]
pub fn says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "{word:?} is not in: {message}");
    }
}

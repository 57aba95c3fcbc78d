//! Traces and spikes of all protocols against NEURON's, committed in `tests/oracle` (see its README.md).

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mech_abi::Catalogue;
use runtime::protocol::{self, Trace};
use serde::Deserialize;

/// Every how many rows the reference keeps one.
const EVERY: usize = 40;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All protocol files by name.
fn protocols() -> BTreeMap<String, PathBuf> {
    let mut all = BTreeMap::new();
    for directory in ["config/protocols", "tests/oracle/protocols"] {
        for entry in std::fs::read_dir(root().join(directory)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            assert_eq!(path.extension().unwrap(), "yaml", "{}", path.display());
            assert_eq!(all.insert(name.clone(), path), None, "two protocols are called {name}");
        }
    }
    all
}

fn run(path: &Path, catalogue: &Arc<Catalogue>) -> Trace {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.display().to_string();
    let parsed = protocol::parse(&name, &text).unwrap_or_else(|error| panic!("{error}"));
    protocol::run(&parsed, catalogue.clone()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// 64-bit FNV-1a of the doubles' bytes, little end first.
fn fnv1a(values: &[f64]) -> String {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in values.iter().flat_map(|value| value.to_le_bytes()) {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{state:016x}")
}

/// Differences of one protocol.
struct Comparison<'a> {
    name: &'a str,
    compared: usize,
    differences: Vec<String>,
}

impl Comparison<'_> {
    fn number(&mut self, row: &str, column: &str, ours: f64, reference: &str) {
        let neuron: f64 = reference.parse().unwrap();
        self.compared += 1;
        if ours.to_bits() != neuron.to_bits() {
            self.differences.push(format!("{}, row {row}, {column}: {ours:?}, NEURON {neuron:?}", self.name));
        }
    }

    fn text(&mut self, row: &str, column: &str, ours: &str, reference: &str) {
        if ours != reference {
            self.differences.push(format!("{}, row {row}, {column}: {ours}, NEURON {reference}", self.name));
        }
    }

    /// The rows that the reference keeps, and what it says of all rows.
    fn trace(&mut self, trace: &Trace, reference: &str) {
        let mut lines = reference.lines();
        let columns: Vec<&str> = trace.columns.iter().map(|(name, _)| name.as_str()).collect();
        self.text("header", "all", &format!("t,{}", columns.join(",")), lines.next().unwrap());
        let last = trace.times.len() - 1;
        let kept = (0..=last).filter(|row| row % EVERY == 0 || *row == last);
        for row in kept {
            let cells: Vec<&str> = lines.next().unwrap().split(',').collect();
            assert_eq!(cells.len(), columns.len() + 1, "{}, row {row}", self.name);
            self.number(&row.to_string(), "t", trace.times[row], cells[0]);
            for ((name, values), cell) in trace.columns.iter().zip(&cells[1..]) {
                self.number(&row.to_string(), name, values[row], cell);
            }
        }
        for (label, start, better) in [
            ("min", f64::INFINITY, (|a: f64, b: f64| a < b) as fn(f64, f64) -> bool),
            ("max", f64::NEG_INFINITY, |a: f64, b: f64| a > b),
        ] {
            let cells: Vec<&str> = lines.next().unwrap().split(',').collect();
            assert_eq!((cells[0], cells.len()), (label, columns.len() + 1), "{}", self.name);
            for ((name, values), cell) in trace.columns.iter().zip(&cells[1..]) {
                let extreme = values.iter().fold(start, |best, one| if better(*one, best) { *one } else { best });
                self.number(label, name, extreme, cell);
            }
        }
        let cells: Vec<&str> = lines.next().unwrap().split(',').collect();
        assert_eq!((cells[0], cells.len()), ("fnv1a", columns.len() + 1), "{}", self.name);
        for ((name, values), cell) in trace.columns.iter().zip(&cells[1..]) {
            self.text("fnv1a", name, &fnv1a(values), cell);
        }
        assert_eq!(lines.next(), None, "{}", self.name);
    }

    /// All spikes, in order.
    fn spikes(&mut self, trace: &Trace, reference: &str) {
        let mut expected: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for line in reference.lines().skip(1) {
            let (label, time) = line.split_once(',').unwrap();
            expected.entry(label).or_default().push(time);
        }
        for (label, times) in &trace.spikes {
            let neuron = expected.remove(label.as_str()).unwrap_or_default();
            self.text("spikes", label, &times.len().to_string(), &neuron.len().to_string());
            for (at, (ours, neuron)) in times.iter().zip(neuron).enumerate() {
                self.number(&format!("spike {at}"), label, *ours, neuron);
            }
        }
        assert!(expected.is_empty(), "{}: no label {:?}", self.name, expected.keys());
    }
}

/// Every number of every reference, to the last bit: the engine performs NEURON's operations in NEURON's order on the
/// same C library, so there is nothing to be tolerant of.
#[test]
fn traces_are_those_of_neuron() {
    let catalogue = Arc::new(tools::mechanisms::load(&root().join("mechanisms")).unwrap());
    let mut differences = Vec::new();
    let mut compared = 0;
    for (name, path) in protocols() {
        let csv = root().join("tests/oracle").join(format!("{name}.csv"));
        let reference = std::fs::read_to_string(&csv)
            .unwrap_or_else(|_| panic!("{name} has no reference; run python3 tests/oracle/generate.py {name}"));
        let trace = run(&path, &catalogue);
        let mut one = Comparison { name: &name, compared: 0, differences: Vec::new() };
        one.trace(&trace, &reference);
        if !trace.spikes.is_empty() {
            let spikes = std::fs::read_to_string(csv.with_extension("spikes.csv")).unwrap();
            one.spikes(&trace, &spikes);
        }
        compared += one.compared;
        // The first few show where it begins; thousands more would hide other protocols.
        let count = one.differences.len();
        differences.extend(one.differences.into_iter().take(10));
        if count > 10 {
            differences.push(format!("{name}: {} more", count - 10));
        }
    }
    assert!(differences.is_empty(), "of {compared} numbers differ:\n{}", differences.join("\n"));
    assert!(compared > 10_000, "only {compared} numbers were compared");
}

/// The part of a protocol that names mechanisms.
#[derive(Deserialize)]
struct Inserts {
    sections: Vec<Section>,
    #[serde(default)]
    point_processes: Vec<Point>,
}

#[derive(Deserialize)]
struct Section {
    #[serde(default)]
    mechanisms: BTreeMap<String, Option<serde_json::Value>>,
}

#[derive(Deserialize)]
struct Point {
    mech: String,
}

/// Names of the mechanisms that a protocol inserts.
fn inserted(path: &Path) -> impl Iterator<Item = String> {
    let file: Inserts = serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let sections = file.sections.into_iter().flat_map(|section| section.mechanisms.into_keys());
    sections.chain(file.point_processes.into_iter().map(|point| point.mech))
}

/// A shipped mechanism without a reference would be untested.
#[test]
fn every_shipped_mechanism_is_compared() {
    let mut compared = BTreeSet::new();
    for (name, path) in protocols() {
        if root().join("tests/oracle").join(format!("{name}.csv")).exists() {
            compared.extend(inserted(&path));
        }
    }
    let files = tools::mechanisms::find(&[root().join("mechanisms")]).unwrap();
    assert!(files.len() > 6);
    for file in files {
        let mut sources = diag::Sources::new();
        let text = std::fs::read_to_string(&file).unwrap();
        let (compiled, problems) = nmodl_compiler::compile(sources.add(file.display().to_string(), text), &sources);
        let name = compiled.unwrap_or_else(|| panic!("{}", problems.render(&sources, false))).layout.name;
        assert!(compared.contains(&name), "no protocol with a reference inserts {name} of {}", file.display());
    }
}

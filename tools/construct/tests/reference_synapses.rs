//! Synapses of the original tool, made again with the shipped templates; its data are in `MIVC_REFERENCE_DATA`.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use construct::synapses::{Distribution, Request, distribute};
use diag::Sources;
use mech_abi::Catalogue;
use neuroh5::{Chunks, Kind, Numbers, Store};
use nmodl_compiler::backend::{Clif, KernelBackend};

fn data(name: &str) -> PathBuf {
    let data = std::env::var_os("MIVC_REFERENCE_DATA").expect("MIVC_REFERENCE_DATA names the directory of the data");
    PathBuf::from(data).join(name)
}

fn ours(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

/// NEURON's own mechanisms and the shipped ones that the templates insert.
fn catalogue() -> Catalogue {
    let builtin = nmodl_compiler::builtin::SOURCES.iter();
    let mut texts: Vec<(String, String)> =
        builtin.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    for folder in ["mechanisms/ca1", "mechanisms/ca3"] {
        let files = std::fs::read_dir(ours(folder)).unwrap().map(|file| file.unwrap().path());
        for path in files.filter(|path| path.extension().is_some_and(|one| one == "mod")) {
            texts.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    let mut sources = Sources::new();
    let compiled = texts.into_iter().map(|(name, text)| {
        let id = sources.add(name, text);
        let one = nmodl_compiler::compile(id, &sources).0.unwrap();
        Clif.compile(Arc::new(one.layout), &one.kernels).unwrap()
    });
    Catalogue::new(compiled).unwrap()
}

/// Distributes the synapses of a population and compares every number of every cell, bit for bit; answers how many
/// synapses there are.
fn same(model: &str, config: &str, population: &str, forest: &str) -> usize {
    let directory = tempfile::tempdir().unwrap();
    let (forest, output) = (data(model).join("datasets").join(forest), directory.path().join("synapses.h5"));
    let mut sources = Sources::new();
    let read = model::load(&data(model).join("config").join(config), &mut sources);
    let (config, _) = read.unwrap_or_else(|problems| panic!("{}", problems.render(&sources, false)));
    let request = Request {
        forest: &forest,
        output: &output,
        populations: &[population.to_owned()],
        templates: &[ours("templates")],
        distribution: Distribution::Poisson,
        chunks: Chunks { pointers: 1000, values: 1000 },
        write_size: 1,
        dry_run: false,
    };
    let made = distribute(&config, &Arc::new(catalogue()), &request, &mut sources, &mut |_| {}).unwrap();
    let (ours, theirs) = (Store::open(&output).unwrap(), Store::open(&forest).unwrap());
    let group = format!("/Populations/{population}/Synapse Attributes");
    let names = |store: &Store| -> Vec<String> {
        let all = store.walk(&group).unwrap().into_iter().filter(|(_, kind)| *kind == Kind::Dataset);
        all.map(|(name, _)| name).collect()
    };
    let all = names(&theirs);
    assert_eq!(all.len(), 21);
    assert_eq!(names(&ours), all);
    for name in &all {
        let (a, b) = (ours.numbers(name).unwrap(), theirs.numbers(name).unwrap());
        assert_eq!(a.kind(), b.kind(), "{name}");
        match (&a, &b) {
            (Numbers::F32(a), Numbers::F32(b)) => {
                assert!(a.iter().map(|one| one.to_bits()).eq(b.iter().map(|one| one.to_bits())), "{name}");
            }
            _ => assert!(a == b, "{name}"),
        }
    }
    made.iter().flat_map(|one| one.synapses.values()).sum()
}

#[test]
fn synapses_of_the_tiny_network() {
    let all = [("PYR", 14_531), ("PVBC", 19_579), ("OLM", 4371)];
    for (population, synapses) in all {
        assert_eq!(same("tiny", "Tiny.yaml", population, &format!("{population}_forest.h5")), synapses);
    }
}

#[test]
fn synapses_of_the_small_microcircuit() {
    let forest = "MiV_Cells_Microcircuit_Small_20220410.h5";
    let count = |population: &str| same("microcircuit-small", "Microcircuit_Small.yaml", population, forest);
    assert_eq!(["PYR", "PVBC", "OLM"].map(count).iter().sum::<usize>(), 3_267_987);
}

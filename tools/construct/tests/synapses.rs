//! Synapses of a small population: the same as by numpy, SciPy, networkx and NEURON, whatever the threads and portions,
//! and told when impossible.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use construct::synapses::{Distributed, Distribution, Request, SynapseError, distribute};
use diag::Sources;
use mech_abi::Catalogue;
use neuroh5::{Chunks, Kind, Numbers, PopulationRange, Store, Tree, Types};
use serde::Deserialize;

const YAML: &str = include_str!("reference/synapses.yaml");
const TEMPLATE: &str = include_str!("reference/branched.hoc");

/// What `synapses.py` printed.
#[derive(Debug, Deserialize)]
struct Reference {
    start: u32,
    /// x, y, z, radius, layer, parent, SWC type.
    points: Vec<(f32, f32, f32, f32, i8, i32, i8)>,
    sections: Vec<Vec<u32>>,
    edges: Vec<(u16, u16)>,
    poisson: BTreeMap<u32, Expected>,
    uniform: BTreeMap<u32, Expected>,
}

/// Synapses of a cell.
#[derive(Debug, Deserialize)]
struct Expected {
    loc: Vec<f32>,
    section: Vec<u32>,
    layer: Vec<i8>,
    #[serde(rename = "type")]
    kind: Vec<u8>,
    swc: Vec<u8>,
    distance: Vec<f32>,
}

/// What is asked for, as in a [`Request`].
struct Asked {
    forest: PathBuf,
    output: PathBuf,
    populations: Vec<String>,
    distribution: Distribution,
    write_size: usize,
    dry_run: bool,
}

/// The files of a model in a directory of its own.
struct Files {
    reference: Reference,
    directory: tempfile::TempDir,
}

impl Files {
    fn new() -> Files {
        let reference: Reference = serde_json::from_str(include_str!("reference/synapses.json")).unwrap();
        let files = Files { reference, directory: tempfile::tempdir().unwrap() };
        files.write("synapses.yaml", YAML);
        files.write("branched.hoc", TEMPLATE);
        let gids: Vec<u32> = files.reference.poisson.keys().rev().copied().collect();
        files.write_forest("forest.h5", files.reference.start..files.reference.start + 3, &gids);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn tree(&self) -> Tree {
        let of =
            |value: fn(&(f32, f32, f32, f32, i8, i32, i8)) -> f32| self.reference.points.iter().map(value).collect();
        Tree {
            x: of(|point| point.0),
            y: of(|point| point.1),
            z: of(|point| point.2),
            radius: of(|point| point.3),
            layer: self.reference.points.iter().map(|point| point.4).collect(),
            parent: self.reference.points.iter().map(|point| point.5).collect(),
            swc_type: self.reference.points.iter().map(|point| point.6).collect(),
            sections: self.reference.sections.clone(),
            source: self.reference.edges.iter().map(|edge| edge.0).collect(),
            destination: self.reference.edges.iter().map(|edge| edge.1).collect(),
            location: Vec::new(),
        }
    }

    /// A forest with the tree for each of some cells of B.
    fn write_forest(&self, name: &str, range: std::ops::Range<u32>, gids: &[u32]) {
        let store = Store::create(&self.path(name)).unwrap();
        let start = range.start;
        let populations = vec![
            PopulationRange { name: "A".to_owned(), number: 0, gids: 0..start },
            PopulationRange { name: "B".to_owned(), number: 100, gids: range },
        ];
        store.write_types(&Types { populations, projections: Vec::new() }).unwrap();
        let trees: Vec<(u32, Tree)> = gids.iter().map(|gid| (*gid, self.tree())).collect();
        store.write_trees("B", start, &trees).unwrap();
    }

    /// Distributes the synapses of population B; `change` may ask for something else.
    fn distribute(&self, change: impl FnOnce(&mut Asked)) -> Result<Vec<Distributed>, SynapseError> {
        let mut asked = Asked {
            forest: self.path("forest.h5"),
            output: self.path("synapses.h5"),
            populations: vec!["B".to_owned()],
            distribution: Distribution::Poisson,
            write_size: 1,
            dry_run: false,
        };
        change(&mut asked);
        let mut sources = Sources::new();
        let config = model::load(&self.path("synapses.yaml"), &mut sources);
        let (config, _) = config.unwrap_or_else(|problems| panic!("{}", problems.render(&sources, false)));
        let request = Request {
            forest: &asked.forest,
            output: &asked.output,
            populations: &asked.populations,
            templates: &[self.directory.path().join("elsewhere"), self.directory.path().to_owned()],
            distribution: asked.distribution,
            chunks: Chunks { pointers: 10, values: 100 },
            write_size: asked.write_size,
            dry_run: asked.dry_run,
        };
        let catalogue = Arc::new(Catalogue::new(Vec::new()).unwrap());
        distribute(&config, &catalogue, &request, &mut sources, &mut |_| {})
    }

    /// Distributes in vain, with the configuration edited; nothing may be left of it.
    fn refused(&self, from: &str, to: &str) -> String {
        assert!(YAML.contains(from), "{from}");
        self.write("synapses.yaml", &YAML.replacen(from, to, 1));
        let told = self.distribute(|_| {}).unwrap_err().to_string();
        self.write("synapses.yaml", YAML);
        self.nothing_is_left();
        told
    }

    fn nothing_is_left(&self) {
        let left = std::fs::read_dir(self.directory.path()).unwrap();
        let left: Vec<_> = left.map(|one| one.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("synapses.h5")), "{left:?}");
    }
}

/// Everything in a file below the populations.
fn content(path: &Path) -> Vec<(String, Numbers)> {
    let store = Store::open(path).unwrap();
    let all = store.walk("/Populations").unwrap().into_iter().filter(|(_, kind)| *kind == Kind::Dataset);
    all.map(|(path, _)| (path.clone(), store.numbers(&path).unwrap())).collect()
}

#[track_caller]
fn says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "{word:?} is not in: {message}");
    }
}

/// Asserts that a file has the synapses of the reference, every number bit for bit.
fn compare(files: &Files, expected: &BTreeMap<u32, Expected>) {
    let store = Store::open(&files.path("synapses.h5")).unwrap();
    let start = files.reference.start;
    let read = |name: &str| store.attributes("B", "Synapse Attributes", name, start).unwrap();
    for (gid, one) in expected {
        let n = one.loc.len() as u32;
        assert!(n > 100);
        assert_eq!(read("syn_ids").values(*gid), Numbers::U32((0..n).collect()), "gid {gid}");
        assert_eq!(read("syn_secs").values(*gid), Numbers::U32(one.section.clone()), "gid {gid}");
        assert_eq!(read("syn_layers").values(*gid), Numbers::I8(one.layer.clone()), "gid {gid}");
        assert_eq!(read("syn_types").values(*gid), Numbers::U8(one.kind.clone()), "gid {gid}");
        assert_eq!(read("swc_types").values(*gid), Numbers::U8(one.swc.clone()), "gid {gid}");
        assert_eq!(read("syn_locs").values(*gid), Numbers::F32(one.loc.clone()), "gid {gid}");
        assert_eq!(read("syn_cdists").values(*gid), Numbers::F32(one.distance.clone()), "gid {gid}");
    }
}

#[test]
fn synapses_are_those_of_numpy() {
    let files = Files::new();
    let made = files.distribute(|_| {}).unwrap();
    compare(&files, &files.reference.poisson);
    let expected: usize = files.reference.poisson.values().map(|one| one.loc.len()).sum();
    assert_eq!((made.len(), made[0].cells), (1, 2));
    assert_eq!(made[0].synapses.values().sum::<usize>(), expected);
    let apical = (4, 0);
    let count = |one: &Expected| one.swc.iter().zip(&one.kind).filter(|(swc, kind)| (**swc, **kind) == apical).count();
    let expected: usize = files.reference.poisson.values().map(count).sum();
    assert_eq!(made[0].synapses[&("apical".to_owned(), "excitatory".to_owned())], expected);
}

#[test]
fn uniform_synapses_are_even_in_each_segment() {
    let files = Files::new();
    files.distribute(|request| request.distribution = Distribution::Uniform).unwrap();
    compare(&files, &files.reference.uniform);
}

#[test]
fn cells_stay_in_the_order_of_the_forest_whatever_the_threads_and_portions() {
    let files = Files::new();
    files.write_forest("forest.h5", 2..80, &(2..80).rev().collect::<Vec<_>>());
    let [one, all] = ["synapses.h5", "all.h5"].map(|name| files.path(name));
    let threads = |n: usize| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
    let run = |output: &Path, write_size: usize| {
        files.distribute(|request| (request.output, request.write_size) = (output.to_owned(), write_size)).unwrap()
    };
    let first = threads(1).install(|| run(&one, 1));
    let second = threads(3).install(|| run(&all, 0));
    assert_eq!((first[0].cells, &first), (78, &second));
    assert_eq!(content(&one), content(&all));
    compare(&files, &files.reference.poisson);
    let store = Store::open(&all).unwrap();
    let index = store.numbers("/Populations/B/Synapse Attributes/syn_ids/Cell Index").unwrap();
    assert_eq!(index, Numbers::U32((0..78).rev().collect()));
}

#[test]
fn the_forest_itself_may_get_the_synapses() {
    let files = Files::new();
    let forest = files.path("forest.h5");
    let before = content(&forest);
    files.distribute(|request| (request.output, request.dry_run) = (forest.clone(), true)).unwrap();
    assert_eq!(content(&forest), before);
    files.distribute(|request| request.output = forest.clone()).unwrap();
    files.distribute(|_| {}).unwrap();
    let (with, alone) = (content(&forest), content(&files.path("synapses.h5")));
    assert_eq!(with.len(), before.len() + alone.len());
    assert!(before.iter().chain(&alone).all(|one| with.contains(one)));
    // A second time they would be there twice.
    let whole = std::fs::read(&forest).unwrap();
    let told = files.distribute(|request| request.output = forest.clone()).unwrap_err().to_string();
    says(&told, &["forest.h5 has synapses of population B already", "--output-path"]);
    assert!(std::fs::read(&forest).unwrap() == whole);
}

#[test]
fn wrong_files_are_told_and_nothing_is_written() {
    let files = Files::new();
    let missing = files.path("missing.h5");
    let told = files.distribute(|request| request.forest = missing.clone()).unwrap_err().to_string();
    says(&told, &["missing.h5", "there is no such file"]);
    let bytes = std::fs::read(files.path("forest.h5")).unwrap();
    let truncated = files.path("truncated.h5");
    std::fs::write(&truncated, &bytes[..bytes.len() * 2 / 3]).unwrap();
    let told = files.distribute(|request| request.forest = truncated.clone()).unwrap_err().to_string();
    says(&told, &["truncated.h5"]);
    let told = files.distribute(|request| request.populations = Vec::new()).unwrap();
    assert!(told.is_empty());
    std::fs::remove_file(files.path("synapses.h5")).unwrap();
    for (name, words) in [("C", ["population C", "H5Types"]), ("A", ["population A", "with Trees"])] {
        let populations = [name.to_owned()];
        let told = files.distribute(|request| request.populations = populations.to_vec()).unwrap_err().to_string();
        says(&told, &words);
    }
    files.write_forest("empty.h5", 2..5, &[]);
    let empty = files.path("empty.h5");
    let told = files.distribute(|request| request.forest = empty.clone()).unwrap_err().to_string();
    says(&told, &["population B", "it has no cells", "neurotrees_copy"]);
    files.write_forest("outside.h5", 2..5, &[9]);
    let outside = files.path("outside.h5");
    let told = files.distribute(|request| request.forest = outside.clone()).unwrap_err().to_string();
    says(&told, &["outside.h5", "cell 9 of B is outside its population's gids 2..5"]);
    files.write_forest("twice.h5", 2..5, &[3, 3]);
    let twice = files.path("twice.h5");
    let told = files.distribute(|request| request.forest = twice.clone()).unwrap_err().to_string();
    says(&told, &["twice.h5", "cell 3 of B has two trees"]);
    let nowhere = files.path("no directory/synapses.h5");
    let told = files.distribute(|request| request.output = nowhere.clone()).unwrap_err().to_string();
    says(&told, &["no directory/synapses.h5", "cannot be"]);
    files.nothing_is_left();
    files.write_forest("other.h5", 3..6, &[3]);
    let (other, before) = (files.path("other.h5"), std::fs::read(files.path("other.h5")).unwrap());
    let told = files.distribute(|request| request.output = other.clone()).unwrap_err().to_string();
    says(&told, &["other.h5 has population types of another model"]);
    assert!(std::fs::read(&other).unwrap() == before);
}

#[test]
fn wrong_configurations_are_told_and_nothing_is_written() {
    let files = Files::new();
    let apical = "Cell Types: B: synapses: density: apical";
    let told = files.refused("SLM: {mean: 0.05", "SLN: {mean: 0.05");
    says(&told, &[apical, "`SLN` is not in `Definitions: Layers`", "SO, SP, SR, SLM"]);
    let told = files.refused("        apical:\n          excitatory:", "        apical:\n          exciting:");
    says(&told, &[apical, "`exciting` is not in `Definitions: Synapse Types`"]);
    says(&files.refused("apical:\n", "apicel:\n"), &["`apicel` is not in `Definitions: SWC Types`"]);
    says(&files.refused("apical:\n", "trunk:\n"), &["no list of sections of type `trunk`", "basal"]);
    let nothing = "        soma:\n          excitatory:\n            default: {mean: 0.0, variance: 0.1}\n";
    says(&files.refused(nothing, "        soma: {}\n"), &["density: soma: there is no density"]);
    let told = files.refused(nothing, "        soma: {excitatory: {}}\n");
    says(&told, &["density: soma: excitatory: there is no layer"]);
    let told = files.refused("mean: 0.0, variance: 0.1", "mean: 0.0, variance: -0.1");
    says(&told, &["mean 0 and variance -0.1", "at least 0"]);
    let told = files.refused("mean: 0.0, variance: 0.1", "mean: -1.0, variance: 0.1");
    says(&told, &["of B: no density above 0 for excitatory synapses on soma in 1000 attempts"]);
    let told = files.refused("mean: 0.2, variance: 0.01", "mean: 1.0e-9, variance: 0.0");
    says(&told, &["of B: no first interval for inhibitory synapses on ais in 100000 attempts"]);
    says(&files.refused("  Synapse Locations: 1.0e+3", "  Others: 1"), &["there is no `Synapse Locations`"]);
    says(&files.refused("1.0e+3", "-1.0e+3"), &["cell 3 of B", "Random Seeds: Synapse Locations"]);
    let told = files.refused("SO: 5", "SO: 500");
    says(&told, &["the number 500 of `SO`", "`Definitions: Layers`"]);
    let (start, _) = YAML.split_once("    synapses:\n").unwrap();
    files.write("synapses.yaml", start);
    let told = files.distribute(|_| {}).unwrap_err().to_string();
    says(&told, &["Cell Types: B: there is no `synapses: density`", "mean: 1.0"]);
    files.nothing_is_left();
}

#[test]
fn wrong_templates_are_told_and_nothing_is_written() {
    let files = Files::new();
    let told = files.refused("branched.hoc", "bare.hoc");
    says(&told, &["no template `Branched` for population B: there is no bare.hoc in ", "elsewhere", "--template-path"]);
    says(
        &files.refused("template: Branched", "template: Other"),
        &["branched.hoc does not define the template `Other`"],
    );
    says(&files.refused("template: Branched", "template: PR_nrn"), &["reduced cells (PR_nrn) of population B"]);
    let with = |from: &str, to: &str| {
        assert!(TEMPLATE.contains(from), "{from}");
        files.write("branched.hoc", &TEMPLATE.replacen(from, to, 1));
        let told = files.distribute(|_| {}).unwrap_err().to_string();
        files.nothing_is_left();
        told
    };
    says(&with("    define_shape()", "    execerror(\"no shape\")"), &["no shape", "branched.hoc:35"]);
    says(&with("nseg = 1 + int(L/30)", "insert ch_none"), &["ch_none", "branched.hoc:21"]);
    says(&with("proc init() {", "proc init( {"), &["branched.hoc:8"]);
    says(&with("    define_shape()", "    create sections[2]"), &["cell ", " of B has 2 `sections`", "44 sections"]);
    let moved = "    create sections[$o2.__len__()]\n    sections[0] pt3dadd(0, 0, 0, 1)";
    let told = with("    create sections[$o2.__len__()]", moved);
    says(&told, &["has a section 0 with 4 3-D points, and 3 in its tree", "Branched"]);
}

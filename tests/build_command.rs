//! `mivc build`: the shipped model from its configuration and morphologies, step by step.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::SystemTime;

/// A started process inherits files that another thread is writing, and with them their locks.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).canonicalize().unwrap()
}

struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    /// The shipped configuration and morphologies.
    fn new() -> Place {
        let directory = tempfile::tempdir().unwrap();
        for (from, to) in [("config", "config"), ("config/datasets/Sample", "swc")] {
            let to = directory.path().join(to);
            std::fs::create_dir_all(&to).unwrap();
            for entry in std::fs::read_dir(shipped(from)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|end| end == "yaml" || end == "swc") {
                    std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
                }
            }
        }
        Place { directory }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join("datasets/Sample").join(name)
    }

    fn mivc(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mivc"));
        let output = command.args(arguments).current_dir(self.directory.path()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn build(&self, more: &[&str]) -> (i32, String, String) {
        let (templates, mechanisms) = (shipped("templates"), shipped("mechanisms"));
        let common = [
            "build",
            "--config-file=Sample.yaml",
            "--morphologies=swc",
            "--template-paths",
            templates.to_str().unwrap(),
            "-m",
            mechanisms.to_str().unwrap(),
        ];
        self.mivc(&[&common, more].concat())
    }

    /// Builds and gives the targets that were made.
    fn made(&self, more: &[&str]) -> Vec<String> {
        let (status, told, error) = self.build(more);
        assert_eq!(status, 0, "{told}{error}");
        let headings = told.lines().filter(|line| line.starts_with('[')).filter_map(|line| line.split_once("] "));
        headings.map(|(_, name)| name.to_owned()).filter(|name| !name.ends_with(" is up to date")).collect()
    }

    /// All files with the time of their last change.
    fn files(&self) -> BTreeMap<String, SystemTime> {
        let entries = std::fs::read_dir(self.file("")).unwrap().map(|entry| entry.unwrap());
        entries
            .map(|one| (one.file_name().into_string().unwrap(), one.metadata().unwrap().modified().unwrap()))
            .collect()
    }
}

const ALL: [&str; 12] = [
    "Sample_h5types.h5",
    "Sample_coords.h5",
    "PYR_tree.h5",
    "PYR_forest.h5",
    "PVBC_tree.h5",
    "PVBC_forest.h5",
    "OLM_tree.h5",
    "OLM_forest.h5",
    "Sample_connections.h5",
    "Sample_input_features.h5",
    "Sample_input_spikes.h5",
    "Sample_Cells.h5, Sample_Connections.h5",
];

#[test]
fn what_is_up_to_date_is_not_made_again() {
    let _alone = ONE_AT_A_TIME.lock();
    let place = Place::new();
    assert_eq!(place.made(&[]), ALL);
    let before = place.files();
    assert!(before.keys().all(|name| !name.ends_with(".building")), "{before:?}");
    assert_eq!(place.made(&[]), [""; 0]);
    let mut after = place.files();
    // The lock is taken each time.
    after.insert("build.lock".to_owned(), before["build.lock"]);
    assert_eq!(after, before);

    // A lost file is made again, and since it comes out the same, nothing after it.
    std::fs::remove_file(place.file("PVBC_forest.h5")).unwrap();
    let told = place.made(&[]);
    assert_eq!(told[0], "PVBC_forest.h5");
    // A damaged one too.
    let whole = std::fs::read(place.file("OLM_tree.h5")).unwrap();
    std::fs::write(place.file("OLM_tree.h5"), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(place.made(&[])[0], "OLM_tree.h5");
    // More trials: the input and what is collected from it.
    let trials = place.made(&["--n-trials=2"]);
    assert_eq!(trials, ALL[10..]);
    // A changed configuration: everything.
    let definitions = place.directory.path().join("config/Global.yaml");
    let text = std::fs::read_to_string(&definitions).unwrap();
    std::fs::write(&definitions, format!("{text}# once more\n")).unwrap();
    assert_eq!(place.made(&[]), ALL);
    assert_eq!(place.made(&["--force"]), ALL);
}

#[test]
fn an_interrupted_build_goes_on() {
    let _alone = ONE_AT_A_TIME.lock();
    let place = Place::new();
    assert_eq!(place.made(&[]), ALL);
    let whole = std::fs::read(place.file("Sample_Cells.h5")).unwrap();
    // As if it had been killed while it made the forest of PYR: half a file under the unfinished name.
    let gone = ["PYR_forest.h5", "Sample_connections.h5", "Sample_Cells.h5"];
    for name in gone {
        std::fs::remove_file(place.file(name)).unwrap();
    }
    std::fs::write(place.file("PYR_forest.h5.building"), &whole[..whole.len() / 3]).unwrap();
    let again = place.made(&[]);
    assert_eq!(again[0], "PYR_forest.h5");
    assert!(!again.contains(&"PYR_tree.h5".to_owned()), "{again:?}");
    std::fs::write(place.file("before.h5"), &whole).unwrap();
    let (status, told, error) =
        place.mivc(&["compare", "datasets/Sample/before.h5", "datasets/Sample/Sample_Cells.h5"]);
    assert_eq!(status, 0, "{told}{error}");
}

#[test]
fn what_cannot_be_made_is_said_and_leaves_the_rest() {
    let _alone = ONE_AT_A_TIME.lock();
    let place = Place::new();
    std::fs::remove_file(place.directory.path().join("swc/OLM.swc")).unwrap();
    let (status, _, error) = place.build(&[]);
    assert_eq!(status, 1);
    assert_eq!(
        error,
        "error: population OLM has synapses and no morphology: put one at swc/OLM.swc, or name its directory with \
         --morphologies\n"
    );
    assert!(!place.file("Sample_h5types.h5").exists());

    std::fs::write(place.directory.path().join("swc/OLM.swc"), "1 1 0 0 0 5 -1 5\n2 3 a 0 0 1 1 5\n").unwrap();
    let (status, told, error) = place.build(&[]);
    assert_eq!(status, 1);
    assert!(error.contains("swc/OLM.swc:2:5"), "{error}");
    assert!(told.contains("[7/12] OLM_tree.h5"), "{told}");
    assert!(place.file("PVBC_forest.h5").exists() && !place.file("OLM_tree.h5").exists());
    std::fs::copy(shipped("config/datasets/Sample/OLM.swc"), place.directory.path().join("swc/OLM.swc")).unwrap();
    assert_eq!(place.made(&[]), ALL[6..]);
}

#[test]
fn a_dry_run_says_the_lines_and_does_nothing() {
    let _alone = ONE_AT_A_TIME.lock();
    let place = Place::new();
    let (status, told, error) = place.build(&["--dry-run"]);
    assert_eq!((status, error.as_str()), (0, ""));
    assert!(told.contains("  neurotrees_copy --fill --output datasets/Sample/PYR_forest.h5.building"), "{told}");
    assert!(!place.file("").exists());
}

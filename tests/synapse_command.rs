//! `mivc distribute-synapse-locs` on a forest of the shipped model, as a user runs it.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A soma, a basal dendrite and an apical one that branches; the last column is the layer.
const CELL: &str = "0 1 0 0 0 6 -1 6\n1 1 0 6 0 6 0 6\n2 3 3 -40 0 1 0 5\n3 3 8 -90 5 1 2 5\n4 4 0 60 0 2 1 8\n\
                    5 4 5 120 0 1 4 8\n6 4 40 190 0 1 5 9\n7 4 -30 180 9 1 5 9\n8 4 -60 200 9 1 7 9\n9 4 60 220 0 1 6 9\n";

fn shipped(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    path.canonicalize().unwrap().display().to_string()
}

fn run(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mivc")).args(arguments).current_dir(directory).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn good(directory: &Path, arguments: &[&str]) -> String {
    let (status, out, error) = run(directory, arguments);
    assert_eq!(status, 0, "{arguments:?}: {error}");
    out
}

/// A directory with a forest of PVBC cells.
fn prepared() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    std::fs::write(at.join("cell.swc"), CELL).unwrap();
    good(at, &["neurotrees_import", "PVBC", "tree.h5", "cell.swc"]);
    let config = shipped("config");
    good(at, &["make-h5types", "-c", "Sample.yaml", "--config-prefix", &config, "--output-path", "tree.h5"]);
    let types = good(at, &["show-h5types", "-p", "tree.h5"]);
    let row = types.lines().find(|line| line.contains("PVBC")).unwrap();
    let start = row.split_whitespace().nth(2).unwrap();
    good(at, &["neurotrees_copy", "--fill", "--output", "forest.h5", "tree.h5", "PVBC", start]);
    directory
}

fn distribute(directory: &Path, more: &[&str]) -> (i32, String, String) {
    let shared = ["config", "templates", "mechanisms"].map(shipped);
    let arguments = ["distribute-synapse-locs", "--config=Sample.yaml", "--config-prefix", &shared[0]];
    let arguments = [&arguments[..], &["--template-path", &shared[1], "-m", &shared[2]], more].concat();
    run(directory, &arguments)
}

const POISSON: [&str; 5] = ["--forest-path=forest.h5", "-i", "PVBC", "--distribution=poisson", "--output-path=out.h5"];

#[test]
fn the_shipped_model_gets_synapses() {
    let directory = prepared();
    let at = directory.path();
    let (status, told, error) = distribute(at, &[&POISSON[..], &["--dry-run"]].concat());
    assert_eq!((status, error.as_str()), (0, ""));
    assert!(told.ends_with("synapses nothing written (--dry-run)\n"), "{told}");
    assert!(!at.join("out.h5").exists());
    let (status, again, _) = distribute(at, &POISSON);
    assert_eq!((status, again.replace("written to out.h5", "nothing written (--dry-run)")), (0, told));
    let told = good(at, &["inspect", "out.h5"]);
    for (name, kind) in [("syn_ids", "uint32"), ("syn_locs", "float32"), ("syn_layers", "int8"), ("syn_types", "uint8")]
    {
        assert!(told.lines().any(|line| line.contains(name) && line.contains(kind)), "{told}");
    }
    // A second run would double them.
    let before = std::fs::read(at.join("out.h5")).unwrap();
    let (status, _, error) = distribute(at, &POISSON);
    assert_eq!(status, 1);
    assert!(error.starts_with("error: out.h5 has synapses of population PVBC already"), "{error}");
    assert!(std::fs::read(at.join("out.h5")).unwrap() == before);
}

#[test]
fn what_is_wrong_is_told_and_the_output_stays() {
    let directory = prepared();
    let at = directory.path();
    let refused = |arguments: &[&str], words: &[&str]| {
        let (status, out, error) = distribute(at, arguments);
        assert_eq!((status, out.as_str()), (1, ""), "{error}");
        assert!(error.starts_with("error") && words.iter().all(|word| error.contains(word)), "{error}");
        let left = |name: &str| at.join(name).exists();
        assert!(!left("out.h5") && !left("out.h5.partial"));
    };
    let with = |forest: &'static str, population: &'static str| [forest, "--output-path=out.h5", "-i", population];
    refused(&with("--forest-path=none.h5", "PVBC"), &["none.h5: there is no such file"]);
    refused(&with("--forest-path=forest.h5", "PV"), &["population PV is not in /H5Types of forest.h5"]);
    refused(&with("--forest-path=forest.h5", "PYR"), &["population PYR", "with Trees", "neurotrees_copy"]);
    let other = [&POISSON[..], &["--template-path=nowhere"]].concat();
    assert_eq!(distribute(at, &other).0, 2, "an option twice is wrong usage");
    std::fs::write(at.join("PVBasketCell.hoc"), "begintemplate PVBasketCell\nproc init() { x = y_of }\n").unwrap();
    let shared = ["config", "mechanisms"].map(shipped);
    let own = ["distribute-synapse-locs", "--config=Sample.yaml", "--config-prefix", &shared[0], "-m", &shared[1]];
    let (status, _, error) = run(at, &[&own[..], &["--template-path=."], &POISSON].concat());
    assert_eq!(status, 1);
    assert!(error.starts_with("error") && error.contains("PVBasketCell.hoc"), "{error}");
    assert!(!at.join("out.h5").exists());
}

//! Commands that make and show NeuroH5 files, one after the other as a user runs them.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::path::Path;
use std::process::Command;

const CELL: &str = "0 1 0 0 0 5 -1\n1 1 0 5 0 5 0\n2 3 1 6 0 1 1 5\n3 3 2 7 0 1 2 5\n4 2 0 -6 0 1 1\n";

/// Runs a command in a directory: its status, and what it writes to its two outputs.
fn run(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mivc")).args(arguments).current_dir(directory).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Runs a command that must succeed; its output.
fn good(directory: &Path, arguments: &[&str]) -> String {
    let (status, out, error) = run(directory, arguments);
    assert_eq!((status, error.as_str()), (0, ""), "{arguments:?}: {out}");
    out
}

/// Runs a command that must fail with status 1; its message.
fn refused(directory: &Path, arguments: &[&str]) -> String {
    let (status, _, error) = run(directory, arguments);
    assert_eq!(status, 1, "{arguments:?}: {error}");
    assert!(error.starts_with("error"), "{arguments:?}: {error}");
    error
}

fn config() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../config").canonicalize().unwrap().display().to_string()
}

/// A directory with a morphology, and its tree with types.
fn prepared() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    std::fs::write(at.join("cell.swc"), CELL).unwrap();
    let told = good(at, &["neurotrees_import", "PYR", "tree.h5", "cell.swc"]);
    assert_eq!(told, "PYR 0: 5 points, 3 sections\n");
    let config = config();
    good(at, &["make-h5types", "-c", "Sample.yaml", "--config-prefix", &config, "--output-path", "types.h5"]);
    good(at, &["make-h5types", "-c", "Sample.yaml", "--config-prefix", &config, "--output-path", "tree.h5"]);
    directory
}

#[test]
fn a_forest_is_made_shown_and_compared() {
    let directory = prepared();
    let at = directory.path();
    let shown = good(at, &["show-h5types", "-p", "types.h5"]);
    assert_eq!(shown, good(at, &["show-h5types", "-p", "tree.h5"]));
    let row = shown.lines().find(|line| line.contains("PYR")).unwrap();
    let columns: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(columns[..2], ["PYR", "100"]);
    let (start, count) = (columns[2], columns[3]);
    let told = good(at, &["neurotrees_copy", "--fill", "--output", "forest.h5", "-w", "2", "tree.h5", "PYR", start]);
    assert_eq!(told, format!("PYR: the tree of gid {start} copied to {count} cells\n"));
    let told = good(at, &["inspect", "forest.h5"]);
    let radius: Vec<&str> = told.lines().find(|line| line.contains("Radius")).unwrap().split_whitespace().collect();
    let values = (5 * count.parse::<usize>().unwrap()).to_string();
    assert_eq!(radius, ["PYR", "Trees", "Radius", "float32", count, &values, "5", "1", "5"]);
    let told = good(at, &["compare", "forest.h5", "forest.h5"]);
    assert!(told.ends_with(" values compared, 0 differences\n"), "{told}");
    // A second copy in another order says the same.
    good(at, &["neurotrees_copy", "--fill", "--output", "again.h5", "tree.h5", "PYR", start]);
    good(at, &["compare", "forest.h5", "again.h5"]);
    let (status, told, _) = run(at, &["compare", "forest.h5", "tree.h5"]);
    assert_eq!(status, 1);
    let other = start.parse::<u32>().unwrap() + 1;
    let expected = format!("/Populations/PYR/Trees/Radius gid {other}: present | absent");
    assert!(told.lines().any(|line| line == expected), "{told}");
}

#[test]
fn lists_name_morphologies() {
    let directory = prepared();
    let at = directory.path();
    std::fs::write(at.join("list"), "cell.swc\n\ncell.swc\n").unwrap();
    let told = good(at, &["neurotrees_import", "-o", "3", "-l", "list", "PYR", "l.h5"]);
    assert_eq!(told, "PYR 3: 5 points, 3 sections\nPYR 4: 5 points, 3 sections\n");
    std::fs::write(at.join("ids"), "7 cell.swc\n2 cell.swc\n").unwrap();
    let told = good(at, &["neurotrees_import", "-d", "ids", "PYR", "d.h5"]);
    assert_eq!(told, "PYR 7: 5 points, 3 sections\nPYR 2: 5 points, 3 sections\n");
    let told = good(at, &["neurotrees_import", "-r", "cell.swc", "PYR", "r.h5"]);
    assert_eq!(told, "PYR 0: 5 points, 3 sections\n");
    std::fs::write(at.join("ids"), "7 cell.swc\nseven cell.swc\n").unwrap();
    let error = refused(at, &["neurotrees_import", "-d", "ids", "PYR", "no.h5"]);
    assert!(error.contains("ids:2: `seven cell.swc`"), "{error}");
    assert!(!at.join("no.h5").exists());
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let directory = prepared();
    let at = directory.path();
    let error = refused(at, &["neurotrees_import", "-i", "cell.swc", "-e", "5", "PYR", "no.h5", "cell.swc"]);
    assert!(error.contains("one root section"), "{error}");
    std::fs::write(at.join("bad.swc"), "0 1 0 0 0 5 -1\n1 3 0 0 x 5 0\n").unwrap();
    let error = refused(at, &["neurotrees_import", "PYR", "no.h5", "bad.swc"]);
    assert!(error.contains("bad.swc:2:9"), "{error}");
    let error = refused(at, &["neurotrees_copy", "tree.h5", "PYR", "0"]);
    assert!(error.contains("--fill"), "{error}");
    let error = refused(at, &["neurotrees_copy", "--fill", "missing.h5", "PYR", "0"]);
    assert!(error.contains("missing.h5: there is no such file"), "{error}");
    let error = refused(at, &["neurotrees_select", "-p", "PYR", "tree.h5", "Selection", "no.h5"]);
    assert!(error.contains("/Populations/PYR/Selection/New Cell Index"), "{error}");
    let config = config();
    let coordinates = ["--coords-path", "types.h5", "--dataset-prefix", "out"];
    let arguments = [&["prepare-data", "-c", "Sample.yaml", "--config-prefix", &config][..], &coordinates].concat();
    let error = refused(at, &arguments);
    assert!(error.contains("no file has /Populations/STIM/Generated Coordinates"), "{error}");
    assert!(!at.join("no.h5").exists() && !at.join("out").exists());
    assert_eq!(run(at, &["neurotrees_copy", "--chunk-size", "0", "--fill", "tree.h5", "PYR", "0"]).0, 2);
    assert_eq!(run(at, &["compare", "--ulp", "1", "--statistics", "tree.h5", "tree.h5"]).0, 2);
}

//! What `mivc compile` says of the mechanisms that we ship.

#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

use std::path::Path;
use std::process::Command;

/// Every number before ` ms`, which differs from run to run, as `_`; columns of a table stay where they are.
fn mask_times(text: &str) -> String {
    let mut parts: Vec<String> = text.split(" ms").map(str::to_owned).collect();
    let last = parts.len() - 1;
    for part in &mut parts[..last] {
        let before = part.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let in_table = part[..before].ends_with(' ');
        part.truncate(if in_table { part.len() - 6 } else { before });
        part.push_str(if in_table { "     _" } else { "_" });
    }
    parts.join(" ms")
}

#[test]
fn all_shipped_mechanisms() {
    let directory = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../mechanisms").canonicalize().unwrap(),
        directory.path().join("mechanisms"),
    )
    .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mivc"))
        .args(["compile", "mechanisms", "-o", "all.mivlib"])
        .current_dir(directory.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
    assert!(directory.path().join("all.mivlib").exists());
    insta::assert_snapshot!(mask_times(&String::from_utf8(output.stdout).unwrap()));
}

//! Libraries come back whole or are refused by name.

use super::{LibraryError, Stored, is_library, read, write};
use crate::kir::arbitrary::{kernel, layout};
use crate::opt;

fn stored() -> Vec<Stored> {
    let tapes: [Vec<u16>; 2] =
        [(0..200).map(|at| at * 7919 % 1013).collect(), (0..150).map(|at| at * 271 % 997).collect()];
    let one = |(at, tape): (usize, &Vec<u16>)| {
        let mut code = kernel(tape);
        opt::run(&mut code);
        let mut layout = layout();
        // Shortest decimals of these need the reader to round correctly.
        layout.columns[0].default = 0.1 + 0.2;
        layout.globals[0].default = 6.674_30e-11 / 3.0;
        layout.name = format!("any{at}");
        layout.kernels = vec![code.kind];
        Stored { layout, kernels: vec![code] }
    };
    tapes.iter().enumerate().map(one).collect()
}

#[test]
fn what_is_written_reads_back_equal_and_the_same_each_time() {
    let all = stored();
    let bytes = write(&all);
    assert_eq!(bytes, write(&all));
    assert!(is_library(&bytes));
    assert_eq!(read(&bytes).unwrap(), all);
    assert_eq!(read(&write(&[])).unwrap(), []);
}

#[test]
fn fingerprints_tell_mechanisms_apart() {
    let all = stored();
    assert_ne!(all[0].fingerprint(), all[1].fingerprint());
    let mut changed = all[0].clone();
    changed.layout.columns[0].default += 1.0;
    assert_ne!(changed.fingerprint(), all[0].fingerprint());
    assert_eq!(all[0].clone().fingerprint(), all[0].fingerprint());
}

#[test]
fn every_cut_is_noticed() {
    let bytes = write(&stored());
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end]).is_err(), "cut at {end}");
    }
    let half = &bytes[..bytes.len() - 1];
    assert!(matches!(read(half), Err(LibraryError::Truncated { found: 1, expected: 2 })));
    assert!(matches!(read(b""), Err(LibraryError::NotALibrary)));
}

#[test]
fn every_changed_byte_is_noticed() {
    let all = stored();
    let bytes = write(&all);
    // The compiler's version in the header is information only.
    let header = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    for at in header + 1..bytes.len() {
        for flip in [0x01, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            // JSON does not tell some blanks apart; what is read must then be the same.
            if let Ok(read) = read(&damaged) {
                assert_eq!(read, all, "byte {at}");
            }
        }
    }
}

#[test]
fn other_versions_and_other_files_are_refused_by_name() {
    let text = String::from_utf8(write(&stored())).unwrap();
    let newer = text.replacen("library 2 ", "library 3 ", 1);
    let error = read(newer.as_bytes()).unwrap_err();
    assert!(matches!(&error, LibraryError::Version { found, .. } if found == "3"), "{error}");
    let error = read(b"\x7fELF\0\0\0").unwrap_err();
    assert_eq!(error.to_string(), "this is not a mechanism library; make one with `mivc compile DIR -o FILE`");
    let more = format!("{text}x\n");
    assert!(matches!(read(more.as_bytes()), Err(LibraryError::Damaged { .. })));
}

#[test]
fn kernels_that_break_a_rule_are_refused() {
    let mut all = stored();
    all[0].kernels[0].scratch = u32::MAX;
    let error = read(&write(&all)).unwrap_err();
    assert!(matches!(&error, LibraryError::Damaged { mechanism, .. } if mechanism == "any0"), "{error}");
}

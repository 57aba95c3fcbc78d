//! The templates that come with mivc, on a small tree.

mod common;

use common::{RecordingHost, make};
use hoc_parser::{Cell, Value};

/// Soma, axon, two basal dendrites, three apical ones (one of them 600 µm away), and an initial segment: each starts at
/// the last point of its parent and has three points 10 µm apart.
fn tree() -> Vec<Value> {
    //           SWC type, parent
    const SECTIONS: [(f64, usize); 8] =
        [(1.0, 0), (2.0, 7), (3.0, 0), (3.0, 2), (4.0, 0), (4.0, 4), (4.0, 5), (7.0, 0)];
    let (mut nodes, mut x, mut types) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (swc_type, _)) in SECTIONS.iter().enumerate() {
        nodes.push((0..3).map(|one| (3 * at + one) as f64).collect::<Vec<_>>());
        let step = if at == 5 { 300.0 } else { 10.0 };
        x.extend((0..3).map(|one| 30.0 * at as f64 + step * f64::from(one)));
        types.extend([*swc_type; 3]);
    }
    let n = x.len();
    let children = 1..SECTIONS.len();
    vec![
        Value::Number(42.0),
        Value::map(nodes),
        Value::array(vec![0.0; n]),
        Value::array(children.clone().map(|at| SECTIONS[at].1 as f64)),
        Value::array(children.clone().map(|at| at as f64)),
        Value::array(children.map(|_| 2.0)),
        Value::array(x),
        Value::array(vec![1.0; n]),
        Value::array(vec![2.0; n]),
        Value::array((0..n).map(|at| 1.0 + at as f64 / 16.0)),
        Value::array(types),
    ]
}

fn shipped(name: &str) -> (Cell, RecordingHost) {
    let path = format!("{}/../templates/{name}.hoc", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    make(&text, name, tree()).unwrap_or_else(|message| panic!("{message}"))
}

fn check_tree(name: &str) -> RecordingHost {
    let (cell, host) = shipped(name);
    // The section that the template starts with was replaced.
    assert_eq!((host.count(), host.roots()), (8, 1), "{name}");
    assert_eq!(cell.sections("sections").len(), 8, "{name}");
    let lists = ["soma_list", "axon_list", "basal_list", "apical_list", "dendrite_list"];
    assert_eq!(lists.map(|list| cell.section_list(list).len()), [1, 1, 2, 3, 5], "{name}");
    let index = ["somaidx", "axonidx", "basalidx", "apicalidx", "aisidx", "hilidx"].map(|index| cell.vector(index));
    assert_eq!(index, [vec![0.0], vec![1.0], vec![2.0, 3.0], vec![4.0, 5.0, 6.0], vec![7.0], vec![]], "{name}");
    assert_eq!(cell.number("gid"), Some(42.0), "{name}");
    assert_eq!(host.celsius, 34.0, "{name}");
    assert_eq!(host.lines.iter().filter(|line| line.contains(": pt3dadd")).count(), 24, "{name}");
    host
}

#[test]
fn pyramidal_cell() {
    let host = check_tree("PoolosPyramidalCell");
    // Soma and the two apical dendrites within 500 µm.
    assert_eq!((host.with("ch_HCNp"), host.with("ch_KvAdistp")), (3, 2));
    // All but the initial segment.
    assert_eq!((host.with("pas"), host.with("ch_Navaxonp")), (7, 1));
}

#[test]
fn basket_cell() {
    let host = check_tree("PVBasketCell");
    // Soma and dendrites are excitable as well as the axon; the leak is not in the axon.
    assert_eq!((host.with("ch_CavN"), host.with("ch_leak")), (7, 6));
}

#[test]
fn olm_cell() {
    let host = check_tree("OLMCell");
    // Soma, axon and basal dendrites; h in the soma only.
    assert_eq!((host.with("ch_leak"), host.with("ch_HCNolm")), (4, 1));
}

/// Each file in the folder has a test above.
#[test]
fn no_template_is_forgotten() {
    let folder = format!("{}/../templates", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names =
        files.filter_map(|file| Some(file.ok()?.file_name().to_string_lossy().strip_suffix(".hoc")?.to_owned()));
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert_eq!(names, ["OLMCell", "PVBasketCell", "PoolosPyramidalCell"]);
}

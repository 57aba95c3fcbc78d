//! Files made by the original tools; their directory is in `MIVC_REFERENCE_DATA`.

use std::path::PathBuf;

use neuroh5::Store;

fn data(name: &str) -> PathBuf {
    PathBuf::from(std::env::var_os("MIVC_REFERENCE_DATA").expect("MIVC_REFERENCE_DATA names the directory")).join(name)
}

#[test]
fn cells_of_the_original_tools_are_read() {
    let store = Store::open(&data("tiny/datasets/Tiny_Cells.h5")).unwrap();
    let types = store.types().unwrap();
    let ranges: Vec<_> =
        types.populations.iter().map(|one| (one.name.as_str(), one.number, one.gids.clone())).collect();
    assert_eq!(ranges, [("STIM", 0, 0..4), ("PYR", 100, 4..12), ("PVBC", 101, 12..20), ("OLM", 102, 20..24)]);
    let trees = store.trees("PYR", 4).unwrap();
    assert_eq!(trees.gids(), (4..12).collect::<Vec<_>>());
    let tree = trees.tree(5).unwrap();
    assert_eq!((tree.x.len(), tree.sections.len(), tree.source.len()), (10346, 167, 166));
    let synapses = store.attributes("PYR", "Synapse Attributes", "syn_ids", 4).unwrap();
    assert_eq!(synapses.gids().map(|gid| synapses.as_u32(gid).len()).sum::<usize>(), 14531);
}

#[test]
fn connections_of_the_original_tools_are_read() {
    let store = Store::open(&data("tiny/datasets/Tiny_Connections.h5")).unwrap();
    let types = store.types().unwrap();
    let gids = |name: &str| types.population(name).unwrap().gids.clone();
    let mut edges = 0;
    for (destination, source) in store.projection_names().unwrap() {
        let projection = store.projection(&destination, &source, gids(&destination), gids(&source)).unwrap();
        edges += projection.n_edges();
        for row in 0..projection.destinations().count() {
            projection.edges(row).unwrap();
        }
    }
    assert_eq!(edges, 38481);
}

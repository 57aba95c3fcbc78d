//! Snapshots, oracles and whole-network tests

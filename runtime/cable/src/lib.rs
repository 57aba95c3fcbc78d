//! Sections, segments and nodes: geometry, axial resistance, topology, inserted mechanisms

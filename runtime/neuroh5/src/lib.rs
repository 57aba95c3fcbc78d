//! The NeuroH5 file format: H5Types, trees, cell attributes, projections

//! Passes on small kernels; the property that they keep every bit is in `backend::tests`.

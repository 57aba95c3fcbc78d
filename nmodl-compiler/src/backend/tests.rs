//! Both backends on the same kernels, bit for bit.

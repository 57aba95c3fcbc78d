//! The mechanisms that we ship: built-in ones and those of `mechanisms/`.

use std::path::{Path, PathBuf};

use nmodl_compiler::Compiled;

/// Top of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Compiles one text; its problems end the test.
pub fn compile(name: &str, text: &str) -> Compiled {
    let mut sources = diag::Sources::new();
    let (compiled, problems) = nmodl_compiler::compile(sources.add(name, text), &sources);
    compiled.unwrap_or_else(|| panic!("{}", problems.render(&sources, false)))
}

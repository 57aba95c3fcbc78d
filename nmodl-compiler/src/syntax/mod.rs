//! NMODL text to a syntax tree and back.
//!
//! [`parse`] never panics and always ends; after an error it goes on with the next statement or block, so that one run
//! shows all of them. [`print::print`] writes a tree as NMODL again.

pub mod ast;
mod lexer;
mod parser;
pub mod print;
#[cfg(test)]
mod tests;
mod token;

pub use parser::{includes, parse, parse_file};

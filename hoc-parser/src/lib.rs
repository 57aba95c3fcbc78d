//! hoc templates: lexer, parser, and an evaluator that builds cells through a host.

pub mod ast;
mod eval;
pub mod host;
mod lexer;
mod message;
mod parser;
mod value;

pub use eval::{Cell, Error, Interpreter};
pub use host::{CellHost, HostError};
pub use parser::parse;
pub use value::Value;

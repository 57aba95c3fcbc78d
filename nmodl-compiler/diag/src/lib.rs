//! Source files, spans, diagnostics and their rendering.
//!
//! Every problem with a place in a text (a `.mod`, a `.hoc`, a `.yaml`) is a [`Diagnostic`]: a stable code, a title,
//! a primary label on the guilty token, secondary labels on what it conflicts with, and a help line that says what to
//! do. Problems are collected in [`Problems`], sorted and rendered once, so that one run shows all of them.
//! This crate knows nothing of any language.

mod problems;
mod render;
mod source;

pub use problems::{Diagnostic, Label, Problems, Severity};
pub use source::{FileId, SourceFile, Sources, Span};

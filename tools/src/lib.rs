//! The `mivc` executable: the compiler and the commands of the tutorial.
//!
//! One file under `commands` for each subcommand: its arguments as a clap struct and a `run` that returns a
//! [`cli::Failure`] or nothing. What a command does lives in the other crates; here are arguments, messages, tables and pictures.

pub mod cli;
pub mod commands;
pub mod mechanisms;
pub mod plot;
pub mod ranks;
pub mod report;
pub mod sample;

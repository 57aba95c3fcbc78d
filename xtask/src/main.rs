//! Chores of this repository. `cargo xtask corpus DIR` says which of the mechanisms below a directory the compiler
//! takes.

mod corpus;

use clap::Parser;

/// Chores of this repository
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
enum Command {
    /// Compile every mechanism below a directory and print what is rejected, and why
    Corpus(corpus::Args),
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Corpus(args) => corpus::run(&args),
    }
}

//! The `mivc` executable; see `cli` for what it can do.

fn main() -> std::process::ExitCode {
    tools::cli::main(std::env::args_os().collect())
}

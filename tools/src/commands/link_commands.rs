//! `mivc link-commands DIR`: the tutorial's commands as links to this executable.

use std::path::{Path, PathBuf};

use crate::cli::{Failure, Outcome, command_names};
use crate::commands::say;

/// Arguments of `link-commands`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Directory for the links; put it on the PATH
    directory: PathBuf,
}

/// Makes the links; a file of the same name that is no link to a `mivc` is left alone and reported.
pub fn run(args: &Args) -> Outcome {
    let target = std::env::current_exe().and_then(|path| path.canonicalize())?;
    let tell = |error: std::io::Error, what: &Path| {
        Failure::Message(format!("cannot make {}: {error}; choose a directory you can write to", what.display()))
    };
    std::fs::create_dir_all(&args.directory).map_err(|error| tell(error, &args.directory))?;
    let mut made = 0;
    for name in command_names() {
        let link = args.directory.join(&name);
        match std::fs::read_link(&link) {
            Ok(old) if old == target => {
                made += 1;
                continue;
            }
            Ok(old) if old.file_stem().is_some_and(|stem| stem == "mivc") => {
                std::fs::remove_file(&link).map_err(|error| tell(error, &link))?;
            }
            Ok(_) => return Err(taken(&link)),
            Err(_) if link.symlink_metadata().is_ok() => return Err(taken(&link)),
            Err(_) => {}
        }
        std::os::unix::fs::symlink(&target, &link).map_err(|error| tell(error, &link))?;
        made += 1;
    }
    say(&format!("{made} commands in {}; add it to the PATH:", args.directory.display()));
    let directory = args.directory.canonicalize().unwrap_or_else(|_| args.directory.clone());
    say(&format!("    export PATH=\"{}:$PATH\"", directory.display()));
    Ok(())
}

fn taken(link: &Path) -> Failure {
    Failure::Message(format!(
        "{} exists and is not a link to mivc; choose another directory, or remove it first",
        link.display()
    ))
}

//! `mivc compile`: mechanisms to a mechanism library, and the text of every stage.

use std::path::{Path, PathBuf};
use std::time::Instant;

use diag::Sources;
use mech_abi::MechanismKind;
use nmodl_compiler::library::Stored;
use nmodl_compiler::{Compiled, library};

use crate::cli::{Failure, Outcome};
use crate::commands::{complain, say, write_whole};
use crate::mechanisms::{find, read_sources};

/// A stage whose text can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Stage {
    /// Syntax tree
    Ast,
    /// Resolved mechanism
    Hir,
    /// Optimised kernels
    Kir,
    /// Variables and where they live
    Layout,
    /// Cranelift's code, the same on every machine
    Clif,
}

/// Arguments of `compile`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// .mod files, or directories in which to look for them
    #[arg(required = true, value_name = "DIR|FILE")]
    inputs: Vec<PathBuf>,
    /// Mechanism library to write
    #[arg(short, long, value_name = "FILE", default_value = "mechanisms.mivlib")]
    output: PathBuf,
    /// Print the text of stages instead of writing a library
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    emit: Vec<Stage>,
    /// Write the kernels after every pass into files in this directory
    #[arg(long, value_name = "DIR")]
    dump_passes: Option<PathBuf>,
}

/// Compiles; all problems of all files are shown, and nothing is written if any is an error.
pub fn run(args: &Args) -> Outcome {
    let paths = find(&args.inputs)?;
    let mut sources = Sources::new();
    let ids = read_sources(&paths, &mut sources)?;
    let mut problems = diag::Problems::new();
    let mut compiled = Vec::new();
    let clock = Instant::now();
    for id in ids {
        let began = Instant::now();
        let (one, found) = nmodl_compiler::compile(id, &sources);
        problems.append(found);
        if let Some(one) = one {
            compiled.push((one, began.elapsed().as_secs_f64() * 1e3));
        }
    }
    let elapsed = clock.elapsed().as_secs_f64() * 1e3;
    crate::commands::show(&problems, &sources);
    if problems.has_errors() {
        let errors = problems.count(diag::Severity::Error);
        complain(&format!("{errors} errors in {} files; no library was written", paths.len()));
        return Err(Failure::Told);
    }
    if let Some(directory) = &args.dump_passes {
        for (one, _) in &compiled {
            dump(directory, one)?;
        }
    }
    if !args.emit.is_empty() {
        for (one, _) in &compiled {
            for stage in &args.emit {
                say(text(one, *stage)?.trim_end());
            }
        }
        return Ok(());
    }
    for (one, ms) in &compiled {
        say(&line(one, *ms));
    }
    let stored: Vec<Stored> =
        compiled.into_iter().map(|(one, _)| Stored { layout: one.layout, kernels: one.kernels }).collect();
    // Names and charges must agree, and the code must come out, before anything is written.
    crate::mechanisms::catalogue(&stored)?;
    write_whole(&args.output, &library::write(&stored))?;
    let count = stored.len();
    let noun = if count == 1 { "mechanism" } else { "mechanisms" };
    say(&format!("{count} {noun} in {} ({elapsed:.1} ms)", args.output.display()));
    Ok(())
}

/// One line a mechanism: kind, name, range variables, ions, time.
fn line(one: &Compiled, ms: f64) -> String {
    let layout = &one.layout;
    let kind = match layout.kind {
        MechanismKind::Density => "density mechanism",
        MechanismKind::PointProcess => "point process",
        MechanismKind::ArtificialCell => "artificial cell",
    };
    let range: Vec<&str> =
        layout.columns.iter().filter(|column| column.visible).map(|column| column.name.as_str()).collect();
    let ions: Vec<&str> = layout.ions.iter().map(|ion| ion.ion.as_str()).collect();
    let ions = if ions.is_empty() { String::new() } else { format!("  ions {}", ions.join(", ")) };
    format!("{kind:17}  {:16}  {ms:6.2} ms  {}{ions}", layout.name, range.join(", "))
}

/// The text of a stage.
pub fn text(one: &Compiled, stage: Stage) -> Result<String, Failure> {
    let kernels = |print: &dyn Fn(&nmodl_compiler::kir::Kernel) -> Result<String, Failure>| {
        one.kernels.iter().map(print).collect::<Result<Vec<_>, _>>().map(|all| all.join("\n"))
    };
    match stage {
        Stage::Ast => Ok(one.ast_text()),
        Stage::Hir => Ok(one.hir_text()),
        Stage::Kir => kernels(&|kernel| Ok(nmodl_compiler::kir::print(kernel, &one.layout))),
        Stage::Layout => Ok(serde_json::to_string_pretty(&one.layout)?),
        Stage::Clif => kernels(&|kernel| Ok(nmodl_compiler::backend::clif_text(kernel, &one.layout)?)),
    }
}

fn dump(directory: &Path, one: &Compiled) -> Outcome {
    let failed = |error: std::io::Error| {
        Failure::Message(format!("cannot write into {}: {error}; choose another directory", directory.display()))
    };
    std::fs::create_dir_all(directory).map_err(failed)?;
    for (number, (pass, text)) in one.passes().into_iter().enumerate() {
        let name = format!("{}.{number:02}.{pass}.kir", one.layout.name);
        std::fs::write(directory.join(name), text).map_err(failed)?;
    }
    Ok(())
}

//! Acceptance over a collection of mechanisms: each file alone, files of equal content once.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use comfy_table::{ContentArrangement, Table, presets};
use diag::{Severity, Sources};
use nmodl_compiler::backend::{KernelBackend, Strips};
use rayon::prelude::*;
use serde::Serialize;

/// Arguments of `corpus`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Directory below which all .mod files are compiled
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// NEURON's translator, to be asked about each file too; MODLUNIT must say where NEURON's unit table is
    #[arg(long, value_name = "FILE")]
    nocmodl: Option<PathBuf>,
    /// Make machine code of what is accepted
    #[arg(long)]
    machine_code: bool,
    /// Name every rejected file
    #[arg(long)]
    list: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    /// It compiles.
    Accepted,
    /// Codes and titles of its errors, in the order of the text.
    Rejected(Vec<(String, String)>),
    /// The compiler panicked.
    Panic,
}

/// A file and what became of it.
#[derive(Debug, Serialize)]
struct Entry {
    path: String,
    verdict: Verdict,
    /// Whether NEURON's translator takes it, if it was asked.
    neuron: Option<bool>,
}

/// A line of the table of rejections.
#[derive(Debug, Serialize)]
struct Reason {
    /// The code.
    code: String,
    /// Files with this code.
    files: usize,
    /// Files with this code that NEURON takes.
    taken_by_neuron: usize,
    /// Files that have no other code.
    alone: usize,
    /// One of them, one that NEURON takes if there is any.
    example: String,
    /// Its title there.
    title: String,
}

/// The whole report.
#[derive(Debug, Serialize)]
struct Report {
    files: usize,
    unique: usize,
    accepted: usize,
    rejected: usize,
    panics: usize,
    /// Taken by NEURON, taken by both, taken by NEURON only.
    neuron: Option<[usize; 3]>,
    milliseconds: f64,
    reasons: Vec<Reason>,
    entries: Vec<Entry>,
}

/// Prints the report.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let mut paths = Vec::new();
    find(&args.directory, &mut paths).with_context(|| format!("cannot read {}", args.directory.display()))?;
    paths.sort();
    let mut seen = BTreeSet::new();
    let mut unique = Vec::new();
    for path in &paths {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        if seen.insert(*blake3::hash(&bytes).as_bytes()) {
            unique.push((path.clone(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    // Panics are counted; their text is of no use in the table.
    std::panic::set_hook(Box::new(|_| ()));
    let clock = Instant::now();
    let verdicts: Vec<Verdict> = unique.par_iter().map(|(path, text)| judge(path, text, args.machine_code)).collect();
    let milliseconds = clock.elapsed().as_secs_f64() * 1e3;
    let _ = std::panic::take_hook();
    let mut entries = Vec::new();
    for ((path, _), verdict) in unique.iter().zip(verdicts) {
        let neuron = args.nocmodl.as_ref().map(|translator| translates(translator, path)).transpose()?;
        let path = path.strip_prefix(&args.directory).unwrap_or(path).display().to_string();
        entries.push(Entry { path, verdict, neuron });
    }
    let report = report(paths.len(), milliseconds, entries);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report, args.list);
    }
    Ok(())
}

fn find(directory: &Path, out: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, out)?;
        } else if path.extension().is_some_and(|extension| extension == "mod") {
            out.push(path);
        }
    }
    Ok(())
}

fn judge(path: &Path, text: &str, machine_code: bool) -> Verdict {
    let compile = || {
        let mut sources = Sources::new();
        let id = sources.add(path.display().to_string(), text);
        nmodl_compiler::add_includes(id, &mut sources, &[], &mut |path| std::fs::read_to_string(path).ok());
        let (compiled, problems) = nmodl_compiler::compile(id, &sources);
        let errors = problems.sorted().into_iter().filter(|one| one.severity == Severity::Error);
        let errors: Vec<(String, String)> = errors.map(|one| (one.code.to_owned(), one.title.clone())).collect();
        match compiled {
            Some(compiled) => {
                match machine_code.then(|| Strips.compile(Arc::new(compiled.layout), &compiled.kernels)) {
                    Some(Err(error)) => Verdict::Rejected(vec![("machine code".to_owned(), error.to_string())]),
                    _ => Verdict::Accepted,
                }
            }
            None => Verdict::Rejected(errors),
        }
    };
    catch_unwind(AssertUnwindSafe(compile)).unwrap_or(Verdict::Panic)
}

/// Whether NEURON's translator takes a file. It is run where the file is, because it looks there for included ones.
fn translates(translator: &Path, path: &Path) -> anyhow::Result<bool> {
    let directory = std::env::temp_dir().join(format!("mivc-corpus-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let translator = std::path::absolute(translator)?;
    let (place, name) = (path.parent().unwrap_or(Path::new(".")), path.file_name().unwrap_or_default());
    let run = Command::new(&translator).arg("-o").arg(&directory).arg(name).current_dir(place).output();
    let run = run.with_context(|| format!("cannot run {}", translator.display()))?;
    std::fs::remove_dir_all(&directory)?;
    Ok(run.status.success())
}

fn report(files: usize, milliseconds: f64, entries: Vec<Entry>) -> Report {
    let mut reasons: BTreeMap<&str, Reason> = BTreeMap::new();
    for entry in &entries {
        let Verdict::Rejected(errors) = &entry.verdict else { continue };
        let codes: BTreeSet<&str> = errors.iter().map(|(code, _)| code.as_str()).collect();
        for code in &codes {
            let title = || errors.iter().find(|(one, _)| one == code).map_or(String::new(), |(_, title)| title.clone());
            let reason = reasons.entry(code).or_insert_with(|| Reason {
                code: (*code).to_owned(),
                files: 0,
                taken_by_neuron: 0,
                alone: 0,
                example: entry.path.clone(),
                title: title(),
            });
            reason.files += 1;
            if entry.neuron == Some(true) {
                if reason.taken_by_neuron == 0 {
                    (reason.example, reason.title) = (entry.path.clone(), title());
                }
                reason.taken_by_neuron += 1;
            }
            reason.alone += usize::from(codes.len() == 1);
        }
    }
    let mut reasons: Vec<Reason> = reasons.into_values().collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse((reason.taken_by_neuron, reason.files)));
    let accepted = |entry: &&Entry| entry.verdict == Verdict::Accepted;
    let count = |wanted: &dyn Fn(&&Entry) -> bool| entries.iter().filter(wanted).count();
    let asked = entries.iter().any(|entry| entry.neuron.is_some());
    let neuron = asked.then(|| {
        let taken = count(&|entry| entry.neuron == Some(true));
        let both = count(&|entry| entry.neuron == Some(true) && accepted(entry));
        [taken, both, taken - both]
    });
    Report {
        files,
        unique: entries.len(),
        accepted: count(&accepted),
        rejected: count(&|entry| matches!(entry.verdict, Verdict::Rejected(_))),
        panics: count(&|entry| entry.verdict == Verdict::Panic),
        neuron,
        milliseconds,
        reasons,
        entries,
    }
}

fn print(report: &Report, list: bool) {
    println!(
        "{} files, {} of different content: {} accepted, {} rejected, {} panics, in {:.0} ms",
        report.files, report.unique, report.accepted, report.rejected, report.panics, report.milliseconds
    );
    if let Some([taken, both, only]) = report.neuron {
        println!("NEURON's translator takes {taken}; of these {both} are accepted here and {only} are not");
    }
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["code", "files", "NEURON takes", "alone", "what", "for example"]);
    for one in &report.reasons {
        let (files, taken, alone) = (one.files.to_string(), one.taken_by_neuron.to_string(), one.alone.to_string());
        table.add_row([&one.code, &files, &taken, &alone, &one.title, &one.example]);
    }
    println!("{table}");
    for entry in report.entries.iter().filter(|_| list) {
        let verdict = match &entry.verdict {
            Verdict::Accepted if entry.neuron == Some(false) => "accepted, not by NEURON".to_owned(),
            Verdict::Accepted => continue,
            Verdict::Panic => "panic".to_owned(),
            Verdict::Rejected(errors) => {
                let all: Vec<String> = errors.iter().map(|(code, title)| format!("{code} {title}")).collect();
                all.join("; ")
            }
        };
        let mark = if entry.neuron == Some(false) { " (refused by NEURON)" } else { "" };
        println!("{}{mark}: {verdict}", entry.path);
    }
}

//! NMODL compiler: text in, mechanisms with compiled kernels out.
//!
//! Pure: no file access, no environment, no clock. The stages, in order: `syntax` (lexer, parser, AST), `resolve`
//! (names to ids: HIR), `ode` (SOLVE to straight code), `kir` (kernel IR), `opt` (small passes), `backend`
//! (interpreter and Cranelift). `library` is the portable file of compiled mechanisms.

pub mod backend;
pub mod builtin;
pub mod codes;
pub mod hir;
pub mod intrinsic;
pub mod kir;
pub mod library;
pub mod lower;
mod ode;
pub mod opt;
pub mod resolve;
pub mod syntax;
pub mod units;
mod verbatim;

use std::path::{Path, PathBuf};

use diag::{FileId, Problems, Sources};
use mech_abi::MechanismLayout;

/// A mechanism with what every stage made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// Syntax tree.
    pub ast: syntax::ast::Program,
    /// Resolved mechanism.
    pub hir: hir::Mechanism,
    /// Variables and where they live.
    pub layout: MechanismLayout,
    /// Kernels as lowered, before any pass.
    pub lowered: Vec<kir::Kernel>,
    /// Kernels after all passes, in the order of `layout.kernels`.
    pub kernels: Vec<kir::Kernel>,
}

impl Compiled {
    /// The syntax tree as NMODL in one layout.
    pub fn ast_text(&self) -> String {
        syntax::print::print(&self.ast)
    }

    /// The resolved mechanism as text.
    pub fn hir_text(&self) -> String {
        hir::print::print(&self.hir)
    }

    /// Name of each pass and the text of all kernels after it; `lowered` is the state before the first.
    pub fn passes(&self) -> Vec<(&'static str, String)> {
        let text = |kernels: &[kir::Kernel]| {
            kernels.iter().map(|kernel| kir::print(kernel, &self.layout)).collect::<Vec<_>>().join("\n")
        };
        let mut kernels = self.lowered.clone();
        let mut all = vec![("lowered", text(&kernels))];
        for (name, pass) in opt::PASSES {
            kernels.iter_mut().for_each(pass);
            all.push((name, text(&kernels)));
        }
        all
    }
}

/// Adds the files that `file` INCLUDEs, and those that they include. `read` gives the text at a path, if there is one;
/// it is asked in NEURON's order: the path as written if it is absolute, beside the including file, in the working
/// directory, in `..`, and in the directories of `search` (NEURON's MODL_INCLUDE).
pub fn add_includes(
    file: FileId,
    sources: &mut Sources,
    search: &[PathBuf],
    read: &mut dyn FnMut(&Path) -> Option<String>,
) {
    let mut pending = vec![file];
    while let Some(by) = pending.pop() {
        let (name, text) = (sources.file(by).name.clone(), sources.file(by).text.clone());
        let beside = Path::new(&name).parent().unwrap_or(Path::new("")).to_owned();
        for written in syntax::includes(&text) {
            if sources.included(by, &written).is_some() {
                continue;
            }
            let places = [beside.clone(), PathBuf::new(), PathBuf::from("..")];
            let found = places.iter().chain(search).find_map(|place| {
                let path = place.join(&written);
                Some((read(&path)?, path.display().to_string()))
            });
            let Some((text, path)) = found else { continue };
            let known = sources.files().iter().position(|other| other.name == path);
            let id = match known {
                Some(at) => FileId(at as u32),
                None => {
                    let id = sources.add(path, text);
                    pending.push(id);
                    id
                }
            };
            sources.include(by, written, id);
        }
    }
}

/// Compiles one file of `sources` through all stages; none if there is any error among the problems.
pub fn compile(file: FileId, sources: &Sources) -> (Option<Compiled>, Problems) {
    let source = sources.file(file);
    let (ast, mut problems) = syntax::parse_file(file, sources);
    let name = source.name.rsplit(['/', '\\']).next().unwrap_or(&source.name);
    if problems.has_errors() {
        // Names are looked up all the same, so that one run shows all problems.
        let _ = resolve::resolve(&ast, name, &mut problems);
        return (None, problems);
    }
    let Some(hir) = resolve::resolve(&ast, name, &mut problems) else { return (None, problems) };
    let Some(lower::Lowered { layout, kernels: lowered }) = lower::lower(&hir, &mut problems) else {
        return (None, problems);
    };
    let mut kernels = lowered.clone();
    kernels.iter_mut().for_each(opt::run);
    (Some(Compiled { ast, hir, layout, lowered, kernels }), problems)
}

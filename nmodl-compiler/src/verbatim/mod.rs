//! VERBATIM: the C that occurs in published mechanisms, recognised and turned into ordinary HIR.
//!
//! A block goes through a small preprocessor (`preprocess`: comments, `#if NRNBBCORE`, macros), and what is left is
//!
//! - at top level: includes, declarations and functions such as `bbcore_write`, which are of no concern here; whoever
//!   uses one of them is not recognised and reported there;
//! - in a PROCEDURE or DESTRUCTOR: plumbing of pointers (`play(Vector)`, `noiseFromRandom123(…)`), which the simulator
//!   does itself, because streams and vectors belong to it;
//! - otherwise: statements of a subset of C (`translate`): numbers, `if`, loops, `return`, the mechanism's variables
//!   (`x`, `_larg`, `_ion_cai`), the stream or vector behind a BBCOREPOINTER (`_p_name`).
//!
//! Everything else is an error that names what NMODL has instead.

mod preprocess;
mod translate;

use diag::Diagnostic;

use crate::codes;
use crate::hir::{Expr, Stmt};
use crate::resolve::{Code, Place, Resolver};
use crate::syntax::ast::{Block, Item, ListKeyword, NeuronStatement, Program, StatementKind, Verbatim};

pub(crate) use preprocess::Preprocessor;

/// What a BBCOREPOINTER points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A random stream, by number.
    Stream(u32),
    /// A played vector, by number.
    Vector(u32),
}

/// What hands over hoc's own objects, pointers and strings: this simulator has none of them.
const HOC_OBJECTS: &[&str] = &[
    "nrn_random_arg",
    "vector_arg",
    "vector_resize",
    "vector_pobj",
    "hoc_pgetarg",
    "hoc_objgetarg",
    "hoc_obj_ref",
    "hoc_obj_unref",
    "gargstr",
    "hoc_pargstr",
    "hoc_hgetarg",
    "install_vector_method",
    "Object",
    "nrn_random_isran123",
];

/// Calls that only move pointers, and what surrounds them.
const PLUMBING: &[&str] = &[
    "ifarg",
    "vector_arg",
    "vector_pobj",
    "hoc_obj_ref",
    "hoc_obj_unref",
    "nrn_random_arg",
    "nrnran123_deletestream",
    "nrnran123_newstream",
    "nrnran123_newstream3",
    "getarg",
    "fprintf",
    "assert",
    "chkarg",
    "hoc_execerror",
    "reinterpret_cast",
    "static_cast",
];

/// Reads which pointers are streams and which are vectors; `first_stream` streams are RANDOMs.
pub(crate) fn slots(program: &Program) -> Vec<(String, Slot)> {
    let mut pointers = Vec::new();
    let mut first_stream = 0;
    let mut texts = Vec::new();
    let mut assigned: Vec<String> = Vec::new();
    for item in &program.items {
        match item {
            Item::Neuron(statements, _) => {
                for statement in statements {
                    match statement {
                        NeuronStatement::List(ListKeyword::BbcorePointer | ListKeyword::Pointer, names, _) => {
                            pointers.extend(names.iter().map(|name| name.text.clone()));
                        }
                        NeuronStatement::List(ListKeyword::Random, names, _) => first_stream += names.len() as u32,
                        _ => {}
                    }
                }
            }
            // An ASSIGNED variable whose memory holds a pointer: `*((void**)(&space))`.
            Item::Assigned(list, _) => assigned.extend(list.iter().map(|one| one.name.text.clone())),
            Item::Verbatim(verbatim) => texts.push(verbatim.text.as_str()),
            Item::Code(code) => collect(&code.block, &mut texts),
            _ => {}
        }
    }
    let mut vectors = 0;
    let mut slots = Vec::new();
    let taken = |name: &String| {
        texts.iter().any(|text| text.contains(&format!("**)(&{name})")) || text.contains(&format!("**>(&{name})")))
    };
    assigned.retain(|name| taken(name) && !pointers.contains(name));
    let fields = pointers.into_iter().map(|name| (format!("_p_{name}"), name));
    let memory = assigned.into_iter().map(|name| (format!("&{name}"), name));
    for (field, name) in fields.chain(memory) {
        let users: Vec<&str> = texts.iter().copied().filter(|text| text.contains(&field)).collect();
        let slot = if users.iter().any(|text| text.contains("nrnran123_") || text.contains("Rand*")) {
            first_stream += 1;
            Slot::Stream(first_stream - 1)
        } else if users.iter().any(|text| text.contains("vector_")) {
            vectors += 1;
            Slot::Vector(vectors - 1)
        } else {
            continue;
        };
        slots.push((name, slot));
    }
    slots
}

fn collect<'p>(block: &'p Block, texts: &mut Vec<&'p str>) {
    for statement in &block.statements {
        match &statement.kind {
            StatementKind::Verbatim(verbatim) => texts.push(&verbatim.text),
            StatementKind::If { branches, otherwise } => {
                branches.iter().map(|(_, body)| body).chain(otherwise).for_each(|body| collect(body, texts));
            }
            StatementKind::While(_, body)
            | StatementKind::From { body, .. }
            | StatementKind::Block(body)
            | StatementKind::Initial(body)
            | StatementKind::ForNetcons(_, body) => collect(body, texts),
            _ => {}
        }
    }
}

/// A VERBATIM at top level.
pub(crate) fn top_level(resolver: &mut Resolver<'_>, verbatim: &Verbatim) {
    let tokens = match resolver.preprocessor.run(&verbatim.text) {
        Ok(tokens) => tokens,
        Err(reason) => {
            resolver.report(unknown(verbatim, &reason));
            return;
        }
    };
    let taken = |name: &str| resolver.names.contains_key(name);
    let defined = resolver.preprocessor.defined().find(|name| taken(name)).map(str::to_owned);
    if let Some(name) = defined {
        let reason = format!("#define of `{name}`, which the mechanism declares");
        resolver.report(unknown(verbatim, &reason));
        return;
    }
    if let Err(reason) = declarations_only(&tokens) {
        resolver.report(unknown(verbatim, &reason));
    }
}

/// Whether all tokens are C declarations and functions: a `;` or a `{…}` ends each.
fn declarations_only(tokens: &[String]) -> Result<(), String> {
    let mut depth = 0_usize;
    let mut open = false;
    for token in tokens {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.checked_sub(1).ok_or_else(|| format!("`{token}` without its partner"))?;
                open = token != "}" || depth > 0;
                continue;
            }
            ";" if depth == 0 => {
                open = false;
                continue;
            }
            _ => {}
        }
        open = true;
    }
    if depth > 0 || open { Err("a declaration that does not end in this block".to_owned()) } else { Ok(()) }
}

/// A VERBATIM among statements.
pub(crate) fn statement(code: &mut Code<'_, '_>, verbatim: &Verbatim, out: &mut Vec<Stmt>) {
    let tokens = match code.r.preprocessor.run(&verbatim.text) {
        Ok(tokens) => tokens,
        Err(reason) => {
            code.r.report(unknown(verbatim, &reason));
            return;
        }
    };
    if tokens.is_empty() {
        return;
    }
    if matches!(code.place, Place::Procedure | Place::Destructor) && plumbing(code, &tokens, verbatim, out) {
        return;
    }
    match translate::statements(code, &tokens, verbatim.span) {
        Ok(statements) => out.extend(statements),
        Err(_) if tokens.iter().any(|token| HOC_OBJECTS.contains(&token.as_str())) => {
            let keyword = diag::Span { end: verbatim.span.start + "VERBATIM".len() as u32, ..verbatim.span };
            let title = "this VERBATIM block needs hoc's objects";
            let problem = Diagnostic::warning(codes::VERBATIM_OBJECTS, keyword, title);
            let help = "write it in NMODL: RANDOM for random streams, a played vector for Vector";
            code.r.report(problem.label("reaching it during a run is an error").help(help));
            let number = mech_abi::KernelError::HocObject.number();
            let arguments = vec![Expr::Number(number)];
            out.push(Stmt::Host { call: mech_abi::HostCall::Fail, slot: 0, arguments, span: verbatim.span });
        }
        Err(reason) => code.r.report(unknown(verbatim, &reason)),
    }
}

/// Whether the block only moves pointers. One that makes a stream out of its arguments becomes the request to set it.
fn plumbing(code: &mut Code<'_, '_>, tokens: &[String], verbatim: &Verbatim, out: &mut Vec<Stmt>) -> bool {
    let pairs = tokens.iter().zip(tokens.iter().skip(1));
    let mut calls = pairs.filter(|(name, next)| *next == "(" && is_name(name) && !translate::is_keyword(name));
    let slot = |token: &String| code.r.preprocessor.slot(token).is_some();
    let pointers = tokens.iter().any(|token| token.starts_with("_p_") || slot(token));
    let mentions = tokens.iter().any(|token| code.r.names.contains_key(token.as_str()) && !slot(token));
    if !pointers || mentions || !calls.all(|(name, _)| PLUMBING.contains(&name.as_str()) || translate::is_type(name)) {
        return false;
    }
    if !tokens.iter().any(|token| token == "nrnran123_newstream3" || token == "nrnran123_newstream") {
        return true;
    }
    let names = tokens.iter().filter_map(|token| token.strip_prefix("_p_"));
    let streams = names.filter_map(|name| code.r.preprocessor.slot(name));
    let mut slots = streams.filter_map(|slot| if let Slot::Stream(slot) = slot { Some(slot) } else { None });
    let Some(slot) = slots.next() else { return false };
    // The arguments come through getarg(): the PROCEDURE declares none, so the compiler adds them.
    let mut arguments = Vec::new();
    for name in ["id1", "id2", "id3"] {
        match code.add_argument(name) {
            Some(id) => arguments.push(Expr::Local(id, None)),
            None => return false,
        }
    }
    if let Some(signature) = code.current_function.and_then(|id| code.r.signatures.get_mut(id.0 as usize)) {
        signature.arguments = 3;
    }
    let call = mech_abi::HostCall::StreamSetIds;
    out.push(Stmt::Host { call, slot, arguments, span: verbatim.span });
    true
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

fn unknown(verbatim: &Verbatim, reason: &str) -> Diagnostic {
    let text = verbatim.text.as_str();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let help = if has(&["nrnran123", "Rand", "random"]) {
        "declare `RANDOM name` in the NEURON block and use random_uniform, random_negexp or random_normal"
    } else if has(&["vector_", "Vector"]) {
        "read a played vector with vector_capacity(_p_name) and vector_vec(_p_name)[i], or use VecStim"
    } else if has(&["_ion_"]) {
        "list the ion's variable in READ or WRITE of its USEION and assign it by name"
    } else if has(&["getarg", "ifarg"]) {
        "give the PROCEDURE or FUNCTION arguments of its own"
    } else if has(&["printf"]) {
        "remove the output, and record the variable instead"
    } else {
        "write it in NMODL"
    };
    let keyword = diag::Span { end: verbatim.span.start + "VERBATIM".len() as u32, ..verbatim.span };
    Diagnostic::error(codes::UNKNOWN_VERBATIM, keyword, "this VERBATIM block is not recognised")
        .label(reason)
        .help(help)
}

//! VERBATIM blocks that are recognised by what they do, whatever their layout (nmodl-corpus section 4).
//!
//! Comments and white space are dropped, preprocessor lines are followed as NEURON (not CoreNEURON) sees them, and the
//! rest is matched on its essential C: a spike vector's `element()`, a Random123 stream's set-up and deviates, copies
//! of ion variables, early returns, includes and CoreNEURON's read and write functions. Anything else is an error.

use std::collections::BTreeMap;

use diag::Diagnostic;
use mech_abi::HostCall;

use crate::codes;
use crate::hir::{Expr, Operator, Stmt, Target};
use crate::intrinsic::Intrinsic;
use crate::resolve::{Code, Meaning, Resolver};
use crate::syntax::ast::{Item, Name, Program, StatementKind, Verbatim};

/// What a BBCOREPOINTER points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pointer {
    /// A played vector.
    Vector(u32),
    /// A random stream, counted after the RANDOM ones.
    Stream(u32),
}

/// Conditional compilation across VERBATIM blocks, and what pointers mean.
#[derive(Debug, Default)]
pub(crate) struct Preprocessor {
    pointers: BTreeMap<String, Pointer>,
    vectors: u32,
    streams: u32,
    /// Conditions of open `#if`s.
    open: Vec<bool>,
}

impl Preprocessor {
    /// Looks through all VERBATIM blocks of a file for what its pointers are used as.
    pub(crate) fn new(program: &Program) -> Preprocessor {
        let mut all = Preprocessor::default();
        let mut texts = Vec::new();
        for item in &program.items {
            match item {
                Item::Verbatim(one) => texts.push(one.text.clone()),
                Item::Code(code) => collect(&code.block.statements, &mut texts),
                _ => {}
            }
        }
        for text in texts {
            let text = strip_comments(&text);
            for name in pointer_names(&text) {
                if all.pointers.contains_key(&name) {
                    continue;
                }
                if text.contains("vector_") {
                    all.pointers.insert(name, Pointer::Vector(all.vectors));
                    all.vectors += 1;
                } else if text.contains("nrnran123_") {
                    all.pointers.insert(name, Pointer::Stream(all.streams));
                    all.streams += 1;
                }
            }
        }
        all
    }

    /// Whether statements between VERBATIM blocks are compiled.
    pub(crate) fn is_active(&self) -> bool {
        self.open.iter().all(|condition| *condition)
    }

    /// Number of played vectors.
    pub(crate) fn vectors(&self) -> u32 {
        self.vectors
    }

    /// Number of streams behind pointers.
    pub(crate) fn streams(&self) -> u32 {
        self.streams
    }

    /// Slot of a pointer; none if nothing recognised uses it.
    pub(crate) fn slot(&self, name: &str) -> Option<u32> {
        match self.pointers.get(name)? {
            Pointer::Vector(slot) | Pointer::Stream(slot) => Some(*slot),
        }
    }

    /// Follows preprocessor lines; what is left is C that NEURON compiles, without white space.
    fn active_text(&mut self, text: &str) -> String {
        let mut out = String::new();
        for line in text.lines() {
            let line = line.trim();
            let Some(directive) = line.strip_prefix('#') else {
                if self.is_active() {
                    out.extend(line.chars().filter(|c| !c.is_whitespace()));
                }
                continue;
            };
            let directive = directive.trim_start();
            if directive.starts_with("if") {
                let condition: String = directive.chars().filter(|c| !c.is_whitespace()).collect();
                let core = condition.contains("NRNBBCORE");
                let negated = condition.contains('!') || condition.starts_with("ifndef");
                self.open.push(!core || negated);
            } else if directive.starts_with("else") {
                if let Some(last) = self.open.last_mut() {
                    *last = !*last;
                }
            } else if directive.starts_with("endif") {
                self.open.pop();
            }
        }
        out
    }
}

fn collect(statements: &[crate::syntax::ast::Statement], texts: &mut Vec<String>) {
    for statement in statements {
        match &statement.kind {
            StatementKind::Verbatim(one) => texts.push(one.text.clone()),
            StatementKind::Block(block)
            | StatementKind::While(_, block)
            | StatementKind::From { body: block, .. }
            | StatementKind::Initial(block) => collect(&block.statements, texts),
            StatementKind::If { branches, otherwise } => {
                branches.iter().for_each(|(_, block)| collect(&block.statements, texts));
                otherwise.iter().for_each(|block| collect(&block.statements, texts));
            }
            _ => {}
        }
    }
}

fn strip_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix("/*") {
            rest = inside.find("*/").map_or("", |end| &inside[end + 2..]);
            out.push(' ');
        } else if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else {
            let mut chars = rest.chars();
            out.extend(chars.next());
            rest = chars.as_str();
        }
    }
    out
}

fn word_at(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn pointer_names(text: &str) -> Vec<String> {
    let names = text.match_indices("_p_").map(|(at, _)| word_at(&text[at + 3..]).to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

/// The word before `pattern`.
fn word_before<'a>(text: &'a str, pattern: &str) -> Option<&'a str> {
    let before = &text[..text.find(pattern)?];
    let start = before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    Some(&before[start..]).filter(|word| !word.is_empty())
}

fn unknown(verbatim: &Verbatim) -> Diagnostic {
    Diagnostic::error(codes::UNKNOWN_VERBATIM, verbatim.span, "this VERBATIM block is not recognised").help(
        "write it in NMODL: RANDOM and random_normal(…) for random numbers, VecStim for spike trains, ion variables \
         in USEION; C code is not compiled",
    )
}

/// A VERBATIM block at top level: plumbing or nothing.
pub(crate) fn top_level(resolver: &mut Resolver<'_>, verbatim: &Verbatim) {
    let text = resolver.preprocessor.active_text(&strip_comments(&verbatim.text));
    let plumbing = text.contains("bbcore_write") || text.contains("bbcore_read");
    let declarations = text.split(';').all(|one| {
        let fine = ["extern", "static", "typedef", "struct"];
        one.is_empty() || !one.contains('{') && fine.iter().any(|word| one.starts_with(word))
    });
    if !(plumbing || declarations) {
        resolver.report(unknown(verbatim));
    }
}

/// A VERBATIM block among statements.
pub(crate) fn statement(code: &mut Code<'_, '_>, verbatim: &Verbatim, out: &mut Vec<Stmt>) {
    let text = code.r.preprocessor.active_text(&strip_comments(&verbatim.text));
    let name = |text: &str| Name { text: text.to_owned(), span: verbatim.span };
    let pointer = pointer_names(&text).into_iter().find_map(|one| code.r.preprocessor.pointers.get(&one).copied());
    let streams = code.r.neuron.random.len() as u32;
    let host = |call, slot, arguments| Expr::Host(call, slot, arguments);
    let bare = text.trim_matches(|c| c == '{' || c == '}' || c == ';');
    if bare.is_empty() || text.starts_with("printf(") || text.starts_with("fprintf(") {
        return;
    }
    if bare == "return0" || bare == "return" || bare == "return0." {
        out.push(Stmt::Return(None));
        return;
    }
    // The plumbing of play(), destructors and stream set-up from hoc: the simulator does these itself.
    let plumbing = ["vector_arg(", "hoc_obj_unref(", "nrnran123_newstream", "nrn_random_arg("];
    if plumbing.iter().any(|call| text.contains(call)) {
        return;
    }
    if let Some((left, right)) = bare.split_once("=_ion_")
        && left == right
        && let Some((ion, variable)) = code.r.neuron.ion_of(left)
        && let Meaning::Variable(id) = code.meaning(&name(left))
    {
        let target = Target::Variable(id, None);
        out.push(Stmt::Assign { target, value: Expr::IonNow(ion, variable), span: verbatim.span });
        return;
    }
    match pointer {
        Some(Pointer::Vector(slot)) if text.contains("vector_capacity(") => {
            if element(code, &text, slot, verbatim, out).is_none() {
                code.r.report(unknown(verbatim));
            }
        }
        Some(Pointer::Stream(slot)) if text.contains("nrnran123_setseq(") => {
            let slot = slot + streams;
            let restart = Stmt::Host {
                call: HostCall::StreamSetSeq,
                slot,
                arguments: vec![Expr::Number(0.0)],
                span: verbatim.span,
            };
            let condition = host(HostCall::StreamIsSet, slot, Vec::new());
            out.push(Stmt::If { condition, then: vec![restart], otherwise: Vec::new() });
        }
        Some(Pointer::Stream(slot)) if text.contains("nrnran123_normal(") => {
            let slot = slot + streams;
            let argument = |code: &mut Code<'_, '_>, text: Option<&str>| match text {
                Some(text) => match code.meaning(&name(text)) {
                    Meaning::Local(id) => Some(Expr::Local(id, None)),
                    _ => None,
                },
                None => None,
            };
            let deviate = host(HostCall::StreamNormal, slot, Vec::new());
            // `x = _lmean + _lstd*x`: the arguments of the FUNCTION.
            let terms = text.find("=_l").map(|at| &text[at + 3..]);
            let mean = terms.map(word_at);
            let sd = terms.and_then(|terms| terms.find("+_l").map(|at| word_at(&terms[at + 3..])));
            let value = match (argument(code, mean), argument(code, sd)) {
                (Some(mean), Some(sd)) => {
                    let scaled = Expr::Binary(Operator::Mul, Box::new(sd), Box::new(deviate));
                    Expr::Binary(Operator::Add, Box::new(mean), Box::new(scaled))
                }
                _ => deviate,
            };
            let condition = host(HostCall::StreamIsSet, slot, Vec::new());
            out.push(Stmt::If { condition, then: vec![Stmt::Return(Some(value))], otherwise: Vec::new() });
        }
        _ => code.r.report(unknown(verbatim)),
    }
}

/// `i = (int)index; if (i < size) { etime = px[i]; index += 1 } else { index = -1 }`.
fn element(
    code: &mut Code<'_, '_>,
    text: &str,
    slot: u32,
    verbatim: &Verbatim,
    out: &mut Vec<Stmt>,
) -> Option<()> {
    let span = verbatim.span;
    let index = word_at(&text[text.find("=(int)")? + "=(int)".len()..]);
    let time = word_before(text, "=px[").or_else(|| word_before(text, "=vec["))?;
    let mut variable = |text: &str| match code.meaning(&Name { text: text.to_owned(), span }) {
        Meaning::Variable(id) => Some(id),
        _ => None,
    };
    let (index, time) = (variable(index)?, variable(time)?);
    let position = || Expr::Intrinsic(Intrinsic::Trunc, vec![Expr::Variable(index, None)]);
    let set = |id, value| Stmt::Assign { target: Target::Variable(id, None), value, span };
    let binary = |operator, a, b| Expr::Binary(operator, Box::new(a), Box::new(b));
    let next = vec![
        set(time, Expr::Host(HostCall::VectorGet, slot, vec![position()])),
        set(index, binary(Operator::Add, Expr::Variable(index, None), Expr::Number(1.0))),
    ];
    let size = Expr::Host(HostCall::VectorSize, slot, Vec::new());
    let choose = Stmt::If {
        condition: binary(Operator::Lt, position(), size),
        then: next,
        otherwise: vec![set(index, Expr::Number(-1.0))],
    };
    let condition = binary(Operator::Ge, position(), Expr::Number(0.0));
    out.push(Stmt::If { condition, then: vec![choose], otherwise: Vec::new() });
    Some(())
}

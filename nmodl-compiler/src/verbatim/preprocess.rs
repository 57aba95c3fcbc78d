//! The C preprocessor as far as VERBATIM blocks need it.
//!
//! Conditions and macros live through the whole file, as in C: a block may open `#if` and a later one close it, and
//! NMODL statements between them belong to the condition. NRNBBCORE (CoreNEURON) is not defined.

use std::collections::BTreeMap;

use super::Slot;
use crate::syntax::ast::Program;

#[derive(Debug, Clone)]
struct Macro {
    parameters: Option<Vec<String>>,
    body: Vec<String>,
}

/// State of the preprocessor over one file.
#[derive(Debug)]
pub(crate) struct Preprocessor {
    /// Whether each open `#if` is in a branch that counts, and whether one of its branches has counted.
    conditions: Vec<(bool, bool)>,
    macros: BTreeMap<String, Macro>,
    slots: Vec<(String, Slot)>,
}

/// Macros in macros in macros: beyond this they are not expanded.
const DEPTH: usize = 8;

impl Preprocessor {
    pub(crate) fn new(program: &Program) -> Preprocessor {
        Preprocessor { conditions: Vec::new(), macros: BTreeMap::new(), slots: super::slots(program) }
    }

    /// What a BBCOREPOINTER points to.
    pub(crate) fn slot(&self, name: &str) -> Option<Slot> {
        self.slots.iter().find(|(one, _)| one == name).map(|(_, slot)| *slot)
    }

    /// Number of streams behind BBCOREPOINTERs.
    pub(crate) fn streams(&self) -> u32 {
        self.slots.iter().filter(|(_, slot)| matches!(slot, Slot::Stream(_))).count() as u32
    }

    /// Number of vectors behind BBCOREPOINTERs.
    pub(crate) fn vectors(&self) -> u32 {
        self.slots.iter().filter(|(_, slot)| matches!(slot, Slot::Vector(_))).count() as u32
    }

    /// Whether what stands here is compiled.
    pub(crate) fn is_active(&self) -> bool {
        self.conditions.iter().all(|(active, _)| *active)
    }

    /// Names of all macros.
    pub(crate) fn defined(&self) -> impl Iterator<Item = &str> {
        self.macros.keys().map(String::as_str)
    }

    /// The tokens of a block that are compiled, macros expanded.
    pub(crate) fn run(&mut self, text: &str) -> Result<Vec<String>, String> {
        let text = without_comments(text)?.replace("\\\r\n", " ").replace("\\\n", " ");
        let mut out = Vec::new();
        for line in text.lines() {
            match line.trim_start().strip_prefix('#') {
                Some(directive) => self.directive(directive.trim())?,
                None if self.is_active() => out.extend(tokens(line)?),
                None => {}
            }
        }
        self.expand(out, 0)
    }

    fn directive(&mut self, directive: &str) -> Result<(), String> {
        let end = directive.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(directive.len());
        let (word, rest) = directive.split_at(end);
        match word {
            "if" => match condition(rest) {
                Ok(active) => self.open(active),
                Err(reason) => {
                    // The block that closes it must find it open.
                    self.open(false);
                    return Err(reason);
                }
            },
            "ifdef" => self.open(self.macros.contains_key(rest.trim())),
            "ifndef" => self.open(!self.macros.contains_key(rest.trim())),
            "else" | "elif" => {
                let taken = if word == "else" { true } else { condition(rest)? };
                let last = self.conditions.last_mut().ok_or_else(|| format!("#{word} without #if"))?;
                *last = (taken && !last.1, last.1 || taken);
            }
            "endif" => {
                self.conditions.pop().ok_or("#endif without #if")?;
            }
            _ if !self.is_active() => {}
            "include" | "pragma" | "" => {}
            "define" => self.define(rest)?,
            "undef" => {
                self.macros.remove(rest.trim());
            }
            _ => return Err(format!("`#{word}`")),
        }
        Ok(())
    }

    fn open(&mut self, active: bool) {
        self.conditions.push((active, active));
    }

    fn define(&mut self, rest: &str) -> Result<(), String> {
        let rest = rest.trim();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        let (parameters, body) = match rest.strip_prefix('(') {
            Some(rest) => {
                let (list, body) = rest.split_once(')').ok_or("#define without `)`")?;
                (Some(list.split(',').map(|one| one.trim().to_owned()).collect()), body)
            }
            None => (None, rest),
        };
        self.macros.insert(name.to_owned(), Macro { parameters, body: tokens(body)? });
        Ok(())
    }

    fn expand(&self, tokens: Vec<String>, depth: usize) -> Result<Vec<String>, String> {
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            let Some(found) = self.macros.get(token).filter(|_| depth < DEPTH) else {
                out.push(token.clone());
                continue;
            };
            let Some(parameters) = &found.parameters else {
                out.extend(self.expand(found.body.clone(), depth + 1)?);
                continue;
            };
            if tokens.get(at).map(String::as_str) != Some("(") {
                out.push(token.clone());
                continue;
            }
            let (arguments, end) = arguments(&tokens, at + 1).ok_or_else(|| format!("`{token}(` without `)`"))?;
            at = end;
            let mut body = Vec::new();
            for one in &found.body {
                match parameters.iter().position(|parameter| parameter == one) {
                    Some(which) => body.extend(arguments.get(which).cloned().unwrap_or_default()),
                    None => body.push(one.clone()),
                }
            }
            out.extend(self.expand(body, depth + 1)?);
        }
        Ok(out)
    }
}

/// Arguments of a macro whose `(` is before `at`, and the position behind its `)`.
fn arguments(tokens: &[String], at: usize) -> Option<(Vec<Vec<String>>, usize)> {
    let mut all = vec![Vec::new()];
    let mut depth = 0;
    for (offset, token) in tokens.get(at..)?.iter().enumerate() {
        match token.as_str() {
            ")" if depth == 0 => return Some((all, at + offset + 1)),
            "," if depth == 0 => {
                all.push(Vec::new());
                continue;
            }
            "(" | "{" | "[" => depth += 1,
            ")" | "}" | "]" => depth -= 1,
            _ => {}
        }
        all.last_mut()?.push(token.clone());
    }
    None
}

/// The version of NEURON whose C this is.
const NEURON_VERSION: [u32; 3] = [9, 0, 2];

/// Conditions on NRNBBCORE, NEURON's version, literal 0 and 1, and on what is defined; nothing else is known here.
fn condition(text: &str) -> Result<bool, String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    for (operator, any) in [("||", true), ("&&", false)] {
        if let Some((left, right)) = text.split_once(operator) {
            let (left, right) = (condition(left)?, condition(right)?);
            return Ok(if any { left || right } else { left && right });
        }
    }
    if let Some(rest) = text.strip_prefix('!') {
        return Ok(!condition(rest)?);
    }
    if let Some((comparison, rest)) = text.strip_prefix("NRN_VERSION_").and_then(|rest| rest.split_once('(')) {
        let numbers: Vec<u32> = rest.trim_end_matches(')').split(',').filter_map(|one| one.parse().ok()).collect();
        let order = NEURON_VERSION.as_slice().cmp(&numbers);
        match comparison {
            "EQ" => return Ok(order.is_eq()),
            "NE" => return Ok(order.is_ne()),
            "GT" => return Ok(order.is_gt()),
            "LT" => return Ok(order.is_lt()),
            "GTEQ" => return Ok(order.is_ge()),
            "LTEQ" => return Ok(order.is_le()),
            _ => {}
        }
    }
    // Macros of the build are not defined; a `#define` of the file itself is for `#ifdef`.
    if text.trim_start_matches('(').starts_with("defined") {
        return Ok(false);
    }
    match text.trim_start_matches('(').trim_end_matches(')') {
        "NRNBBCORE" | "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(format!("`#if {text}`")),
    }
}

fn without_comments(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['/', '"', '\'']) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        if tail.starts_with("//") {
            rest = &tail[tail.find('\n').unwrap_or(tail.len())..];
        } else if let Some(comment) = tail.strip_prefix("/*") {
            let end = comment.find("*/").ok_or("a comment that is not closed")?;
            out.push(' ');
            // Lines are kept, because directives end with theirs.
            comment[..end].matches('\n').for_each(|newline| out.push_str(newline));
            rest = &comment[end + 2..];
        } else if let Some(behind) = tail.strip_prefix('/') {
            out.push('/');
            rest = behind;
        } else {
            let quote = &tail[..1];
            let mut end = 1;
            while let Some(c) = tail[end..].chars().next() {
                end += c.len_utf8();
                if c == '\\' {
                    end += tail[end..].chars().next().map_or(0, char::len_utf8);
                } else if quote.starts_with(c) {
                    break;
                }
            }
            out.push_str(&tail[..end]);
            rest = &tail[end..];
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// C tokens of one line.
fn tokens(line: &str) -> Result<Vec<String>, String> {
    const LONG: [&str; 16] =
        ["==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "++", "--", "->", "::", "<<", ">>"];
    let mut out = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let starts_number =
            first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()));
        let end = if starts_number {
            let mut end = 0;
            for c in rest.chars() {
                let sign = (c == '+' || c == '-') && rest[..end].ends_with(['e', 'E']) && !rest.starts_with("0x");
                if !(word(c) || c == '.' || sign) {
                    break;
                }
                end += c.len_utf8();
            }
            end
        } else if word(first) {
            rest.find(|c| !word(c)).unwrap_or(rest.len())
        } else if first == '"' || first == '\'' {
            let mut end = 1;
            while let Some(c) = rest[end..].chars().next() {
                end += c.len_utf8();
                if c == '\\' {
                    end += rest[end..].chars().next().map_or(0, char::len_utf8);
                } else if c == first {
                    break;
                }
            }
            end
        } else if LONG.iter().any(|long| rest.starts_with(long)) {
            2
        } else if first.is_ascii_punctuation() {
            1
        } else {
            return Err(format!("the character `{first}`"));
        };
        out.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preprocessor() -> Preprocessor {
        Preprocessor::new(&Program::default())
    }

    #[test]
    fn only_neurons_branch_is_kept() {
        let mut one = preprocessor();
        let text = "#if NRNBBCORE\na\n#else /* NEURON */\nb // c\n#endif\n#ifndef NRNBBCORE\nd\n#endif";
        assert_eq!(one.run(text), Ok(vec!["b".to_owned(), "d".to_owned()]));
        assert!(one.is_active());
    }

    #[test]
    fn conditions_and_macros_outlive_a_block() {
        let mut one = preprocessor();
        assert_eq!(one.run("#define TWICE(x) (x) + (x)\n#if NRNBBCORE\nq"), Ok(vec![]));
        assert!(!one.is_active());
        let tokens = one.run("r\n#endif\nTWICE(f(1, 2));").unwrap();
        assert_eq!(tokens.join(" "), "( f ( 1 , 2 ) ) + ( f ( 1 , 2 ) ) ;");
    }

    #[test]
    fn what_is_not_known_is_said() {
        assert_eq!(preprocessor().run("#if HAVE_MPI\n#endif"), Err("`#if HAVE_MPI`".to_owned()));
        assert_eq!(preprocessor().run("#endif"), Err("#endif without #if".to_owned()));
        assert!(preprocessor().run("a /* b").is_err());
    }
}

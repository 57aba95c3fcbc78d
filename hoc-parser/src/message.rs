//! Words for syntax errors: what was found, what was expected, what to do.

use diag::{Diagnostic, FileId, Span};

use crate::lexer::Token;
use crate::parser::{Spanned, item_start, starts_item};

/// The problem of token `at` (the end of the file, if there are not that many), where the grammar knows `expected`.
pub(crate) fn unexpected(file: FileId, tokens: &[Spanned], at: usize, expected: &[String]) -> Diagnostic {
    let end = tokens.last().map_or(0, |one| one.2);
    let (span, found) = match tokens.get(at) {
        // What is missing at the end of a line is missing behind its last character.
        Some((start, Token::Newline, _)) => (Span::new(file, *start, *start), Token::Newline.describe()),
        Some((start, token, end)) => (Span::new(file, *start, *end), token.describe()),
        None => (Span::new(file, end, end), "the end of the file".to_owned()),
    };
    let expected = Expected(expected);
    let start = item_start(tokens, at);
    let before = &tokens[start.min(at)..at.min(tokens.len())];
    let next_item = at >= tokens.len() || starts_item(tokens, at);
    let wanted = match unclosed(before) {
        Some((_, Token::Sign("{"), _)) if next_item => "`}`".to_owned(),
        _ if at >= tokens.len() && expected.has("endtemplate") => format!("`endtemplate{}`", template_name(tokens)),
        _ => expected.in_words(),
    };
    let error = Diagnostic::error("H0102", span, format!("found {found}, expected {wanted}"));
    let help = remedy(tokens.get(at).map(|one| &one.1), before, &expected, &wanted);
    let error = error.help(help);
    let closes = ["`)`", "`]`", "`}`"].into_iter().any(|sign| wanted.contains(sign));
    match unclosed(before) {
        Some((from, _, to)) if closes => error.also(Span::new(file, *from, *to), "opened here"),
        _ => error,
    }
}

/// Name of the last template that begins, with a blank before it.
fn template_name(tokens: &[Spanned]) -> String {
    let begins = |pair: &&[Spanned]| pair[0].1 == Token::Word("begintemplate");
    match tokens.windows(2).rev().find(begins).map(|pair| &pair[1].1) {
        Some(Token::Name(name) | Token::Section(name)) => format!(" {name}"),
        _ => String::new(),
    }
}

/// The last bracket that is open.
fn unclosed(tokens: &[Spanned]) -> Option<&Spanned> {
    let mut open = Vec::new();
    for one in tokens {
        match one.1 {
            Token::Sign("(" | "[" | "{") => open.push(one),
            Token::Sign(")" | "]" | "}") => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

/// Tokens that the grammar would take.
struct Expected<'a>(&'a [String]);

impl Expected<'_> {
    fn has(&self, token: &str) -> bool {
        self.0.iter().any(|one| one.trim_matches('"') == token)
    }

    fn in_words(&self) -> String {
        let (value, statement, operator) = (self.has("number"), self.has("if"), self.has("+") && !self.has("number"));
        let mut all = Vec::new();
        match (value, statement, operator) {
            (_, true, true) => all.push("an operator or the next statement".to_owned()),
            (_, true, false) => all.push("a statement".to_owned()),
            (true, false, _) => all.push("a value".to_owned()),
            (false, false, _) => {}
        }
        if all.is_empty() && self.has("name") {
            all.push("a name".to_owned());
        }
        let signs: &[&str] = match (statement, operator) {
            (true, true) => &[],
            (true, false) => &["}", "endtemplate"],
            (false, _) => &["(", "{", "=", ",", ";", ")", "]", "}"],
        };
        // Behind a value a call may follow, and behind a variable `=`; closing is what is missing.
        let skip = |sign: &str| sign == "(" && value || operator && matches!(sign, "(" | "=");
        all.extend(signs.iter().filter(|sign| self.has(sign) && !skip(sign)).map(|sign| format!("`{sign}`")));
        if all.is_empty() && self.has("newline") {
            all.push("the end of the line".to_owned());
        }
        match all.split_last() {
            None => "something else".to_owned(),
            Some((last, [])) => last.clone(),
            Some((last, first)) => format!("{} or {last}", first.join(", ")),
        }
    }
}

fn remedy(found: Option<&Token>, before: &[Spanned], expected: &Expected<'_>, wanted: &str) -> String {
    let open = unclosed(before).map(|one| &one.1);
    match found {
        _ if wanted == "`}`" => "close the block with `}`".to_owned(),
        None => format!("end the file with {wanted}"),
        Some(Token::Newline) if matches!(open, Some(Token::Sign("(" | "["))) => {
            "close the bracket in the same line; `\\` at the end of a line continues it".to_owned()
        }
        Some(Token::Newline) if expected.has("if") || wanted == "`{`" => {
            "write `{` at the end of this line, or the statement in it".to_owned()
        }
        Some(Token::Newline) if wanted == "`,`" => "a range has two ends: for i = 0, 9 { … }".to_owned(),
        Some(Token::Newline) if expected.has("number") => {
            "complete the expression; `\\` at the end of a line continues it".to_owned()
        }
        Some(Token::Word("else")) => {
            "`else` belongs in the line in which the statement of `if` ends: `if (…) { … } else { … }`".to_owned()
        }
        Some(Token::Word(word @ ("local" | "localobj"))) => {
            format!("write `{word}` right behind the `{{` of the procedure, in the same line")
        }
        Some(Token::Word(word)) if expected.has("name") && !expected.has("if") => {
            format!("`{word}` is a word of hoc: choose another name")
        }
        Some(Token::Sign(";")) => "end the statement with a blank or a new line".to_owned(),
        Some(Token::Sign("}")) if open.is_none() => "remove it: there is no `{` that it closes".to_owned(),
        Some(Token::Sign(")" | "]")) if open.is_none() => "remove it: nothing is open that it closes".to_owned(),
        Some(Token::Sign("=")) => "assign to a variable, an element or an argument; `==` compares".to_owned(),
        Some(token) if wanted == "the end of the line" => {
            format!("write {} in a line of its own, or remove it", token.describe())
        }
        Some(token) if wanted.starts_with("an operator") => {
            format!("put an operator before {}, or remove it", token.describe())
        }
        Some(Token::Newline) => format!("write {wanted} before the line ends"),
        Some(token) => format!("write {wanted} here, or remove {}", token.describe()),
    }
}

//! Words for syntax errors: what was found, what was expected, what to do.

use diag::{Diagnostic, FileId, Span};

use crate::lexer::Token;
use crate::parser::{Spanned, item_start};

/// The problem of token `at` (the end of the file, if there are not that many), where the grammar knows `expected`.
pub(crate) fn unexpected(file: FileId, tokens: &[Spanned], at: usize, expected: &[String]) -> Diagnostic {
    let end = tokens.last().map_or(0, |one| one.2);
    let (span, found) = match tokens.get(at) {
        Some((start, token, end)) => (Span::new(file, *start, *end), token.describe()),
        None => (Span::new(file, end, end), "the end of the file".to_owned()),
    };
    let expected = Expected(expected);
    let wanted = expected.in_words(at >= tokens.len());
    let error = Diagnostic::error("H0102", span, format!("found {found}, expected {wanted}"));
    let start = item_start(tokens, at);
    let before = &tokens[start.min(at)..at.min(tokens.len())];
    let help = remedy(tokens.get(at).map(|one| &one.1), before, &expected, &wanted);
    let error = error.help(help);
    let closes = ["`)`", "`]`", "`}`"].into_iter().any(|sign| wanted.contains(sign));
    match unclosed(before) {
        Some((from, _, to)) if closes => error.also(Span::new(file, *from, *to), "opened here"),
        _ => error,
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

    fn in_words(&self, ends: bool) -> String {
        if ends && self.has("endtemplate") {
            return "`endtemplate`".to_owned();
        }
        if ends && self.has("}") {
            return "`}`".to_owned();
        }
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
        let skip = |sign: &str| operator && matches!(sign, "(" | "=");
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
    let behind = before.last().map(|one| &one.1);
    let open = unclosed(before).map(|one| &one.1);
    match found {
        _ if wanted == "`}`" => "close the block with `}`".to_owned(),
        None if wanted == "`endtemplate`" => "end the template with `endtemplate` and its name".to_owned(),
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
        Some(Token::Word(word @ ("proc" | "func" | "obfunc" | "iterator"))) if expected.has("if") => {
            format!("`{word}` starts a line of its own, outside procedures: is a `}}` missing before?")
        }
        Some(Token::Word(word)) if expected.has("name") && !expected.has("if") => {
            format!("`{word}` is a word of hoc: choose another name")
        }
        Some(Token::Sign(";")) => "end the statement with a blank or a new line".to_owned(),
        Some(Token::Sign("}")) if open.is_none() => "remove it: there is no `{` that it closes".to_owned(),
        Some(Token::Sign(")" | "]")) if open.is_none() => "remove it: nothing is open that it closes".to_owned(),
        Some(Token::Sign("=")) => "assign to a variable, an element or an argument; `==` compares".to_owned(),
        Some(Token::Section(_)) if matches!(behind, Some(Token::Word("insert"))) => {
            "write the name of a mechanism".to_owned()
        }
        Some(token) => format!("write {wanted} here, or remove {}", token.describe()),
        None => format!("write {wanted}"),
    }
}

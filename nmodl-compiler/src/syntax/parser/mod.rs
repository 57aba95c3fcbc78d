//! Recursive-descent parser: cursor, errors and recovery; the grammar is in the files beside this one.
//!
//! A parsing function returns `Err(Abandoned)` after it has reported a problem; the loop over the statements (or
//! lines) of the block around it then skips to the next one. Every loop consumes a token or leaves, so parsing ends.

mod blocks;
mod declarations;
mod expressions;
mod statements;
mod top;

use std::collections::BTreeMap;

use diag::{Diagnostic, FileId, Problems, Sources, Span};

use super::ast::{Name, Number, Program, Unit, Verbatim};
use super::lexer::{self, Lexeme};
use super::token::Token;
use crate::codes;

/// How deep expressions and blocks may be nested; far beyond any real text, far below the stack's end.
const DEPTH: u32 = 200;

/// Keywords of NMODL's past; today ordinary names.
const OBSOLETE: [&str; 13] = [
    "EQUATION",
    "TERMINAL",
    "MATCH",
    "SENS",
    "PLOT",
    "STEPPED",
    "PARTIAL",
    "FORALL",
    "PUT",
    "GET",
    "RESET",
    "DEPENDENT",
    "INTEGER",
];

/// A problem has been reported; what was being parsed does not exist.
#[derive(Debug)]
struct Abandoned;

type Parsed<T> = Result<T, Abandoned>;

/// Parses a text. The tree holds everything that could be read, whatever problems there are.
pub fn parse(file: FileId, text: &str) -> (Program, Problems) {
    let mut defines = BTreeMap::new();
    parse_one(file, text, None, &mut Vec::new(), &mut defines)
}

/// Parses a file with the files that it INCLUDEs, whose items stand in the tree in place of the INCLUDE.
pub fn parse_file(file: FileId, sources: &Sources) -> (Program, Problems) {
    let mut defines = BTreeMap::new();
    parse_one(file, &sources.file(file).text, Some(sources), &mut Vec::new(), &mut defines)
}

/// `path` are the files whose INCLUDEs led here.
fn parse_one(
    file: FileId,
    text: &str,
    sources: Option<&Sources>,
    path: &mut Vec<FileId>,
    defines: &mut BTreeMap<String, i64>,
) -> (Program, Problems) {
    path.push(file);
    let mut parser = Parser {
        file,
        text,
        current: lexer::token_after(text, 0),
        previous_end: 0,
        problems: Problems::new(),
        defines: std::mem::take(defines),
        depth: 0,
        unclosed: false,
    };
    for (start, end) in lexer::open_comments(text) {
        let open = Diagnostic::error(codes::UNTERMINATED, Span::new(file, start, end), "COMMENT is not closed");
        parser.problems.push(open.help("put ENDCOMMENT first on a line of its own"));
    }
    let program = parser.program(sources, path);
    path.pop();
    *defines = parser.defines;
    (program, parser.problems)
}

/// The names that a text INCLUDEs, without quotes.
pub fn includes(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut lexeme = lexer::token_after(text, 0);
    while lexeme.token != Token::End {
        let next = lexer::token_after(text, lexeme.end);
        if lexeme.token == Token::Include && next.token == Token::Text {
            names.push(text[next.start..next.end].trim_matches('"').to_owned());
        }
        lexeme = next;
    }
    names
}

struct Parser<'t> {
    file: FileId,
    text: &'t str,
    current: Lexeme,
    previous_end: usize,
    problems: Problems,
    defines: BTreeMap<String, i64>,
    depth: u32,
    /// Set while blocks unwind because a `}` is missing, so that one block only is reported.
    unclosed: bool,
}

impl<'t> Parser<'t> {
    fn token(&self) -> Token {
        self.current.token
    }

    fn is(&self, token: Token) -> bool {
        self.current.token == token
    }

    fn slice(&self, lexeme: Lexeme) -> &'t str {
        &self.text[lexeme.start..lexeme.end]
    }

    fn span(&self) -> Span {
        Span::new(self.file, self.current.start, self.current.end)
    }

    /// From byte `start` to the end of the last consumed token.
    fn span_from(&self, start: usize) -> Span {
        Span::new(self.file, start, self.previous_end.max(start))
    }

    fn peek(&self) -> Token {
        lexer::token_after(self.text, self.current.end).token
    }

    fn advance(&mut self) -> Lexeme {
        let lexeme = self.current;
        self.jump(lexeme.end);
        lexeme
    }

    /// Goes on behind byte `end`.
    fn jump(&mut self, end: usize) {
        self.previous_end = end;
        self.current = lexer::token_after(self.text, end);
    }

    fn accept(&mut self, token: Token) -> bool {
        let found = self.is(token);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, token: Token, expected: &str) -> Parsed<Lexeme> {
        if self.is(token) { Ok(self.advance()) } else { Err(self.unexpected(expected)) }
    }

    /// What stands at the cursor, in words.
    fn found(&self) -> String {
        match self.token() {
            Token::End => "the end of the text".to_owned(),
            Token::Verbatim => "VERBATIM".to_owned(),
            Token::Title => "TITLE".to_owned(),
            Token::Text | Token::OpenText => "a string".to_owned(),
            _ => format!("`{}`", self.slice(self.current)),
        }
    }

    /// Reports the token at the cursor.
    fn unexpected(&mut self, expected: &str) -> Abandoned {
        let found = self.found();
        let problem = match self.token() {
            Token::Unknown => {
                let help = if self.slice(self.current) == ";" {
                    "NMODL has no `;`: statements end where the next one starts"
                } else {
                    "remove it, or put it into a comment (`:` or `?` to the end of the line)"
                };
                let title = format!("NMODL has no character {found}");
                Diagnostic::error(codes::UNKNOWN_CHARACTER, self.span(), title).help(help)
            }
            Token::OpenText => Diagnostic::error(codes::UNTERMINATED, self.span(), "string without closing `\"`"),
            Token::Name if OBSOLETE.contains(&self.slice(self.current)) => {
                Diagnostic::error(codes::OBSOLETE, self.span(), format!("NEURON does not accept {found} any more"))
                    .label(format!("expected {expected}"))
            }
            _ => Diagnostic::error(codes::SYNTAX, self.span(), format!("unexpected {found}"))
                .label(format!("expected {expected}")),
        };
        self.problems.push(problem);
        Abandoned
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Parser<'t>) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH {
            let problem = Diagnostic::error(codes::TOO_DEEP, self.span(), "nested too deeply");
            self.problems.push(problem.help("give parts of it names of their own"));
            return Err(Abandoned);
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// Skips to where something new can start: the next line outside nested parentheses and braces, a `}` of the
    /// block we are in, or a word of the top level.
    fn skip_line(&mut self, from: usize) {
        let mut braces = 0_usize;
        let (mut seen, mut new_line) = (from, false);
        loop {
            let upto = self.current.start.max(seen);
            new_line |= self.text[seen..upto].contains(['\n', '\r']);
            seen = upto;
            match self.token() {
                Token::End => return,
                Token::OpenBrace => braces += 1,
                Token::CloseBrace if braces == 0 => return,
                Token::CloseBrace => braces -= 1,
                token if token.starts_top_level() && new_line => return,
                _ if braces == 0 && new_line && self.current.start > from => return,
                _ => {}
            }
            self.advance();
        }
    }

    fn name(&mut self, expected: &str) -> Parsed<Name> {
        let lexeme = self.expect(Token::Name, expected)?;
        Ok(self.name_of(lexeme))
    }

    fn name_of(&self, lexeme: Lexeme) -> Name {
        Name { text: self.slice(lexeme).to_owned(), span: Span::new(self.file, lexeme.start, lexeme.end) }
    }

    fn names(&mut self, expected: &str) -> Parsed<Vec<Name>> {
        let mut names = vec![self.name(expected)?];
        while self.accept(Token::Comma) {
            names.push(self.name(expected)?);
        }
        Ok(names)
    }

    /// Whether a number (or a DEFINEd name) is at the cursor.
    fn at_number(&self) -> bool {
        match self.token() {
            Token::Integer | Token::Real => true,
            Token::Name => self.defines.contains_key(self.slice(self.current)),
            _ => false,
        }
    }

    /// A number with an optional minus.
    fn number(&mut self, expected: &str) -> Parsed<Number> {
        let start = self.current.start;
        let negative = self.accept(Token::Minus);
        if !self.at_number() {
            return Err(self.unexpected(expected));
        }
        let mut number = self.plain_number();
        if negative {
            number.text.insert(0, '-');
            number.value = -number.value;
            number.span = self.span_from(start);
        }
        Ok(number)
    }

    /// The number at the cursor, which must be one.
    fn plain_number(&mut self) -> Number {
        let lexeme = self.advance();
        let text = self.slice(lexeme).to_owned();
        let span = Span::new(self.file, lexeme.start, lexeme.end);
        match self.defines.get(&text) {
            Some(value) => Number { value: *value as f64, integer: true, text, span },
            // The token's pattern is within what `parse` reads; out of range gives infinity, as strtod does.
            None => {
                Number { value: text.parse().unwrap_or(f64::NAN), integer: lexeme.token == Token::Integer, text, span }
            }
        }
    }

    /// `[length]`, if it is there.
    fn length(&mut self) -> Parsed<Option<Number>> {
        if !self.accept(Token::OpenBracket) {
            return Ok(None);
        }
        let length = self.number("the length of the array")?;
        if !length.integer || length.value < 1.0 || length.value > 1e6 {
            let problem =
                Diagnostic::error(codes::BAD_ARRAY, length.span, "an array needs a whole length of at least 1");
            self.problems.push(problem.label(format!("found {}", length.text)));
            return Err(Abandoned);
        }
        self.expect(Token::CloseBracket, "`]`")?;
        Ok(Some(length))
    }

    /// `(unit)`, if it is there: raw text up to `)` on the same line.
    fn unit(&mut self) -> Parsed<Option<Unit>> {
        if !self.is(Token::OpenParen) {
            return Ok(None);
        }
        let open = self.current;
        let rest = &self.text[open.end..];
        let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
        let Some(close) = line.find(')') else {
            let problem = Diagnostic::error(codes::UNTERMINATED, self.span(), "unit without `)` on its line");
            self.problems.push(problem);
            return Err(Abandoned);
        };
        self.jump(open.end + close + 1);
        Ok(Some(Unit { text: line[..close].trim().to_owned(), span: self.span_from(open.start) }))
    }

    fn needed_unit(&mut self) -> Parsed<Unit> {
        match self.unit()? {
            Some(unit) => Ok(unit),
            None => Err(self.unexpected("a unit in parentheses")),
        }
    }

    /// The VERBATIM at the cursor.
    fn verbatim(&mut self) -> Verbatim {
        let lexeme = self.advance();
        let span = Span::new(self.file, lexeme.start, lexeme.end);
        let inside = &self.slice(lexeme)["VERBATIM".len()..];
        let end = super::token::end_of_block(inside, "ENDVERBATIM").map(|(start, _)| start);
        if end.is_none() {
            let keyword = Span::new(self.file, lexeme.start, lexeme.start + "VERBATIM".len());
            let problem = Diagnostic::error(codes::UNTERMINATED, keyword, "VERBATIM is not closed");
            self.problems.push(problem.help("put ENDVERBATIM first on a line of its own"));
        }
        Verbatim { text: inside[..end.unwrap_or(inside.len())].to_owned(), span }
    }

    /// Lines between braces: `line` is called until `}`. Returns the span of the whole, from byte `start`.
    fn lines(&mut self, start: usize, what: &str, mut line: impl FnMut(&mut Parser<'t>) -> Parsed<()>) -> Parsed<Span> {
        let open = self.expect(Token::OpenBrace, "`{`")?;
        loop {
            if self.accept(Token::CloseBrace) {
                return Ok(self.span_from(start));
            }
            if self.is(Token::End) || self.token().starts_top_level() {
                self.report_unclosed(open, what);
                return Ok(self.span_from(start));
            }
            let before = self.current.start;
            if line(self).is_err() {
                self.skip_line(before.max(self.previous_end.min(self.current.start)));
            }
            if self.current.start == before {
                self.advance();
            }
        }
    }

    fn report_unclosed(&mut self, open: Lexeme, what: &str) {
        if self.unclosed {
            return;
        }
        self.unclosed = true;
        let found = self.found();
        let span = Span::new(self.file, open.start, open.end);
        let problem = Diagnostic::error(codes::UNCLOSED_BLOCK, span, format!("{what} is not closed"))
            .label("opened here")
            .also(self.span(), format!("found {found}, expected `}}`"))
            .help("add the missing `}`");
        self.problems.push(problem);
    }
}

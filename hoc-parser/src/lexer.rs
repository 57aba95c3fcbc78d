//! Tokens of hoc.
//!
//! What a name is depends on the text before it: a name that was `create`d is a section, and a section may stand in
//! front of any statement. NEURON's lexer asks its symbol table; [`tokens`] keeps the created names of the template.
//! With that, hoc is LR(1): see `grammar.lalrpop`.

use std::collections::HashSet;

use diag::{Diagnostic, FileId, Problems, Span};
use logos::Logos;

use crate::ast::{ArgumentKind, Position};

/// What logos sees.
#[derive(Logos, Debug, Clone, PartialEq)]
#[logos(skip r"[ \t\r]+|\\\r?\n")]
#[logos(skip(r"//[^\n]*", allow_greedy = true))]
#[logos(skip r"/\*([^*]|\*+[^*/])*\*+/")]
enum Raw<'s> {
    #[token("\n")]
    Newline,
    #[regex(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", |lex| lex.slice().parse().ok())]
    Number(f64),
    #[regex(r#""([^"\\\n]|\\.)*""#, |lex| &lex.slice()[1..lex.slice().len() - 1])]
    Text(&'s str),
    #[regex(r"[A-Za-z_][A-Za-z0-9_]*")]
    Name(&'s str),
    #[regex(r"\$(o|s|&)?([0-9]+|i)", |lex| argument(&lex.slice()[1..]))]
    Argument((ArgumentKind, Position)),
    #[regex(r"==|!=|<=|>=|&&|\|\||\+=|-=|\*=|/=|[-+*/%^=<>!&(){}\[\],.;]")]
    Sign(&'s str),
}

const SIGNS: [&str; 30] = [
    "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "-", "+", "*", "/", "%", "^", "=", "<", ">", "!", "&",
    "(", ")", "{", "}", "[", "]", ",", ".", ";",
];

/// Words that are no names.
const WORDS: [&str; 31] = [
    "begintemplate",
    "endtemplate",
    "public",
    "external",
    "proc",
    "func",
    "obfunc",
    "iterator",
    "local",
    "localobj",
    "if",
    "else",
    "while",
    "for",
    "forall",
    "forsec",
    "return",
    "break",
    "continue",
    "stop",
    "iterator_statement",
    "insert",
    "uninsert",
    "create",
    "connect",
    "objref",
    "objectvar",
    "strdef",
    "print",
    "access",
    "new",
];

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// End of a line.
    Newline,
    /// Number.
    Number(f64),
    /// String, escapes not yet replaced.
    Text(String),
    /// Name.
    Name(String),
    /// Name of a section.
    Section(String),
    /// `$1`, `$o2`, `$s3`, `$&4`, `$i`, `$oi`, `$&i`
    Argument(ArgumentKind, Position),
    /// `return` without a value.
    Return,
    /// Keyword.
    Word(&'static str),
    /// Operator or bracket.
    Sign(&'static str),
}

impl Token {
    /// As messages call it.
    pub fn describe(&self) -> String {
        match self {
            Token::Newline => "the end of the line".to_owned(),
            Token::Number(number) => format!("{number}"),
            Token::Text(text) => format!("\"{text}\""),
            Token::Name(name) => format!("`{name}`"),
            Token::Section(name) => format!("section `{name}`"),
            Token::Argument(..) => "an argument".to_owned(),
            Token::Return => "`return`".to_owned(),
            Token::Word(text) | Token::Sign(text) => format!("`{text}`"),
        }
    }
}

fn known(all: &[&'static str], text: &str) -> Option<&'static str> {
    all.iter().find(|one| **one == text).copied()
}

/// `1`, `o2`, `&i`: kind and position.
fn argument(text: &str) -> Option<(ArgumentKind, Position)> {
    let (kind, rest) = match text.split_at(1) {
        ("o", rest) => (ArgumentKind::Object, rest),
        ("s", rest) => (ArgumentKind::Text, rest),
        ("&", rest) => (ArgumentKind::Pointer, rest),
        _ => (ArgumentKind::Number, text),
    };
    if rest == "i" {
        return Some((kind, Position::Computed));
    }
    Some((kind, Position::Fixed(rest.parse().ok()?)))
}

/// Tokens with their places; the last one is the end of a line. What is no part of hoc is reported and left out.
pub fn tokens(file: FileId, text: &str, problems: &mut Problems) -> Vec<(usize, Token, usize)> {
    let mut all: Vec<(usize, Token, usize)> = Vec::new();
    let mut sections = Sections::default();
    for (raw, range) in Raw::lexer(text).spanned() {
        if text[range.start..].starts_with("/*") {
            problems.push(unknown(Span::new(file, range.start, range.start + 2), "/*"));
            break;
        }
        let token = match raw {
            Ok(Raw::Newline) => Token::Newline,
            Ok(Raw::Number(number)) => Token::Number(number),
            Ok(Raw::Text(text)) => Token::Text(text.to_owned()),
            Ok(Raw::Argument((kind, position))) => Token::Argument(kind, position),
            Ok(Raw::Sign(sign)) => Token::Sign(known(&SIGNS, sign).unwrap_or_default()),
            // Behind a dot any word is the name of a member.
            Ok(Raw::Name(name)) if matches!(all.last(), Some((_, Token::Sign("."), _))) => Token::Name(name.to_owned()),
            Ok(Raw::Name(name)) => match known(&WORDS, name) {
                Some(word) => Token::Word(word),
                None if sections.names.contains(name) => Token::Section(name.to_owned()),
                None => Token::Name(name.to_owned()),
            },
            Err(()) => {
                problems.push(unknown(Span::new(file, range.start, range.end), &text[range.clone()]));
                continue;
            }
        };
        sections.hear(&token);
        let ends = matches!(token, Token::Newline | Token::Sign("}") | Token::Word("else"));
        if let (true, Some(last @ (_, Token::Word("return"), _))) = (ends, all.last_mut()) {
            last.1 = Token::Return;
        }
        all.push((range.start, token, range.end));
    }
    if let Some(last @ (_, Token::Word("return"), _)) = all.last_mut() {
        last.1 = Token::Return;
    }
    let end = all.last().map_or(0, |one| one.2);
    all.push((end, Token::Newline, end));
    all
}

fn unknown(span: Span, text: &str) -> Diagnostic {
    if text.starts_with('"') {
        let title = "the string does not end in its line";
        return Diagnostic::error("H0101", span, title).help("close it with `\"`");
    }
    if text.starts_with("/*") {
        return Diagnostic::error("H0101", span, "the comment does not end").help("close it with `*/`");
    }
    let help = if text == "$" { "write the position of an argument behind it: $1, $o2, $s3" } else { "remove it" };
    Diagnostic::error("H0101", span, format!("`{text}` is no part of hoc")).help(help)
}

/// Names that `create` has made sections, in the template so far.
#[derive(Default)]
struct Sections {
    names: HashSet<String>,
    /// Inside `create`: how many brackets are open.
    open: Option<usize>,
    /// A name of `create` is next.
    expected: bool,
}

impl Sections {
    fn hear(&mut self, token: &Token) {
        match (self.open, token) {
            (_, Token::Word("begintemplate")) => *self = Sections::default(),
            (_, Token::Word("create")) => (self.open, self.expected) = (Some(0), true),
            (None, _) => {}
            (Some(depth), Token::Sign("[" | "(")) => self.open = Some(depth + 1),
            (Some(depth), Token::Sign("]" | ")")) => self.open = depth.checked_sub(1),
            (Some(0), Token::Name(name) | Token::Section(name)) if self.expected => {
                self.names.insert(name.clone());
                self.expected = false;
            }
            (Some(0), Token::Sign(",")) => self.expected = true,
            (Some(0), _) => self.open = None,
            (Some(_), _) => {}
        }
    }
}

//! Tokens of hoc. Newlines end statements, so they are tokens.

use logos::Logos;

/// A token.
#[derive(Logos, Debug, Clone, PartialEq)]
#[logos(skip r"[ \t\r]+|\\\r?\n")]
#[logos(skip(r"//[^\n]*", allow_greedy = true))]
#[logos(skip r"/\*([^*]|\*[^/])*\*+/")]
pub enum Token {
    /// End of a line.
    #[token("\n")]
    #[token(";")]
    Newline,
    /// Number.
    #[regex(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", |lex| lex.slice().parse().ok())]
    Number(f64),
    /// String, escapes not yet replaced.
    #[regex(r#""([^"\\\n]|\\.)*""#, |lex| lex.slice()[1..lex.slice().len() - 1].to_owned())]
    Text(String),
    /// Name or keyword.
    #[regex(r"[A-Za-z_][A-Za-z0-9_]*", |lex| lex.slice().to_owned())]
    Name(String),
    /// `$1`, `$o2`, `$s3`, `$&4`, `$i`, `$oi`, `$&i`: kind and position.
    #[regex(r"\$(o|s|&)?([0-9]+|i)", |lex| lex.slice()[1..].to_owned())]
    Argument(String),
    /// Operator or bracket.
    #[regex(r"==|!=|<=|>=|&&|\|\||\+=|-=|\*=|/=|[-+*/%^=<>!&(){}\[\],.]", |lex| lex.slice().to_owned())]
    Sign(String),
}

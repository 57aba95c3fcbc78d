//! Tokens on demand, with their places.
//!
//! On demand because units are raw text: after `(` of a unit the parser takes everything up to `)` and goes on lexing
//! behind it.

use logos::Logos;

use super::token::Token;

/// A token and its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lexeme {
    /// Kind.
    pub(super) token: Token,
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
}

/// The first token at or after byte `at`, comments skipped. NEURON stops reading at ^D and ^Z; so does this.
pub(super) fn token_after(text: &str, at: usize) -> Lexeme {
    let end = Lexeme { token: Token::End, start: text.len(), end: text.len() };
    let Some(rest) = text.get(at..) else { return end };
    let mut lexer = Token::lexer(rest);
    while let Some(token) = lexer.next() {
        let span = lexer.span();
        match token {
            Ok(Token::LineComment | Token::BlockComment) => {}
            Ok(token) => return Lexeme { token, start: at + span.start, end: at + span.end },
            Err(()) if matches!(rest.as_bytes().get(span.start), Some(0x04 | 0x1a)) => return end,
            Err(()) => return Lexeme { token: Token::Unknown, start: at + span.start, end: at + span.end },
        }
    }
    end
}

/// Starts of COMMENT blocks that never end.
pub(super) fn open_comments(text: &str) -> Vec<(usize, usize)> {
    let mut lexer = Token::lexer(text);
    let mut open = Vec::new();
    while let Some(token) = lexer.next() {
        let span = lexer.span();
        let body = &text[span.start..span.end];
        if token == Ok(Token::BlockComment)
            && super::token::end_of_block(&body["COMMENT".len()..], "ENDCOMMENT").is_none()
        {
            open.push((span.start, span.start + "COMMENT".len()));
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(Token, &str)> {
        let mut all = Vec::new();
        let mut at = 0;
        loop {
            let one = token_after(text, at);
            if one.token == Token::End {
                return all;
            }
            all.push((one.token, &text[one.start..one.end]));
            at = one.end;
        }
    }

    #[test]
    fn numbers_names_and_primes() {
        let found = tokens("12 1. .5 2e3 1.5E-7 x1_y m' z'' 1.e-3*a");
        let expected = [
            (Token::Integer, "12"),
            (Token::Real, "1."),
            (Token::Real, ".5"),
            (Token::Real, "2e3"),
            (Token::Real, "1.5E-7"),
            (Token::Name, "x1_y"),
            (Token::Prime, "m'"),
            (Token::Prime, "z''"),
            (Token::Real, "1.e-3"),
            (Token::Times, "*"),
            (Token::Name, "a"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn keywords_win_only_as_whole_words() {
        let found = tokens("STATE STATES UNITSOFF UNITS WHILE while If");
        let kinds: Vec<Token> = found.iter().map(|one| one.0).collect();
        let expected =
            [Token::State, Token::Name, Token::UnitsOff, Token::Units, Token::While, Token::While, Token::Name];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn comments_vanish_and_may_hold_any_character() {
        assert_eq!(tokens("a : µ } ° \r\nb ? (\r c"), [(Token::Name, "a"), (Token::Name, "b"), (Token::Name, "c")]);
        let text = "COMMENT é\n x ENDCOMMENT y\n  ENDCOMMENT dropped\nq";
        assert_eq!(tokens(text), [(Token::Name, "q")]);
    }

    #[test]
    fn verbatim_ends_at_a_word_that_starts_its_line() {
        let text = "VERBATIM x ENDVERBATIM\n y\n\tENDVERBATIM rest\nz";
        let found = tokens(text);
        assert_eq!(found[0], (Token::Verbatim, "VERBATIM x ENDVERBATIM\n y\n\tENDVERBATIM rest"));
        assert_eq!(found[1], (Token::Name, "z"));
    }

    #[test]
    fn operators_take_the_longest() {
        let kinds: Vec<Token> = tokens("<-> << <= < -> ~+ ~ && == =").iter().map(|one| one.0).collect();
        let expected = [
            Token::Reversible,
            Token::FluxInto,
            Token::LessEqual,
            Token::Less,
            Token::Arrow,
            Token::Tilde,
            Token::Tilde,
            Token::And,
            Token::Equal,
            Token::Assign,
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn text_ends_where_neuron_stops() {
        assert_eq!(tokens("a \u{1a} b"), [(Token::Name, "a")]);
        assert_eq!(tokens("a # b")[1], (Token::Unknown, "#"));
    }
}

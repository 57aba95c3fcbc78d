//! Text of a unit to factors: tokens by hand, grammar in `grammar.lalrpop`.

use super::grammar::UnitParser;

/// A unit expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expression {
    /// Number in front; 1 if there is none.
    pub(super) number: f64,
    /// What multiplies, in order.
    pub(super) above: Vec<Factor>,
    /// What divides, in order.
    pub(super) below: Vec<Factor>,
}

/// A unit to a power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Factor {
    pub(super) name: String,
    pub(super) power: u32,
}

/// Words of the grammar.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Name(String),
    Power(u32),
    Minus,
    Slash,
}

/// Parses a unit; the error is the byte where it stops making sense.
pub(super) fn parse(text: &str) -> Result<Expression, usize> {
    let tokens = tokens(text)?;
    UnitParser::new().parse(tokens.into_iter().map(Ok)).map_err(|error| {
        use lalrpop_util::ParseError::{ExtraToken, InvalidToken, UnrecognizedEof, UnrecognizedToken, User};
        match error {
            InvalidToken { location } | UnrecognizedEof { location, .. } => location,
            UnrecognizedToken { token: (start, ..), .. } | ExtraToken { token: (start, ..) } => start,
            User { error: () } => 0,
        }
    })
}

/// The number is the first word or none; a digit behind a name is its power; 0 is a letter, as in NEURON.
fn tokens(text: &str) -> Result<Vec<(usize, Token, usize)>, usize> {
    let mut all = Vec::new();
    let bytes = text.as_bytes();
    let mut at = text.len() - text.trim_start().len();
    if bytes.get(at).is_some_and(|first| first.is_ascii_digit() || *first == b'.') {
        let (number, end) = number(text, at)?;
        all.push((at, Token::Number(number), end));
        at = end;
    }
    while let Some(byte) = bytes.get(at) {
        let start = at;
        let token = match byte {
            b' ' | b'\t' => {
                at += 1;
                continue;
            }
            b'/' => Token::Slash,
            b'-' | b'*' => Token::Minus,
            b'1'..=b'9' => Token::Power(u32::from(byte - b'0')),
            _ => {
                let ends = |byte: &u8| matches!(byte, b' ' | b'\t' | b'/' | b'-' | b'*' | b'1'..=b'9');
                let length = bytes[at..].iter().position(ends).unwrap_or(bytes.len() - at);
                at += length - 1;
                Token::Name(text.get(start..=at).ok_or(start)?.to_owned())
            }
        };
        at += 1;
        all.push((start, token, at));
    }
    Ok(all)
}

/// `2.99792458+8`, `1e-3`, `1|180`: value and end.
fn number(text: &str, start: usize) -> Result<(f64, usize), usize> {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut end = digits(start);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    let mut written = text.get(start..end).ok_or(start)?.to_owned();
    // An exponent: `+8` and `-23` as in NEURON's table, `e-23` as everywhere else.
    let letter = usize::from(matches!(bytes.get(end), Some(b'e' | b'E')));
    let sign = usize::from(matches!(bytes.get(end + letter), Some(b'+' | b'-')));
    let power = digits(end + letter + sign);
    if letter + sign > 0 && power > end + letter + sign {
        written.push('e');
        written.push_str(text.get(end + letter..power).ok_or(start)?);
        end = power;
    }
    let value: f64 = written.parse().map_err(|_| start)?;
    if bytes.get(end) == Some(&b'|') {
        let (divisor, end) = number(text, end + 1)?;
        return Ok((value / divisor, end));
    }
    Ok((value, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(list: &[Factor]) -> String {
        list.iter().map(|one| format!("{}{}", one.name, one.power)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_factors_and_powers() {
        let one = parse("1.380649-23 joule/K").unwrap();
        assert_eq!(
            (one.number, factors(&one.above), factors(&one.below)),
            (1.380649e-23, "joule1".into(), "K1".into())
        );
        let one = parse("m2-kg / s2 A").unwrap();
        assert_eq!((one.number, factors(&one.above), factors(&one.below)), (1.0, "m2 kg1".into(), "s2 A1".into()));
        assert_eq!(parse("1|180 pi").unwrap().number, 1.0 / 180.0);
        assert_eq!(parse("1e-3").unwrap().number, 1e-3);
        assert_eq!(factors(&parse("/liter").unwrap().below), "liter1");
        assert_eq!(parse("").unwrap().number, 1.0);
    }

    #[test]
    fn what_makes_no_sense_is_pointed_at() {
        assert_eq!(parse("m 2"), Ok(parse("m2").unwrap()), "blanks do not matter");
        assert_eq!(parse("m22"), Err(2));
        assert_eq!(parse("/2 m"), Err(1));
    }
}

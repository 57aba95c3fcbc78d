//! `sprint`: C's formats.

use crate::value::Value;

/// The text that C's printf makes; the error says what does not fit.
pub(super) fn format(format: &str, values: &[Value]) -> Result<String, String> {
    let mut values = values.iter();
    let mut made = String::new();
    let mut rest = format;
    while let Some(at) = rest.find(['%', '\\']) {
        made.push_str(&rest[..at]);
        let sign = &rest[at..at + 1];
        rest = &rest[at + 1..];
        if sign == "\\" {
            let mut letters = rest.chars();
            match letters.next() {
                Some('n') => made.push('\n'),
                Some('t') => made.push('\t'),
                Some(other) => made.push(other),
                None => {}
            }
            rest = letters.as_str();
            continue;
        }
        let end = rest.find(|one: char| one.is_ascii_alphabetic() || one == '%').ok_or("a % without its letter")?;
        let (how, letter) = (&rest[..end], &rest[end..=end]);
        rest = &rest[end + 1..];
        if letter == "%" {
            made.push('%');
            continue;
        }
        let value = values.next().ok_or_else(|| format!("no value for %{how}{letter}"))?;
        made.push_str(&one(how, letter, value)?);
    }
    made.push_str(rest);
    match values.next() {
        None => Ok(made),
        Some(_) => Err("more values than %".to_owned()),
    }
}

fn one(how: &str, letter: &str, value: &Value) -> Result<String, String> {
    let flags: String = how.chars().take_while(|one| "-+ 0".contains(*one)).collect();
    let (width, precision) =
        how[flags.len()..].split_once('.').map_or((&how[flags.len()..], None), |(w, p)| (w, Some(p)));
    let number = |text: &str| match text.parse::<usize>() {
        _ if text.is_empty() => Ok(0),
        Ok(number) if number <= 1000 => Ok(number),
        _ => Err(format!("%{how}{letter} cannot be read")),
    };
    let width = number(width)?;
    let precision = precision.map(number).transpose()?;
    let mut text = match (letter, value) {
        ("s", Value::Text(text)) => text.chars().take(precision.unwrap_or(usize::MAX)).collect(),
        ("d", Value::Number(x)) => format!("{}", x.trunc() as i64),
        ("x", Value::Number(x)) => format!("{:x}", x.trunc() as i64),
        ("f", Value::Number(x)) => format!("{x:.*}", precision.unwrap_or(6)),
        ("e", Value::Number(x)) => scientific(*x, precision.unwrap_or(6)),
        ("g", Value::Number(x)) => general(*x, precision.unwrap_or(6).max(1)),
        _ => return Err(format!("%{how}{letter} for {}", value.kind())),
    };
    if letter != "s" && flags.contains('+') && !text.starts_with('-') {
        text.insert(0, '+');
    }
    let missing = width.saturating_sub(text.chars().count());
    if flags.contains('-') {
        text.push_str(&" ".repeat(missing));
    } else if flags.contains('0') && letter != "s" {
        let sign = usize::from(text.starts_with(['-', '+']));
        text.insert_str(sign, &"0".repeat(missing));
    } else {
        text.insert_str(0, &" ".repeat(missing));
    }
    Ok(text)
}

/// `%e`: the exponent has a sign and two digits at least.
fn scientific(x: f64, precision: usize) -> String {
    let text = format!("{x:.precision$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
            format!("{mantissa}e{sign}{digits:0>2}")
        }
        None => text,
    }
}

/// `%g`: the shorter of `%e` and `%f`, without zeros at the end.
fn general(x: f64, precision: usize) -> String {
    let text = scientific(x, precision - 1);
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let trimmed = |text: &str| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    match exponent.parse::<i32>() {
        Ok(power) if (-4..precision as i32).contains(&power) => {
            let digits = usize::try_from(precision as i32 - 1 - power).unwrap_or(0);
            trimmed(&format!("{x:.digits$}"))
        }
        _ => format!("{}e{exponent}", trimmed(mantissa)),
    }
}

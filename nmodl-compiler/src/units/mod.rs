//! Units of the UNITS block: what NEURON's own unit table knows of them (CODATA 2018 values).
//!
//! A unit is a factor and exponents of metre, kilogram, second, coulomb, kelvin and candela. A mole is a number, as in
//! NEURON's table, so that `(k-mole)` is the gas constant and `(1/liter)` a concentration.

mod table;

use std::collections::BTreeMap;

use diag::{Diagnostic, Span};

use crate::codes;
use crate::syntax::ast::Unit;

/// Exponents of m, kg, s, C, K, cd.
type Dimension = [i32; 6];

/// A factor with its dimension.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Quantity {
    factor: f64,
    dimension: Dimension,
}

/// Units that a file has defined on top of the table.
#[derive(Debug, Clone, Default)]
pub struct Units {
    defined: BTreeMap<String, (Quantity, Span)>,
}

impl Units {
    /// The table alone.
    pub fn new() -> Units {
        Units::default()
    }

    /// `(new) = (old)`
    pub fn define(&mut self, new: &Unit, old: &Unit) -> Result<(), Diagnostic> {
        let quantity = self.evaluate(old)?;
        let name = new.text.trim();
        if let Some(before) = self.lookup(name)
            && before.dimension != quantity.dimension
        {
            let title = format!("unit `{name}` already has another dimension");
            let mut problem = Diagnostic::error(codes::UNIT_REDEFINED, new.span, title);
            if let Some((_, span)) = self.defined.get(name) {
                problem = problem.also(*span, "defined here");
            }
            return Err(problem.help("choose another name for the unit"));
        }
        self.defined.insert(name.to_owned(), (quantity, new.span));
        Ok(())
    }

    /// Value of `from` in `to`.
    pub fn factor(&self, from: &Unit, to: &Unit) -> Result<f64, Diagnostic> {
        let (a, b) = (self.evaluate(from)?, self.evaluate(to)?);
        if a.dimension != b.dimension {
            let title = format!("`{}` cannot be expressed in `{}`", from.text, to.text);
            let problem = Diagnostic::error(codes::UNIT_DIMENSION, to.span, title);
            let (found, expected) = (dimension_text(b.dimension), dimension_text(a.dimension));
            return Err(problem.label(format!("found {found}, expected {expected}")).help("correct one of the units"));
        }
        Ok(a.factor / b.factor)
    }

    /// `numerator/denominator`; factors are joined by blanks, `-` or `*`; a number behind a unit is its exponent.
    fn evaluate(&self, unit: &Unit) -> Result<Quantity, Diagnostic> {
        let mut total = Quantity { factor: 1.0, dimension: [0; 6] };
        for (part, text) in unit.text.split('/').enumerate() {
            let sign = if part == 0 { 1 } else { -1 };
            for word in text.split([' ', '\t', '-', '*']).filter(|word| !word.is_empty()) {
                let one = self.word(word).ok_or_else(|| self.unknown(word, unit))?;
                total.factor *= one.factor.powi(sign);
                for (sum, exponent) in total.dimension.iter_mut().zip(one.dimension) {
                    *sum += sign * exponent;
                }
            }
        }
        Ok(total)
    }

    fn unknown(&self, word: &str, unit: &Unit) -> Diagnostic {
        let problem = Diagnostic::error(codes::UNKNOWN_UNIT, unit.span, format!("unit `{word}` is not known"));
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let known = table::UNITS.iter().map(|one| one.0).chain(self.defined.keys().map(String::as_str));
        let near = known.map(|one| (strsim::damerau_levenshtein(name, one), one)).filter(|(far, _)| *far <= 2).min();
        problem.help(match near {
            Some((_, near)) => format!("did you mean `{near}`?"),
            None => format!("define it in UNITS: ({name}) = (…)"),
        })
    }

    fn word(&self, word: &str) -> Option<Quantity> {
        if let Ok(number) = word.parse::<f64>() {
            return Some(Quantity { factor: number, dimension: [0; 6] });
        }
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('^');
        let digits = word[name.len()..].trim_start_matches('^');
        let exponent: i32 = if digits.is_empty() { 1 } else { digits.parse().ok()? };
        let one = self.lookup(name)?;
        Some(Quantity { factor: one.factor.powi(exponent), dimension: one.dimension.map(|power| power * exponent) })
    }

    fn lookup(&self, name: &str) -> Option<Quantity> {
        if let Some((quantity, _)) = self.defined.get(name) {
            return Some(*quantity);
        }
        let plain = |name: &str| {
            let found = table::UNITS.iter().find(|one| one.0 == name)?;
            Some(Quantity { factor: found.1, dimension: found.2 })
        };
        let singular = |name: &str| plain(name).or_else(|| plain(name.strip_suffix('s')?));
        if let Some(found) = singular(name) {
            return Some(found);
        }
        for (prefix, factor) in table::PREFIXES {
            let Some(rest) = name.strip_prefix(prefix) else { continue };
            let found = if rest.is_empty() { Some(Quantity { factor: 1.0, dimension: [0; 6] }) } else { singular(rest) };
            let found = found.or_else(|| self.defined.get(rest).map(|(quantity, _)| *quantity));
            if let Some(found) = found {
                return Some(Quantity { factor: factor * found.factor, ..found });
            }
        }
        None
    }
}

/// `kg m2/s2` and the like.
fn dimension_text(dimension: Dimension) -> String {
    let names = ["m", "kg", "s", "C", "K", "cd"];
    let side = |sign: i32| {
        let parts = names.iter().zip(dimension).filter(|(_, power)| power * sign > 0);
        let parts = parts.map(|(name, power)| {
            let power = power.abs();
            if power == 1 { (*name).to_owned() } else { format!("{name}{power}") }
        });
        parts.collect::<Vec<_>>().join(" ")
    };
    match (side(1), side(-1)) {
        (above, below) if below.is_empty() => if above.is_empty() { "a number".to_owned() } else { above },
        (above, below) => format!("{}/{below}", if above.is_empty() { "1" } else { &above }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> Unit {
        Unit { text: text.to_owned(), span: Span::new(diag::FileId(0), 0, 0) }
    }

    fn factor(from: &str, to: &str) -> f64 {
        Units::new().factor(&unit(from), &unit(to)).unwrap()
    }

    #[test]
    fn factors_are_neurons() {
        assert_eq!(factor("faraday", "coulomb"), 96485.332123310014);
        assert_eq!(factor("faraday", "kilocoulombs"), 96.485332123310016);
        assert_eq!(factor("k-mole", "joule/degC"), 8.3144626181532395);
        assert_eq!(factor("pi", "1"), std::f64::consts::PI);
        assert_eq!(factor("meter", "mm"), 1000.0);
    }

    #[test]
    fn aliases_keep_their_dimension() {
        let mut units = Units::new();
        units.define(&unit("molar"), &unit("1/liter")).unwrap();
        units.define(&unit("mM"), &unit("millimolar")).unwrap();
        assert_eq!(units.factor(&unit("mM"), &unit("milli/liter")).unwrap(), 1.0);
        let problem = units.define(&unit("mV"), &unit("milliamp")).unwrap_err();
        assert_eq!(problem.code, codes::UNIT_REDEFINED);
        let problem = units.factor(&unit("faraday"), &unit("joule")).unwrap_err();
        assert_eq!(problem.primary.text, "found m2 kg/s2, expected C");
        assert_eq!(units.define(&unit("x"), &unit("furlng")).unwrap_err().code, codes::UNKNOWN_UNIT);
    }
}

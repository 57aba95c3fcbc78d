//! NEURON's rounding of default values.

/// `x` as C's `%g` writes it (six significant digits, ties as the exact binary value says) and C++ reads it back:
/// what nocmodl does with the defaults of PARAMETER and START (nocpout.cpp: parout).
pub fn six_digits(x: f64) -> f64 {
    if !x.is_finite() {
        return x;
    }
    // `%g` differs from `%.5e` in the shape of the text only, not in the number it names.
    format!("{x:.5e}").parse().unwrap_or(x)
}

#[cfg(test)]
mod tests {
    use super::six_digits;

    #[test]
    fn keeps_six_significant_digits() {
        let cases = [
            (1.23456789, 1.23457),
            (0.333333333333, 0.333333),
            (1.23456789e-5, 1.23457e-05),
            (96485.33212331, 96485.3),
            (-65.0, -65.0),
            (0.0, 0.0),
            (123456789.0, 1.23457e8),
            (999999.5, 1e6),
            (0.00001, 1e-5),
            (1e300, 1e300),
        ];
        for (x, expected) in cases {
            assert_eq!(six_digits(x), expected, "{x}");
        }
    }

    /// printf rounds the exact binary value: 2.5 exactly between goes to even, 1.0000005 is below its decimal text.
    #[test]
    fn ties_follow_the_exact_binary_value() {
        assert_eq!(six_digits(100000.5), 100000.0);
        assert_eq!(six_digits(100001.5), 100002.0);
        assert_eq!(six_digits(1.0000005), 1.0);
        assert_eq!(six_digits(0.1000005), 0.100001, "0.1000005 is 0.10000050000000000605…");
    }
}

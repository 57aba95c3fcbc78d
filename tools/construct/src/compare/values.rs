//! Where two lists of numbers differ first.

use neuroh5::Numbers;

/// First index at which they differ, what each has there, and a note; none if they are equal.
pub type Found = (Option<usize>, String, String, String);

/// Compares two lists: exactly, bit by bit, or with floats up to `ulps` representable numbers apart.
pub fn differ(a: &Numbers, b: &Numbers, exact: bool, ulps: u64) -> Option<Found> {
    macro_rules! compare {
        ($($variant:ident $equal:expr),*) => {
            match (a, b) {
                $((Numbers::$variant(a), Numbers::$variant(b)) => first(a, b, $equal),)*
                _ => Some((None, a.kind().to_owned(), b.kind().to_owned(), "types of the values".to_owned())),
            }
        };
    }
    compare!(
        F32 |x: &f32, y: &f32| x.to_bits() == y.to_bits() || !exact && near32(*x, *y, ulps),
        F64 |x: &f64, y: &f64| x.to_bits() == y.to_bits() || !exact && near64(*x, *y, ulps),
        U8 |x, y| x == y,
        I8 |x, y| x == y,
        U16 |x, y| x == y,
        I16 |x, y| x == y,
        U32 |x, y| x == y,
        I32 |x, y| x == y,
        U64 |x, y| x == y,
        I64 |x, y| x == y
    )
}

fn first<T: Copy + std::fmt::Debug>(a: &[T], b: &[T], equal: impl Fn(&T, &T) -> bool) -> Option<Found> {
    let mut places = a.iter().zip(b).enumerate().filter(|(_, (x, y))| !equal(x, y)).map(|(at, _)| at);
    let index = places.next();
    let count = usize::from(index.is_some()) + places.count();
    if index.is_none() && a.len() == b.len() {
        return None;
    }
    let mut notes = Vec::new();
    if count > 1 {
        notes.push(format!("{count} of {} values differ", a.len().min(b.len())));
    }
    if a.len() != b.len() {
        notes.push(format!("{} and {} values", a.len(), b.len()));
    }
    // If one is the beginning of the other they differ at its end.
    let index = index.unwrap_or(a.len().min(b.len()));
    let text = |all: &[T]| all.get(index).map_or_else(|| "nothing".to_owned(), |one| format!("{one:?}"));
    Some((Some(index), text(a), text(b), notes.join(", ")))
}

/// Whether two floats are both no number, or at most so many representable numbers apart.
fn near32(x: f32, y: f32, ulps: u64) -> bool {
    // Bits of negative floats run backwards; this makes one scale of both signs.
    let scale = |value: f32| {
        let bits = i64::from(value.to_bits() & 0x7fff_ffff);
        if value.is_sign_negative() { -bits } else { bits }
    };
    x.is_nan() && y.is_nan() || !x.is_nan() && !y.is_nan() && scale(x).abs_diff(scale(y)) <= ulps
}

fn near64(x: f64, y: f64, ulps: u64) -> bool {
    let scale = |value: f64| {
        let bits = (value.to_bits() & !(1 << 63)) as i64;
        if value.is_sign_negative() { -bits } else { bits }
    };
    x.is_nan() && y.is_nan() || !x.is_nan() && !y.is_nan() && scale(x).abs_diff(scale(y)) <= ulps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_is_bit_by_bit() {
        let f32s = |values: &[f32]| Numbers::F32(values.to_vec());
        assert_eq!(differ(&f32s(&[1.0, f32::NAN]), &f32s(&[1.0, f32::NAN]), true, 0), None);
        let found = differ(&f32s(&[1.0, 0.0]), &f32s(&[1.0, -0.0]), true, 0).unwrap();
        assert_eq!(found, (Some(1), "0.0".to_owned(), "-0.0".to_owned(), String::new()));
        let found = differ(&f32s(&[1.0]), &f32s(&[1.0, 2.0, 3.0]), true, 0).unwrap();
        assert_eq!(found, (Some(1), "nothing".to_owned(), "2.0".to_owned(), "1 and 3 values".to_owned()));
        let found = differ(&f32s(&[1.0]), &Numbers::U8(vec![1]), true, 0).unwrap();
        assert_eq!((found.1.as_str(), found.2.as_str()), ("float32", "uint8"));
    }

    #[test]
    fn ulps_are_counted_across_zero() {
        let near = |x: f32, y: f32, ulps| differ(&Numbers::F32(vec![x]), &Numbers::F32(vec![y]), false, ulps).is_none();
        let next = f32::from_bits(1.0_f32.to_bits() + 1);
        assert!(near(1.0, next, 1) && !near(1.0, next, 0));
        let (small, minus) = (f32::from_bits(1), -f32::from_bits(1));
        assert!(near(small, minus, 2) && !near(small, minus, 1));
        assert!(near(0.0, -0.0, 0) && near(f32::NAN, f32::NAN, 0) && !near(f32::NAN, 1.0, 1000));
        let double = |ulps| {
            let other = f64::from_bits((-2.5_f64).to_bits() + 3);
            differ(&Numbers::F64(vec![-2.5]), &Numbers::F64(vec![other]), false, ulps).is_none()
        };
        assert!(double(3) && !double(2));
    }
}

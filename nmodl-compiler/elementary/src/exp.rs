//! The exponential function: table and polynomial after S. Tang (ACM TOMS 15, 1989) with the constants that the GNU C
//! library has since 2.28, whose bits it gives on machines with fused multiply-add (there at most 0.511 ulp off).

use super::exp_table::TABLE;

/// 128 / ln 2
const PER_STEP: f64 = f64::from_bits(0x4067_1547_652b_82fe);
/// -ln 2 / 128, its first 33 bits
const STEP_HIGH: f64 = f64::from_bits(0xbf76_2e42_fefa_0000);
/// -ln 2 / 128, the rest
const STEP_LOW: f64 = f64::from_bits(0xbd0c_f79a_bc9e_3b39);
/// 1.5 * 2^52: adding it rounds to an integer, which then stands in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// Coefficients of r^2 to r^5 of exp(r) - 1 for |r| < ln 2 / 256.
const C2: f64 = f64::from_bits(0x3fdf_ffff_ffff_fdbd);
const C3: f64 = f64::from_bits(0x3fc5_5555_5555_543c);
const C4: f64 = f64::from_bits(0x3fa5_5555_cf17_2b91);
const C5: f64 = f64::from_bits(0x3f81_1111_67a4_d017);

/// exp(x) as NEURON has it: 0 below -700, exp(700) above 700.
#[inline(always)]
fn exp_inline(x: f64) -> f64 {
    let inside = x.clamp(-700.0, 700.0);
    let shifted = PER_STEP.mul_add(inside, ROUND);
    let bits = shifted.to_bits();
    let steps = shifted - ROUND;
    let r = steps.mul_add(STEP_LOW, steps.mul_add(STEP_HIGH, inside));
    let at = ((bits & 127) * 2) as usize;
    let (error, power) = (TABLE[at], TABLE[at + 1]);
    let scale = f64::from_bits(power.wrapping_add(bits << 45));
    let r2 = r * r;
    let low = r2.mul_add(r.mul_add(C3, C2), f64::from_bits(error) + r);
    let tail = (r2 * r2).mul_add(r.mul_add(C5, C4), low);
    // The library rounds twice where the result is small enough to need care near underflow.
    let value = if inside <= -512.0 { scale + scale * tail } else { scale.mul_add(tail, scale) };
    if x < -700.0 { 0.0 } else { value }
}

/// exp(x) as NEURON has it, of one number.
pub fn exp(x: f64) -> f64 {
    pulp::Arch::new().dispatch(One(x))
}

/// exp(x) as NEURON has it, of each number in place.
pub fn exp_strip(strip: &mut [f64]) {
    pulp::Arch::new().dispatch(Strip(strip));
}

struct One(f64);

impl pulp::WithSimd for One {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        exp_inline(self.0)
    }
}

struct Strip<'a>(&'a mut [f64]);

impl pulp::WithSimd for Strip<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for x in self.0 {
            *x = exp_inline(*x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Some numbers of each binade from 2^-60 to 2^9.45, both signs.
    fn arguments() -> impl Iterator<Item = f64> {
        let magnitudes = (0..140_000_u32).map(|at| {
            let binade = f64::from(at) / 2_000.0 - 60.0;
            // An irrational stride fills the low bits.
            (f64::from(at) * 0.618_033_988_749_894_9).fract().mul_add(1e-3, binade).exp2()
        });
        magnitudes.flat_map(|x| [x, -x]).filter(|x| x.abs() <= 700.0)
    }

    #[test]
    fn one_number_and_a_strip_have_the_same_bits() {
        let x: Vec<f64> = arguments().collect();
        let mut strip = x.clone();
        exp_strip(&mut strip);
        for (x, y) in x.iter().zip(&strip) {
            assert_eq!(exp(*x).to_bits(), y.to_bits(), "{x}");
        }
    }

    /// The library rounds its own last sum, so two good functions are at most one unit apart; that ours is the GNU
    /// library's, bit for bit, is asserted where that library is.
    #[test]
    fn agrees_with_the_library() {
        for x in arguments() {
            let (ours, library) = (exp(x), x.exp());
            let apart = ours.to_bits().abs_diff(library.to_bits());
            assert!(apart <= 1, "exp({x:e}): {ours:e} and {library:e}");
            if cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64")) && fma_here() {
                assert_eq!(apart, 0, "exp({x:e}): {ours:e} and {library:e}");
            }
        }
    }

    fn fma_here() -> bool {
        #[cfg(target_arch = "x86_64")]
        return std::arch::is_x86_feature_detected!("fma");
        #[cfg(not(target_arch = "x86_64"))]
        return false;
    }

    #[test]
    fn the_ends_are_neurons() {
        assert_eq!(exp(-700.5).to_bits(), 0.0_f64.to_bits());
        assert_eq!(exp(f64::NEG_INFINITY).to_bits(), 0.0_f64.to_bits());
        assert_eq!(exp(1e9), exp(700.0));
        assert_eq!(exp(f64::INFINITY), exp(700.0));
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(-0.0), 1.0);
        assert!(exp(f64::NAN).is_nan());
    }
}

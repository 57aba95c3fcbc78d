//! Elementary functions under the names by which machine code calls them.

use crate::kir::Intrinsic;

macro_rules! one_argument {
    ($($function:ident $variant:ident)*) => {
        $(extern "C" fn $function(x: f64) -> f64 { Intrinsic::$variant.evaluate(&[x]) })*
    };
}

one_argument! {
    exp Exp log Log log10 Log10 sin Sin cos Cos tan Tan asin Asin acos Acos atan Atan
    sinh Sinh cosh Cosh tanh Tanh erf Erf sqrt Sqrt fabs Fabs floor Floor ceil Ceil trunc Trunc
}

extern "C" fn pow(x: f64, y: f64) -> f64 {
    Intrinsic::Pow.evaluate(&[x, y])
}

extern "C" fn fmod(x: f64, y: f64) -> f64 {
    Intrinsic::Fmod.evaluate(&[x, y])
}

extern "C" fn atan2(x: f64, y: f64) -> f64 {
    Intrinsic::Atan2.evaluate(&[x, y])
}

extern "C" fn nernst(ci: f64, co: f64, z: f64, celsius: f64) -> f64 {
    Intrinsic::Nernst.evaluate(&[ci, co, z, celsius])
}

extern "C" fn nrn_ghk(v: f64, ci: f64, co: f64, z: f64, celsius: f64) -> f64 {
    Intrinsic::Ghk.evaluate(&[v, ci, co, z, celsius])
}

/// Name and address of every function that machine code may call.
pub(super) fn symbols() -> Vec<(String, *const u8)> {
    let address = |intrinsic: Intrinsic| match intrinsic {
        Intrinsic::Exp => exp as *const u8,
        Intrinsic::Log => log as *const u8,
        Intrinsic::Log10 => log10 as *const u8,
        Intrinsic::Sqrt => sqrt as *const u8,
        Intrinsic::Pow => pow as *const u8,
        Intrinsic::Fabs => fabs as *const u8,
        Intrinsic::Floor => floor as *const u8,
        Intrinsic::Ceil => ceil as *const u8,
        Intrinsic::Fmod => fmod as *const u8,
        Intrinsic::Sin => sin as *const u8,
        Intrinsic::Cos => cos as *const u8,
        Intrinsic::Tan => tan as *const u8,
        Intrinsic::Asin => asin as *const u8,
        Intrinsic::Acos => acos as *const u8,
        Intrinsic::Atan => atan as *const u8,
        Intrinsic::Atan2 => atan2 as *const u8,
        Intrinsic::Sinh => sinh as *const u8,
        Intrinsic::Cosh => cosh as *const u8,
        Intrinsic::Tanh => tanh as *const u8,
        Intrinsic::Erf => erf as *const u8,
        Intrinsic::Trunc => trunc as *const u8,
        Intrinsic::Nernst => nernst as *const u8,
        Intrinsic::Ghk => nrn_ghk as *const u8,
    };
    Intrinsic::ALL.into_iter().map(|one| (one.name().to_owned(), address(one))).collect()
}

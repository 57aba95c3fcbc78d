//! The one list of elementary functions: the same definition serves interpreter, machine code and constant folding.
//!
//! Each is a function of f64 that calls the C library's (through Rust's std), which is what NEURON calls; `exp`, our own,
//! gives the GNU C library's bits, clamped as NEURON's hoc_Exp is (src/oc/math.cpp). Nothing is looked up by name at run time.

use serde::{Deserialize, Serialize};

/// An elementary function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are the functions' own")]
pub enum Intrinsic {
    Exp,
    Log,
    Log10,
    Sqrt,
    Pow,
    Fabs,
    Floor,
    Ceil,
    Fmod,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Atan2,
    Sinh,
    Cosh,
    Tanh,
    Erf,
    /// Truncation toward zero, as a C cast to int and back.
    Trunc,
    /// `nernst(ci mM, co mM, z, celsius degC)`, mV: NEURON's nrn_nernst (src/nrnoc/eion.cpp).
    Nernst,
    /// `nrn_ghk(v mV, ci mM, co mM, z, celsius degC)`.
    Ghk,
}

/// Faraday constant, C/mol (CODATA 2018, as NEURON 9 has it).
const FARADAY: f64 = 96485.33212331001;
/// Gas constant, J/(mol K).
const GAS_CONSTANT: f64 = 8.31446261815324;

/// exp as NEURON has it: 0 below -700, exp(700) above 700.
pub fn hoc_exp(x: f64) -> f64 {
    elementary::exp(x)
}

fn ktf(celsius: f64) -> f64 {
    1000.0 * GAS_CONSTANT * (celsius + 273.15) / FARADAY
}

/// Reversal potential, mV, of an ion of charge `z` (NEURON: src/nrnoc/eion.cpp, nrn_nernst).
pub fn nernst(ci: f64, co: f64, z: f64, celsius: f64) -> f64 {
    if z == 0.0 {
        0.0
    } else if ci <= 0.0 {
        1e6
    } else if co <= 0.0 {
        -1e6
    } else {
        ktf(celsius) / z * (co / ci).ln()
    }
}

fn ghk(v: f64, ci: f64, co: f64, z: f64, celsius: f64) -> f64 {
    let efun = |x: f64| if x.abs() < 1e-4 { 1.0 - x / 2.0 } else { x / (x.exp() - 1.0) };
    let temp = z * v / ktf(celsius);
    let eco = co * efun(temp);
    let eci = ci * efun(-temp);
    0.001 * z * FARADAY * (eci - eco)
}

impl Intrinsic {
    /// All of them.
    pub const ALL: [Intrinsic; 23] = [
        Intrinsic::Exp,
        Intrinsic::Log,
        Intrinsic::Log10,
        Intrinsic::Sqrt,
        Intrinsic::Pow,
        Intrinsic::Fabs,
        Intrinsic::Floor,
        Intrinsic::Ceil,
        Intrinsic::Fmod,
        Intrinsic::Sin,
        Intrinsic::Cos,
        Intrinsic::Tan,
        Intrinsic::Asin,
        Intrinsic::Acos,
        Intrinsic::Atan,
        Intrinsic::Atan2,
        Intrinsic::Sinh,
        Intrinsic::Cosh,
        Intrinsic::Tanh,
        Intrinsic::Erf,
        Intrinsic::Trunc,
        Intrinsic::Nernst,
        Intrinsic::Ghk,
    ];

    /// Name in the text form of kernels; NMODL's name where NMODL has it.
    pub fn name(self) -> &'static str {
        match self {
            Intrinsic::Exp => "exp",
            Intrinsic::Log => "log",
            Intrinsic::Log10 => "log10",
            Intrinsic::Sqrt => "sqrt",
            Intrinsic::Pow => "pow",
            Intrinsic::Fabs => "fabs",
            Intrinsic::Floor => "floor",
            Intrinsic::Ceil => "ceil",
            Intrinsic::Fmod => "fmod",
            Intrinsic::Sin => "sin",
            Intrinsic::Cos => "cos",
            Intrinsic::Tan => "tan",
            Intrinsic::Asin => "asin",
            Intrinsic::Acos => "acos",
            Intrinsic::Atan => "atan",
            Intrinsic::Atan2 => "atan2",
            Intrinsic::Sinh => "sinh",
            Intrinsic::Cosh => "cosh",
            Intrinsic::Tanh => "tanh",
            Intrinsic::Erf => "erf",
            Intrinsic::Trunc => "trunc",
            Intrinsic::Nernst => "nernst",
            Intrinsic::Ghk => "nrn_ghk",
        }
    }

    /// Number of arguments.
    pub fn arity(self) -> usize {
        match self {
            Intrinsic::Pow | Intrinsic::Fmod | Intrinsic::Atan2 => 2,
            Intrinsic::Nernst => 4,
            Intrinsic::Ghk => 5,
            _ => 1,
        }
    }

    /// The value; `arguments` has [`Intrinsic::arity`] elements.
    pub fn evaluate(self, arguments: &[f64]) -> f64 {
        let x = arguments.first().copied().unwrap_or(f64::NAN);
        let y = arguments.get(1).copied().unwrap_or(f64::NAN);
        match self {
            Intrinsic::Exp => hoc_exp(x),
            Intrinsic::Log => x.ln(),
            Intrinsic::Log10 => x.log10(),
            Intrinsic::Sqrt => x.sqrt(),
            Intrinsic::Pow => x.powf(y),
            Intrinsic::Fabs => x.abs(),
            Intrinsic::Floor => x.floor(),
            Intrinsic::Ceil => x.ceil(),
            Intrinsic::Fmod => x % y,
            Intrinsic::Sin => x.sin(),
            Intrinsic::Cos => x.cos(),
            Intrinsic::Tan => x.tan(),
            Intrinsic::Asin => x.asin(),
            Intrinsic::Acos => x.acos(),
            Intrinsic::Atan => x.atan(),
            Intrinsic::Atan2 => x.atan2(y),
            Intrinsic::Sinh => x.sinh(),
            Intrinsic::Cosh => x.cosh(),
            Intrinsic::Tanh => x.tanh(),
            Intrinsic::Erf => erf(x),
            Intrinsic::Trunc => x.trunc(),
            Intrinsic::Nernst | Intrinsic::Ghk => {
                let [a, b, c, d, ..] = *arguments else { return f64::NAN };
                match arguments.get(4) {
                    Some(celsius) => ghk(a, b, c, d, *celsius),
                    None => nernst(a, b, c, d),
                }
            }
        }
    }
}

/// Error function; std has none on stable Rust.
fn erf(x: f64) -> f64 {
    libm::erf(x)
}

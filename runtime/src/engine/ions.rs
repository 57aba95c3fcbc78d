//! Ions as mechanisms of their own, in native code (nrn: src/nrnoc/eion.cpp).

use mech_abi::IonArrays;

/// Faraday's constant, C/mol (CODATA 2018).
const FARADAY: f64 = 96485.33212331001;
/// Gas constant, J/(mol K) (CODATA 2018).
const GAS: f64 = 8.31446261815324;

/// Style bit: concentrations start from `Xi0_X_ion` and `Xo0_X_ion`.
const INITIALISE_CONCENTRATION: u32 = 0o4;
/// Style bit: the reversal potential is computed at initialisation.
const INITIALISE_REVERSAL: u32 = 0o40;
/// Style bit: the reversal potential is computed in each step.
const ADVANCE_REVERSAL: u32 = 0o100;

/// Nernst potential, mV, of inside and outside concentrations, mM (nrn: nrn_nernst).
pub fn nernst(inside: f64, outside: f64, charge: f64, celsius: f64) -> f64 {
    if charge == 0.0 {
        0.0
    } else if inside <= 0.0 {
        1e6
    } else if outside <= 0.0 {
        -1e6
    } else {
        let ktf = 1000.0 * GAS * (celsius + 273.15) / FARADAY;
        ktf / charge * (outside / inside).ln()
    }
}

/// INITIAL of an ion: default concentrations and reversal potentials where the style says so.
pub(crate) fn initialize(ion: &mut IonArrays, inside0: f64, outside0: f64, celsius: f64) {
    for (at, style) in ion.style.iter().enumerate() {
        if style & INITIALISE_CONCENTRATION != 0 {
            ion.inside[at] = inside0;
            ion.outside[at] = outside0;
        }
        if style & INITIALISE_REVERSAL != 0 {
            ion.reversal[at] = nernst(ion.inside[at], ion.outside[at], ion.charge, celsius);
        }
    }
}

/// Start of the current phase: currents to zero, reversal potentials where the style says so.
pub(crate) fn before_currents(ion: &mut IonArrays, celsius: f64) {
    ion.current.fill(0.0);
    ion.slope.fill(0.0);
    for (at, style) in ion.style.iter().enumerate() {
        if style & ADVANCE_REVERSAL != 0 {
            ion.reversal[at] = nernst(ion.inside[at], ion.outside[at], ion.charge, celsius);
        }
    }
}

/// secondorder 2: currents at the middle of the step (nrn: second_order_cur); `dv` is the half-step change of each
/// node's voltage, mV.
pub(crate) fn second_order_currents(ion: &mut IonArrays, nodes: &[u32], dv: &[f64]) {
    for (at, node) in nodes.iter().enumerate() {
        ion.current[at] += ion.slope[at] * dv[*node as usize];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// h.nernst(5e-5, 2, 2) and h.nernst(54.4, 2.5, 1) at 6.3 degC in NEURON 9.0.2.
    #[test]
    fn nernst_is_that_of_neuron() {
        assert_eq!(nernst(5e-5, 2.0, 2.0, 6.3), NERNST_CA);
        assert_eq!(nernst(54.4, 2.5, 1.0, 6.3), NERNST_K);
        assert_eq!(nernst(1.0, 1.0, 0.0, 6.3), 0.0);
        assert_eq!(nernst(0.0, 1.0, 1.0, 6.3), 1e6);
        assert_eq!(nernst(1.0, 0.0, 1.0, 6.3), -1e6);
    }

    const NERNST_CA: f64 = 127.58951061761749;
    const NERNST_K: f64 = -74.1716725122837;

    #[test]
    fn styles_decide() {
        let mut ion = IonArrays {
            reversal: vec![1.0; 3],
            inside: vec![2.0; 3],
            outside: vec![3.0; 3],
            current: vec![4.0; 3],
            slope: vec![5.0; 3],
            charge: 2.0,
            style: vec![0o10, 0o61, 0o367],
        };
        initialize(&mut ion, 5e-5, 2.0, 6.3);
        assert_eq!(ion.inside, [2.0, 2.0, 5e-5]);
        assert_eq!(ion.outside, [3.0, 3.0, 2.0]);
        assert_eq!(ion.reversal, [1.0, nernst(2.0, 3.0, 2.0, 6.3), nernst(5e-5, 2.0, 2.0, 6.3)]);
        ion.inside = vec![1e-3; 3];
        let before = ion.reversal.clone();
        before_currents(&mut ion, 6.3);
        assert_eq!(ion.current, [0.0; 3]);
        assert_eq!(ion.slope, [0.0; 3]);
        assert_eq!(ion.reversal, [before[0], before[1], nernst(1e-3, 2.0, 2.0, 6.3)]);
    }
}

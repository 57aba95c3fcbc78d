//! NEURON's built-in mechanisms, written by us: same names, parameters, defaults and order of operations.

/// File name and text of each, in NEURON's order of registration.
pub const SOURCES: &[(&str, &str)] = &[
    ("pas.mod", include_str!("pas.mod")),
    ("iclamp.mod", include_str!("iclamp.mod")),
    ("alphasynapse.mod", include_str!("alphasynapse.mod")),
    ("expsyn.mod", include_str!("expsyn.mod")),
    ("exp2syn.mod", include_str!("exp2syn.mod")),
    ("seclamp.mod", include_str!("seclamp.mod")),
    ("hh.mod", include_str!("hh.mod")),
    ("netstim.mod", include_str!("netstim.mod")),
];

#[cfg(test)]
mod tests;

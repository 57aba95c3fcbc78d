//! Units and prefixes that .mod files use. Exponents are of m, kg, s, C, K, cd.

/// Elementary charge, C; Avogadro's number; Boltzmann's constant, J/K (exact by definition since 2019).
const CHARGE: f64 = 1.602176634e-19;
const AVOGADRO: f64 = 6.02214076e23;
const BOLTZMANN: f64 = 1.380649e-23;

const NUMBER: [i32; 6] = [0; 6];
const VOLT: [i32; 6] = [2, 1, -2, -1, 0, 0];
const AMPERE: [i32; 6] = [0, 0, -1, 1, 0, 0];
const OHM: [i32; 6] = [2, 1, -1, -2, 0, 0];
const SIEMENS: [i32; 6] = [-2, -1, 1, 2, 0, 0];
const FARAD: [i32; 6] = [-2, -1, 2, 2, 0, 0];
const JOULE: [i32; 6] = [2, 1, -2, 0, 0, 0];
const KELVIN: [i32; 6] = [0, 0, 0, 0, 1, 0];
const VOLUME: [i32; 6] = [3, 0, 0, 0, 0, 0];
const COULOMB: [i32; 6] = [0, 0, 0, 1, 0, 0];
const METRE: [i32; 6] = [1, 0, 0, 0, 0, 0];
const SECOND: [i32; 6] = [0, 0, 1, 0, 0, 0];
const HERTZ: [i32; 6] = [0, 0, -1, 0, 0, 0];
const MASS: [i32; 6] = [0, 1, 0, 0, 0, 0];

/// Name, factor, dimension.
pub(super) const UNITS: &[(&str, f64, [i32; 6])] = &[
    ("m", 1.0, METRE),
    ("meter", 1.0, METRE),
    ("metre", 1.0, METRE),
    ("cm", 0.01, METRE),
    ("mm", 0.001, METRE),
    ("um", 1e-6, METRE),
    ("nm", 1e-9, METRE),
    ("micron", 1e-6, METRE),
    ("angstrom", 1e-10, METRE),
    ("inch", 0.0254, METRE),
    ("kg", 1.0, MASS),
    ("gm", 1e-3, MASS),
    ("gram", 1e-3, MASS),
    ("s", 1.0, SECOND),
    ("sec", 1.0, SECOND),
    ("second", 1.0, SECOND),
    ("ms", 1e-3, SECOND),
    ("us", 1e-6, SECOND),
    ("minute", 60.0, SECOND),
    ("hour", 3600.0, SECOND),
    ("hz", 1.0, HERTZ),
    ("Hz", 1.0, HERTZ),
    ("hertz", 1.0, HERTZ),
    ("kHz", 1e3, HERTZ),
    ("coul", 1.0, COULOMB),
    ("coulomb", 1.0, COULOMB),
    ("faraday", CHARGE * AVOGADRO, COULOMB),
    ("e", CHARGE, COULOMB),
    ("amp", 1.0, AMPERE),
    ("ampere", 1.0, AMPERE),
    ("mA", 1e-3, AMPERE),
    ("uA", 1e-6, AMPERE),
    ("nA", 1e-9, AMPERE),
    ("pA", 1e-12, AMPERE),
    ("volt", 1.0, VOLT),
    ("V", 1.0, VOLT),
    ("mV", 1e-3, VOLT),
    ("uV", 1e-6, VOLT),
    ("ohm", 1.0, OHM),
    ("megohm", 1e6, OHM),
    ("siemens", 1.0, SIEMENS),
    ("S", 1.0, SIEMENS),
    ("mho", 1.0, SIEMENS),
    ("mS", 1e-3, SIEMENS),
    ("uS", 1e-6, SIEMENS),
    ("nS", 1e-9, SIEMENS),
    ("pS", 1e-12, SIEMENS),
    ("umho", 1e-6, SIEMENS),
    ("farad", 1.0, FARAD),
    ("uF", 1e-6, FARAD),
    ("nF", 1e-9, FARAD),
    ("pF", 1e-12, FARAD),
    ("joule", 1.0, JOULE),
    ("J", 1.0, JOULE),
    ("cal", 4.184, JOULE),
    ("degC", 1.0, KELVIN),
    ("degc", 1.0, KELVIN),
    ("degK", 1.0, KELVIN),
    ("degk", 1.0, KELVIN),
    ("K", 1.0, KELVIN),
    ("kelvin", 1.0, KELVIN),
    ("l", 1e-3, VOLUME),
    ("liter", 1e-3, VOLUME),
    ("litre", 1e-3, VOLUME),
    ("cc", 1e-6, VOLUME),
    ("mole", AVOGADRO, NUMBER),
    ("mol", AVOGADRO, NUMBER),
    ("avogadro", AVOGADRO, NUMBER),
    ("k", BOLTZMANN, [2, 1, -2, 0, -1, 0]),
    ("boltzmann", BOLTZMANN, [2, 1, -2, 0, -1, 0]),
    ("pi", std::f64::consts::PI, NUMBER),
    ("percent", 0.01, NUMBER),
    ("radian", 1.0, NUMBER),
    ("degree", std::f64::consts::PI / 180.0, NUMBER),
    ("c", 299_792_458.0, [1, 0, -1, 0, 0, 0]),
    ("h", 6.62607015e-34, [2, 1, -1, 0, 0, 0]),
    ("watt", 1.0, [2, 1, -3, 0, 0, 0]),
    ("mW", 1e-3, [2, 1, -3, 0, 0, 0]),
    ("newton", 1.0, [1, 1, -2, 0, 0, 0]),
    ("candela", 1.0, [0, 0, 0, 0, 0, 1]),
];

/// Longer prefixes before shorter ones with the same beginning.
pub(super) const PREFIXES: &[(&str, f64)] = &[
    ("giga", 1e9),
    ("mega", 1e6),
    ("kilo", 1e3),
    ("hecto", 1e2),
    ("centi", 1e-2),
    ("deci", 1e-1),
    ("milli", 1e-3),
    ("micro", 1e-6),
    ("nano", 1e-9),
    ("pico", 1e-12),
    ("femto", 1e-15),
    ("m", 1e-3),
    ("u", 1e-6),
    ("n", 1e-9),
    ("p", 1e-12),
    ("f", 1e-15),
    ("k", 1e3),
    ("c", 1e-2),
    ("d", 1e-1),
    ("M", 1e6),
    ("G", 1e9),
];

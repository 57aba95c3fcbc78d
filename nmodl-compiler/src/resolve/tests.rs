//! What resolution makes of small texts: HIR as text, and one diagnostic for each code.

use std::collections::BTreeSet;

use diag::{Problems, Severity, Sources};

use crate::{codes, hir, resolve, syntax};

fn front(text: &str) -> (Option<hir::Mechanism>, Problems, Sources) {
    let mut sources = Sources::new();
    let file = sources.add("x.mod", text);
    let (program, mut problems) = syntax::parse_file(file, &sources);
    let mechanism = resolve::resolve(&program, "x.mod", &mut problems);
    (mechanism.filter(|_| !problems.has_errors()), problems, sources)
}

/// The mechanism of a text without errors.
fn mechanism(text: &str) -> hir::Mechanism {
    let (mechanism, problems, sources) = front(text);
    mechanism.unwrap_or_else(|| panic!("{}", problems.render(&sources, false)))
}

/// HIR as text.
fn resolved(text: &str) -> String {
    hir::print::print(&mechanism(text))
}

/// All problems as the user sees them.
fn complaints(text: &str) -> String {
    let (_, problems, sources) = front(text);
    problems.render(&sources, false)
}

#[test]
fn storage_follows_class_and_list() {
    insta::assert_snapshot!(resolved(
        "TITLE storage of variables
        NEURON { SUFFIX x RANGE p, a GLOBAL q, b USEION ca READ eca, cao WRITE ica, cai }
        UNITS { (mV) = (millivolt) F = (faraday) (coulomb) C = 96485.309 (coulomb) }
        PARAMETER { p = 1.23456789 (mV) <0, 9> q = 2 r = -.5 v (mV) w[3] m0 = 0.1 }
        CONSTANT { c = 1.23456789 }
        ASSIGNED { a b hidden eca (mV) cao ica celsius arr[2] dt }
        STATE { m n START 0.333333333333 cai (mM) }
        LOCAL top
        INITIAL { top = p + q + r + w[1] + c + F + C + b + hidden + celsius + dt + diam + area + t + arr[0] + n0 }
        BREAKPOINT { a = v  ica = cao*(v - eca) }"
    ));
}

#[test]
fn currents_keep_their_order_and_electrodes_rule() {
    insta::assert_snapshot!(resolved(
        "NEURON {
            POINT_PROCESS x
            NONSPECIFIC_CURRENT i2
            USEION k READ ek WRITE ik
            ELECTRODE_CURRENT i1
            THREADSAFE
        }
        ASSIGNED { v i1 i2 ik ek }
        BREAKPOINT { i1 = 1 i2 = 2 ik = v - ek }"
    ));
}

#[test]
fn solves_leave_breakpoint_even_from_inside_a_condition() {
    insta::assert_snapshot!(resolved(
        "NEURON { SUFFIX x NONSPECIFIC_CURRENT i }
        STATE { m n }
        ASSIGNED { v i }
        BREAKPOINT { if (v > 0) { SOLVE s METHOD cnexp } i = m  SOLVE p }
        INITIAL { SOLVE k STEADYSTATE sparse }
        PROCEDURE p() { LOCAL x x = dt }
        DERIVATIVE s { LOCAL a a = 2^v  m' = (a - m)/3 }
        KINETIC k { ~ m <-> n (1, 2)  CONSERVE m + n = 1 }"
    ));
}

#[test]
fn kinetic_statements() {
    insta::assert_snapshot!(resolved(
        "NEURON { SUFFIX x }
        STATE { a b c }
        ASSIGNED { pool }
        BREAKPOINT { SOLVE k METHOD sparse }
        KINETIC k {
            COMPARTMENT 2 { a b }
            ~ 2 a + b <-> c (1, 2)
            ~ c -> pool (3)
            ~ a << (-4*pool)
            CONSERVE a + b + 2 c = 1
        }"
    ));
}

#[test]
fn functions_locals_and_shadows() {
    insta::assert_snapshot!(resolved(
        "NEURON { SUFFIX x NONSPECIFIC_CURRENT i RANGE e }
        DEFINE N 3
        PARAMETER { e = 1 }
        ASSIGNED { v i inf tau arr[N] }
        BREAKPOINT { rates(v)  i = f(v, 2)*e }
        FUNCTION f(v (mV), e) (mA) { LOCAL g, h[N]
            g = v + e
            if (g > N) { LOCAL g  g = 2  f = g } else if (!g) { f = 0 } else { f = -g^2 }
            FROM j = 0 TO N - 1 { h[j] = arr[N - 1 - j/2] + arr[INT(v)]  arr[g] = j }
            while (f > 10 && e || 0) { f = f - 1 }
        }
        PROCEDURE rates(v) { TABLE inf, tau DEPEND e, celsius FROM -100 TO e + 100 WITH 200
            inf = 1/(1 + exp(-v))  tau = log10(v)
        }
        FUNCTION g(x) { TABLE FROM 0 TO 1 WITH 10  g = x }"
    ));
}

#[test]
fn events_and_weights() {
    insta::assert_snapshot!(resolved(
        "NEURON { POINT_PROCESS x NONSPECIFIC_CURRENT i }
        ASSIGNED { v i }
        STATE { s }
        INITIAL { net_send(1, 2) }
        BREAKPOINT { i = s }
        NET_RECEIVE(w, last (ms)) {
            INITIAL { last = t }
            if (flag == 2) { net_event(t + 1)  net_move(t + 2)  v = -65 }
            w = w + last
            state_discontinuity(s, s + w)
        }"
    ));
}

#[test]
fn random_numbers() {
    insta::assert_snapshot!(resolved(
        "NEURON { POINT_PROCESS x RANGE y RANDOM r, s }
        ASSIGNED { y }
        INITIAL { random_setseq(s, 5) random_setids(r, 1, 2, 3) set_seed(7) }
        BREAKPOINT {
            y = random_uniform(r) + random_uniform(s, 1, 2) + random_negexp(r, 3) + random_normal(s, 4, 5)
            y = random_ipick(r) + random_dpick(s) + scop_random() + exprand(6) + normrand(7, 8) + poisrand(9)
        }"
    ));
}

#[test]
fn built_in_functions() {
    insta::assert_snapshot!(resolved(
        "NEURON { SUFFIX x RANGE y }
        ASSIGNED { y v }
        BREAKPOINT {
            at_time(5)
            y = at_time(2) + nrn_ghk(v, 1, 2, 3) + pow(2, 3) + abs(-1) + atan2(1, 2) + fmod(5, 3) + erf(1)
        }"
    ));
}

#[test]
fn before_and_after() {
    insta::assert_snapshot!(resolved(
        "NEURON { SUFFIX x RANGE y }
        ASSIGNED { y }
        BEFORE BREAKPOINT { y = 1 }
        AFTER SOLVE { y = 2 }
        BEFORE INITIAL { y = 3 }
        AFTER INITIAL { y = 4 }
        BEFORE STEP { PROTECT y = 5  MUTEXLOCK y = 6 MUTEXUNLOCK }"
    ));
}

/// nocmodl decides while it reads: THREADSAFE overrules what stands behind it, and any assignment of a GLOBAL.
#[test]
fn thread_safety_is_neurons_judgement() {
    let judge = |neuron: &str, code: &str| {
        mechanism(&format!("{code} NEURON {{ SUFFIX x {neuron} }} ASSIGNED {{ g }} LOCAL top\n")).thread_safe
    };
    let verbatim = "VERBATIM\n#include <stdlib.h>\nENDVERBATIM\n";
    assert!(judge("", ""));
    assert!(judge("", "INITIAL { top = 1 }"));
    assert!(!judge("", verbatim));
    assert!(!judge("THREADSAFE", verbatim), "the block stands before the keyword");
    assert!(!judge("GLOBAL g", "INITIAL { g = 1 }"));
    assert!(judge("GLOBAL g THREADSAFE", "INITIAL { g = 1 }"));
    assert!(judge("GLOBAL g", "INITIAL { PROTECT g = 1 }"));
    assert!(judge("GLOBAL g", ""));
    let behind = format!("NEURON {{ SUFFIX x THREADSAFE }}\n{verbatim}");
    assert!(mechanism(&behind).thread_safe);
    assert!(!mechanism("NEURON { SUFFIX x } ASSIGNED { y } INITIAL { y = scop_random() }").thread_safe);
    assert!(!mechanism("NEURON { ARTIFICIAL_CELL x } LOCAL top").thread_safe);
}

#[test]
fn a_file_without_a_name_is_named_after_itself() {
    let one = mechanism("NEURON { RANGE y } ASSIGNED { y }");
    assert_eq!((one.name.as_str(), one.kind), ("x", mech_abi::MechanismKind::Density));
}

/// Each code with a text that has it; `«…»` is the guilty token.
const GUILTY: &[(&str, &str)] = &[
    (codes::SYNTAX, "NEURON { SUFFIX x } INITIAL { t2 = 1 + «)» }"),
    (codes::UNKNOWN_CHARACTER, "NEURON { SUFFIX x } ASSIGNED { y } INITIAL { y = 1«;» }"),
    (codes::UNTERMINATED, "NEURON { SUFFIX x }\n«COMMENT»\n"),
    (codes::UNCLOSED_BLOCK, "NEURON { SUFFIX x } INITIAL «{»"),
    (codes::OBSOLETE, "NEURON { SUFFIX x } «EQUATION» { }"),
    (codes::UNDECLARED, "NEURON { SUFFIX x } ASSIGNED { y } INITIAL { y = «nowhere» }"),
    (codes::DUPLICATE, "NEURON { SUFFIX x } ASSIGNED { y } PARAMETER { «y» = 1 }"),
    (codes::RESERVED, "NEURON { SUFFIX x } ASSIGNED { «step» }"),
    (codes::NOT_DECLARED_IN_LIST, "NEURON { SUFFIX x GLOBAL «y» }"),
    (codes::BAD_DEFINE, "DEFINE N «1.5» NEURON { SUFFIX x }"),
    (codes::BAD_ARRAY, "NEURON { SUFFIX x } ASSIGNED { y[3] } INITIAL { y[«3»] = 1 }"),
    (codes::NAMED_LIKE_FUNCTION, "NEURON { SUFFIX x } ASSIGNED { y } FUNCTION «y»(a) { }"),
    (codes::STATE_NAME, "NEURON { SUFFIX x } STATE { y «Dy» }"),
    (codes::BAD_START, "NEURON { SUFFIX x } ASSIGNED { y «START» 1 }"),
    (codes::NO_NAME, "«NEURON» { THREADSAFE }"),
    (codes::TWO_NAMES, "NEURON { SUFFIX x POINT_PROCESS «y» }"),
    (codes::BAD_ION_VARIABLE, "NEURON { SUFFIX x USEION k READ «v» }"),
    (codes::ION_TWICE, "NEURON { SUFFIX x USEION k READ ek USEION «k» WRITE ik }"),
    (codes::RANGE_OF_SPECIAL, "NEURON { SUFFIX x RANGE «diam» }"),
    (codes::GLOBAL_STATE, "NEURON { SUFFIX x GLOBAL y } STATE { «y» }"),
    (codes::NET_RECEIVE_IN_DENSITY, "NEURON { SUFFIX x } «NET_RECEIVE(w)» { }"),
    (codes::TWO_BLOCKS, "NEURON { POINT_PROCESS x } NET_RECEIVE(w) { } «NET_RECEIVE(w)» { }"),
    (codes::DESTRUCTOR_IN_DENSITY, "NEURON { SUFFIX x } «DESTRUCTOR» { }"),
    (codes::ARTIFICIAL_CELL_LIMIT, "NEURON { ARTIFICIAL_CELL x } «BREAKPOINT» { }"),
    (codes::CONSTANT_ION, "NEURON { SUFFIX x USEION k READ ek } CONSTANT { «ek» = 1 }"),
    (codes::NET_RECEIVE_ARGUMENTS, "NEURON { POINT_PROCESS x } «NET_RECEIVE()» { }"),
    (codes::CURRENT_TWICE, "NEURON { SUFFIX x NONSPECIFIC_CURRENT i, «i» } ASSIGNED { i }"),
    (codes::BAD_MOMENT, "NEURON { SUFFIX x } «AFTER STEP» { }"),
    (codes::ARITY, "NEURON { SUFFIX x } ASSIGNED { y } INITIAL { y = «exp»(1, 2) }"),
    (codes::READ_ONLY, "NEURON { SUFFIX x } CONSTANT { y = 1 } INITIAL { «y» = 2 }"),
    (codes::UNKNOWN_SOLVE, "NEURON { SUFFIX x } BREAKPOINT { SOLVE «s» METHOD cnexp }"),
    (
        codes::METHOD_MISMATCH,
        "NEURON { SUFFIX x } STATE { m } BREAKPOINT { SOLVE s METHOD «sparse» } DERIVATIVE s { m' = -m }",
    ),
    (codes::NOT_A_FUNCTION, "NEURON { SUFFIX x } ASSIGNED { y } INITIAL { y = «nowhere»(1) }"),
    (codes::NOT_A_STATE, "NEURON { SUFFIX x } STATE { m } ASSIGNED { y } DERIVATIVE s { m' = 1 «y»' = 2 }"),
    (codes::MISPLACED, "NEURON { SUFFIX x } STATE { m } INITIAL { «m' = 1» }"),
    (codes::EVENT_OUTSIDE, "NEURON { POINT_PROCESS x } PROCEDURE p() { «net_send(1, 2)» } NET_RECEIVE(w) { }"),
    (codes::BAD_TABLE, "NEURON { SUFFIX x } ASSIGNED { y } PROCEDURE p(a, b) { «TABLE y FROM 0 TO 1 WITH 2» }"),
    (
        codes::SOLVE_AFTER_BLOCK,
        "NEURON { SUFFIX x } STATE { m } DERIVATIVE s { m' = -m } BREAKPOINT { «SOLVE s METHOD cnexp» }",
    ),
    (codes::NO_EQUATION, "NEURON { SUFFIX x } STATE { m } «DERIVATIVE s» { m = 1 }"),
    (codes::STRING_VALUE, "NEURON { SUFFIX x } ASSIGNED { y } INITIAL { y = «\"text\"» }"),
    (codes::NO_VALUE, "NEURON { SUFFIX x } ASSIGNED { y } INITIAL { y = «set_seed»(1) }"),
    (codes::SOLVE_WITHOUT_METHOD, "NEURON { SUFFIX x } STATE { m } BREAKPOINT { «SOLVE s» } DERIVATIVE s { m' = -m }"),
    (codes::IGNORED, "NEURON { SUFFIX x } INITIAL { «printf(\"%g\", t)» }"),
    (codes::BAD_RANDOM, "NEURON { SUFFIX x RANDOM r } ASSIGNED { y } INITIAL { y = «r» }"),
    (codes::OPERATOR_IN_EQUATION, "NEURON { SUFFIX x } STATE { m } DERIVATIVE s { m' = 1 - «m^2» }"),
    (codes::UNSUPPORTED_DISCRETE, "NEURON { SUFFIX x } STATE { m } DISCRETE «l» { m = m@1 }"),
    (
        codes::UNSUPPORTED_METHOD,
        "NEURON { SUFFIX x } STATE { m } BREAKPOINT { SOLVE s METHOD «runge» } KINETIC s { ~ m << (1) }",
    ),
    (codes::INCLUDE_NOT_FOUND, "NEURON { SUFFIX x } INCLUDE «\"other.inc\"»"),
    (codes::DECLARED_BY_USE, "NEURON { SUFFIX x NONSPECIFIC_CURRENT «i» } BREAKPOINT { i = 1 }"),
    (codes::OWN_VOLTAGE, "NEURON { SUFFIX x } ASSIGNED { v } INITIAL { «v» = 0 }"),
    (codes::ARBOR_FUNCTION, "NEURON { SUFFIX x } ASSIGNED { y } INITIAL { y = «exprelr»(1) }"),
    (codes::BAD_POINTER, "NEURON { SUFFIX x } ASSIGNED { y } INITIAL { y = «nrn_pointing(y)» }"),
    (codes::NETCON_ARGUMENTS, "NEURON { POINT_PROCESS x } NET_RECEIVE(w) { «FOR_NETCONS(a, b) { }» }"),
    (codes::BAD_LAG, "NEURON { SUFFIX x } CONSTANT { d = 1 } INITIAL { LOCAL y LAG «y» BY d }"),
    (
        codes::VERBATIM_OBJECTS,
        "NEURON { SUFFIX x }\nPROCEDURE p() {\n«VERBATIM»\n  launch(nrn_random_arg(1));\nENDVERBATIM\n}",
    ),
    (codes::FLUX_OUTSIDE, "NEURON { SUFFIX x } ASSIGNED { y } INITIAL { y = «f_flux» }"),
    (codes::UNSUPPORTED_FUNCTION, "NEURON { SUFFIX x } ASSIGNED { y } INITIAL { y = «harmonic»(1) }"),
    (
        codes::UNSUPPORTED_CONDUCTANCE,
        "NEURON { SUFFIX x NONSPECIFIC_CURRENT i } ASSIGNED { i g } BREAKPOINT { «CONDUCTANCE g» i = g*v }",
    ),
    (codes::UNSUPPORTED_ORDER, "NEURON { SUFFIX x } STATE { m n } DERIVATIVE s { n' = 1 «m''» = -m }"),
    (codes::UNKNOWN_UNIT, "NEURON { SUFFIX x } UNITS { (mV) = «(millivlot)» }"),
    (codes::UNIT_DIMENSION, "NEURON { SUFFIX x } UNITS { F = (faraday) «(joule)» }"),
    (codes::UNIT_REDEFINED, "NEURON { SUFFIX x } UNITS { (mV) = (millivolt) «(mV)» = (volt) }"),
    (codes::UNIT_SYNTAX, "NEURON { SUFFIX x } UNITS { (area2) = «(m22)» }"),
    (codes::UNKNOWN_VERBATIM, "NEURON { SUFFIX x }\nINITIAL {\n«VERBATIM»\n  launch(1);\nENDVERBATIM\n}"),
    (codes::BBCOREPOINTER_UNUSED, "NEURON { POINT_PROCESS x BBCOREPOINTER «p» }"),
];

#[test]
fn each_problem_is_told_once_at_the_guilty_token() {
    let mut seen = BTreeSet::new();
    for (code, marked) in GUILTY {
        seen.insert(*code);
        let start = marked.find('«').unwrap();
        let text = marked.replacen('«', "", 1);
        let end = text.find('»').unwrap();
        let text = text.replacen('»', "", 1);
        let (mechanism, problems, sources) = front(&text);
        let shown = problems.render(&sources, false);
        let worst =
            problems.sorted().into_iter().filter(|one| one.severity == Severity::Error || !problems.has_errors());
        let found: Vec<(&str, &str)> = worst.map(|one| (one.code, sources.text(one.primary.span))).collect();
        assert_eq!(found, [(*code, &text[start..end])], "{text}\n{shown}");
        assert_eq!(mechanism.is_none(), problems.has_errors(), "{text}\n{shown}");
        let remedy =
            |one: &&diag::Diagnostic| one.help.is_some() || !one.primary.text.is_empty() || !one.secondary.is_empty();
        assert!(problems.sorted().iter().all(remedy), "no remedy:\n{shown}");
    }
    let elsewhere = [codes::TOO_DEEP, codes::UNSUPPORTED_RANDOM, codes::INCLUDE_LOOP];
    let front_end = |code: &str| code < "M0800" && !elsewhere.contains(&code);
    let missing: Vec<&str> =
        codes::ALL.iter().map(|(code, _)| *code).filter(|code| front_end(code) && !seen.contains(code)).collect();
    assert!(missing.is_empty(), "codes without an example: {missing:?}");
}

#[test]
fn problems_as_the_user_sees_them() {
    insta::assert_snapshot!(complaints(
        "NEURON {
    SUFFIX x
    USEION k READ ek WRITE ik
    RANGE gmax, ninf
}
PARAMETER { gmax = 0.1 (S/cm2) }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) ninf tau }
STATE { n }
BREAKPOINT {
    SOLVE stats METHOD cnexp
    ik = gmx*n^4*(v - ek)
}
DERIVATIVE states {
    rate(v)
    n' = (ninf - n)/tau
}
PROCEDURE rates(v) {
    ninf = alpha(v)/(alpha(v) + beta(v, 1))
    celsius = 6
}
FUNCTION beta(x) { beta = 1 }
"
    ));
}

#[test]
fn a_verbatim_that_is_not_known_names_the_native_way() {
    insta::assert_snapshot!(complaints(
        "NEURON { POINT_PROCESS x RANGE y }
ASSIGNED { y }
BREAKPOINT {
VERBATIM
    y = gsl_ran_gaussian(rng, 1.0);
ENDVERBATIM
}
PROCEDURE p() {
VERBATIM
    y = *getarg(1);
ENDVERBATIM
}
"
    ));
}

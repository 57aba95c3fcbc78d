//! What each METHOD makes of equations, as text and as numbers.

use mech_abi::{KernelError, KernelKind};

use crate::lower::rig::{Rig, problems_of, text};

/// The State kernel of a mechanism with these declarations and blocks.
fn state(source: &str) -> String {
    format!("----- SOURCE\n{}\n----- KERNEL\n{}", source.trim(), text(source, KernelKind::State))
}

/// Backward Euler of x' = -x*x with step dt, exactly.
fn quadratic_decay(x: f64, dt: f64) -> f64 {
    ((1.0 + 4.0 * dt * x).sqrt() - 1.0) / (2.0 * dt)
}

#[test]
fn cnexp_towards_a_target() {
    insta::assert_snapshot!(state(
        "
NEURON { SUFFIX x RANGE minf, mtau }
ASSIGNED { v minf mtau }
STATE { m }
BREAKPOINT { SOLVE s METHOD cnexp }
DERIVATIVE s { m' = (minf - m)/mtau }
"
    ));
}

#[test]
fn cnexp_with_two_rates_remembers_calls() {
    insta::assert_snapshot!(state(
        "
NEURON { SUFFIX x }
ASSIGNED { v }
STATE { m }
BREAKPOINT { SOLVE s METHOD cnexp }
DERIVATIVE s { m' = a(v)*(1 - m) - b(v)*m }
FUNCTION a(v) { a = 0.1*exp(v/20) }
FUNCTION b(v) { b = 1/v }
"
    ));
}

#[test]
fn cnexp_without_own_state_is_euler() {
    insta::assert_snapshot!(state(
        "
NEURON { SUFFIX x RANGE k }
PARAMETER { k = 2 }
STATE { m n }
BREAKPOINT { SOLVE s METHOD cnexp }
DERIVATIVE s { m' = k - n }
"
    ));
}

#[test]
fn cnexp_of_a_product_keeps_only_the_rate() {
    insta::assert_snapshot!(state(
        "
NEURON { SUFFIX x }
STATE { m }
BREAKPOINT { SOLVE s METHOD cnexp }
DERIVATIVE s { m' = -m*m }
"
    ));
}

#[test]
fn cnexp_in_branches() {
    insta::assert_snapshot!(state(
        "
NEURON { SUFFIX x RANGE tau }
PARAMETER { tau = 3 }
ASSIGNED { v }
STATE { m }
BREAKPOINT { SOLVE s METHOD cnexp }
DERIVATIVE s { LOCAL r  r = v/10  if (r > 0) { m' = (r - m)/tau } else { m' = -m/tau } }
"
    ));
}

#[test]
fn derivative_without_method_is_only_evaluated() {
    insta::assert_snapshot!(state(
        "
NEURON { SUFFIX x RANGE seen }
ASSIGNED { seen }
STATE { m }
BREAKPOINT { SOLVE s }
DERIVATIVE s { seen = m + 1  m' = -m }
"
    ));
}

#[test]
fn euler_takes_half_steps_in_second_order() {
    insta::assert_snapshot!(state(
        "
NEURON { SUFFIX x }
STATE { m n }
BREAKPOINT { SOLVE s METHOD euler }
DERIVATIVE s { m' = -n  n' = m }
"
    ));
}

#[test]
fn kinetic_two_states_with_conservation() {
    insta::assert_snapshot!(state(
        "
NEURON { SUFFIX x RANGE a, b }
PARAMETER { a = 2 b = 3 }
STATE { c o }
BREAKPOINT { SOLVE k METHOD sparse }
KINETIC k { ~ c <-> o (a, b)  CONSERVE c + o = 1 }
"
    ));
}

/// One step of the scheme above by hand: o = (o + dt*a)/(1 + dt*(a + b)).
#[test]
fn a_linear_scheme_takes_one_backward_euler_step() {
    let mut rig = Rig::new(
        "
NEURON { SUFFIX x RANGE a, b }
PARAMETER { a = 2 b = 3 }
STATE { c o }
BREAKPOINT { SOLVE k METHOD sparse }
KINETIC k { ~ c <-> o (a, b)  CONSERVE c + o = 1 }
",
        2,
    );
    rig.set("c", 0.75);
    rig.set("o", 0.25);
    rig.run(KernelKind::State);
    let dt = rig.times.dt;
    let o = (0.25 + dt * 2.0) / (1.0 + dt * 5.0);
    // A few roundings of numbers near 1.
    assert!((rig.get("o") - o).abs() < 1e-15, "{} {o}", rig.get("o"));
    assert!((rig.get("o") + rig.get("c") - 1.0).abs() < 1e-15);
    assert_eq!(rig.all("o")[0].to_bits(), rig.all("o")[1].to_bits());
}

#[test]
fn a_scheme_with_pairs_iterates() {
    let source = "
NEURON { SUFFIX x }
STATE { a b }
BREAKPOINT { SOLVE k METHOD sparse }
KINETIC k { ~ 2 a -> (0.5) ~ b << (0.25) }
";
    let mut rig = Rig::new(source, 1);
    rig.set("a", 1.5);
    rig.run(KernelKind::State);
    // a' = -2*0.5*a^2; the iteration ends when changes are below 1e-6, and Newton squares the error.
    let exact = quadratic_decay(1.5, rig.times.dt);
    assert!((rig.get("a") - exact).abs() < 1e-12, "{} {exact}", rig.get("a"));
    assert_eq!(rig.get("b"), 0.025 * 0.25);
}

#[test]
fn compartments_scale_amounts() {
    let source = "
NEURON { SUFFIX x RANGE vol }
PARAMETER { vol = 4 }
STATE { a[2] }
BREAKPOINT { SOLVE k METHOD sparse }
KINETIC k { COMPARTMENT vol { a } FROM i=0 TO 0 { ~ a[i] <-> a[i+1] (1, 1) } ~ a[0] << (2) }
";
    let mut rig = Rig::new(source, 1);
    rig.times.dt = 1.0;
    rig.run(KernelKind::State);
    let first = rig.layout.column("a").unwrap().first as usize;
    let (a0, a1) = (rig.columns[first][0], rig.columns[first + 1][0]);
    // 4*a0 = 2 - (a0 - a1), 4*a1 = a0 - a1: a0 = 5/12, a1 = 1/12.
    assert!((a0 - 5.0 / 12.0).abs() < 1e-15, "{a0}");
    assert!((a1 - 1.0 / 12.0).abs() < 1e-15, "{a1}");
}

#[test]
fn steady_states_of_linear_and_nonlinear_schemes() {
    for (reactions, expected) in [
        // c and o in the ratio of the rates.
        ("~ c <-> o (3, 8)", 3.0 / 11.0),
        // o = 2*c^2 with c + o = 1: c = 1/2.
        ("~ 2 c <-> c + o (2, 1)", 2.0 / 3.0),
    ] {
        let source = format!(
            "
NEURON {{ SUFFIX x }}
STATE {{ c o }}
INITIAL {{ c = 0.5 o = 0.5 SOLVE k STEADYSTATE sparse }}
BREAKPOINT {{ SOLVE k METHOD sparse }}
KINETIC k {{ {reactions} CONSERVE c + o = 1 }}
"
        );
        let mut rig = Rig::new(&source, 1);
        rig.run(KernelKind::Initial);
        // 1e9 ms stand for infinity.
        assert!((rig.get("o") - expected).abs() < 1e-8, "{reactions}: {} {expected}", rig.get("o"));
        assert!((rig.get("o") + rig.get("c") - 1.0).abs() < 1e-12);
        assert_eq!(rig.failures(), []);
    }
}

#[test]
fn only_the_last_term_of_a_sum_of_rates_is_multiplied() {
    let source = |rate: &str| {
        format!(
            "
NEURON {{ SUFFIX x }}
STATE {{ a b }}
BREAKPOINT {{ SOLVE k METHOD sparse }}
KINETIC k {{ ~ a <-> b ({rate}, 0) }}
"
        )
    };
    let step = |rate: &str| {
        let mut rig = Rig::new(&source(rate), 1);
        rig.set("a", 0.5);
        rig.run(KernelKind::State);
        rig.get("b")
    };
    let dt = 0.025;
    let expected = dt * 3.0 * 0.5 / (1.0 + dt * 3.0);
    assert!((step("(1 + 2)") - expected).abs() < 1e-15);
    // NEURON: f_flux = 1 + 2*a, with the derivative 1 + 2.
    let expected = dt * (1.0 + 2.0 * 0.5) / (1.0 + dt * 3.0);
    assert!((step("1 + 2") - expected).abs() < 1e-15);
    let (_, problems) = problems_of(&source("1 + 2"));
    insta::assert_snapshot!(problems);
}

#[test]
fn derivimplicit_of_one_state() {
    insta::assert_snapshot!(state(
        "
NEURON { SUFFIX x }
STATE { m }
BREAKPOINT { SOLVE s METHOD derivimplicit }
DERIVATIVE s { m' = -m*m }
"
    ));
}

#[test]
fn derivimplicit_solves_backward_euler() {
    let source = "
NEURON { SUFFIX x }
STATE { m n k }
BREAKPOINT { SOLVE s METHOD derivimplicit }
DERIVATIVE s { m' = -m*m  n' = k  k' = -n }
";
    let mut rig = Rig::new(source, 1);
    rig.set("m", 2.0);
    rig.set("n", 1.0);
    rig.set("k", 0.5);
    rig.times.dt = 0.1;
    rig.run(KernelKind::State);
    assert_eq!(rig.failures(), []);
    // The iteration stops when the residuals are at most 1e-8; a state is then wrong by about dt times that.
    let exact = quadratic_decay(2.0, 0.1);
    assert!((rig.get("m") - exact).abs() < 1e-8, "{} {exact}", rig.get("m"));
    let n = (1.0 + 0.1 * 0.5) / (1.0 + 0.1 * 0.1);
    assert!((rig.get("n") - n).abs() < 1e-8);
    assert!((rig.get("k") - (0.5 - 0.1 * n)).abs() < 1e-8);
}

#[test]
fn second_order_halves_the_step_and_extrapolates() {
    for method in ["derivimplicit", "euler"] {
        let source = format!(
            "
NEURON {{ SUFFIX x }}
STATE {{ m }}
BREAKPOINT {{ SOLVE s METHOD {method} }}
DERIVATIVE s {{ m' = -m }}
"
        );
        let mut rig = Rig::new(&source, 1);
        rig.set("m", 1.0);
        rig.times.dt = 0.1;
        rig.times.secondorder = 1;
        rig.run(KernelKind::State);
        let half = 0.05;
        let expected = match method {
            "euler" => (1.0 - half) - half,
            // Crank and Nicolson.
            _ => (1.0 - half) / (1.0 + half),
        };
        assert!((rig.get("m") - expected).abs() < 1e-9, "{method}: {}", rig.get("m"));
    }
}

#[test]
fn a_state_in_a_denominator_makes_cnexp_implicit() {
    let source = "
NEURON { SUFFIX x }
STATE { m n }
BREAKPOINT { SOLVE s METHOD cnexp }
DERIVATIVE s { m' = -m*m/(2*m)  n' = -n }
";
    let mut rig = Rig::new(source, 1);
    rig.set("m", 1.0);
    rig.set("n", 1.0);
    rig.run(KernelKind::State);
    // The whole block is solved by backward Euler, n too.
    assert!((rig.get("m") - 1.0 / (1.0 + 0.5 * 0.025)).abs() < 1e-9);
    assert!((rig.get("n") - 1.0 / (1.0 + 0.025)).abs() < 1e-9);
    assert!((rig.get("n") - (-0.025_f64).exp()).abs() > 1e-5);
}

#[test]
fn what_does_not_converge_is_an_error() {
    // No number fulfils x = 1 + dt*(x*x + 10) for dt = 1.
    let source = "
NEURON { SUFFIX x }
STATE { m }
BREAKPOINT { SOLVE s METHOD derivimplicit }
DERIVATIVE s { m' = m*m + 10 }
";
    let mut rig = Rig::new(source, 1);
    rig.set("m", 1.0);
    rig.times.dt = 1.0;
    rig.run(KernelKind::State);
    assert_eq!(rig.failures(), [KernelError::NotConverged]);
}

#[test]
fn a_singular_matrix_is_an_error() {
    let source = "
NEURON { SUFFIX x RANGE total }
PARAMETER { total = 1 }
STATE { a b }
BREAKPOINT { SOLVE k METHOD sparse }
KINETIC k { ~ a <-> b (1, 1) CONSERVE a + b = total CONSERVE b + a = total }
";
    let mut rig = Rig::new(source, 1);
    rig.run(KernelKind::State);
    assert_eq!(rig.failures(), [KernelError::Singular]);
}

#[test]
fn what_cannot_be_solved_is_named() {
    let sources = [
        "NEURON { SUFFIX x }
STATE { m[2] }
BREAKPOINT { SOLVE s METHOD cnexp }
DERIVATIVE s { LOCAL i  i = v  m'[i] = -m[0] }",
        "NEURON { SUFFIX x }
STATE { a b }
BREAKPOINT { SOLVE k METHOD sparse }
KINETIC k { ~ a <-> b (1, 1) CONSERVE a = 1 CONSERVE a = 2 }",
        "NEURON { SUFFIX x RANGE n }
PARAMETER { n = 1 }
STATE { a[3] }
BREAKPOINT { SOLVE k METHOD sparse }
KINETIC k { FROM i = 0 TO n { ~ a[i] <-> a[i+1] (1, 1) } }",
    ];
    for source in sources {
        let (compiled, problems) = problems_of(source);
        assert!(compiled.is_none(), "{source}");
        insta::assert_snapshot!(problems);
    }
}

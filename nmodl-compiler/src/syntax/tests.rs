//! Texts to trees and back, and what is said of broken texts.

use diag::{FileId, Problems, Sources};
use proptest::prelude::*;

use super::ast::{ExprKind, Item, Program, StatementKind};
use super::{parse, print};
use crate::hir::Operator;

fn parsed(text: &str) -> Program {
    let mut sources = Sources::new();
    let file = sources.add("x.mod", text);
    let (program, problems) = parse(file, text);
    assert!(problems.is_empty(), "{}", problems.render(&sources, false));
    program
}

fn complaints(text: &str) -> (String, Program) {
    let mut sources = Sources::new();
    let file = sources.add("x.mod", text);
    let (program, problems) = parse(file, text);
    (problems.render(&sources, false), program)
}

/// The one layout of a text; printing is checked to be stable.
fn printed(text: &str) -> String {
    let once = print::print(&parsed(text));
    assert_eq!(print::print(&parsed(&once)), once);
    once
}

#[test]
fn everything_of_the_grammar_is_read_and_printed() {
    insta::assert_snapshot!(printed(
        r#"
TITLE  all of NMODL
COMMENT
  not read: µ } {
ENDCOMMENT
DEFINE N 3 DEFINE M -2
INCLUDE "other.inc"
INDEPENDENT { t FROM 0 TO 1 WITH 1 (ms) }
UNITSOFF UNITSON
NEURON {
    SUFFIX all THREADSAFE
    USEION ca READ cai, cao WRITE ica VALENCE 2 REPRESENTS CHEBI:29108
    USEION x WRITE ix CHARGE -1
    NONSPECIFIC_CURRENT i, j ELECTRODE_CURRENT e RANGE a, b GLOBAL g POINTER p BBCOREPOINTER q EXTERNAL z RANDOM r
    REPRESENTS [ncit:C17145]
}
UNITS { (mV) = (millivolt) F = (faraday) (coulomb) G = (faraday) -> (coulomb) H = -1.5e3 (K) I = 2 }
CONSTANT { c = 1 (mV) }
PARAMETER { a = -1.5 (mV) <-1e9, 1e9> b (mV) <0,1> w[N] (/ms) d }
ASSIGNED { v (mV) arr[2] low FROM 0 TO 1 (mV) }
STATE { s FROM 0 TO 1 START .5 (mM) <1e-4> u[N] }
LOCAL top, tops[4]
BREAKPOINT { SOLVE d METHOD cnexp CONDUCTANCE g USEION ca CONDUCTANCE g i = g*(v - e) }
INITIAL { SOLVE k STEADYSTATE sparse s = 0 }
CONSTRUCTOR { x = 1 } DESTRUCTOR { } BEFORE STEP { x = 1 } AFTER SOLVE { x = 2 }
DERIVATIVE d { LOCAL q, r[2] s' = -s  u'[0] = 1  s'' = s@1 + u@2[1] }
KINETIC k SOLVEFOR a, b {
    COMPARTMENT i, vol[i] {a b}
    COMPARTMENT vol {c}
    LONGITUDINAL_DIFFUSION D*area {a}
    ~ 2 a + N b <-> c[i] (k1, k2)
    ~ a -> (k1)
    ~ a -> b + c (k1)
    ~ a << (j)
    CONSERVE a + 2 b = 1
}
LINEAR l { ~ 2*x + y = 3 } NONLINEAR nl SOLVEFOR x { ~+ x*x = 2 } DISCRETE di { x = x@1 }
FUNCTION f(x (mV), y) (mA) {
    TABLE DEPEND a, celsius FROM -100 TO 100*2 WITH 200
    LAG v BY c
    if (x < 1 && !y || x != 2) { f = -x^-y^2 } else if (x >= 1) { f = 1 (mV) } else { f = 2 }
    { LOCAL t1 t1 = exp(x) }
    WHILE (x > 0) { x = x - 1 }
    FROM i = 0 TO N - 1 BY 2 { arr[i] = INT(x) + i/2 }
    PROTECT g = g + 1 MUTEXLOCK g = 2 MUTEXUNLOCK UNITSOFF printf("a %g\n", x) UNITSON
    VERBATIM
      return 0; /* C */
    ENDVERBATIM
}
PROCEDURE p() { TABLE a, b FROM 0 TO 1 WITH 5 }
FUNCTION_TABLE ft(v (mV), x) (mV)
NET_RECEIVE (w (uS), y) { INITIAL { y = 1 } WATCH (v > -20) 2, (v + 1 < x) 3 FOR_NETCONS(w, y) { w = 2 } net_send(1, 1) }
VERBATIM
static int x;
ENDVERBATIM
"#
    ));
}

#[test]
fn operators_bind_as_in_the_c_that_neuron_makes() {
    let grouped = |text: &str| {
        let program = parsed(&format!("INITIAL {{ x = {text} }}"));
        let Some(Item::Code(code)) = program.items.first() else { panic!("no block") };
        let StatementKind::Assign { value, .. } = &code.block.statements[0].kind else { panic!("no assignment") };
        group(value)
    };
    assert_eq!(grouped("-a^b"), "-(a^b)");
    assert_eq!(grouped("a^-b^c"), "(a^-(b^c))");
    assert_eq!(grouped("a^b^c"), "(a^(b^c))");
    assert_eq!(grouped("a - b - c*d/e"), "((a-b)-((c*d)/e))");
    assert_eq!(grouped("-a*b"), "(-a*b)");
    assert_eq!(grouped("a == b < c"), "(a==(b<c))");
    assert_eq!(grouped("a || b && c == d + 1"), "(a||(b&&(c==(d+1))))");
    assert_eq!(grouped("!a && b"), "(!a&&b)");
    assert_eq!(grouped("a*-(b + c)"), "(a*-[(b+c)])");
    assert_eq!(grouped("a - -b"), "(a--b)");
}

/// Every operation in parentheses; those of the text in brackets.
fn group(expr: &super::ast::Expr) -> String {
    match &expr.kind {
        ExprKind::Binary(operator, left, right) => {
            let _: &Operator = operator;
            format!("({}{}{})", group(left), print::symbol(*operator), group(right))
        }
        ExprKind::Neg(inside) => format!("-{}", group(inside)),
        ExprKind::Not(inside) => format!("!{}", group(inside)),
        ExprKind::Paren(inside) => format!("[{}]", group(inside)),
        _ => print::expression(expr),
    }
}

/// `(…)` behind a number is its unit, whatever stands in it and even on the next line.
#[test]
fn a_parenthesis_behind_a_number_is_a_unit() {
    let text = printed("INITIAL { x = 2\n (µm/# 1:2) * 3(1e-3) + y*(4) }");
    assert_eq!(text, "INITIAL {\n    x = 2 (µm/# 1:2) * 3 (1e-3) + y * (4)\n}\n");
}

#[test]
fn line_ends_of_all_systems() {
    let unix = parsed("INITIAL {\n: a\nx = 1 ? b\ny = 2\n}\n");
    for end in ["\r\n", "\r"] {
        let other = format!("INITIAL {{{end}: a{end}x = 1 ? b{end}y = 2{end}}}{end}");
        assert_eq!(print::print(&parsed(&other)), print::print(&unix));
    }
}

#[test]
fn one_bad_statement_does_not_hide_the_others() {
    let (shown, program) = complaints(
        "NEURON { SUFFIX x RANGE }
PARAMETER {
    a = 1
    b = = 2
    c = 3/4
    d = 4
}
INITIAL {
    x = 1 +
    y = 2 }
BREAKPOINT {
    SOLVE METHOD cnexp
    if x > 1 { y = 1 }
    z = 3
    i = f(1 2)
}
FUNCTION f(x { f = 1 }
FUNCTION g(x) { g = x }
",
    );
    insta::assert_snapshot!(format!("{shown}{}", print::print(&program)));
}

#[test]
fn a_missing_brace_is_told_once_where_the_block_opens() {
    let (shown, program) =
        complaints("BREAKPOINT {\n    if (x > 1) {\n        y = 1\n\nINITIAL { x = 1 }\nSTATE { m }\n");
    insta::assert_snapshot!(format!("{shown}{}", print::print(&program)));
}

#[test]
fn deep_nesting_is_an_error_not_a_crash() {
    // Codes alone: an excerpt of a line this long helps nobody.
    let codes = |text: &str| {
        let mut sources = Sources::new();
        let (_, problems) = parse(sources.add("x.mod", text), text);
        problems.sorted().iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    let n = 100_000;
    assert!(codes(&format!("INITIAL {{ x = {}1{} }}", "(".repeat(n), ")".repeat(n))).contains(&"M0105"));
    assert!(codes(&("INITIAL ".to_owned() + &"{ if (1) ".repeat(n))).contains(&"M0105"));
    assert!(codes(&format!("INITIAL {{ x = {}1 }}", "-".repeat(n))).contains(&"M0105"));
}

/// Words of NMODL, so that random texts get deep into the parser.
const WORDS: &[&str] = &[
    "NEURON",
    "SUFFIX",
    "USEION",
    "READ",
    "RANGE",
    "UNITS",
    "PARAMETER",
    "ASSIGNED",
    "STATE",
    "INITIAL",
    "BREAKPOINT",
    "DERIVATIVE",
    "KINETIC",
    "FUNCTION",
    "PROCEDURE",
    "NET_RECEIVE",
    "LOCAL",
    "SOLVE",
    "METHOD",
    "TABLE",
    "DEPEND",
    "FROM",
    "TO",
    "WITH",
    "if",
    "else",
    "while",
    "CONSERVE",
    "COMPARTMENT",
    "WATCH",
    "VERBATIM\n",
    "\nENDVERBATIM\n",
    "COMMENT\n",
    "\nENDCOMMENT\n",
    "DEFINE",
    "x",
    "y'",
    "f(",
    "1",
    "2.5",
    "\"s\"",
    "\"",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    "=",
    "+",
    "-",
    "*",
    "/",
    "^",
    "<",
    ">",
    "&&",
    "!",
    "~",
    "<->",
    "->",
    "<<",
    ":",
    "\n",
    "µ",
    "@",
    "TITLE",
    "UNITSOFF",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS), 0..80).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Parsing any text ends, and what was read without complaint prints as text that reads the same.
    #[test]
    fn any_text_can_be_parsed(text in prop_oneof![soup(), any::<String>()]) {
        let (program, problems) = parse(FileId(0), &text);
        if problems.is_empty() {
            let once = print::print(&program);
            let (again, problems) = parse(FileId(0), &once);
            prop_assert!(problems.is_empty(), "{once}");
            prop_assert_eq!(print::print(&again), once);
        }
        let mut problems = Problems::new();
        // Resolution gets whatever tree there is.
        let _ = crate::resolve::resolve(&program, "x.mod", &mut problems);
    }
}

//! Passes on small kernels; the property that they keep every bit is in `backend::tests`.

use crate::kir::arbitrary::layout;
use crate::kir::{print, read};

/// The text after one pass.
fn after(pass: fn(&mut crate::kir::Kernel), text: &str) -> String {
    let mut one = read(&format!("kernel any state scratch 0 {{\n{text}\n}}"), &layout()).unwrap();
    pass(&mut one);
    let text = print(&one, &layout());
    let lines: Vec<&str> = text.lines().map(|line| line.split(';').next().unwrap_or_default().trim_end()).collect();
    lines[1..lines.len() - 1].join("\n")
}

#[test]
fn constants_are_folded_by_the_definitions_of_the_interpreter() {
    let text = after(super::simplify::simplify, "%a = call exp 1000.0\n%b = div %a, 2.0\nstore column m, %b");
    assert_eq!(text, format!("  store column m, {:?}", 700.0_f64.exp() / 2.0));
    let text = after(
        super::simplify::simplify,
        "%a = lt 1.0, 2.0\nif %a { store column m, 1.0 } yield %r = (3.0, 4.0)\nstore column h, %r",
    );
    assert_eq!(text, "  store column m, 1.0\n  store column h, 3.0");
}

#[test]
fn identities_that_lose_a_bit_are_left_alone() {
    let kept = "  %v = load node.v\n  %a = add %v, 0.0\n  %s = sub %v, -0.0\n  %z = mul %v, 0.0\n  %n = div 0.0, 0.0\n  store column m, %n";
    assert_eq!(after(super::simplify::simplify, kept), kept);
    let gone = "%v = load node.v\n%a = mul 1.0, %v\n%b = div %a, 1.0\n%c = sub %b, 0.0\nstore column m, %c";
    assert_eq!(after(super::simplify::simplify, gone), "  %v = load node.v\n  store column m, %v");
}

#[test]
fn equal_operations_are_done_once_and_not_across_branches() {
    let text = after(
        super::common::common,
        "%v = load node.v\n%a = call exp %v\n%b = call exp %v\nif %v { %c = call exp %v  %d = neg %v  store column m, %d }\n%e = neg %v\n%z = add 0.0, %v\n%y = add -0.0, %v",
    );
    assert_eq!(
        text,
        "  %v = load node.v\n  %a = call exp %v\n  %b = copy %a\n  if %v {\n    %c = copy %a\n    %d = neg %v\n    store column m, %d\n  }\n  %e = neg %v\n  %z = add 0.0, %v\n  %y = add -0.0, %v"
    );
}

#[test]
fn dead_code_goes_and_effects_stay() {
    let text = after(
        super::dead::dead,
        "%v = load node.v\n%a = neg %v\n%b = neg %a\n%i = load column x[%v]\n%h = host stream_uniform 0 ()\nif %a { %c = neg %v } yield %r = (%c, 1.0)\nstore column m, 1.0",
    );
    assert_eq!(
        text,
        "  %v = load node.v\n  %i = load column x[%v]\n  %h = host stream_uniform 0 ()\n  store column m, 1.0"
    );
}

#[test]
fn what_a_loop_carries_is_alive() {
    let text = "  loop %i = (0.0, %n), %s = (1.0, %t) {\n    %c = lt %i, 3.0\n  } while %c {\n    %n = add %i, 1.0\n    %t = mul %s, 2.0\n  }\n  store column m, %s";
    assert_eq!(after(super::dead::dead, text), text);
}

#[test]
fn names_are_counted_anew_and_stay_unique() {
    let text = after(
        super::renumber::renumber,
        "%a.2.3 = load node.v\n%a.7 = neg %a.2.3\n%tau1 = neg %a.7\n%tau2 = neg %tau1\nstore column m, %tau2",
    );
    assert_eq!(
        text,
        "  %a = load node.v\n  %a.2 = neg %a\n  %tau1 = neg %a.2\n  %tau2 = neg %tau1\n  store column m, %tau2"
    );
}

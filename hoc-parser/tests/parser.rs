//! What the grammar makes of every construct, and of texts that are not hoc.

mod common;

use common::print;
use diag::{FileId, Sources};
use hoc_parser::parse;
use proptest::prelude::*;

fn tree(text: &str) -> String {
    let mut sources = Sources::new();
    let file = sources.add("cell.hoc", text);
    let (templates, problems) = parse(file, text);
    assert!(problems.is_empty(), "{}", problems.render(&sources, false));
    templates.iter().map(print::template).collect::<Vec<_>>().join("\n")
}

fn problems(text: &str) -> String {
    let mut sources = Sources::new();
    let file = sources.add("cell.hoc", text);
    let (templates, problems) = parse(file, text);
    assert!(templates.is_empty(), "a file with errors gives no templates");
    problems.render(&sources, false).trim_end().to_owned()
}

fn procedure(body: &str) -> String {
    format!("begintemplate T\ncreate soma, dend[3]\nproc p() {{ {body}\n}}\nendtemplate T\n")
}

#[test]
fn declarations() {
    insta::assert_snapshot!(tree(
        r#"
load_file("nrngui.hoc")
begintemplate Cell
public soma, dend, x[3]
external lambda_f
create soma, dend[3], axon[n() + 1]
objref all, lists[2]
objectvar old
strdef label
proc init() { local i, j localobj sref
    gid = $1
}
func half() { return $1/2 }
obfunc list() { return all }
iterator each() { local k
    for k = 0, $1 { $&2 = k iterator_statement }
}
endtemplate Cell
"#
    ));
}

#[test]
fn statements() {
    insta::assert_snapshot!(tree(&procedure(
        r#"
    x = $1  y = $2  z = x -y
    soma insert pas g_pas = 1e-4  e_pas = -65
    dend[1] { uninsert pas nseg = 3 }
    soma.L = dend[2].L
    soma connect dend(0), 1
    connect dend[1](0), dend[0](0.5)
    create dend[x]
    access soma
    print "x is", x, y
    objref all
    strdef name
    -3
    return
    { return x  }
    stop
"#
    )));
}

#[test]
fn loops() {
    insta::assert_snapshot!(tree(&procedure(
        r#"
    for i = 0, n - 1 x = i
    for (i = 0; i < 3; i += 1) { continue }
    for (;;) break
    for (x) gbar(x) = 1
    for (x, 0) { gbar(x) = 1 }
    for each(3, &i) { y = i }
    for $1 = 0, 1 for j = 0, 1 print j
    while (x < 3) x += 1
    forall nseg = 1
    forsec all { nseg = 1 }
    forsec "dend" soma.nseg = 1
"#
    )));
}

#[test]
fn an_else_belongs_to_the_last_if() {
    insta::assert_snapshot!(tree(&procedure(
        "if (a) if (b) x = 1 else x = 2\nif (a) { x = 1 } else if (b) { x = 2 } else x = 3  y = 1\n\
         if (a) for i = 0, 1 if (b) x = 1 else x = 2"
    )));
}

#[test]
fn expressions() {
    insta::assert_snapshot!(tree(&procedure(
        r#"
    x = y = -2^2 + 2^-3^2*4%5 - 1 - 2
    x = !a && b || c == d < e + 1 && !(f != g)
    x += a.b[i].c(1, "two", &z).d._[-1]
    x = secnodes.__getitem__(s)._[-1]
    $o2 = new NetCon(&v(1), $o1)
    $&i = $oi.__next__()
    $s3 = "text with \"quotes\""
    v = new Vector
    x = .5 + 5.e-6 + 00030e-3
    x = soma.v(0.5)/dend[1].diam
    x = a + \
        b   // a comment
    x /* another
    one */ = 1
"#
    )));
}

#[test]
fn every_procedure_tells_its_error() {
    insta::assert_snapshot!(problems(
        "begintemplate T
create soma
proc a() {
    x = (3 + 4
    y = 2
}
proc b() {
    if (1) { x = 2 }
    else { x = 3 }
}
proc c() {
    soma
}
proc d() {
    local z
}
proc e() {
    if (x == 2 {
        y = 3
    }
}
proc f() {
    while (x) {
        x = 3
}
proc fine() { x = 1 }
proc g() { for i = 0  x = 3 }
proc h() { x = 3 + }
proc i() { x = 3 ) }
proc j() { x = 1; y = 2 }
proc k()
{
}
proc if() { }
proc l() { 3 = x }
endtemplate T
"
    ));
}

#[test]
fn what_cannot_be_read_does_not_make_further_errors() {
    insta::assert_snapshot!(problems(
        "begintemplate T\nproc a() { print \"no end }\nproc b() { x = @ 3 }\nproc c() { x = $ }\nproc d() { x = ] }\n\
         endtemplate T\n/* no end"
    ));
}

#[test]
fn lines_outside_procedures_tell_their_errors() {
    insta::assert_snapshot!(problems(
        "begintemplate T\ncreate soma[\nx = 3 4\npublic\nproc d() {\n  z = 1\nendtemplate U\n"
    ));
}

#[test]
fn a_template_without_end() {
    insta::assert_snapshot!(problems("begintemplate T\nx = 1\n"));
}

#[test]
fn a_local_in_the_middle_of_a_procedure() {
    insta::assert_snapshot!(problems("begintemplate T\nproc p() { x = 1\n  local y\n}\nendtemplate T\n"));
}

#[test]
fn deep_nesting_is_refused() {
    for deep in [
        format!("x = {}1{}", "(-".repeat(5000), ")".repeat(5000)),
        format!("x = {}1", "-".repeat(100_000)),
        format!("x = 1{}", "+1".repeat(100_000)),
        format!("{}x = 1", "if (a) ".repeat(100_000)),
        format!("{}{}", "{".repeat(100_000), "}".repeat(100_000)),
        format!("{}1", "x = ".repeat(100_000)),
        format!("x{}", "[x".repeat(100_000)),
    ] {
        let (templates, found) = parse(FileId(0), &procedure(&deep));
        assert!(templates.is_empty() && found.has_errors(), "{}", &deep[..20]);
    }
}

proptest! {
    /// Whatever the text, there is an answer: templates or problems.
    #[test]
    fn any_text_has_an_answer(words in prop::collection::vec(prop::sample::select(vec![
        "proc", "p", "(", ")", "{", "}", "\n", "if", "else", "for", "soma", "=", "3", ",", "[", "]", "\"", "/*", "$o1",
        "begintemplate", "endtemplate", "create", ".", "-", "return", "insert", "local", ";", "new", "forsec", "&", "é",
    ]), 0..60)) {
        let text = words.join(" ");
        let mut sources = Sources::new();
        let file = sources.add("cell.hoc", text.clone());
        let (_, problems) = parse(file, &text);
        problems.render(&sources, false);
    }
}

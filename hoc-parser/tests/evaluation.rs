//! What evaluation does to sections, and what the language's constructs mean. Where a number could be doubted, it is
//! NEURON 9's.

mod common;

use common::make;
use hoc_parser::Value;

/// Runs statements in `init` of a template with some procedures, and gives variables `a`, `b`, … as text.
fn run(declarations: &str, body: &str) -> String {
    let text = format!(
        "begintemplate T\nstrdef s, t\nobjref v, w, l, nil\n{declarations}\nproc init() {{\n{body}\n}}\nendtemplate T\n"
    );
    let (cell, _) = make(&text, "T", Vec::new()).unwrap_or_else(|message| panic!("{body}\n{message}"));
    let numbers = ["a", "b", "c", "d"].iter().filter_map(|name| cell.number(name)).map(|one| one.to_string());
    let texts = ["s", "t"].iter().filter_map(|name| cell.text(name)).filter(|text| !text.is_empty()).map(str::to_owned);
    numbers.chain(texts).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(table: &[(&str, &str)]) {
    for (body, expected) in table {
        assert_eq!(run("", body), *expected, "{body}");
    }
}

#[test]
fn operators() {
    check(&[
        ("a = -2^2  b = 2^3^2  c = 2^-1", "-4 512 0.5"),
        ("a = !0 == 0  b = !1 == 0  c = -7%3  d = -7.5%2", "0 1 2 0.5"),
        ("a = 2 - 3 - 4  b = 2*-3  c = 12/3/2  d = 1 + 2*3", "-5 -6 2 7"),
        ("a = 1 < 2 == 1  b = 2 && 3  c = 0 || 0  d = 1 < 2 && 2 < 1 || 1", "1 1 0 1"),
        ("a = b = c = 3  a += 2  b -= 2  c *= 2  d = 1  d /= 4", "5 1 6 0.25"),
        ("a = int(-2.7)  b = int(2.7)  c = abs(-3)  d = sqrt(16)", "-2 2 3 4"),
    ]);
}

/// NEURON takes numbers for equal that are nearer than 1e-11.
#[test]
fn comparisons_have_an_epsilon() {
    check(&[
        ("a = 1 == 1 + 5e-12  b = 1 == 1 + 2e-11  c = 1 != 1 + 5e-12", "1 0 0"),
        ("a = 1 < 1 + 5e-12  b = 1 <= 1 - 5e-12  c = 1 >= 1 + 5e-12  d = 1 > 1 - 2e-11", "0 1 1 1"),
        ("a = 1e-12 == 0  b = !1e-12  c = 0 if (1e-12) c = 5", "1 0 5"),
    ]);
}

#[test]
fn both_sides_of_a_logical_operator_are_evaluated() {
    let q = "func q() { c = c + 1 return 1 }";
    assert_eq!(run(q, "c = 0  a = 0 && q()  b = 1 || q()"), "0 1 2");
}

#[test]
fn ranges() {
    check(&[
        ("b = 0 for a = 0, 3 b += a", "4 6"),
        // The variable is one beyond; without a round it holds the start.
        ("for a = 0, 2.5 b = a", "3 2"),
        ("b = 7 for a = 3, 2 b = a", "3 7"),
        // The body may change it; the end is evaluated once.
        ("b = 0 for a = 0, 2 { b += 1 a += 1 }", "4 2"),
        ("c = 2 b = 0 for a = 0, c { c = 0 b += 1 }", "3 3 0"),
        ("b = 0 for a = 0, 2 - 5e-12 b += 1", "3 3"),
        ("b = 0 for a = 0, 2 - 5e-11 b += 1", "2 2"),
        ("b = 0 for (a = 0; a < 3; a += 1) b += a", "3 3"),
        ("c = 0 for a = 0, 1 for b = 0, 1 c += 10*a + b", "2 2 22"),
    ]);
}

#[test]
fn leaving_loops() {
    check(&[
        ("b = 0 for a = 0, 9 { if (a == 1) continue\n if (a == 4) break\n b += a }", "4 5"),
        ("a = 0 while (a < 5) { a += 1 if (a == 3) break }", "3"),
        ("a = 0 while (1) { a += 1 if (a < 5) { continue } break }", "5"),
    ]);
    let f = "func f() { local i\n for i = 0, 9 { if (i == 4) return i }\n return -1 }";
    assert_eq!(run(f, "a = f()"), "4");
}

#[test]
fn iterators() {
    let it = "iterator it() { local k\n for k = $1, $2 { $&3 = k\n iterator_statement } d = 100 }\n\
              func first() { for it(1, 9, &a) { if (a == 3) return a*10 }\n return 0 }";
    assert_eq!(run(it, "b = 0 for it(1, 4, &a) { b += a }"), "4 10 100");
    assert_eq!(run(it, "b = 0 for it(1, 4, &a) { if (a == 2) continue\n b += a }"), "4 8 100");
    // `break` leaves the iterator too.
    assert_eq!(run(it, "b = 0 for it(1, 4, &a) { if (a == 3) break\n b += a }"), "3 3");
    assert_eq!(run(it, "c = 0 for it(0, 1, &a) for it(0, 2, &b) c += 1"), "1 2 6 100");
    // `return` in the body leaves the procedure that has the loop.
    assert_eq!(run(it, "b = first()"), "3 30");
}

#[test]
fn procedures() {
    let procs = "func fact() { if ($1 <= 1) return 1\n return $1*fact($1 - 1) }
        proc five() { $1 = 5 a = $1 }
        proc set() { $&1 = 8 }
        proc own() { local z\n z = 1 set(&z) b = z }
        proc rename() { $s1 = \"new\" }
        proc fill() { $o1 = new Vector(4, 2) }
        func count() { return numarg() }
        func pick() { local i\n i = 2 return $i }
        obfunc give() { return v }
        obfunc none() { localobj o\n return o }
        func down() { if ($1 == 0) return 0\n return down($1 - 1) }";
    assert_eq!(run(procs, "a = fact(10)"), "3628800");
    assert_eq!(run(procs, "five(2)"), "5");
    assert_eq!(run(procs, "a = 1 set(&a) own()"), "8 8");
    assert_eq!(run(procs, "s = \"old\" rename(s)"), "new");
    assert_eq!(run(procs, "fill(w) a = w.sum()"), "8");
    assert_eq!(run(procs, "a = count() b = count(1, \"x\") c = pick(10, 20, 30)"), "0 2 20");
    assert_eq!(run(procs, "v = new Vector(3) a = give().size() w = none() b = w == nil c = v != nil"), "3 1 1");
    assert_eq!(run(procs, "a = down(40)"), "0");
}

#[test]
fn strings() {
    check(&[
        ("s = \"abc\" t = s", "abc abc"),
        ("a = strcmp(\"a\", \"b\") b = strcmp(\"b\", \"a\") c = strcmp(\"a\", \"a\")", "-1 1 0"),
        ("sprint(s, \"%d-%g-%s\", 3.7, 2.5, \"abc\")", "3-2.5-abc"),
        (
            "sprint(s, \"%s-%d-%5.2f-%g-%%-%e-%x\", \"u\", 3.9, 2.345, 1e-10, 12345.678, 255)",
            "u-3- 2.35-1e-10-%-1.234568e+04-ff",
        ),
        ("sprint(s, \"%g %g %g %g %+d\", 1e6, 1234567, 0.0001, 0.00001, 3)", "1e+06 1.23457e+06 0.0001 1e-05 +3"),
        ("sprint(s, \"%5s|%-5s|%.2s|%6.2f\", \"abc\", \"abc\", \"abc\", 3.14159)", "  abc|abc  |ab|  3.14"),
    ]);
}

#[test]
fn vectors() {
    check(&[
        ("v = new Vector(3, 2.5) a = v.size() b = v.x[1] c = v.sum() d = v.mean()", "3 2.5 7.5 2.5"),
        ("v = new Vector(3) v.indgen(1) a = v.x[2] b = v.contains(2) c = v.max() d = v.min()", "2 1 2 0"),
        ("v = new Vector(3) v.indgen(1, 2) v.set(1, 9) v.append(4, 5) a = v.size() b = v.x[1] c = v.get(4)", "5 9 5"),
        (
            "v = new Vector() v.append(1, 2, 3).remove(0) a = v.x[0] v.fill(3).mul(2).add(1) b = v.sum() c = v.size",
            "2 14 2",
        ),
        (
            "v = new Vector(2, 1) w = new Vector(1, 7) v.append(w) v.resize(4) a = v.x[2] b = v.x[3] v.x[3] = 9 c = v.x[3]",
            "7 0 9",
        ),
    ]);
}

#[test]
fn objects_in_objects() {
    check(&[
        (
            "l = new List() v = new Vector(2, 3) l.append(v) l.append(l) a = l.count() b = l.o(0).x[1] \
             c = l.object(1).o(0).size() d = l.o(0) == v",
            "2 3 2 1",
        ),
        ("l = new List() l.append(new Vector(3, 1)) l.o(0).x[2] = 5 a = l.o(0).sum()", "7"),
    ]);
}

#[test]
fn what_a_template_does_to_sections() {
    let text = r#"
begintemplate T
public soma, dend, all, tips
create soma, dend[1]
objref all, tips, ref
proc init() { local i
    gid = $1
    create dend[3]
    soma { L = 10  diam = 20  Ra = 100  pt3dclear() }
    for i = 0, 2 dend[i] {
        pt3dadd(0, 0, 0, 2)
        pt3dadd(3, 4, 0, 2)
        pt3dadd(3, 4, 12*(i + 1), 1)
    }
    soma connect dend[0](0), 1
    connect dend[1](0), dend[0](0.5)
    dend[1] connect dend[2](0), arc3d(1)/L
    all = new SectionList()
    tips = new SectionList()
    forall all.append()
    forsec "dend[<1-2>]" tips.append()
    soma distance()
    forsec all { insert pas  e_pas = -70 }
    forsec tips {
        nseg = int(L/10)*2 + 1
        for (x, 0) g_pas(x) = distance(x)/1000
    }
    forsec "dend[1]" uninsert pas
    dend[2] { ref = new SectionRef()  a = ref.has_parent  b = distance(1) }
    soma { ref = new SectionRef()  c = ref.has_parent }
    soma.cm = 2
    soma.v(0.5) = -60
    celsius = 34
    if (!ismembrane("hh")) define_shape()
    ends = 0
    soma for (x) ends += x
}
endtemplate T
"#;
    let (cell, host) = make(text, "T", vec![Value::Number(7.0)]).unwrap_or_else(|message| panic!("{message}"));
    insta::assert_snapshot!(host.lines.join("\n"));
    assert_eq!(cell.number("gid"), Some(7.0));
    // 10 µm of soma, half of dend[0], 5 of 29 µm of dend[1], all of dend[2].
    assert_eq!(cell.number("b"), Some(10.0 + 8.5 + 5.0 + 41.0));
    assert_eq!((cell.number("a"), cell.number("c"), cell.number("ends")), (Some(1.0), Some(0.0), Some(1.5)));
    assert_eq!(
        (cell.sections("dend").len(), cell.section_list("all").len(), cell.section_list("tips").len()),
        (3, 4, 2)
    );
}

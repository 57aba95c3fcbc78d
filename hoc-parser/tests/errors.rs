//! What users read when a template stops: place, what was found and expected, remedy, and who called whom.

mod common;

use common::failure;
use hoc_parser::Interpreter;

fn template(procedures: &str, body: &str) -> String {
    format!(
        "begintemplate T\npublic x\ncreate soma, dend[2]\nobjref v, l, nil\nstrdef s\n{procedures}\n\
         proc init() {{\n    {body}\n}}\nendtemplate T\n"
    )
}

macro_rules! says {
    ($($name:ident: $procedures:expr, $body:expr;)*) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(failure(&template($procedures, $body)));
            }
        )*
    };
}

says! {
    undefined_procedure: "", "fly(3)";
    undefined_variable: "", "x = y + 1";
    missing_number: "", "soma pt3dadd(1, 2)";
    missing_argument: "proc set() { x = $2 }\nproc both() {\n    set(1)\n}", "both()";
    argument_of_another_kind: "proc use() { x = $1 + 1 }", "use(\"a\")";
    no_such_member: "", "v = new Vector(3)  v.fly()";
    member_of_no_object: "", "v.append(1)";
    element_outside_a_vector: "", "v = new Vector(3)  x = v.x[3]";
    element_outside_a_list: "", "l = new List()  v = l.o(0)";
    section_outside_an_array: "", "dend[2] L = 3";
    mechanism_that_nobody_compiled: "", "soma insert kx";
    variable_of_a_mechanism_that_is_not_inserted: "", "soma g_pas = 1";
    unknown_class: "", "v = new Impedance()";
    recursion_without_end: "func again() {\n    return 1 + again($1 + 1)\n}", "x = again(0)";
    func_without_value: "func f() { x = 1 }", "x = f()";
    division_by_zero: "", "x = 0  y = 1/x";
    root_of_a_negative_number: "", "x = sqrt(-1)";
    power_without_value: "", "x = (-8)^0.5";
    remainder_of_nothing: "", "x = 7%0";
    the_template_stops_itself: "proc check() { if (!$1) execerror(\"gid is\", \"wrong\") }", "check(0)";
    stop: "", "if (1) stop";
    sprint_without_value: "", "sprint(s, \"%d %d\", 1)";
    number_of_sections: "", "create dend[0]";
    iterator_that_is_none: "proc p() { x = 1 }", "for p() x = 1";
    iterator_statement_alone: "", "iterator_statement";
    forsec_of_a_number: "", "forsec 3 nseg = 1";
    pattern_that_cannot_be_read: "", "forsec \"(\" nseg = 1";
    point_that_does_not_exist: "", "soma x = x3d(2)";
}

#[test]
fn a_loop_without_end() {
    insta::assert_snapshot!(failure(&template("", "while (1) x = 1")));
}

/// Which of the two is the last one depends on the stack.
#[test]
fn recursion_of_two() {
    let message = failure(&template("proc a() { b() }\nproc b() {\n    if (1) { a() }\n}", "a()"));
    for part in ["call each other without end", "a is called here", "b is called here"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn unknown_template() {
    let mut sources = diag::Sources::new();
    let file = sources.add("cell.hoc", template("", "x = 1"));
    let mut interpreter = Interpreter::new();
    assert!(interpreter.load(file, &sources).is_empty());
    let mut host = common::RecordingHost::default();
    let error = interpreter.instantiate("PyramidalCell", Vec::new(), &mut host).unwrap_err();
    insta::assert_snapshot!(error.render(&sources));
    // Also where there are no texts at all.
    let error = Interpreter::new().instantiate("T", Vec::new(), &mut host).unwrap_err();
    insta::assert_snapshot!(error.render(&diag::Sources::new()));
}

/// Statements within statements within procedures within procedures end in an error, not in the end of the stack.
#[test]
fn recursion_in_deep_statements_is_an_error() {
    let body = format!("{}x = {}f(){}{}", "if (1) { ".repeat(30), "(1 + ".repeat(40), ")".repeat(40), " }".repeat(30));
    let message = failure(&template(&format!("func f() {{ {body}\n return 1 }}"), "x = f()"));
    assert!(message.contains("procedures call each other without end"), "{message}");
}

//! The text form reads back, and broken kernels are refused with words that name the place.

use mech_abi::{HostCall, KernelKind, MechanismKind};
use proptest::prelude::*;

use super::arbitrary::{kernel, layout};
use super::{Binary, Block, Kernel, NodeField, Op, Operand, Place, Stmt, ValueId, print, read, validate};
use crate::opt;

fn renumbered(tape: &[u16]) -> Kernel {
    let mut one = kernel(tape);
    let (_, pass) = opt::PASSES.iter().find(|(name, _)| *name == "renumber").unwrap();
    pass(&mut one);
    one
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_printed_reads_back_equal(tape in proptest::collection::vec(any::<u16>(), 0..300)) {
        let one = renumbered(&tape);
        prop_assert_eq!(validate(&one, &layout()), Ok(()));
        let text = print(&one, &layout());
        prop_assert_eq!(read(&text, &layout()), Ok(one));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(kernel any state scratch 1|[ -~\n]|[{}\\[\\](),=%]|if |load |column x|store |loop |while ){0,40}") {
        let _ = read(&text, &layout());
    }
}

fn state(text: &str) -> String {
    format!("kernel any state scratch 4 {{\n{text}\n}}\n")
}

/// Reads, prints and reads again; the printed text.
fn check_text(text: &str) -> String {
    let one = read(&state(text), &layout()).unwrap();
    validate(&one, &layout()).unwrap();
    let printed = print(&one, &layout());
    assert_eq!(print(&read(&printed, &layout()).unwrap(), &layout()), printed);
    printed
}

#[test]
fn the_text_form_in_full() {
    let text = check_text(
        "%v = load node.v
         %m = load column m
         %x = load column x.2
         %y = load column x[%m]
         %t = load global rates.table.m[%m]
         %f = load global rates.from
         %e = call pow %m, 0.1
         %c = lt %v, -65.0
         if %c { store column m, 1.0 } else { %q = neg %e  store column h, %q } yield %r = (%x, -0.0), %s = (1e300, inf)
         loop %i = (0.0, %next) { %more = le %i, 5.0 } while %more { %next = add %i, 1.0 }
         store scratch[3.0], %r
         accumulate node.rhs, %s
         accumulate ion na.current, %y
         %g = host stream_normal 0 ()
         host net_send 0 (%g, 1.0)",
    );
    insta::assert_snapshot!(text);
}

#[test]
fn not_a_number_keeps_its_bits() {
    let bits = 0xfff8_0000_0000_beef_u64;
    let op = Op::Copy(Operand::Const(f64::from_bits(bits)));
    let body = Block { statements: vec![Stmt::Let { dst: ValueId(0), op }] };
    let names = vec!["x".to_owned()];
    let one = Kernel { mechanism: "any".to_owned(), kind: KernelKind::State, names, scratch: 0, body };
    let back = read(&print(&one, &layout()), &layout()).unwrap();
    let Stmt::Let { op: Op::Copy(Operand::Const(number)), .. } = back.body.statements[0] else {
        panic!("{back:?}");
    };
    assert_eq!(number.to_bits(), bits);
}

#[test]
fn part_of_an_array_is_not_called_by_the_name_of_the_whole() {
    let text = check_text("%x = load column #1:2[0.0]\n%y = load column #1:3[0.0]");
    assert!(text.contains("column #1:2[0.0]"), "{text}");
    assert!(text.contains("column x[0.0]"), "{text}");
}

#[test]
fn names_that_do_not_read_back_are_numbers() {
    let mut layout = layout();
    layout.columns[2].name = "x.1".to_owned();
    layout.globals[0].name = "a;b".to_owned();
    let text = state("%a = load column #4\n%b = load column #2\n%c = load global #0");
    let one = read(&text, &layout).unwrap();
    let printed = print(&one, &layout);
    assert_eq!(read(&printed, &layout).unwrap(), one, "{printed}");
}

#[test]
fn reading_says_where_and_what() {
    let message = |text: &str| read(&state(text), &layout()).unwrap_err().to_string();
    assert_eq!(message("%x = load column q"), "line 2: found `q`, expected a variable of the mechanism");
    assert_eq!(message("%x = add 1.0"), "line 3: found `}`, expected `,`");
    assert_eq!(
        message("jump"),
        "line 2: found `jump`, expected a statement: %x = …, store, accumulate, host, if or loop"
    );
    assert_eq!(message("%x = call gamma 1.0"), "line 2: found `gamma`, expected an elementary function");
    assert_eq!(message("%x = load ion k.current"), "line 2: found `k.current`, expected an ion of the mechanism");
    assert_eq!(message(&"if 1.0 {".repeat(300)), "line 2: found `{`, expected less deeply nested blocks");
    assert_eq!(read("", &layout()).unwrap_err().to_string(), "line 1: found `the end`, expected `kernel`");
}

fn invalid(text: &str) -> String {
    let one = read(&state(text), &layout()).unwrap();
    validate(&one, &layout()).unwrap_err().what
}

#[test]
fn validation_names_statement_and_value() {
    assert_eq!(invalid("%x = add %y, 1.0\n%y = copy 1.0"), "%y is used where it is not defined in `%x = add %y, 1.0`");
    assert_eq!(invalid("%x = copy 1.0\n%x = copy 2.0"), "%x is defined twice in `%x = copy 2.0`");
    assert_eq!(
        invalid("if 1.0 { %x = copy 1.0 }\nstore column m, %x"),
        "%x is used where it is not defined in `store column m, %x`"
    );
    assert_eq!(
        invalid("if 1.0 { %x = copy 1.0 } else { store column m, %x }"),
        "%x is used where it is not defined in `store column m, %x`"
    );
    assert_eq!(
        invalid("if 1.0 { %x = copy 1.0 } yield %r = (0.0, %x)"),
        "%x is used where it is not defined in `if 1.0 {`"
    );
    assert_eq!(
        invalid("loop %i = (%n, %n) { } while %i { %n = copy 0.0 }"),
        "%n is used where it is not defined in `loop %i = (%n, %n) {`"
    );
    assert_eq!(
        invalid("loop { %c = copy 0.0 } while %c { }\nstore column m, %c"),
        "%c is used where it is not defined in `store column m, %c`"
    );
}

#[test]
fn validation_knows_the_classes_of_places() {
    let refused = [
        ("%x = load node.rhs", "node.rhs and node.d are only accumulated"),
        ("store node.d, 1.0", "node.rhs and node.d are only accumulated"),
        ("store node.area, 1.0", "node.area and node.diam is read only"),
        ("accumulate node.v, 1.0", "node.v is not accumulated"),
        ("accumulate column m, 1.0", "this place is not accumulated"),
        ("store ion na.current, 1.0", "an ion current is only read and accumulated"),
        ("accumulate ion na.inside, 1.0", "only ion currents are accumulated"),
        ("store charge na, 1.0", "charge and style of an ion is read only"),
        ("%x = load weight 2", "weight 2 is outside the layout"),
        ("%x = load column #5", "column 5 is outside the layout"),
        ("%x = load column #3:3[0.0]", "column 3 is outside the layout"),
        ("%x = load column #4294967295:4294967295[0.0]", "column 4294967295 is outside the layout"),
        ("%x = load global #1:7[0.0]", "global 1 is outside the layout"),
        ("%x = load ion #2.inside", "ion 2 is outside the layout"),
        ("store result, 1.0", "only a function has a result"),
    ];
    for (text, why) in refused {
        assert_eq!(invalid(text), format!("{why} in `{text}`"));
    }
}

#[test]
fn validation_checks_what_the_text_cannot_say() {
    let base = || read(&state("%x = copy 1.0"), &layout()).unwrap();
    let refuse = |change: &dyn Fn(&mut Kernel)| {
        let mut one = base();
        change(&mut one);
        validate(&one, &layout()).unwrap_err().what
    };
    let push = |statement: Stmt| move |one: &mut Kernel| one.body.statements.push(statement.clone());
    assert_eq!(validate(&base(), &layout()), Ok(()));
    assert_eq!(refuse(&|one| one.names.clear()), "temporary 0 has no name in `%?0 = copy 1.0`");
    assert_eq!(refuse(&|one| one.names = vec!["a b".to_owned()]), "%a b is not a unique, plain name");
    assert_eq!(refuse(&|one| one.scratch = u32::MAX), "4294967295 doubles of scratch memory are too many");
    let call = Op::Call(super::Intrinsic::Pow, vec![Operand::Const(1.0)]);
    assert_eq!(
        refuse(&|one| one.body.statements[0] = Stmt::Let { dst: ValueId(0), op: call.clone() }),
        "pow takes 2 arguments, not 1 in `%x = call pow 1.0`"
    );
    let host = Stmt::Host { dst: None, call: HostCall::NetSend, slot: 0, arguments: Vec::new() };
    assert!(refuse(&push(host)).starts_with("host call net_send has the wrong arguments"));
    let undefined =
        Stmt::Let { dst: ValueId(9), op: Op::Binary(Binary::Add, Operand::Const(0.0), Operand::Const(0.0)) };
    assert!(refuse(&push(undefined)).starts_with("temporary 9 has no name"));
    let unknown = Stmt::Store { place: Place::Column(0), value: Operand::Value(ValueId(7)) };
    assert_eq!(refuse(&push(unknown)), "%?7 is used where it is not defined in `store column m, %?7`");
}

#[test]
fn artificial_cells_have_no_node() {
    let mut cell = layout();
    cell.kind = MechanismKind::ArtificialCell;
    let load = Stmt::Load { dst: ValueId(0), place: Place::Node(NodeField::V) };
    let mut one = read(&state(""), &layout()).unwrap();
    one.names = vec!["v".to_owned()];
    one.body.statements = vec![load];
    assert_eq!(validate(&one, &layout()), Ok(()));
    assert_eq!(validate(&one, &cell).unwrap_err().what, "an artificial cell has no node in `%v = load node.v`");
}

#[test]
fn layouts_with_gaps_are_refused() {
    let one = read(&state(""), &layout()).unwrap();
    let mut gap = layout();
    gap.columns[1].first = 2;
    assert_eq!(validate(&one, &gap).unwrap_err().what, "column x does not follow the one before it");
    let mut long = layout();
    long.globals[2].len = u32::MAX;
    assert_eq!(validate(&one, &long).unwrap_err().what, "global rates.from is too long");
}

//! What a model refuses, and what it says.

mod common;

use cable::{CableError, Model, NodeTree, SectionId};

fn model() -> (Model, SectionId, SectionId) {
    let mut model = Model::new(common::catalogue());
    let soma = model.create_section("Cell[0].soma", Some(0));
    let dend = model.create_section("Cell[0].dend", Some(0));
    model.connect(dend, 0.0, soma, 1.0).expect("two sections");
    (model, soma, dend)
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, CableError>) -> String {
    outcome.expect_err("it must be refused").to_string()
}

#[test]
fn names_are_answered_with_the_nearest() {
    let (mut model, soma, _) = model();
    assert_eq!(
        refused(model.insert(soma, "cacurr")),
        "mechanism `cacurr` is not among the compiled mechanisms (did you mean cacur?); \
         compile its .mod file or correct the name"
    );
    assert_eq!(
        refused(model.get_range(soma, 0.5, "g_lkk")),
        "`g_lkk` is not a range variable of any compiled mechanism (did you mean g_lk, e_lk, w_lk?)"
    );
    let tag = model.add_point_process("tag", soma, 0.5).expect("a point process");
    assert_eq!(
        refused(model.set_point_variable(tag, "m", 1.0)),
        "`tag.m` is not a range variable of any compiled mechanism (did you mean n, q?)"
    );
}

#[test]
fn variables_of_absent_mechanisms_name_what_to_insert() {
    let (mut model, _, dend) = model();
    let absent = "`g_lk` belongs to `lk`, which is not inserted in section Cell[0].dend; insert it first";
    assert_eq!(refused(model.get_range(dend, 0.5, "g_lk")), absent);
    assert_eq!(refused(model.set_range(dend, None, "g_lk", 1.0)), absent);
    let ion = "`eca` belongs to `ca_ion`, which is not inserted in section Cell[0].dend; insert it first";
    assert_eq!(refused(model.get_range(dend, 0.5, "eca")), ion);
    model.insert(dend, "lk").expect("a density mechanism");
    assert_eq!(refused(model.get_range(dend, 0.5, "w_lk[3]")), "element 3 of `w_lk[3]` does not exist; it has 3");
}

#[test]
fn places_and_values_are_checked() {
    let (mut model, soma, dend) = model();
    assert_eq!(refused(model.area(soma, 1.5)), "position 1.5 is outside 0 ..= 1 in section Cell[0].soma");
    assert!(model.get_range(soma, f64::NAN, "v").is_err());
    let loops = "section Cell[0].soma cannot be connected: it would be its own ancestor";
    assert_eq!(refused(model.connect(soma, 0.0, dend, 1.0)), loops);
    assert!(refused(model.connect(dend, 0.5, soma, 1.0)).contains("its end must be 0 or 1, not 0.5"));
    assert!(refused(model.set_nseg(soma, 0)).contains("nseg of section Cell[0].soma cannot be 0"));
    assert!(refused(model.set_length(soma, -1.0)).contains("above 0 um"));
    assert!(refused(model.set_range(soma, None, "diam", 0.0)).contains("above 0 um"));
    assert_eq!(refused(model.point3d(soma, 2)), "section Cell[0].soma has no 3-D point 2; it has 0");
    assert!(refused(model.distance(soma, 0.5)).contains("distance needs an origin"));
    assert!(refused(model.add_point_process("catag", soma, 1.0)).contains("needs an ion"));
    assert!(refused(model.add_point_process("lk", soma, 0.5)).contains("is a density mechanism, expected a point"));
    assert!(refused(model.insert(soma, "tag")).contains("make it with `new` at a place"));
    assert!(model.add_artificial_cell("tag").is_err());
    assert!(model.set_ion_style(soma, "ca_ion", [1, 1, 0, 0, 0]).is_err());
}

#[test]
fn sections_with_point_processes_stay() {
    let (mut model, soma, dend) = model();
    model.add_point_process("tag", dend, 0.5).expect("a point process");
    assert!(refused(model.delete_section(dend)).contains("holds 1 point processes"));
    model.delete_section(soma).expect("nothing is in it");
    assert!(!model.contains(soma) && model.contains(dend));
    assert_eq!(model.roots(), vec![dend]);
    assert_eq!(NodeTree::new(&mut model).n_roots, 1);
}

#[test]
fn an_artificial_cell_has_no_place() {
    let (mut model, _, _) = model();
    let clock = model.add_artificial_cell("clock").expect("an artificial cell");
    model.set_point_variable(clock, "n", 3.0).expect("its variable");
    assert_eq!(model.point_process(clock).place, None);
    assert_eq!(model.point_variable(clock, "n"), Ok(3.0));
    assert_eq!(NodeTree::new(&mut model).len(), 5);
}

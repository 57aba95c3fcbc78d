//! All backends on the same kernels, bit for bit.

use std::sync::Arc;

use mech_abi::{HostCall, KernelError, KernelKind, MechanismKind};
use proptest::prelude::*;

use super::world::World;
use super::{Clif, Interp, KernelBackend, Strips, clif_text};
use crate::kir::arbitrary::{kernel, layout, plain_kernel};
use crate::kir::{Kernel, read};
use crate::opt;

/// Numbers at which arithmetic is at its worst.
const HARD: [f64; 14] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.5,
    -65.0,
    1e-310,
    -1e300,
    1e19,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    0.1,
    4.999_999,
];

/// Where the rows of a world are.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Places {
    /// On nodes that follow one another.
    Own,
    /// On nodes of their own, with others between.
    Gaps,
    /// Several rows on each node.
    Shared,
}

/// A world of many rows.
fn wide_world(tape: &[u16], rows: usize, places: Places) -> World {
    let small = world(tape);
    let mut world = World::new(&layout(), 2 * rows);
    let index = (0..rows as u32).map(|row| match places {
        Places::Own => row + 3.min(rows as u32 - 1),
        Places::Gaps => row + row / 3,
        Places::Shared => row / 3,
    });
    world.node_index = index.collect();
    world.ion_index.iter_mut().for_each(|ion| ion.index.clone_from(&world.node_index));
    let mut numbers = tape.iter().cycle().enumerate().map(|(at, number)| match (at + usize::from(*number)) % 5 {
        0 => HARD[usize::from(*number) / 5 % HARD.len()],
        _ => (f64::from(*number) + at as f64 * 0.37) / 1000.0 - 20.0,
    });
    let mut next = || numbers.next().unwrap_or(0.5);
    world.columns.iter_mut().for_each(|column| column.truncate(rows));
    world.columns.iter_mut().flatten().for_each(|one| *one = next());
    world.v.iter_mut().for_each(|one| *one = next());
    world.ions.iter_mut().flat_map(|ion| &mut ion.inside).for_each(|one| *one = next());
    World { globals: small.globals, times: small.times, ..world }
}

/// A world of three rows, two of them on one node, with numbers from the tape.
fn world(tape: &[u16]) -> World {
    let mut world = World::new(&layout(), 3);
    world.node_index = vec![1, 0, 1];
    world.ion_index[1].index = vec![2, 2, 0];
    world.ion_index[1].species = 1;
    let mut numbers = tape.iter().cycle().map(|number| match number % 3 {
        0 => HARD[*number as usize / 3 % HARD.len()],
        _ => f64::from(*number) / 1000.0 - 20.0,
    });
    let mut next = || numbers.next().unwrap_or(0.5);
    world.columns.iter_mut().flatten().for_each(|one| *one = next());
    world.v.iter_mut().for_each(|one| *one = next());
    world.globals.iter_mut().for_each(|one| *one = next());
    world.weights.iter_mut().for_each(|one| *one = next());
    world.ions.iter_mut().flat_map(|ion| &mut ion.inside).for_each(|one| *one = next());
    world.flag = next();
    world.result = next();
    world.times.t = next();
    world.times.secondorder = 2;
    world.times.state_adjust = true;
    world
}

fn run_on(backend: &dyn KernelBackend, one: &Kernel, mut world: World) -> World {
    let compiled = backend.compile(Arc::new(layout()), std::slice::from_ref(one)).unwrap();
    world.run(&*compiled.kernels[&one.kind]).unwrap();
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn interpreter_and_machine_code_agree(
        tape in proptest::collection::vec(any::<u16>(), 0..300),
        numbers in proptest::collection::vec(any::<u16>(), 1..40),
        weights in any::<bool>(),
    ) {
        let one = kernel(&tape);
        let mut start = world(&numbers);
        if !weights && one.kind == KernelKind::NetReceive {
            start.weights.clear();
        }
        let reference = run_on(&Interp, &one, start.clone());
        let machine = run_on(&Clif, &one, start);
        prop_assert_eq!(reference.bits(), machine.bits());
    }

    #[test]
    fn interpreter_and_strips_agree(
        tape in proptest::collection::vec(any::<u16>(), 0..300),
        numbers in proptest::collection::vec(any::<u16>(), 1..40),
        rows in 4usize..300,
        places in prop::sample::select(vec![Places::Own, Places::Gaps, Places::Shared]),
    ) {
        let one = plain_kernel(&tape);
        let start = wide_world(&numbers, rows, places);
        let mut reference = run_on(&Interp, &one, start.clone());
        let mut strips = run_on(&Strips, &one, start);
        // Rows that fail are told instruction by instruction.
        for world in [&mut reference, &mut strips] {
            world.log.asked.sort_by_key(|(_, row, ..)| *row);
        }
        prop_assert_eq!(reference.bits(), strips.bits());
    }

    #[test]
    fn a_kernel_that_knows_what_stays_gives_the_same_bits(
        tape in proptest::collection::vec(any::<u16>(), 0..300),
        numbers in proptest::collection::vec(any::<u16>(), 1..40),
        rows in 4usize..300,
        alike in any::<bool>(),
    ) {
        let one = plain_kernel(&tape);
        let mut start = wide_world(&numbers, rows, Places::Own);
        if alike {
            start.columns.iter_mut().for_each(|column| { let first = column[0]; column.fill(first); });
        }
        let general = Strips.compile(Arc::new(layout()), std::slice::from_ref(&one)).unwrap();
        let general = &general.kernels[&one.kind];
        let touches = general.touches().unwrap();
        let frozen = mech_abi::Frozen {
            columns: &[0, 1, 2, 3, 4].map(|at| !touches.writes.contains(&at)),
            globals: &[0, 1, 2, 3, 4, 5, 6].map(|at| !touches.global_writes.contains(&at)),
            unread: &[false; 5],
        };
        let special = start.with_data(0..rows, |data| general.specialize(&frozen, data));
        let special = special.unwrap_or_else(|| general.clone());
        let mut other = start.clone();
        // Twice: what changes in a call is seen by the next.
        for _ in 0..2 {
            start.run(&**general).unwrap();
            other.run(&*special).unwrap();
            start.v.rotate_left(1);
            other.v.rotate_left(1);
            start.times.t += 0.5;
            other.times.t += 0.5;
        }
        prop_assert_eq!(start.bits(), other.bits());
    }

    #[test]
    fn passes_keep_every_bit(
        tape in proptest::collection::vec(any::<u16>(), 0..300),
        numbers in proptest::collection::vec(any::<u16>(), 1..40),
    ) {
        let mut one = kernel(&tape);
        let start = world(&numbers);
        let before = run_on(&Interp, &one, start.clone()).bits();
        for (name, pass) in opt::PASSES {
            pass(&mut one);
            prop_assert_eq!(run_on(&Interp, &one, start.clone()).bits(), before.clone(), "after {}", name);
        }
        prop_assert_eq!(run_on(&Clif, &one, start).bits(), before);
        let mut again = one.clone();
        opt::PASSES.iter().filter(|(name, _)| *name == "renumber").for_each(|(_, pass)| pass(&mut again));
        prop_assert_eq!(again, one);
    }
}

/// Runs text on both backends, checks that they agree, and gives the interpreter's world.
fn run_text(text: &str, start: World) -> World {
    let one = read(&format!("kernel any state scratch 2 {{\n{text}\n}}"), &layout()).unwrap();
    let reference = run_on(&Interp, &one, start.clone());
    assert_eq!(run_on(&Clif, &one, start).bits(), reference.bits());
    reference
}

#[test]
fn not_a_number_is_true_and_compares_false() {
    let mut start = World::new(&layout(), 1);
    start.v[0] = f64::NAN;
    let end = run_text(
        "%v = load node.v
         if %v { } yield %a = (1.0, 2.0)
         store column m, %a
         %s = select %v, 1.0, 2.0
         store column x.0, %s
         %lt = lt %v, %v
         if %lt { } yield %b = (1.0, 2.0)
         store column x.1, %b
         %ne = ne %v, %v
         store column x.2, %ne
         %not = not %v
         store column h, %not",
        start,
    );
    let row: Vec<f64> = end.columns.iter().map(|column| column[0]).collect();
    assert_eq!(row, [1.0, 1.0, 2.0, 1.0, 0.0]);
}

#[test]
fn a_product_and_a_sum_are_rounded_twice() {
    // (1 + e)(1 - e) - 1 is -e^2 when fused, and 0 when the product is rounded first.
    let mut start = World::new(&layout(), 1);
    start.columns[0][0] = 1.0 + f64::EPSILON;
    start.columns[1][0] = 1.0 - f64::EPSILON;
    let end = run_text(
        "%a = load column m
         %b = load column x.0
         %p = mul %a, %b
         %s = sub %p, 1.0
         store column h, %s",
        start,
    );
    assert_eq!(end.columns[4][0].to_bits(), 0.0_f64.to_bits());
}

#[test]
fn rows_that_share_a_node_add_up_in_order() {
    let mut start = World::new(&layout(), 3);
    start.node_index = vec![0, 0, 0];
    start.columns[0] = vec![1e16, 1.0, -1e16];
    let end = run_text("%m = load column m\naccumulate node.rhs, %m", start);
    assert_eq!(end.rhs, [(1e16 + 1.0) - 1e16, 0.0, 0.0]);
}

#[test]
fn indices_outside_tell_the_host_and_stand_for_the_first() {
    for (index, fails) in [(-0.9, false), (2.9, false), (3.0, true), (-1.0, true), (1e300, true), (f64::NAN, false)] {
        let mut start = World::new(&layout(), 1);
        start.columns[1][0] = 7.0;
        start.v[0] = index;
        let end = run_text("%i = load node.v\n%x = load column x[%i]\nstore column m, %x", start);
        let expected = vec![(HostCall::Fail, 0, 0, vec![KernelError::Index.number()])];
        assert_eq!(end.log.asked, if fails { expected } else { Vec::new() }, "index {index}");
        let element = if fails || index.is_nan() { 0 } else { index as usize };
        assert_eq!(end.columns[0][0], [7.0, 0.1, 0.1][element], "index {index}");
    }
}

#[test]
fn scratch_is_zero_at_the_start_of_every_row() {
    let end = run_text(
        "%a = load scratch[1.0]
         store column m, %a
         store scratch[1.0], 5.0",
        World::new(&layout(), 3),
    );
    assert_eq!(end.columns[0], [0.0, 0.0, 0.0]);
}

#[test]
fn only_the_rows_asked_for_are_touched() {
    let one = read("kernel any state scratch 0 { store column m, 9.0 }", &layout()).unwrap();
    for backend in [&Interp as &dyn KernelBackend, &Clif] {
        let compiled = backend.compile(Arc::new(layout()), std::slice::from_ref(&one)).unwrap();
        let mut world = World::new(&layout(), 4);
        world.run_rows(&*compiled.kernels[&one.kind], 1..3).unwrap();
        assert_eq!(world.columns[0], [0.1, 9.0, 9.0, 0.1]);
    }
}

#[test]
fn an_event_without_weights_reads_zeros() {
    let text = "kernel any net-receive scratch 0 {
        %w = load weight 1
        store column m, %w
        store weight 1, 5.0
        %u = uniform has_weights
        store column h, %u
    }";
    let one = read(text, &layout()).unwrap();
    let mut start = World::new(&layout(), 1);
    start.weights.clear();
    let reference = run_on(&Interp, &one, start.clone());
    assert_eq!(reference.columns[0], [0.0]);
    assert_eq!(reference.columns[4], [0.0]);
    assert_eq!(run_on(&Clif, &one, start).bits(), reference.bits());
}

#[test]
fn arrays_that_do_not_fit_are_refused_before_anything_runs() {
    let one = read("kernel any state scratch 0 { store column m, 9.0 }", &layout()).unwrap();
    type Damage = fn(&mut World);
    let damages: [(&str, Damage); 10] = [
        ("columns", |world| world.columns.truncate(4)),
        ("columns", |world| world.columns[2].truncate(1)),
        ("globals", |world| world.globals.truncate(1)),
        ("nodes", |world| world.rhs.truncate(1)),
        ("nodes", |world| world.node_index.truncate(1)),
        ("node index", |world| world.node_index[1] = 2),
        ("ions", |world| world.ion_index.truncate(1)),
        ("ion species", |world| world.ion_index[0].species = 9),
        ("ion arrays", |world| world.ions[0].slope.truncate(1)),
        ("ion index", |world| world.ion_index[1].index[0] = 2),
    ];
    for backend in [&Interp as &dyn KernelBackend, &Clif] {
        let compiled = backend.compile(Arc::new(layout()), std::slice::from_ref(&one)).unwrap();
        for (what, damage) in damages {
            let mut world = World::new(&layout(), 2);
            damage(&mut world);
            let before = world.columns[0].clone();
            let outcome = world.run_rows(&*compiled.kernels[&one.kind], 0..2);
            assert_eq!(outcome, Err(KernelError::Shape(what)));
            assert_eq!(world.columns[0], before);
        }
    }
}

#[test]
fn code_lives_as_long_as_one_kernel() {
    let one = read("kernel any state scratch 0 { store column m, 9.0 }", &layout()).unwrap();
    let compiled = Clif.compile(Arc::new(layout()), std::slice::from_ref(&one)).unwrap();
    let kernel = compiled.kernels[&one.kind].clone();
    drop(compiled);
    let mut world = World::new(&layout(), 1);
    world.run(&*kernel).unwrap();
    assert_eq!(world.columns[0], [9.0]);
}

#[test]
fn an_invalid_kernel_is_refused_by_both() {
    let one = read("kernel any state scratch 0 { store column m, %x }", &layout()).unwrap();
    for backend in [&Interp as &dyn KernelBackend, &Clif] {
        let error = backend.compile(Arc::new(layout()), std::slice::from_ref(&one)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "kernel state of any is not valid: %x is used where it is not defined in `store column m, %x`"
        );
    }
}

#[test]
fn artificial_cells_need_no_nodes() {
    let mut cell = layout();
    cell.kind = MechanismKind::ArtificialCell;
    cell.ions.clear();
    let one = read("kernel any state scratch 0 { store column m, 9.0 }", &cell).unwrap();
    for backend in [&Interp as &dyn KernelBackend, &Clif] {
        let compiled = backend.compile(Arc::new(cell.clone()), std::slice::from_ref(&one)).unwrap();
        let mut world = World::new(&cell, 1);
        for numbers in [&mut world.v, &mut world.rhs, &mut world.d, &mut world.area, &mut world.diam] {
            numbers.clear();
        }
        world.node_index.clear();
        world.run(&*compiled.kernels[&one.kind]).unwrap();
        assert_eq!(world.columns[0], [9.0]);
    }
}

#[test]
fn the_text_of_machine_code_has_names_and_no_addresses() {
    let text = "kernel any state scratch 0 {
        %m = load column m
        %v = load node.v
        %dt = uniform dt
        %c = lt %v, 0.0
        if %c { %e = call exp %v } yield %r = (%e, 1.0)
        %p = mul %r, %dt
        %n = add %m, %p
        store column m, %n
        accumulate node.rhs, %n
    }";
    let one = read(text, &layout()).unwrap();
    let clif = clif_text(&one, &layout()).unwrap();
    assert_eq!(clif, clif_text(&one, &layout()).unwrap());
    insta::assert_snapshot!(clif);
}

//! Phases, variables, TABLE, calls and control flow, as text and as numbers.

use mech_abi::{ColumnClass, HostCall, KernelError, KernelKind};

use super::rig::{Rig, compiled, problems_of, text};

fn kernel(source: &str, kind: KernelKind) -> String {
    format!("----- SOURCE\n{}\n----- KERNEL\n{}", source.trim(), text(source, kind))
}

const LEAK: &str = "
NEURON { SUFFIX leak NONSPECIFIC_CURRENT i RANGE g, e }
PARAMETER { g = 0.001 e = -70 }
ASSIGNED { v i }
BREAKPOINT { i = g*(v - e) }
";

// ----- phases

#[test]
fn current_of_a_density_mechanism() {
    insta::assert_snapshot!(kernel(LEAK, KernelKind::Current));
    let mut rig = Rig::new(LEAK, 2);
    rig.rhs.fill(1.0);
    rig.run(KernelKind::Current);
    let i = 0.001 * (-65.0 - -70.0);
    let above = 0.001 * (-65.0 + 0.001 - -70.0);
    assert_eq!(rig.rhs, [1.0 - i; 2]);
    assert_eq!(rig.d, [(above - i) / 0.001; 2]);
    assert_eq!(rig.get("i"), i);
}

#[test]
fn current_of_a_point_process_with_an_ion() {
    let source = "
NEURON { POINT_PROCESS pump USEION ca READ eca, cai WRITE ica NONSPECIFIC_CURRENT i RANGE g }
PARAMETER { g = 2 }
ASSIGNED { v eca cai ica i }
BREAKPOINT { ica = g*(v - eca)  i = -cai }
";
    insta::assert_snapshot!(kernel(source, KernelKind::Current));
    let mut rig = Rig::new(source, 1);
    rig.area[0] = 40.0;
    rig.run(KernelKind::Current);
    let (v, eca, cai) = (-65.0, rig.ions[0].reversal[0], rig.ions[0].inside[0]);
    let ica = 2.0 * (v - eca);
    let above = 2.0 * (v + 0.001 - eca);
    // NEURON's order: ion currents are (x*100)/area, the sums x*(100/area).
    assert_eq!(rig.ions[0].current[0], ica * 1.0e2 / 40.0);
    assert_eq!(rig.ions[0].slope[0], (above - ica) / 0.001 * 1.0e2 / 40.0);
    assert_eq!(rig.rhs[0], -((ica - cai) * (1.0e2 / 40.0)));
}

#[test]
fn an_electrode_current_turns_the_signs() {
    let source = "
NEURON { POINT_PROCESS stim ELECTRODE_CURRENT i RANGE g }
PARAMETER { g = 2 }
ASSIGNED { v i }
BREAKPOINT { i = g*v }
";
    let mut rig = Rig::new(source, 1);
    rig.run(KernelKind::Current);
    assert_eq!(rig.rhs[0], 2.0 * -65.0);
    assert!(rig.d[0] < 0.0);
}

#[test]
fn breakpoint_runs_twice_and_keeps_what_it_did() {
    let source = "
NEURON { SUFFIX twice NONSPECIFIC_CURRENT i RANGE n, last }
ASSIGNED { v i n last }
BREAKPOINT { n = n + 1  last = v  i = 0 }
";
    let mut rig = Rig::new(source, 1);
    rig.run(KernelKind::Current);
    assert_eq!((rig.get("n"), rig.get("last")), (2.0, -65.0));
}

#[test]
fn without_currents_breakpoint_belongs_to_the_state_phase() {
    let source = "
NEURON { SUFFIX x RANGE n }
ASSIGNED { v n }
BREAKPOINT { n = n + v }
";
    let compiled = compiled(source);
    assert_eq!(compiled.layout.kernels, [KernelKind::State]);
    let mut rig = Rig::new(source, 1);
    rig.run(KernelKind::State);
    assert_eq!(rig.get("n"), -65.0);
}

#[test]
fn initial_with_a_written_concentration() {
    let source = "
NEURON { SUFFIX acc USEION ca READ ica WRITE cai RANGE depth }
PARAMETER { depth = 0.1 s0 = 3 }
ASSIGNED { ica }
STATE { cai s }
INITIAL { cai = 2e-4 }
BREAKPOINT { SOLVE d METHOD cnexp }
DERIVATIVE d { cai' = -ica/depth - cai/20  s' = -s }
";
    insta::assert_snapshot!(kernel(source, KernelKind::Initial));
    let mut rig = Rig::new(source, 3);
    // Bit 040 says that the reversal potential follows the concentrations.
    rig.ions[0].style = vec![0o40, 0o7, 0o367];
    rig.run(KernelKind::Initial);
    assert_eq!(rig.get("s"), 3.0);
    assert_eq!(rig.ions[0].inside, [2e-4; 3]);
    let nernst = crate::intrinsic::nernst(2e-4, 2.0, 2.0, 6.3);
    let default = mech_abi::IonSpecies::with_defaults("ca", 2.0).reversal;
    assert_eq!(rig.ions[0].reversal, [nernst, default, nernst]);
}

#[test]
fn after_solve_adds_a_written_current_again() {
    let source = "
NEURON { SUFFIX x USEION na WRITE ina }
ASSIGNED { v ina }
BREAKPOINT { ina = 2 }
AFTER SOLVE { ina = 3 }
";
    let mut rig = Rig::new(source, 1);
    rig.run(KernelKind::Current);
    rig.run(KernelKind::AfterSolve);
    assert_eq!(rig.ions[0].current[0], 5.0);
}

// ----- events

const SYNAPSE: &str = "
NEURON { POINT_PROCESS syn NONSPECIFIC_CURRENT i RANGE tau }
PARAMETER { tau = 2 }
ASSIGNED { v i }
STATE { g }
INITIAL { g = 0 }
BREAKPOINT { SOLVE s METHOD cnexp  i = g*v }
DERIVATIVE s { g' = -g/tau }
NET_RECEIVE(w, n) { INITIAL { n = 7 } if (flag == 0) { g = g + w  n = n + 1 } else { net_send(3, 1) } }
";

#[test]
fn events_change_states_and_weights() {
    insta::assert_snapshot!(kernel(SYNAPSE, KernelKind::NetReceive));
    let mut rig = Rig::new(SYNAPSE, 1);
    rig.weights = vec![0.5, 0.0];
    rig.run(KernelKind::NetInitial);
    rig.run(KernelKind::NetReceive);
    assert_eq!((rig.get("g"), rig.weights.clone()), (0.5, vec![0.5, 8.0]));
    // A self event of another flag has no weights and does not need them.
    rig.weights.clear();
    rig.flag = 1.0;
    rig.run(KernelKind::NetReceive);
    assert_eq!(rig.host.calls, [(HostCall::NetSend, 0, vec![3.0, 1.0])]);
    rig.flag = 0.0;
    rig.run(KernelKind::NetReceive);
    assert!(rig.failures().contains(&KernelError::NoWeights));
}

#[test]
fn jumps_are_aged_by_half_a_step_on_request() {
    let mut rig = Rig::new(SYNAPSE, 1);
    rig.set("g", 0.25);
    rig.weights = vec![0.5, 0.0];
    rig.times.state_adjust = true;
    rig.run(KernelKind::NetReceive);
    let aged = 0.5 * (-0.5 * 0.025 / 2.0_f64).exp();
    assert!((rig.get("g") - (0.25 + aged)).abs() < 1e-15);
}

#[test]
fn v_is_written_back_if_an_event_sets_it() {
    let source = "
NEURON { POINT_PROCESS kick }
ASSIGNED { v }
NET_RECEIVE(w) { v = v + w }
";
    let mut rig = Rig::new(source, 1);
    rig.weights = vec![10.0];
    rig.run(KernelKind::NetReceive);
    assert_eq!(rig.v, [-55.0]);
}

// ----- variables

#[test]
fn only_what_outlives_a_kernel_gets_a_column() {
    let source = "
NEURON { SUFFIX x NONSPECIFIC_CURRENT i USEION na READ ena RANGE seen }
ASSIGNED { v i ena seen inf kept }
STATE { m }
INITIAL { kept = v }
BREAKPOINT { SOLVE s METHOD cnexp  i = m*(v - ena) + kept  seen = i }
DERIVATIVE s { inf = v/10  m' = inf - m }
";
    let layout = compiled(source).layout;
    let columns: Vec<(&str, ColumnClass, bool)> =
        layout.columns.iter().map(|one| (one.name.as_str(), one.class, one.visible)).collect();
    assert_eq!(
        columns,
        [
            ("i", ColumnClass::Assigned, true),
            ("seen", ColumnClass::Assigned, true),
            ("m", ColumnClass::State, true),
            ("kept", ColumnClass::Assigned, false)
        ]
    );
}

#[test]
fn an_ion_variable_that_a_function_reads_is_kept() {
    let source = "
NEURON { SUFFIX x NONSPECIFIC_CURRENT i USEION na READ ena }
ASSIGNED { v i ena }
BREAKPOINT { i = v - ena }
FUNCTION f() { f = ena }
";
    let mut rig = Rig::new(source, 1);
    assert_eq!(rig.layout.column("ena").unwrap().class, ColumnClass::IonCopy);
    rig.run(KernelKind::Current);
    rig.run(KernelKind::Function(0));
    assert_eq!(rig.result, 50.0);
}

#[test]
fn globals_are_shared_by_rows_in_order() {
    let source = "
NEURON { SUFFIX x GLOBAL count RANGE mine }
LOCAL hidden
ASSIGNED { count mine }
BREAKPOINT { count = count + 1  hidden = hidden + 2  mine = count + hidden }
";
    let mut rig = Rig::new(source, 3);
    rig.run(KernelKind::State);
    assert_eq!(rig.all("mine"), [3.0, 6.0, 9.0]);
    assert_eq!(rig.global("count"), 3.0);
}

#[test]
fn arrays_live_in_memory_and_indices_are_checked() {
    let source = "
NEURON { SUFFIX x RANGE a, sum, at }
PARAMETER { at = 0 }
ASSIGNED { a[4] sum }
INITIAL { LOCAL t[2] FROM i = 0 TO 3 { a[i] = i*10 } t[1] = 5 sum = t[0] + t[1] }
BREAKPOINT { a[at] = a[at] + 1  sum = sum + a[at] }
";
    let mut rig = Rig::new(source, 1);
    rig.run(KernelKind::Initial);
    assert_eq!(rig.get("sum"), 5.0);
    rig.set("at", 2.9);
    rig.run(KernelKind::State);
    assert_eq!(rig.get("sum"), 26.0);
    rig.set("at", 4.0);
    rig.run(KernelKind::State);
    assert!(rig.failures().contains(&KernelError::Index));
}

#[test]
fn the_layout_names_everything_in_order() {
    let source = "
NEURON { POINT_PROCESS x USEION ca READ cai WRITE ica VALENCE 2 NONSPECIFIC_CURRENT i RANGE g, seen, list GLOBAL shared
  RANDOM noise }
LOCAL top
PARAMETER { g = 0.123456789 (uS) limit = 7 s0 = 2 }
ASSIGNED { v cai ica i seen (mV) list[3] shared kept minf }
STATE { s (1) p[2] }
BREAKPOINT { rate(v) ica = g*s*v*limit*kept i = top }
PROCEDURE rate(u (mV)) { TABLE minf DEPEND celsius FROM -10 TO 10 WITH 4  minf = u }
FUNCTION twice(a, b) { twice = 2*a*b }
NET_RECEIVE(w, n) { kept = w + shared + random_uniform(noise) net_event(t) }
";
    insta::assert_snapshot!(serde_json::to_string_pretty(&compiled(source).layout).unwrap());
}

// ----- code

#[test]
fn calls_are_expanded_in_place() {
    insta::assert_snapshot!(kernel(
        "
NEURON { SUFFIX x RANGE y }
ASSIGNED { v y }
BREAKPOINT { twice(v + 1) }
PROCEDURE twice(a) { LOCAL b  b = never(a)  a = a*2  y = a + b }
FUNCTION never(a) { if (a > 1000) { never = a } }
",
        KernelKind::State
    ));
}

#[test]
fn branches_and_loops_merge_values() {
    let source = "
NEURON { SUFFIX x RANGE n, y, z }
PARAMETER { n = 5 }
ASSIGNED { y z }
BREAKPOINT { LOCAL i, s
  i = 0 s = 0
  while (i < n) { i = i + 1  if (i == 2) { s = s + 100 } else { if (i > 3) { s = s + i } } }
  y = s
  z = 0
  FROM k = 1 TO n BY 2 { z = z + k }
}
";
    insta::assert_snapshot!(kernel(source, KernelKind::State));
    let mut rig = Rig::new(source, 1);
    rig.run(KernelKind::State);
    assert_eq!((rig.get("y"), rig.get("z")), (109.0, 9.0));
}

#[test]
fn logic_stops_early_only_where_it_can_be_seen() {
    let source = "
NEURON { SUFFIX x RANGE calls, a, b, c }
ASSIGNED { calls a b c }
BREAKPOINT { a = 0 && called()  b = 2 || called()  c = (3 && 4) || called() && !called() }
FUNCTION called() { calls = calls + 1  called = 1 }
";
    let mut rig = Rig::new(source, 1);
    rig.run(KernelKind::State);
    assert_eq!([rig.get("calls"), rig.get("a"), rig.get("b"), rig.get("c")], [0.0, 0.0, 1.0, 1.0]);
}

#[test]
fn powers_are_folded_as_by_a_c_compiler() {
    insta::assert_snapshot!(kernel(
        "
NEURON { SUFFIX x RANGE y }
ASSIGNED { v y }
BREAKPOINT { y = v^2 + v^1 + v^0 + pow(v, -1) + v^3 + v^0.5 + 2^v }
",
        KernelKind::State
    ));
}

#[test]
fn an_early_return_leaves_only_its_function() {
    let source = "
NEURON { SUFFIX x RANGE a, b, n }
ASSIGNED { a b n }
BREAKPOINT { a = first(4) + first(-4)  b = 1 }
FUNCTION first(x) { LOCAL k
  n = n + 1
  first = 1
  if (x < 0) {
    VERBATIM
    return 100;
    ENDVERBATIM
    n = n + 1000
  }
  k = 0
  while (k < 10) {
    k = k + 1
    if (k > x) {
      VERBATIM
      return 7;
      ENDVERBATIM
    }
    n = n + 10
  }
  n = n + 1000
}
";
    let mut rig = Rig::new(source, 1);
    rig.run(KernelKind::State);
    assert_eq!([rig.get("a"), rig.get("b"), rig.get("n")], [107.0, 1.0, 42.0]);
}

#[test]
fn code_that_grows_without_measure_is_refused() {
    let mut source = "NEURON { SUFFIX x RANGE y }\nASSIGNED { y }\nBREAKPOINT { y = f0(1) }\n".to_owned();
    for level in 0..40 {
        let next = level + 1;
        source += &format!("FUNCTION f{level}(x) {{ f{level} = f{next}(x) + f{next}(x + 1) }}\n");
    }
    source += "FUNCTION f40(x) { f40 = x*x }\n";
    let (compiled, problems) = problems_of(&source);
    assert!(compiled.is_none());
    assert!(problems.contains("M0808"), "{problems}");
}

#[test]
fn a_function_that_calls_itself_runs_to_a_depth() {
    let source = "
NEURON { SUFFIX x RANGE y, n }
PARAMETER { n = 5 }
ASSIGNED { y }
BREAKPOINT { y = sum(n) }
FUNCTION sum(n) { if (n > 0) { sum = n + sum(n - 1) } }
";
    let (_, problems) = problems_of(source);
    assert!(problems.contains("warning[M0801]"), "{problems}");
    let mut rig = Rig::new(source, 1);
    let column = |name: &str| rig.layout.column(name).map(|column| column.first as usize).unwrap();
    let (n, y) = (column("n"), column("y"));
    rig.run(KernelKind::State);
    assert_eq!((rig.columns[y][0], rig.failures()), (15.0, Vec::new()));
    rig.columns[n][0] = 100.0;
    rig.run(KernelKind::State);
    assert_eq!(rig.failures(), [KernelError::Recursion]);
}

#[test]
fn functions_run_by_themselves() {
    let source = "
NEURON { SUFFIX x RANGE y }
ASSIGNED { y }
FUNCTION f(a, b) { f = a - b }
PROCEDURE p(a) { y = a }
";
    let mut rig = Rig::new(source, 1);
    rig.weights = vec![7.0, 4.0];
    rig.run(KernelKind::Function(0));
    assert_eq!(rig.result, 3.0);
    rig.run(KernelKind::Function(1));
    // hoc sees 1 as the value of a PROCEDURE.
    assert_eq!((rig.result, rig.get("y")), (1.0, 7.0));
}

// ----- TABLE

const TABLED: &str = "
NEURON { SUFFIX x THREADSAFE RANGE y, z, w GLOBAL k }
PARAMETER { k = 3 }
ASSIGNED { v y z w }
BREAKPOINT { p(v)  w = f(v) }
PROCEDURE p(x) { TABLE y, z DEPEND k FROM -100 TO 100 WITH 20  y = k*x  z = x*x }
FUNCTION f(x) { TABLE FROM 0 TO 10 WITH 5  f = x^3 }
";

#[test]
fn tables_interpolate_and_clamp() {
    insta::assert_snapshot!(kernel(TABLED, KernelKind::State));
    let mut rig = Rig::new(TABLED, 4);
    rig.v = vec![-65.0, -200.0, 150.0, f64::NAN];
    rig.run(KernelKind::BuildTables);
    rig.run(KernelKind::State);
    assert_eq!(rig.all("z")[..3], [4250.0, 10000.0, 10000.0]);
    assert_eq!(rig.all("y")[..3], [-195.0, -300.0, 300.0]);
    assert!(rig.all("y")[3].is_nan() && rig.all("w")[3].is_nan());
    rig.v = vec![3.0, -1.0, 11.0, 10.0];
    rig.run(KernelKind::State);
    assert_eq!(rig.all("w"), [(8.0 + 64.0) / 2.0, 0.0, 1000.0, 1000.0]);
}

#[test]
fn tables_are_rebuilt_when_what_they_depend_on_changes() {
    let mut rig = Rig::new(TABLED, 1);
    rig.run(KernelKind::BuildTables);
    rig.set_global("k", 5.0);
    rig.run(KernelKind::State);
    assert_eq!(rig.get("y"), 3.0 * -65.0);
    rig.run(KernelKind::BuildTables);
    rig.run(KernelKind::State);
    assert_eq!(rig.get("y"), 5.0 * -65.0);
    // Without tables the body runs, and nothing is rebuilt.
    rig.set_global("usetable", 0.0);
    rig.set_global("k", 7.0);
    rig.run(KernelKind::BuildTables);
    rig.run(KernelKind::State);
    assert_eq!((rig.get("y"), rig.get("z")), (7.0 * -65.0, 4225.0));
    rig.set_global("usetable", 1.0);
    rig.set_global("k", 5.0);
    rig.run(KernelKind::BuildTables);
    rig.run(KernelKind::State);
    assert_eq!((rig.get("y"), rig.get("z")), (5.0 * -65.0, 4250.0));
}

#[test]
fn x_accumulates_while_a_table_is_built() {
    let source = "
NEURON { SUFFIX x THREADSAFE RANGE y }
ASSIGNED { v y }
BREAKPOINT { p(v) }
PROCEDURE p(x) { TABLE y FROM 0 TO 1 WITH 10  y = x }
";
    let mut rig = Rig::new(source, 1);
    rig.run(KernelKind::BuildTables);
    // Ten times 0.1 is less than 1 in floating point.
    assert_eq!(rig.get("y"), [0.1; 10].iter().sum::<f64>());
    assert_ne!(rig.get("y"), 1.0);
}

#[test]
fn tables_of_a_mechanism_that_is_not_thread_safe_are_checked_for_each_row() {
    let source = "
NEURON { SUFFIX x GLOBAL shared RANGE k, y }
PARAMETER { k = 1 }
ASSIGNED { v y shared }
BREAKPOINT { shared = v  p(v) }
PROCEDURE p(x) { TABLE y DEPEND k FROM -100 TO 100 WITH 20  y = k*x }
";
    let mut rig = Rig::new(source, 2);
    let slot = rig.layout.column("k").unwrap().first as usize;
    rig.columns[slot] = vec![2.0, 3.0];
    rig.run(KernelKind::State);
    assert_eq!(rig.all("y"), [2.0 * -65.0, 3.0 * -65.0]);
}

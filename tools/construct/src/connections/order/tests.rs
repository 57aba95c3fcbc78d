use super::*;

#[derive(serde::Deserialize)]
struct Case {
    keys: Vec<u32>,
    order: Vec<u32>,
}

#[test]
fn equal_sources_stand_where_libstdcxx_leaves_them() {
    let cases = include_str!("../../../tests/reference/std_sort.json");
    let cases: Vec<Case> = serde_json::from_str(cases).expect("the cases are JSON");
    for case in cases {
        assert_eq!(std_sort(&case.keys), case.order, "{:?}", case.keys);
    }
}

#[test]
fn blocks_keep_the_order_of_the_file_and_are_sorted_inside() {
    assert_eq!(rows_in_order(&[9, 8, 7, 6, 5], 2), [1, 0, 3, 2, 4]);
    assert_eq!(rows_in_order(&[9, 8, 7], 1), [0, 1, 2]);
    assert_eq!(rows_in_order(&[9, 8, 7], 0), [0, 1, 2]);
}

#[test]
fn the_first_cell_is_written_alone() {
    let ends = |n, size| portions(n, size).iter().map(|portion| (portion.start, portion.end)).collect::<Vec<_>>();
    assert_eq!(ends(80, 100), [(0, 1), (1, 80)]);
    assert_eq!(ends(7, 3), [(0, 1), (1, 4), (4, 7)]);
    assert_eq!(ends(3, 1), [(0, 1), (1, 2), (2, 3)]);
    assert_eq!(ends(3, 0), [(0, 3)]);
    assert_eq!(ends(0, 0), []);
}

//! Geometry against its own formulas, for sections where integrals are simple.

mod common;

use std::f64::consts::PI;

use cable::{Model, NodePlace, NodeTree};

fn close(ours: f64, exact: f64, tolerance: f64) {
    assert!((ours - exact).abs() <= tolerance * exact.abs(), "{ours} is not {exact} within {tolerance:e}");
}

#[test]
fn a_cylinder_from_diam_and_from_points_is_the_same() {
    let mut model = Model::new(common::catalogue());
    let plain = model.create_section("plain", None);
    let points = model.create_section("points", None);
    for section in [plain, points] {
        model.set_nseg(section, 4).expect("nseg");
        model.set_ra(section, 100.0).expect("Ra");
    }
    model.set_length(plain, 80.0).expect("L");
    model.set_range(plain, None, "diam", 2.0).expect("diam");
    model.add_point3d(points, 0.0, 0.0, 0.0, 2.0);
    model.add_point3d(points, 0.0, 80.0, 0.0, 2.0);
    for section in [plain, points] {
        // Sums of a few terms: a handful of roundings.
        close(model.area(section, 0.5).expect("area"), PI * 2.0 * 20.0, 1e-14);
        // 100 ohm cm * 20 um / (pi * 1 um2) = 1e-2 * 100 * 20 / pi MOhm
        close(model.ri(section, 0.5).expect("ri"), 20.0 / PI, 1e-14);
        close(model.ri(section, 0.1).expect("ri"), 10.0 / PI, 1e-14);
    }
}

#[test]
fn a_frustum_has_its_area_and_resistance() {
    let mut model = Model::new(common::catalogue());
    let cone = model.create_section("cone", None);
    model.set_ra(cone, 100.0).expect("Ra");
    model.add_point3d(cone, 0.0, 0.0, 0.0, 1.0);
    model.add_point3d(cone, 30.0, 0.0, 40.0, 5.0);
    // Lateral area pi (r1 + r2) * slant height, resistance rho * l / (pi r1 r2).
    let slant = (50.0_f64 * 50.0 + 2.0 * 2.0).sqrt();
    close(model.area(cone, 0.5).expect("area"), PI * (0.5 + 2.5) * slant, 1e-14);
    let halves = [cone].map(|_| 1e-2 * 100.0 * 25.0 / (PI * 0.5 * 1.5));
    close(model.ri(cone, 0.5).expect("ri"), halves[0], 1e-14);
    close(model.get_range(cone, 0.5, "diam").expect("diam"), 3.0, 1e-14);
    // The rest of the resistance is between the centre and the far end.
    close(model.ri(cone, 1.0).expect("ri"), 1e-2 * 100.0 * 25.0 / (PI * 1.5 * 2.5), 1e-14);
}

#[test]
fn cutting_a_section_finer_keeps_area_and_resistance() {
    let mut model = Model::new(common::catalogue());
    let section = model.create_section("dend", None);
    for (x, d) in [(0.0, 3.0), (11.0, 2.0), (11.0, 0.7), (30.0, 1.1), (70.0, 0.4)] {
        model.add_point3d(section, x, 0.0, 0.0, d);
    }
    let mut first = None;
    for nseg in [1, 2, 3, 7, 20, 101] {
        model.set_nseg(section, nseg).expect("nseg");
        let tree = NodeTree::new(&mut model);
        let area: f64 = (0..nseg).map(|at| tree.area[tree.segment_node(section, at) as usize]).sum();
        let centres = (0..nseg).map(|at| (at as f64 + 0.5) / nseg as f64).chain([1.0]);
        let resistance: f64 = centres.map(|x| model.ri(section, x).expect("ri")).sum();
        let (area1, resistance1) = *first.get_or_insert((area, resistance));
        // Integrals over pieces add up; a hundred pieces make about a hundred roundings.
        close(area, area1, 1e-12);
        close(resistance, resistance1, 1e-12);
    }
}

#[test]
fn coefficients_are_symmetric_once_weighted_by_area() {
    let mut model = Model::new(common::catalogue());
    let soma = model.create_section("soma", None);
    let dend = model.create_section("dend", None);
    let twig = model.create_section("twig", None);
    model.set_nseg(dend, 5).expect("nseg");
    model.connect(dend, 0.0, soma, 1.0).expect("connection");
    model.connect(twig, 0.0, dend, 0.4).expect("connection");
    let tree = NodeTree::new(&mut model);
    assert_eq!(tree.n_roots, 1);
    assert_eq!(tree.place[0], NodePlace::Root(soma));
    for node in 1..tree.len() {
        let parent = tree.parent[node] as usize;
        assert!(parent < node);
        // The same current leaves one node and enters the other.
        close(tree.a[node] * tree.area[parent], tree.b[node] * tree.area[node], 1e-15);
    }
    let at = |section, x| tree.node(&model, section, x);
    assert_eq!(tree.parent[at(twig, 0.5) as usize], at(dend, 0.4));
    assert_eq!(at(twig, 0.0), at(dend, 0.4));
    assert_eq!(at(dend, 0.0), at(soma, 1.0));
}

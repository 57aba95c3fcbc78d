//! Histories of sections, repeated and compared with what NEURON answered (reference/generate.py).
//!
//! All numbers must be equal to the last bit. Only NEURON's listing of its matrix, which gives the order of nodes, has no
//! more than six digits, and centres of segments may differ by one rounding in sections attached by their 1 end.

mod common;

use std::collections::HashMap;

use cable::{Model, NodeTree, PointId, SectionId};
use serde_json::{Map, Value};

/// A case under way.
struct Replay<'a> {
    case: &'a str,
    model: Model,
    sections: HashMap<String, SectionId>,
    points: Vec<PointId>,
    wrong: Vec<String>,
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a name")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn index(value: &Value) -> usize {
    number(value) as usize
}

impl Replay<'_> {
    fn id(&self, value: &Value) -> SectionId {
        self.sections[text(value)]
    }

    fn create(&mut self, name: &str, cell: Option<u32>) {
        let id = self.model.create_section(name, cell);
        self.sections.insert(name.to_owned(), id);
    }

    fn delete(&mut self, name: &str) {
        let id = self.sections.remove(name).expect("it exists");
        self.model.delete_section(id).expect("it is empty");
    }

    fn same(&mut self, what: &str, ours: f64, neuron: f64) {
        if ours.to_bits() != neuron.to_bits() {
            let relative = (ours - neuron).abs() / neuron.abs().max(1e-300);
            self.wrong.push(format!("{}: {what}: {ours:?}, NEURON {neuron:?} (relative {relative:.1e})", self.case));
        }
    }

    /// Does an operation; one that reads ends with NEURON's answer.
    fn one(&mut self, at: usize, op: &[Value]) {
        let kind = text(&op[0]);
        let what = format!("operation {at}, {}", Value::from(op.to_vec()));
        let x = |value: &Value| value.as_f64();
        let done = match kind {
            "create" => {
                self.create(text(&op[1]), None);
                Ok(())
            }
            "cell" => {
                let cell = index(&op[1]);
                for name in ["soma", "dend[0]", "dend[1]", "twig[0]"] {
                    self.create(&format!("RefCell[{cell}].{name}"), Some(cell as u32));
                }
                Ok(())
            }
            "cell_more" => {
                let cell = index(&op[1]);
                self.delete(&format!("RefCell[{cell}].twig[0]"));
                self.create(&format!("RefCell[{cell}].twig[0]"), Some(cell as u32));
                self.create(&format!("RefCell[{cell}].twig[1]"), Some(cell as u32));
                Ok(())
            }
            "cell_less" => {
                let cell = index(&op[1]);
                self.delete(&format!("RefCell[{cell}].dend[0]"));
                self.delete(&format!("RefCell[{cell}].dend[1]"));
                self.create(&format!("RefCell[{cell}].dend[0]"), Some(cell as u32));
                Ok(())
            }
            "connect" => self.model.connect(self.id(&op[1]), number(&op[2]), self.id(&op[3]), number(&op[4])),
            "nseg" => self.model.set_nseg(self.id(&op[1]), index(&op[2])),
            "L" => self.model.set_length(self.id(&op[1]), number(&op[2])),
            "Ra" => self.model.set_ra(self.id(&op[1]), number(&op[2])),
            "rallbranch" => self.model.set_rallbranch(self.id(&op[1]), number(&op[2])),
            "pt3dadd" => {
                let [x, y, z, d] = [2, 3, 4, 5].map(|at| number(&op[at]));
                self.model.add_point3d(self.id(&op[1]), x, y, z, d);
                Ok(())
            }
            "pt3dchange" if op.len() == 4 => {
                self.model.change_point3d_diameter(self.id(&op[1]), index(&op[2]), number(&op[3]))
            }
            "pt3dchange" => {
                let point = [3, 4, 5, 6].map(|at| number(&op[at]));
                self.model.change_point3d(self.id(&op[1]), index(&op[2]), point)
            }
            "pt3dclear" => {
                self.model.clear_points3d(self.id(&op[1]));
                Ok(())
            }
            "pt3dconst" => {
                self.model.set_pt3dconst(index(&op[1]) == 1);
                Ok(())
            }
            "define_shape" => {
                self.model.define_shape();
                Ok(())
            }
            "insert" => self.model.insert(self.id(&op[1]), text(&op[2])),
            "set" => self.model.set_range(self.id(&op[1]), x(&op[2]), text(&op[3]), number(&op[4])),
            "style" => {
                let style: Vec<u32> = op[3].as_array().expect("numbers").iter().map(|one| index(one) as u32).collect();
                self.model.set_ion_style(self.id(&op[1]), text(&op[2]), style.try_into().expect("five"))
            }
            "point" => self.model.add_point_process(text(&op[1]), self.id(&op[2]), number(&op[3])).and_then(|point| {
                self.model.set_point_variable(point, "n", self.points.len() as f64)?;
                self.points.push(point);
                Ok(())
            }),
            "origin" => self.model.set_distance_origin(self.id(&op[1]), number(&op[2])),
            "dump" => {
                self.dump(&op[1]);
                Ok(())
            }
            _ => {
                let section = self.id(&op[1]);
                let ours = match kind {
                    "get" if text(&op[3]) == "L" => Ok(self.model.length(section)),
                    "get" => self.model.get_range(section, x(&op[2]).unwrap_or(0.5), text(&op[3])),
                    "area" => self.model.area(section, number(&op[2])),
                    "ri" => self.model.ri(section, number(&op[2])),
                    "distance" => self.model.distance(section, number(&op[2])),
                    "lambda_f" => Ok(self.model.lambda_f(section, number(&op[2]))),
                    "style_of" => self.model.ion_style(section, text(&op[2])).map(|bits| bits.map_or(-1.0, f64::from)),
                    other => panic!("unknown operation {other}"),
                };
                ours.map(|ours| self.same(&what, ours, number(&op[op.len() - 1])))
            }
        };
        if let Err(error) = done {
            self.wrong.push(format!("{}: {what}: {error}", self.case));
        }
    }

    fn dump(&mut self, dump: &Value) {
        let tree = NodeTree::new(&mut self.model);
        let sections = dump["sections"].as_array().expect("sections");
        let full = |name: &Value| text(name).replace("c[", "RefCell[");
        let names: Vec<String> = sections.iter().map(|one| full(&one["name"])).collect();
        let ours: Vec<String> = self.model.section_ids().map(|id| self.model.section(id).name.clone()).collect();
        if ours != names {
            self.wrong.push(format!("{}: order of sections: {ours:?}, NEURON {names:?}", self.case));
        }
        for (section, name) in sections.iter().zip(&names) {
            self.dump_section(section, name, &tree);
        }
        let model = &self.model;
        let places: Vec<(String, f64)> = self
            .points
            .iter()
            .map(|point| {
                let (section, x) = model.point_process(*point).place.expect("it has a place");
                (model.section(section).name.clone(), x)
            })
            .collect();
        for (at, neuron) in dump["places"].as_array().expect("places").iter().enumerate() {
            let (name, x) = &places[at];
            if *name != full(&neuron[0]) {
                self.wrong.push(format!("{}: section of point {at}: {name}, NEURON {}", self.case, neuron[0]));
            }
            // As with segments: a place made before its section was turned round may be rounded the other way.
            if (*x - number(&neuron[1])).abs() > 1e-15 {
                self.wrong.push(format!("{}: place of point {at}: {x}, NEURON {}", self.case, neuron[1]));
            }
        }
        let matrix = dump["matrix"].as_array().expect("matrix");
        let close = |ours: f64, printed: f64| (ours - printed).abs() <= 1e-5 * printed.abs();
        let agree =
            |(node, row): (usize, &Value)| close(tree.a[node], number(&row[0])) && close(tree.b[node], number(&row[1]));
        if matrix.len() != tree.len() || !matrix.iter().enumerate().all(agree) {
            self.wrong.push(format!("{}: order of nodes differs", self.case));
        }
        for (node, parent) in tree.parent.iter().enumerate().skip(tree.n_roots) {
            assert!((*parent as usize) < node, "{}: node {node} comes before its parent", self.case);
        }
    }

    fn dump_section(&mut self, neuron: &Value, name: &str, tree: &NodeTree) {
        let id = self.sections[name];
        let section = self.model.section(id).clone();
        let parent = section.parent().map(|connection| {
            Value::from(vec![
                Value::from(self.model.section(connection.parent).name.replace("RefCell", "c")),
                Value::from(connection.x),
            ])
        });
        let children: Vec<String> =
            section.children().iter().map(|child| self.model.section(*child).name.clone()).collect();
        let children: Vec<Value> = children.iter().map(|name| Value::from(name.replace("RefCell", "c"))).collect();
        for (what, ours, theirs) in [
            ("nseg", Value::from(section.nseg()), &neuron["nseg"]),
            ("parent", parent.unwrap_or(Value::Null), &neuron["parent"]),
            ("children", Value::from(children), &neuron["children"]),
            (
                "number of 3-D points",
                Value::from(section.points().len()),
                &Value::from(neuron["pt3d"].as_array().map_or(0, Vec::len)),
            ),
        ] {
            if ours != *theirs {
                self.wrong.push(format!("{}: {what} of {name}: {ours}, NEURON {theirs}", self.case));
            }
        }
        for (at, (ours, theirs)) in section.points().iter().zip(neuron["pt3d"].as_array().expect("points")).enumerate()
        {
            let ours = [f64::from(ours.x), f64::from(ours.y), f64::from(ours.z), f64::from(ours.d), ours.arc];
            for (field, value) in ours.into_iter().enumerate() {
                self.same(&format!("3-D point {at}, number {field}, of {name}"), value, number(&theirs[field]));
            }
        }
        self.same(&format!("L of {name}"), self.model.length(id), number(&neuron["L"]));
        for segment in neuron["segments"].as_array().expect("segments") {
            let x = number(&segment["x"]);
            let node = tree.node(&self.model, id, x) as usize;
            let at = |what: &str| format!("{what} of {name}({x})");
            let read = [
                ("diam", tree.diam[node]),
                ("area", tree.area[node]),
                ("cm", tree.cm[node]),
                ("v", tree.v[node]),
                ("a", tree.a[node]),
                ("b", tree.b[node]),
                ("ri", self.model.ri(id, x).expect("a place")),
            ];
            for (what, ours) in read {
                self.same(&at(what), ours, number(&segment[what]));
            }
            let (owner, place) = tree.section_and_x(&self.model, node as u32);
            // NEURON itself rounds the centres of a section attached by its 1 end in two ways.
            assert!(owner == id && (place - x).abs() < 1e-15, "{}: place of node {node}: {place}", self.case);
            for (variable, value) in segment["values"].as_object().expect("values") {
                let ours = self.model.get_range(id, x, variable).expect("it is there");
                self.same(&at(variable), ours, number(value));
            }
            // NEURON lists what it runs first, first.
            let mut ours: Vec<PointId> = section.placed().to_vec();
            ours.retain(|point| {
                let (at, place) = self.model.point_process(*point).place.expect("it has a place");
                tree.node(&self.model, at, place) as usize == node
            });
            ours.sort_by_key(|point| std::cmp::Reverse(self.model.point_process(*point).order));
            let ours: Vec<f64> =
                ours.into_iter().map(|point| self.model.point_variable(point, "n").expect("n")).collect();
            let mut theirs: Vec<f64> =
                segment["points"].as_array().expect("points").iter().map(|point| number(&point[1])).collect();
            // Those placed at the 0 end of a child are not the section's own.
            theirs.retain(|point| section.placed().contains(&self.points[*point as usize]));
            if ours != theirs {
                self.wrong.push(format!("{}: {}: {ours:?}, NEURON {theirs:?}", self.case, at("point processes")));
            }
        }
        let end = tree.segment_node(id, section.nseg()) as usize;
        let far = 1.0 - section.child_end();
        for (what, ours, theirs) in [
            ("a of the end", tree.a[end], &neuron["end"]["a"]),
            ("b of the end", tree.b[end], &neuron["end"]["b"]),
            ("v of the end", tree.v[end], &neuron["end_v"]),
            ("ri of the end", self.model.ri(id, far).expect("a place"), &neuron["end"]["ri"]),
        ] {
            self.same(&format!("{what} of {name}"), ours, number(theirs));
        }
    }
}

fn repeat(cases: &str) {
    let cases: Map<String, Value> = serde_json::from_str(cases).expect("JSON");
    assert!(!cases.is_empty());
    let mut wrong = Vec::new();
    for (case, operations) in &cases {
        let model = Model::new(common::catalogue());
        let mut replay = Replay { case, model, sections: HashMap::new(), points: Vec::new(), wrong: Vec::new() };
        for (at, op) in operations.as_array().expect("operations").iter().enumerate() {
            replay.one(at, op.as_array().expect("an operation"));
        }
        wrong.append(&mut replay.wrong);
    }
    let count = wrong.len();
    wrong.truncate(60);
    assert!(count == 0, "{count} differences from NEURON in {} cases:\n{}", cases.len(), wrong.join("\n"));
}

#[test]
fn cases_by_hand_agree_with_neuron() {
    repeat(include_str!("reference/by_hand.json"));
}

#[test]
fn random_histories_agree_with_neuron() {
    repeat(include_str!("reference/histories.json"));
}

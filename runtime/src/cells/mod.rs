//! Cells from templates: hoc's view of a [`cable::Model`], and what templates take and give.

mod host;
mod reduced;

use cable::SectionId;
use hoc_parser::{Cell, Value};
use neuroh5::Tree;

pub use host::{Globals, ModelHost};
pub use reduced::{Reduced, reduced_section, reduced_sections_of};

use crate::network::cells::CellSections;

/// Arguments of a morphology template: gid, points of sections, layers, source and destination sections, attachment
/// points, x, y, z, radius, SWC type.
pub fn tree_arguments(gid: u32, tree: &Tree) -> Vec<Value> {
    let floats = |values: &[f32]| Value::array(values.iter().map(|value| f64::from(*value)));
    let bytes = |values: &[i8]| Value::array(values.iter().map(|value| f64::from(*value)));
    let words = |values: &[u16]| Value::array(values.iter().map(|value| f64::from(*value)));
    vec![
        Value::Number(f64::from(gid)),
        Value::map(tree.sections.iter().map(|points| points.iter().map(|point| f64::from(*point)).collect())),
        bytes(&tree.layer),
        words(&tree.source),
        words(&tree.destination),
        Value::array(tree.location.iter().map(|place| f64::from(*place))),
        floats(&tree.x),
        floats(&tree.y),
        floats(&tree.z),
        floats(&tree.radius),
        bytes(&tree.swc_type),
    ]
}

/// Sections of a cell by kind, from the public names that all morphology templates share; a template without the
/// index of a kind may have its SectionList instead.
pub fn sections_of(cell: &Cell) -> CellSections {
    // Sections made under that name, or a SectionList.
    let list = |name: &str| {
        let made = cell.sections(name);
        let found = if made.is_empty() { cell.section_list(name) } else { made };
        found.into_iter().map(|one| SectionId(one.0)).collect::<Vec<_>>()
    };
    let all = list("sections");
    let of = |index: &str, sections: &str| {
        let index = cell.vector(index);
        let indexed = index.iter().filter_map(|at| all.get(*at as usize).copied()).collect::<Vec<_>>();
        if indexed.is_empty() { list(sections) } else { indexed }
    };
    CellSections {
        soma: of("somaidx", "soma_list"),
        apical: of("apicalidx", "apical_list"),
        basal: of("basalidx", "basal_list"),
        axon: of("axonidx", "axon_list"),
        ais: of("aisidx", "ais_list"),
        hillock: of("hilidx", "hillock_list"),
        all,
        reduced: false,
    }
}

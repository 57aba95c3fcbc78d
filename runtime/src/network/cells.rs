//! Cells: instances of templates on trees, and artificial cells.

use std::collections::BTreeMap;
use std::path::Path;

use cable::{Model, PointId, SectionId};
use diag::Sources;
use hoc_parser::Interpreter;
use mech_abi::MechanismKind;
use model::config::Config;
use neuroh5::{Store, Types};

use super::NetworkError;
use crate::cells::{Globals, ModelHost, sections_of, tree_arguments};

/// Sections of one cell by kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellSections {
    /// All, in the order that synapses count them.
    pub all: Vec<SectionId>,
    /// Soma.
    pub soma: Vec<SectionId>,
    /// Apical dendrites.
    pub apical: Vec<SectionId>,
    /// Basal dendrites.
    pub basal: Vec<SectionId>,
    /// Axon.
    pub axon: Vec<SectionId>,
    /// Initial segment.
    pub ais: Vec<SectionId>,
    /// Axon hillock.
    pub hillock: Vec<SectionId>,
}

/// What a cell is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Sections.
    Sections(CellSections),
    /// An artificial cell.
    Artificial(PointId),
}

/// All cells of a network by gid.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// Cells.
    pub by_gid: BTreeMap<u32, Cell>,
}

impl Cells {
    /// Whether a cell is here.
    pub fn contains(&self, gid: u32) -> bool {
        self.by_gid.contains_key(&gid)
    }

    /// Sections of a cell; none for artificial cells and unknown gids.
    pub fn sections(&self, gid: u32) -> &[SectionId] {
        match self.by_gid.get(&gid) {
            Some(Cell::Sections(sections)) => &sections.all,
            Some(Cell::Artificial(_)) | None => &[],
        }
    }
}

/// Where cells come from.
#[derive(Debug)]
pub struct CellSource<'a> {
    /// Configuration.
    pub config: &'a Config,
    /// Populations.
    pub types: &'a Types,
    /// Cells file.
    pub file: &'a Store,
    /// Directories with templates.
    pub templates: &'a [std::path::PathBuf],
    /// Namespace of cells without trees.
    pub coordinates: &'a str,
    /// Only these gids, if given.
    pub selection: Option<&'a std::collections::BTreeSet<u32>>,
}

/// Makes all cells, population by population in sorted order, gids ascending. `progress` hears of each.
pub fn make(
    source: &CellSource<'_>,
    model: &mut Model,
    globals: &mut Globals,
    sources: &mut Sources,
    progress: &mut dyn FnMut(&str),
) -> Result<Cells, NetworkError> {
    let mut cells = Cells::default();
    let mut interpreter = Interpreter::new();
    let mut populations: Vec<&String> = source.config.cell_types.keys().collect();
    populations.sort();
    for population in populations {
        let range = source.types.population(population);
        let range = range.ok_or_else(|| NetworkError::NoPopulation(population.clone()))?;
        let cell_type = &source.config.cell_types[population].value;
        let template = cell_type.template.value.as_str();
        let wanted = |gid: &u32| source.selection.is_none_or(|selection| selection.contains(gid));
        if source.file.has_trees(population) {
            load_template(source, population, template, cell_type.template_file.as_deref(), &mut interpreter, sources)?;
            let trees = source.file.trees(population, range.gids.start)?;
            for gid in trees.gids().into_iter().filter(wanted) {
                let tree = trees.tree(gid)?;
                let prefix = format!("{template}[{}]", gid - range.gids.start);
                let mut host = ModelHost { model, globals, cell: gid, prefix };
                let cell = interpreter
                    .instantiate(template, tree_arguments(gid, &tree), &mut host)
                    .map_err(|error| NetworkError::Template(error.render(sources)))?;
                cells.by_gid.insert(gid, Cell::Sections(sections_of(&cell)));
                progress(population);
            }
            // The original calls define_shape after each population; sections have 3-D points already.
            model.define_shape();
            continue;
        }
        if !source.file.has(&format!("/Populations/{population}/{}", source.coordinates)) {
            let namespace = source.coordinates.to_owned();
            return Err(NetworkError::NoCells { population: population.clone(), namespace });
        }
        let known = model.catalogue().id(template);
        let artificial = known.is_some_and(|id| model.catalogue().layout(id).kind == MechanismKind::ArtificialCell);
        if !artificial {
            return Err(no_template(source, population, template));
        }
        let positions = source.file.attributes(population, source.coordinates, "X Coordinate", range.gids.start)?;
        for gid in positions.gids().filter(wanted) {
            let point = model.add_artificial_cell(template)?;
            cells.by_gid.insert(gid, Cell::Artificial(point));
            progress(population);
        }
    }
    Ok(cells)
}

fn no_template(source: &CellSource<'_>, population: &str, template: &str) -> NetworkError {
    let searched: Vec<String> = source.templates.iter().map(|path| path.display().to_string()).collect();
    NetworkError::NoTemplate {
        population: population.to_owned(),
        template: template.to_owned(),
        searched: searched.join(", "),
    }
}

fn load_template(
    source: &CellSource<'_>,
    population: &str,
    template: &str,
    file: Option<&str>,
    interpreter: &mut Interpreter,
    sources: &mut Sources,
) -> Result<(), NetworkError> {
    if interpreter.has_template(template) {
        return Ok(());
    }
    let name = file.map_or_else(|| format!("{template}.hoc"), str::to_owned);
    let path = source.templates.iter().map(|directory| directory.join(&name)).find(|path| path.is_file());
    let path = path.ok_or_else(|| no_template(source, population, template))?;
    let text = read(&path)?;
    let id = sources.add(path.display().to_string(), text);
    let problems = interpreter.load(id, sources);
    if problems.has_errors() {
        return Err(NetworkError::Template(problems.render(sources, false)));
    }
    if interpreter.has_template(template) { Ok(()) } else { Err(no_template(source, population, template)) }
}

fn read(path: &Path) -> Result<String, NetworkError> {
    std::fs::read_to_string(path).map_err(|error| {
        NetworkError::Template(format!(
            "the template {} cannot be read: {error}; check its permissions",
            path.display()
        ))
    })
}

//! From trees to shapes: the template of a population, evaluated.

use std::path::PathBuf;
use std::sync::Arc;

use diag::{FileId, Sources};
use hoc_parser::Interpreter;
use mech_abi::Catalogue;
use model::config::Config;
use neuroh5::Tree;
use runtime::cells::{Globals, ModelHost, Reduced, sections_of, tree_arguments};

use super::SynapseError;
use super::shape::Shape;

/// A template that has been read and checked.
#[derive(Debug)]
pub(super) struct Template<'a> {
    population: String,
    name: String,
    file: FileId,
    sources: &'a Sources,
    catalogue: Arc<Catalogue>,
    /// Variables of the simulator before the cell is made.
    globals: Globals,
}

/// Finds the template of a population and adds its text to the sources.
pub(super) fn find(
    config: &Config,
    population: &str,
    directories: &[PathBuf],
    sources: &mut Sources,
) -> Result<(String, FileId, PathBuf), SynapseError> {
    let cell_type = config.cell_types.get(population).map(|one| &one.value);
    let Some(cell_type) = cell_type else {
        return Err(SynapseError::Population {
            name: population.to_owned(),
            place: "`Cell Types` of the configuration".to_owned(),
            remedy: "add it there".to_owned(),
        });
    };
    let name = cell_type.template.value.clone();
    if Reduced::of_template(&name).is_some() {
        return Err(SynapseError::Unsupported {
            what: format!("a distribution of synapses over the reduced cells ({name}) of population {population}"),
            instead: "give the population a template that makes the sections of its trees".to_owned(),
        });
    }
    let file = cell_type.template_file.clone().unwrap_or_else(|| format!("{name}.hoc"));
    let Some(path) = directories.iter().map(|one| one.join(&file)).find(|path| path.is_file()) else {
        let searched: Vec<String> = directories.iter().map(|one| one.display().to_string()).collect();
        let searched = searched.join(", ");
        return Err(SynapseError::NoTemplate { population: population.to_owned(), template: name, file, searched });
    };
    let text = std::fs::read_to_string(&path)
        .map_err(|error| SynapseError::UnreadableTemplate { path: path.clone(), error: error.to_string() })?;
    let id = sources.add(path.display().to_string(), text);
    Ok((name, id, path))
}

impl<'a> Template<'a> {
    /// Reads and checks the template found.
    pub(super) fn new(
        config: &Config,
        population: &str,
        (name, file, path): (String, FileId, PathBuf),
        sources: &'a Sources,
        catalogue: Arc<Catalogue>,
    ) -> Result<Template<'a>, SynapseError> {
        let mut interpreter = Interpreter::new();
        let problems = interpreter.load(file, sources);
        if problems.has_errors() {
            return Err(SynapseError::Template(problems.render(sources, false)));
        }
        if !interpreter.has_template(&name) {
            return Err(SynapseError::OtherTemplate { template: name, population: population.to_owned(), path });
        }
        let mut globals = Globals::default();
        if let Some(celsius) = config.global_parameters.get("celsius") {
            globals.values.insert("celsius".to_owned(), celsius.value);
        }
        Ok(Template { population: population.to_owned(), name, file, sources, catalogue, globals })
    }

    /// An interpreter that knows the template; one thread's own.
    pub(super) fn interpreter(&self) -> Interpreter {
        let mut interpreter = Interpreter::new();
        // It was without errors in `new`.
        let _ = interpreter.load(self.file, self.sources);
        interpreter
    }

    /// Makes a cell and keeps its shape.
    pub(super) fn shape(
        &self,
        interpreter: &Interpreter,
        gid: u32,
        tree: &Tree,
        path: &std::path::Path,
    ) -> Result<Shape, SynapseError> {
        let mut model = cable::Model::new(self.catalogue.clone());
        let mut globals = self.globals.clone();
        let prefix = format!("{}[0]", self.name);
        let mut host = ModelHost { model: &mut model, globals: &mut globals, cell: gid, prefix };
        let cell = interpreter
            .instantiate(&self.name, tree_arguments(gid, tree), &mut host)
            .map_err(|error| SynapseError::Template(error.render(self.sources)))?;
        let sections = sections_of(&cell);
        drop(cell);
        Shape::new(&model, &sections, tree).map_err(|what| SynapseError::Cell {
            path: path.to_owned(),
            population: self.population.clone(),
            gid,
            what,
            remedy: format!("correct the template {} or import its tree again", self.name),
        })
    }
}

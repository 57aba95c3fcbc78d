//! Cells: instances of templates on trees, and artificial cells.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cable::{Model, PointId, SectionId};
use diag::Sources;
use hoc_parser::{Interpreter, Value};
use indexmap::IndexMap;
use mech_abi::MechanismKind;
use model::config::{CellType, Config};
use neuroh5::{Store, Tree, Types};

use super::NetworkError;
use crate::cells::{Globals, ModelHost, Reduced, reduced_sections_of, sections_of, tree_arguments};

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
    /// Whether the type of a synapse, not its section number, decides where it is.
    pub reduced: bool,
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
    /// Presynaptic cells that are not built: artificial cells that play their spikes.
    pub inputs: BTreeMap<u32, PointId>,
    /// Thresholds of spike detectors that differ from the usual one, mV.
    pub thresholds: BTreeMap<u32, f64>,
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

    /// The artificial cell of a gid, if it is one.
    pub fn artificial(&self, gid: u32) -> Option<PointId> {
        match self.by_gid.get(&gid) {
            Some(Cell::Artificial(point)) => Some(*point),
            Some(Cell::Sections(_)) => None,
            None => self.inputs.get(&gid).copied(),
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
    pub selection: Option<&'a IndexMap<String, Vec<u32>>>,
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
        let reduced = Reduced::of_template(template).filter(|_| source.file.has_trees(population));
        refuse(population, cell_type, reduced)?;
        let selected = source.selection.map(|selection| selection.get(population).map_or(&[][..], Vec::as_slice));
        let wanted = |gid: &u32| selected.is_none_or(|selected| selected.contains(gid));
        if selected.is_some_and(<[u32]>::is_empty) {
            continue;
        }
        if source.file.has_trees(population) {
            load_template(source, population, template, cell_type.template_file.as_deref(), &mut interpreter, sources)?;
            let trees = source.file.trees(population, range.gids.start)?;
            if let Some(reduced) = reduced {
                let parameters = read_parameters(source, population, cell_type, reduced)?;
                for gid in trees.gids().into_iter().filter(wanted) {
                    let tree = trees.tree(gid)?;
                    let prefix = format!("{template}[{}]", gid - range.gids.start);
                    let mut host = ModelHost { model, globals, cell: gid, prefix };
                    let failed = |error: hoc_parser::Error| NetworkError::Template(error.render(sources));
                    let cell = make_reduced(&interpreter, template, &parameters, &tree, source, &mut host, &failed)?;
                    if let Some(threshold) = parameters.get("V_threshold") {
                        cells.thresholds.insert(gid, *threshold);
                    }
                    cells.by_gid.insert(gid, Cell::Sections(cell));
                    progress(population);
                }
                model.define_shape();
                continue;
            }
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
        let positions = source.file.attributes(population, source.coordinates, "X Coordinate", range.gids.start)?;
        let artificial = is_artificial(model, template);
        if !artificial {
            if !source.config.recording.lfp.is_empty() {
                // Such templates place themselves by `position`, which nothing here calls.
                return Err(NetworkError::Unsupported {
                    what: format!("an electrode (Recording: LFP) beside population {population}, which has no trees,"),
                    instead: "remove the electrodes from the configuration".to_owned(),
                });
            }
            load_template(source, population, template, cell_type.template_file.as_deref(), &mut interpreter, sources)?;
        }
        for gid in positions.gids().filter(wanted) {
            let cell = if artificial {
                Cell::Artificial(model.add_artificial_cell(template)?)
            } else {
                let prefix = format!("{template}[{}]", gid - range.gids.start);
                let mut host = ModelHost { model, globals, cell: gid, prefix };
                let file = source.file.path().display().to_string();
                let arguments = vec![Value::Number(f64::from(gid)), Value::Text(file)];
                let cell = interpreter
                    .instantiate(template, arguments, &mut host)
                    .map_err(|error| NetworkError::Template(error.render(sources)))?;
                Cell::Sections(sections_of(&cell))
            };
            cells.by_gid.insert(gid, cell);
            progress(population);
        }
        model.define_shape();
    }
    check_selection(source, &cells)?;
    Ok(cells)
}

/// Whether a compiled artificial cell has this name.
pub fn is_artificial(model: &Model, name: &str) -> bool {
    let known = model.catalogue().id(name);
    known.is_some_and(|id| model.catalogue().layout(id).kind == MechanismKind::ArtificialCell)
}

/// Keys of a cell type that would change its cells and that nothing here acts on.
fn refuse(population: &str, cell_type: &CellType, reduced: Option<Reduced>) -> Result<(), NetworkError> {
    let takes_parameters = reduced.is_some_and(|reduced| reduced.key().is_some());
    let refused = [
        (
            "mechanism file",
            cell_type.mechanism_file.is_some() && !takes_parameters,
            "set the mechanisms in the template, and",
        ),
        ("template class", cell_type.template_class.is_some(), "write the template in hoc, and"),
    ];
    match refused.iter().find(|(_, given, _)| *given) {
        None => Ok(()),
        Some((key, _, first)) => Err(NetworkError::Unsupported {
            what: format!("`{key}` of population {population} in Cell Types"),
            instead: format!("{first} remove the key"),
        }),
    }
}

/// Parameters of a population of reduced cells, from its mechanism file.
fn read_parameters(
    source: &CellSource<'_>,
    population: &str,
    cell_type: &CellType,
    reduced: Reduced,
) -> Result<IndexMap<String, f64>, NetworkError> {
    let Some(key) = reduced.key() else { return Ok(IndexMap::new()) };
    let Some(name) = &cell_type.mechanism_file else {
        return Err(NetworkError::NoMechanismFile {
            population: population.to_owned(),
            template: cell_type.template.value.clone(),
            key,
        });
    };
    let path = source.config.directory.join(&name.value);
    let wrong =
        |what: String| NetworkError::MechanismFile { population: population.to_owned(), path: path.clone(), what };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        wrong(format!(
            "cannot be read: {error}; correct `mechanism file` in Cell Types (it is relative to the configuration)"
        ))
    })?;
    reduced.read(&text).map_err(wrong)
}

/// A reduced cell at the soma of its tree.
fn make_reduced(
    interpreter: &Interpreter,
    template: &str,
    parameters: &IndexMap<String, f64>,
    tree: &Tree,
    source: &CellSource<'_>,
    host: &mut ModelHost<'_>,
    failed: &dyn Fn(hoc_parser::Error) -> NetworkError,
) -> Result<CellSections, NetworkError> {
    let arguments = match parameters.is_empty() {
        true => Vec::new(),
        // The rest is for the cell as a whole, not for the template.
        false => {
            let of_cell = ["ic_constant", "V_rest", "V_threshold"];
            let of_template = parameters.iter().filter(|(name, _)| !of_cell.contains(&name.as_str()));
            vec![Value::dict(of_template.map(|(name, value)| (name.clone(), *value)))]
        }
    };
    let cell = interpreter.instantiate(template, arguments, host).map_err(failed)?;
    let sections = reduced_sections_of(&cell);
    if let (Some(current), Some(soma)) = (parameters.get("ic_constant"), sections.soma.first()) {
        host.model.set_range(*soma, None, "ic_constant", *current)?;
    }
    host.model.define_shape();
    let soma = source.config.definitions.swc_types.get("soma").copied();
    let point = tree.swc_type.iter().position(|one| Some(i64::from(*one)) == soma);
    if let Some(at) = point.filter(|_| interpreter.has_procedure(template, "position")) {
        let place = [tree.x[at], tree.y[at], tree.z[at]].map(|one| Value::Number(f64::from(one)));
        interpreter.call(template, cell, "position", place.to_vec(), host).map_err(failed)?;
    }
    Ok(sections)
}

/// Every selected cell was made.
fn check_selection(source: &CellSource<'_>, cells: &Cells) -> Result<(), NetworkError> {
    for (population, gids) in source.selection.into_iter().flatten() {
        let path = || source.file.path().to_owned();
        if !source.config.cell_types.contains_key(population) {
            return Err(NetworkError::Selection { what: format!("population {population}"), path: path() });
        }
        if let Some(gid) = gids.iter().find(|gid| !cells.contains(**gid)) {
            return Err(NetworkError::Selection { what: format!("gid {gid} of {population}"), path: path() });
        }
    }
    Ok(())
}

/// Makes artificial cells for presynaptic gids that are not built.
pub fn add_inputs(
    source: &CellSource<'_>,
    gids: &BTreeSet<u32>,
    cells: &mut Cells,
    model: &mut Model,
) -> Result<(), NetworkError> {
    for gid in gids {
        let population = source.types.population_of(*gid).map(|one| one.name.as_str());
        let cell_type = population.and_then(|name| source.config.cell_types.get(name));
        let own = cell_type.map(|one| one.value.template.value.as_str()).filter(|name| is_artificial(model, name));
        let name = own.unwrap_or("VecStim");
        if !is_artificial(model, name) {
            return Err(NetworkError::Unsupported {
                what: "playing the spikes of cells that are not built without a compiled artificial cell VecStim"
                    .to_owned(),
                instead: "add its .mod file to --mechanisms-path".to_owned(),
            });
        }
        cells.inputs.insert(*gid, model.add_artificial_cell(name)?);
    }
    Ok(())
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
    if interpreter.has_template(template) {
        return Ok(());
    }
    Err(NetworkError::OtherTemplate { template: template.to_owned(), population: population.to_owned(), path })
}

fn read(path: &Path) -> Result<String, NetworkError> {
    std::fs::read_to_string(path)
        .map_err(|error| NetworkError::UnreadableTemplate { path: path.to_owned(), error: error.to_string() })
}

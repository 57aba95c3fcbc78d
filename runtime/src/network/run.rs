//! Building and running a network.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use cable::Model;
use diag::Sources;
use indexmap::IndexMap;
use mech_abi::Catalogue;
use model::config::Config;
use neuroh5::{ResultsFile, Store, Types};

use super::cells::{Cell, CellSource, Cells};
use super::results::Portion;
use super::{NetworkError, Recordings, StimulusOptions, detector, recordings, stimuli, synapses, write_portion};
use crate::cells::Globals;
use crate::engine::{Settings, Simulation, Source};

/// How to build and run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Directories with templates.
    pub templates: Vec<PathBuf>,
    /// Cells file.
    pub cells: PathBuf,
    /// Connections file, if the network has connections.
    pub connections: Option<PathBuf>,
    /// File with spikes to play before those of the cells file, if any.
    pub spike_input: Option<PathBuf>,
    /// Namespace of cells without trees.
    pub coordinates: String,
    /// Only these gids, if given.
    pub selection: Option<BTreeSet<u32>>,
    /// Spikes to play.
    pub stimulus: StimulusOptions,
    /// Recording profile.
    pub profile: String,
    /// Step, ms.
    pub dt: f64,
    /// Initial potential, mV.
    pub v_init: f64,
}

/// What happens, for progress bars.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// A cell of a population was made.
    Cell(&'a str),
    /// A phase begins.
    Phase(&'a str),
    /// Simulated time, ms.
    Time(f64),
}

/// Numbers of a network and of its run.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Cells by population.
    pub cells: IndexMap<String, usize>,
    /// Synapses by population.
    pub synapses: IndexMap<String, usize>,
    /// Connections by population.
    pub connections: IndexMap<String, usize>,
    /// Point processes.
    pub point_processes: usize,
    /// Segments.
    pub segments: usize,
    /// Seconds of each phase.
    pub phases: IndexMap<String, f64>,
    /// Warnings.
    pub warnings: Vec<String>,
}

/// A network ready to run.
#[derive(Debug)]
pub struct Network {
    /// The engine.
    pub simulation: Simulation,
    /// Cells.
    pub cells: Cells,
    /// Populations.
    pub types: Types,
    /// Recordings.
    pub recordings: Recordings,
    /// Numbers.
    pub summary: Summary,
    equilibration: f64,
    cells_path: PathBuf,
}

impl Network {
    /// Reads everything and builds the network, initialised.
    pub fn build(
        config: &Config,
        catalogue: Arc<Catalogue>,
        options: &Options,
        sources: &mut Sources,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Network, NetworkError> {
        let mut summary = Summary::default();
        let mut clock = Instant::now();
        let mut lap = |summary: &mut Summary, name: &str| {
            summary.phases.insert(name.to_owned(), clock.elapsed().as_secs_f64());
            clock = Instant::now();
        };
        let cells_file = Store::open(&options.cells)?;
        let types = cells_file.types()?;
        let mut model = Model::new(catalogue);
        let mut globals = Globals::default();
        for (name, value) in &config.global_parameters {
            if let Some(slot) = globals.values.get_mut(name) {
                *slot = value.value;
            }
        }
        globals.values.insert("dt".to_owned(), options.dt);

        progress(Progress::Phase("cells"));
        let source = CellSource {
            config,
            types: &types,
            file: &cells_file,
            templates: &options.templates,
            coordinates: &options.coordinates,
            selection: options.selection.as_ref(),
        };
        let cells = super::cells::make(&source, &mut model, &mut globals, sources, &mut |population| {
            progress(Progress::Cell(population));
        })?;
        for gid in cells.by_gid.keys() {
            if let Some(population) = types.population_of(*gid) {
                *summary.cells.entry(population.name.clone()).or_insert(0) += 1;
            }
        }
        lap(&mut summary, "cells");

        progress(Progress::Phase("connections"));
        let connections = match &options.connections {
            Some(path) => {
                let file = Store::open(path)?;
                synapses::connect(config, &types, &cells_file, &file, options.dt, &cells, &mut model)?
            }
            None => synapses::Connections::default(),
        };
        summary.synapses = connections.synapses.clone();
        summary.connections = connections.connections.clone();
        summary.point_processes = model.point_processes().len();
        let sections: Vec<cable::SectionId> = model.section_ids().collect();
        summary.segments = sections.iter().map(|one| model.section(*one).nseg()).sum();

        let settings = Settings {
            dt: options.dt,
            celsius: globals.values["celsius"],
            // As the original sets it before every run.
            secondorder: 2,
            state_adjust: true,
            ..Settings::default()
        };
        let places: Vec<(u32, Source)> = cells
            .by_gid
            .iter()
            .filter_map(|(gid, cell)| match cell {
                Cell::Artificial(point) => Some((*gid, Source::Point(*point))),
                Cell::Sections(sections) => {
                    detector::place(&model, sections).map(|(section, x)| (*gid, Source::Voltage { section, x }))
                }
            })
            .collect();
        let mut simulation = Simulation::new(model, settings)?;
        for (gid, place) in places {
            simulation.detector(u64::from(gid), place, detector::THRESHOLD)?;
        }
        simulation.reserve_connections(connections.list.len());
        for one in &connections.list {
            let from = one.weights as usize;
            let weights = &connections.weights[from..from + one.n_weights as usize];
            simulation.gid_connect(u64::from(one.source), one.target, one.delay, weights)?;
        }
        lap(&mut summary, "connections");

        progress(Progress::Phase("input and recordings"));
        let input = options.spike_input.as_ref().map(|path| Store::open(path)).transpose()?;
        let stores: Vec<&Store> = input.iter().chain([&cells_file]).collect();
        let (trains, silent) = stimuli::spike_trains(config, &types, &stores, &options.stimulus)?;
        summary.warnings = silent;
        for (gid, train) in trains {
            if let Some(Cell::Artificial(point)) = cells.by_gid.get(&gid) {
                simulation.play(*point, train)?;
            }
        }
        let recordings = recordings::start(config, &types, &options.profile, &cells, &mut simulation)?;
        // Twice, as the original does: blocks that build on their own results see them.
        simulation.initialize(Some(options.v_init))?;
        simulation.initialize(Some(options.v_init))?;
        lap(&mut summary, "initialisation");
        Ok(Network {
            simulation,
            cells,
            types,
            recordings,
            summary,
            equilibration: config.stimulus.equilibration_duration,
            cells_path: options.cells.clone(),
        })
    }

    /// Runs to `tstop` ms of simulated time, writing results at each checkpoint if a path is given. All spikes come
    /// back.
    pub fn run(
        &mut self,
        tstop: f64,
        checkpoint: Option<f64>,
        results: Option<(&Path, Option<&str>)>,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Vec<(f64, u32)>, NetworkError> {
        let clock = Instant::now();
        let file = match results {
            Some((path, _)) => Some(ResultsFile::begin(path, &Store::open(&self.cells_path)?)?),
            None => None,
        };
        let mut written = 0;
        let mut writing = 0.0;
        let mut next_stop = checkpoint.map_or(tstop, |interval| interval.min(tstop));
        loop {
            while self.simulation.t() < next_stop - self.simulation.settings().dt / 2.0 {
                let until = (self.simulation.t() + 1.0).min(next_stop);
                let before = self.simulation.t();
                self.simulation.run_until(until)?;
                if self.simulation.t() <= before {
                    break;
                }
                progress(Progress::Time(self.simulation.t()));
            }
            if let (Some(file), Some((_, id))) = (&file, results) {
                let clock = Instant::now();
                let portion = self.portion(written, tstop, id);
                written = self.simulation.spikes().len();
                file.write(|store| write_portion(store, &self.types, &portion))?;
                writing += clock.elapsed().as_secs_f64();
            }
            if next_stop >= tstop {
                break;
            }
            next_stop = (next_stop + checkpoint.unwrap_or(tstop)).min(tstop);
        }
        let total = clock.elapsed().as_secs_f64();
        self.summary.phases.insert("integration".to_owned(), total - writing);
        self.summary.phases.insert("results".to_owned(), writing);
        Ok(self.spikes(0))
    }

    fn spikes(&self, from: usize) -> Vec<(f64, u32)> {
        self.simulation.spikes()[from..].iter().map(|(t, gid)| (*t, *gid as u32)).collect()
    }

    fn portion(&mut self, written: usize, tstop: f64, id: Option<&str>) -> Portion {
        let mut portion = Portion {
            spikes: self.spikes(written),
            zero: self.equilibration,
            duration: tstop + self.equilibration,
            id: id.map(str::to_owned),
            ..Portion::default()
        };
        for (gid, cell) in &self.cells.by_gid {
            if matches!(cell, Cell::Artificial(_)) {
                portion.artificial.insert(*gid);
            }
        }
        portion.times = self.simulation.take_recorded(self.recordings.times);
        for one in &self.recordings.list {
            let key = (one.population.clone(), one.id.clone(), one.gid);
            let samples = self.simulation.take_recorded(one.recorder);
            portion.recordings.entry(key).or_default().insert(one.quantity.clone(), samples);
        }
        portion
    }
}

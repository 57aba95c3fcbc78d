//! Building and running a network.

use std::collections::{BTreeMap, BTreeSet};
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
use super::electrodes::ElectrodeRecording;
use super::results::{Closing, Portion, write_closing, write_portion};
use super::stimuli::SpikeSource;
use super::synapses::SynapseSource;
use super::{NetworkError, Recordings, StimulusOptions, detector, electrodes, recordings, stimuli, synapses};
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
    /// Gap junctions file, if the configuration names one.
    pub gap_junctions: Option<PathBuf>,
    /// Namespace of cells without trees.
    pub coordinates: String,
    /// Only these gids of each population, if given; presynaptic cells that are not built play spikes.
    pub selection: Option<IndexMap<String, Vec<u32>>>,
    /// Presynaptic cells that are not built play spikes.
    pub microcircuit_inputs: bool,
    /// Spikes to play.
    pub stimulus: StimulusOptions,
    /// Write the number of events of the synapses at the end of a run.
    pub count_events: bool,
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
    electrodes: Vec<ElectrodeRecording>,
    /// Empty unless events are counted.
    counted: Vec<Counted>,
    labels: Vec<String>,
    equilibration: f64,
}

/// What is needed of a connection to count its events.
#[derive(Debug, Clone, Copy)]
struct Counted {
    source: u32,
    gid: u32,
    label: u16,
    delay: f64,
}

/// How to run.
#[derive(Debug, Default)]
pub struct RunOptions<'a> {
    /// End, ms of simulated time.
    pub tstop: f64,
    /// Write results every so many ms of simulated time.
    pub checkpoint: Option<f64>,
    /// Where to write results.
    pub results: Option<&'a ResultsFile>,
    /// Wall time at which to stop and write.
    pub deadline: Option<Instant>,
}

/// A run that has ended.
#[derive(Debug, Clone, Default)]
pub struct Ended {
    /// All spikes: ms of simulated time, and gid.
    pub spikes: Vec<(f64, u32)>,
    /// Time that was reached, ms.
    pub t: f64,
    /// Whether the deadline ended it.
    pub early: bool,
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
            if name == "celsius" {
                globals.values.insert(name.clone(), value.value);
            } else {
                let warning = format!(
                    "`{name}` in Global Parameters has no effect, here as in MiV-Simulator, which \
                                       sets celsius only; set it in a template"
                );
                summary.warnings.push(warning);
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
        let mut cells = super::cells::make(&source, &mut model, &mut globals, sources, &mut |population| {
            progress(Progress::Cell(population));
        })?;
        for gid in cells.by_gid.keys() {
            if let Some(population) = types.population_of(*gid) {
                *summary.cells.entry(population.name.clone()).or_insert(0) += 1;
            }
        }
        lap(&mut summary, "cells");

        progress(Progress::Phase("connections"));
        let plan = recordings::plan(config, &types, &options.profile, &cells)?;
        let connections = match &options.connections {
            Some(path) => {
                let connections_file = Store::open(path)?;
                let from = SynapseSource {
                    config,
                    types: &types,
                    cells_file: &cells_file,
                    connections_file: &connections_file,
                    dt: options.dt,
                    observed: &plan.with_synapses(),
                };
                synapses::connect(&from, &cells, &mut model)?
            }
            None => synapses::Connections::default(),
        };
        if let Some(path) = &options.gap_junctions {
            refuse_gap_junctions(path)?;
        }
        let absent: BTreeSet<u32> =
            connections.list.iter().map(|one| one.source).filter(|gid| !cells.contains(*gid)).collect();
        if options.selection.is_some() || options.microcircuit_inputs {
            super::cells::add_inputs(&source, &absent, &mut cells, &mut model)?;
        } else if let Some(first) = absent.first() {
            let n = absent.len();
            let warning = format!(
                "{n} presynaptic cells are not in the cells file (the first is gid {first}): they \
                                   stay silent; give --microcircuit-inputs to play their spikes"
            );
            summary.warnings.push(warning);
        }
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
            membrane_currents: !config.recording.lfp.is_empty(),
            only_what_is_read: true,
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
            .chain(cells.inputs.iter().map(|(gid, point)| (*gid, Source::Point(*point))))
            .collect();
        let mut simulation = Simulation::new(model, settings)?;
        for (name, value) in &globals.written {
            // Variables of the simulator itself are this command's to set.
            if !SIMULATOR.contains(&name.as_str()) {
                simulation.set_global(name, *value)?;
            }
        }
        for (gid, place) in places {
            let threshold = cells.thresholds.get(&gid).copied().unwrap_or(detector::THRESHOLD);
            simulation.detector(u64::from(gid), place, threshold)?;
        }
        simulation.reserve_connections(connections.list.len());
        for one in &connections.list {
            let from = one.weights as usize;
            let weights = &connections.weights[from..from + one.n_weights as usize];
            simulation.gid_connect(u64::from(one.source), one.target, one.delay, weights)?;
        }
        lap(&mut summary, "connections");

        progress(Progress::Phase("input and recordings"));
        let input = options.stimulus.input.as_ref().map(|path| Store::open(path)).transpose()?;
        let from = SpikeSource {
            config,
            types: &types,
            cells: &cells_file,
            input: input.as_ref(),
            options: &options.stimulus,
        };
        for (population, cell_type) in &config.cell_types {
            let of_population = types.population(population).map(|one| one.gids.clone()).unwrap_or_default();
            let real = cells.by_gid.range(of_population).any(|(_, cell)| matches!(cell, Cell::Sections(_)));
            if cell_type.value.spike_train.is_some() && real {
                let warning = format!(
                    "`spike train` of population {population} has no effect: its cells are not \
                                       artificial cells, which alone can play spikes"
                );
                summary.warnings.push(warning);
            }
        }
        let (mut trains, silent) = stimuli::spike_trains(&from)?;
        summary.warnings.extend(silent);
        let inputs: BTreeSet<u32> = cells.inputs.keys().copied().collect();
        let (input_trains, silent) = stimuli::input_trains(&from, &inputs)?;
        summary.warnings.extend(silent);
        trains.extend(input_trains);
        for (gid, train) in trains {
            if let Some(point) = cells.artificial(gid) {
                simulation.play(point, train)?;
            }
        }
        let recordings = recordings::start(config, &plan, &cells, &connections.placed, &mut simulation)?;
        summary.warnings.extend(recordings.warnings.iter().cloned());
        let electrodes = electrodes::start(config, &types, &cells, &mut simulation)?;
        let counted = |one: &synapses::Connection| Counted {
            source: one.source,
            gid: one.gid,
            label: one.label,
            delay: one.delay,
        };
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
            electrodes,
            counted: connections.list.iter().filter(|_| options.count_events).map(counted).collect(),
            labels: config.connection_generator.synapse_mechanisms.keys().cloned().collect(),
            equilibration: config.stimulus.equilibration_duration,
        })
    }

    /// Runs, writing results at each checkpoint and at the end. Whatever ends it, results are complete to that time.
    pub fn run(
        &mut self,
        options: &RunOptions<'_>,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Ended, NetworkError> {
        let clock = Instant::now();
        if let Some(file) = options.results {
            self.refuse_second_fields(file)?;
        }
        let tstop = options.tstop;
        let half = self.simulation.settings().dt / 2.0;
        let (mut written, mut writing, mut early) = (0, 0.0, false);
        let mut next_stop = options.checkpoint.map_or(tstop, |interval| interval.min(tstop));
        loop {
            while self.simulation.t() < next_stop - half && !early {
                let until = (self.simulation.t() + 1.0).min(next_stop);
                let before = self.simulation.t();
                self.simulation.run_until(until)?;
                if self.simulation.t() <= before {
                    break;
                }
                progress(Progress::Time(self.simulation.t()));
                early = options.deadline.is_some_and(|deadline| Instant::now() >= deadline)
                    && self.simulation.t() < tstop - half;
            }
            let last = early || next_stop >= tstop;
            if let Some(file) = options.results {
                let clock = Instant::now();
                let portion = self.portion(written, tstop);
                written = self.simulation.spikes().len();
                let closing = last.then(|| self.closing());
                file.write(|store| {
                    write_portion(store, &self.types, &portion)?;
                    closing.as_ref().map_or(Ok(()), |closing| write_closing(store, &self.types, closing))
                })?;
                writing += clock.elapsed().as_secs_f64();
            }
            if last {
                break;
            }
            next_stop = (next_stop + options.checkpoint.unwrap_or(tstop)).min(tstop);
        }
        let total = clock.elapsed().as_secs_f64();
        self.summary.phases.insert("integration".to_owned(), total - writing);
        self.summary.phases.insert("results".to_owned(), writing);
        Ok(Ended { spikes: self.spikes(0), t: self.simulation.t(), early })
    }

    /// Potentials of a second run cannot be appended to those of a first.
    fn refuse_second_fields(&self, file: &ResultsFile) -> Result<(), NetworkError> {
        if !file.path().exists() {
            return Ok(());
        }
        let store = Store::open(file.path())?;
        match self.electrodes.iter().find(|one| store.has_field(&one.label)) {
            Some(one) => Err(NetworkError::FieldExists { label: one.label.clone(), path: file.path().to_owned() }),
            None => Ok(()),
        }
    }

    fn spikes(&self, from: usize) -> Vec<(f64, u32)> {
        self.simulation.spikes()[from..].iter().map(|(t, gid)| (*t, *gid as u32)).collect()
    }

    fn portion(&mut self, written: usize, tstop: f64) -> Portion {
        let mut portion =
            Portion { spikes: self.spikes(written), zero: self.equilibration, duration: tstop, ..Portion::default() };
        let artificial = self.cells.by_gid.keys().chain(self.cells.inputs.keys());
        portion.artificial = artificial.copied().filter(|gid| self.cells.artificial(*gid).is_some()).collect();
        portion.times = self.simulation.take_recorded(self.recordings.times);
        for one in &self.recordings.list {
            let key = (one.population.clone(), one.id.clone(), one.gid);
            let mut samples: Vec<f64> = Vec::new();
            for recorder in &one.recorders {
                let more = self.simulation.take_recorded(*recorder);
                if samples.is_empty() {
                    samples = more;
                } else {
                    samples.iter_mut().zip(more).for_each(|(sum, value)| *sum += value);
                }
            }
            portion.recordings.entry(key).or_default().insert(one.quantity.clone(), samples);
        }
        portion
    }

    fn closing(&mut self) -> Closing {
        let mut closing = Closing::default();
        for one in &self.electrodes {
            let times = self.simulation.take_recorded(one.times);
            closing.fields.insert(one.label.clone(), (times, self.simulation.take_recorded(one.values)));
        }
        closing.counts = self.event_counts();
        closing
    }

    /// Events that reached the synapses: a spike arrives after the connection's delay, and all that is due by the end
    /// of a step is delivered in it.
    fn event_counts(&self) -> BTreeMap<(String, String, String), BTreeMap<u32, u32>> {
        let end = self.simulation.t();
        let mut trains: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        for (t, gid) in self.spikes(0) {
            trains.entry(gid).or_default().push(t);
        }
        let name = |gid: u32| self.types.population_of(gid).map_or("", |population| population.name.as_str());
        let mut counts: BTreeMap<(u16, &str, &str), BTreeMap<u32, u32>> = BTreeMap::new();
        for one in &self.counted {
            let train = trains.get(&one.source).map_or(&[][..], Vec::as_slice);
            // Spikes of one cell are in order.
            let n = train.partition_point(|t| t + one.delay <= end) as u32;
            *counts.entry((one.label, name(one.gid), name(one.source))).or_default().entry(one.gid).or_insert(0) += n;
        }
        let owned = |(label, post, pre): (u16, &str, &str)| {
            let label = self.labels.get(usize::from(label)).cloned().unwrap_or_default();
            (label, post.to_owned(), pre.to_owned())
        };
        counts.into_iter().map(|(key, counts)| (owned(key), counts)).collect()
    }
}

/// Variables of the simulator that the command sets for the whole run, whatever a template wrote.
const SIMULATOR: [&str; 6] = ["celsius", "v_init", "dt", "t", "tstop", "secondorder"];

fn refuse_gap_junctions(path: &Path) -> Result<(), NetworkError> {
    let file = Store::open(path)?;
    match file.projection_names()?.first() {
        None => Ok(()),
        Some((destination, source)) => Err(NetworkError::Unsupported {
            what: format!("a gap junction ({} has some between {source} and {destination})", path.display()),
            instead: "remove `Gap Junction Data` from the configuration to run without them".to_owned(),
        }),
    }
}

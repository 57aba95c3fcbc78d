//! generate-input-spike-trains: spikes of the input cells along each trajectory of an arena.

use std::path::Path;

use model::config::Config;
use model::numpy::RandomState;
use neuroh5::{AttributeValues, Attributes, Store, Types};
use rayon::prelude::*;

use super::features::{CONSTANT, constant_type};
use super::rate::{Grid, rising};
use super::trajectory::{Run, Times, runs, times};
use super::{InputError, Layout, Made, check_output, range};
use crate::connections::order;

/// What spike trains to make and where to write them.
#[derive(Debug, Clone)]
pub struct SpikeTrainRequest<'a> {
    /// NeuroH5 file with the cells' features, and the population types.
    pub selectivity: &'a Path,
    /// NeuroH5 file to make or to add to.
    pub output: &'a Path,
    /// Namespace of the features: `<namespace> <arena>`, or any kind of it, as `Constant Selectivity A` is of
    /// `Selectivity`.
    pub selectivity_namespace: &'a str,
    /// Arena to run through.
    pub arena: &'a str,
    /// Populations; all of the features if empty.
    pub populations: &'a [String],
    /// Number of trials.
    pub trials: usize,
    /// The spikes' namespace is `<namespace> <arena> <trajectory>`.
    pub spikes_namespace: &'a str,
    /// Name of the attribute with the spike times.
    pub attribute: &'a str,
    /// How cells are read and written.
    pub layout: Layout,
    /// Make, and write nothing.
    pub dry_run: bool,
}

/// Draws the spike trains and writes them with the trajectories.
///
/// # Errors
/// A file or the configuration is not as it must be; the output is then as it was before.
pub fn generate_spike_trains(config: &Config, request: &SpikeTrainRequest<'_>) -> Result<Vec<Made>, InputError> {
    if !(1..=256).contains(&request.trials) {
        return Err(InputError::Request {
            what: format!("{} trials", request.trials),
            remedy: "give --n-trials of 1 … 256: the file counts them in one byte".to_owned(),
        });
    }
    let features = Store::open(request.selectivity)?;
    let types = features.types()?;
    let times = times(config)?;
    let runs = runs(config, request.arena, times)?;
    let mut populations = request.populations.to_vec();
    if populations.is_empty() {
        populations = features.populations()?;
    }
    populations.sort();
    populations.dedup();
    let mut groups = Vec::new();
    for population in &populations {
        groups.extend(Group::read(config, request, &features, &types, population)?);
    }
    let seed = seed(config)?;
    let work = |store: Option<&Store>| -> Result<Vec<Made>, InputError> {
        let mut made: Vec<Made> = Vec::new();
        for run in &runs {
            let namespace = format!("{} {} {}", request.spikes_namespace, request.arena, run.name);
            for group in &groups {
                let (cells, spikes) = group.run(request, run, times, seed, store.map(|store| (store, &*namespace)))?;
                match made.iter_mut().find(|one| one.population == group.population && one.namespace == namespace) {
                    Some(one) => (one.cells, one.spikes) = (one.cells + cells, one.spikes + spikes),
                    None => made.push(Made {
                        population: group.population.clone(),
                        namespace: namespace.clone(),
                        cells,
                        spikes,
                    }),
                }
            }
        }
        Ok(made)
    };
    if request.dry_run {
        return work(None);
    }
    let namespaces = runs.iter().map(|run| format!("{} {} {}", request.spikes_namespace, request.arena, run.name));
    let names: Vec<_> = namespaces
        .flat_map(|namespace| populations.iter().map(move |population| (population.clone(), namespace.clone())))
        .collect();
    check_output(request.output, &types, &names)?;
    neuroh5::append_whole(request.output, |store| {
        if !store.has("/H5Types") {
            store.copy_types(&features)?;
        }
        for run in &runs {
            match store.trajectory(request.arena, &run.name)? {
                None => store.write_trajectory(request.arena, &run.name, &run.stored)?,
                Some(known) if known == run.stored => {}
                Some(_) => {
                    let what = format!("another `Trajectory {} {}`", request.arena, run.name);
                    return Err(InputError::Present { path: request.output.to_owned(), what });
                }
            }
        }
        work(Some(store))
    })
}

const SEED: &str = "Input Spiketrains";

fn seed(config: &Config) -> Result<i64, InputError> {
    let missing =
        || InputError::config("Random Seeds", format!("there is no `{SEED}`"), format!("add `{SEED}: 50000000`"));
    // The original cuts it to a whole number, too.
    config.random_seeds.get(SEED).map(|seed| seed.trunc() as i64).ok_or_else(missing)
}

/// Cells of a population whose features are in one namespace.
struct Group {
    population: String,
    start: u32,
    /// gid and peak rate, Hz, in the order of work.
    cells: Vec<(u32, f32)>,
}

/// Times and trials of a cell's spikes.
type Train = (Vec<f32>, Vec<u8>);

impl Group {
    /// All groups of a population, by namespace.
    fn read(
        config: &Config,
        request: &SpikeTrainRequest<'_>,
        features: &Store,
        types: &Types,
        population: &str,
    ) -> Result<Vec<Group>, InputError> {
        let start = range(types, population, request.selectivity)?.gids.start;
        let exact = format!("{} {}", request.selectivity_namespace, request.arena);
        let kind = format!(" {exact}");
        let mut names = features.namespaces(population)?;
        names.retain(|name| *name == exact || name.ends_with(&kind));
        names.sort();
        if names.is_empty() {
            features.require_namespace(population, &exact)?;
        }
        let constant = constant_type(config)?;
        let mut groups = Vec::new();
        for name in names {
            let types = features.attributes(population, &name, "Selectivity Type", start)?;
            let rates = features.attributes(population, &name, "Peak Rate", start)?;
            let rows = features.attribute_rows(population, &name, "Selectivity Type", start)?;
            let gids: Vec<u32> = rows.rows().iter().map(|(gid, _)| *gid).collect();
            let mut cells = Vec::new();
            for row in order::rows_in_order(&gids, request.layout.cache_size) {
                let rate = peak_rate(&types, &rates, gids[row], constant).map_err(|what| InputError::Cell {
                    path: request.selectivity.to_owned(),
                    population: population.to_owned(),
                    gid: gids[row],
                    what: format!("{what} in `{name}`"),
                    remedy: "make its features again with this configuration".to_owned(),
                })?;
                cells.push((gids[row], rate));
            }
            cells.truncate(request.layout.limit.unwrap_or(usize::MAX));
            groups.push(Group { population: population.to_owned(), start, cells });
        }
        Ok(groups)
    }

    /// Draws all cells along one run; answers the numbers of cells and spikes.
    fn run(
        &self,
        request: &SpikeTrainRequest<'_>,
        run: &Run,
        times: Times,
        seed: i64,
        output: Option<(&Store, &str)>,
    ) -> Result<(usize, usize), InputError> {
        let mut spikes = 0;
        let duration = run.t[run.t.len() - 1] - run.t[0];
        for portion in order::portions(self.cells.len(), request.layout.write_size) {
            let mut cells = self.cells[portion].to_vec();
            cells.sort_by_key(|(gid, _)| *gid);
            let drawn: Vec<Result<Train, InputError>> =
                cells.par_iter().map(|(gid, peak)| self.train(*gid, *peak, run, times, seed, request.trials)).collect();
            let (mut trains, mut trials, mut durations) = (Vec::new(), Vec::new(), Vec::new());
            for ((gid, _), train) in cells.iter().zip(drawn) {
                let (train, trial) = train?;
                spikes += train.len();
                trains.push((*gid, AttributeValues::F32(train)));
                trials.push((*gid, AttributeValues::U8(trial)));
                durations.push((*gid, AttributeValues::F32(vec![duration as f32; request.trials])));
            }
            let Some((store, namespace)) = output else { continue };
            for (attribute, rows) in
                [(request.attribute, &trains), ("Trial Index", &trials), ("Trial Duration", &durations)]
            {
                let chunks = Some(request.layout.chunks);
                store.write_attribute_chunked(&self.population, namespace, attribute, self.start, rows, chunks)?;
            }
        }
        Ok((self.cells.len(), spikes))
    }

    /// Times (ms) and trials of the spikes of a cell: one stream of random numbers over all trials.
    fn train(
        &self,
        gid: u32,
        peak: f32,
        run: &Run,
        times: Times,
        seed: i64,
        trials: usize,
    ) -> Result<Train, InputError> {
        let mut random = RandomState::with_seed(i64::from(gid) + seed).map_err(|invalid| InputError::Random {
            population: self.population.clone(),
            gid,
            invalid,
            seed: SEED,
        })?;
        let rise = (times.equilibration / times.resolution) as usize;
        let rate = rising(peak, run.t.len(), rise);
        let grid = Grid::new(&run.t, &rate, times.resolution).ok_or_else(|| InputError::Request {
            what: format!(
                "cell {gid} of {} has a peak rate of {peak} Hz and pauses 3 ms after each spike",
                self.population
            ),
            remedy: "give a `Stimulus: Peak Rate` below 333 Hz and make the features again".to_owned(),
        })?;
        let duration = run.t[run.t.len() - 1] - run.t[0];
        let (mut all, mut index) = (Vec::new(), Vec::new());
        for trial in 0..trials {
            let spikes = grid.spikes(&mut random);
            // Rounded before and after the shift, as in the original.
            all.extend(spikes.iter().map(|t| (f64::from(*t as f32) + trial as f64 * duration) as f32));
            index.resize(all.len(), trial as u8);
        }
        Ok((all, index))
    }
}

fn peak_rate(types: &Attributes, rates: &Attributes, gid: u32, constant: u8) -> Result<f32, String> {
    match (types.as_u8(gid).as_slice(), rates.as_f32(gid).as_slice()) {
        ([kind], [rate]) if *kind == constant && *rate >= 0.0 && rate.is_finite() => Ok(*rate),
        ([kind], [_]) if *kind != constant => {
            Err(format!("has selectivity type {kind}, which is not supported ({CONSTANT} is {constant}),"))
        }
        _ => Err("has not one `Selectivity Type` and one `Peak Rate` of 0 Hz or more".to_owned()),
    }
}

//! The connections of one cell.
//!
//! Three streams of random numbers, all seeded for the cell: which presynaptic population each synapse belongs to, how
//! many synapses each source gets, and which of them. The last puts synapses that are near to each other on the tree
//! on one source: sources get centres on a line and their synapses points about them; the points in order are the
//! sources of the synapses in the order of their distance from the soma.

use indexmap::IndexMap;
use indexmap::map::Entry;
use model::config::Definitions;
use model::numpy::{RandomState, pairwise_sum};
use neuroh5::Edges;

use super::ConnectionError;
use super::order::std_sort;
use super::rules::{Reach, Rules};

/// How often synapses are shared out anew if a presynaptic population gets none.
const PASSES: usize = 10;

/// Seeds of the configuration; the gid is added to each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seeds {
    /// `Synapse Projection Partitions`.
    pub(super) partition: i64,
    /// `Distance-Dependent Connectivity`.
    pub(super) choice: i64,
    /// `Connectivity Clustering`.
    pub(super) clustering: i64,
}

/// Somata of a population, ascending by gid.
#[derive(Debug, Default)]
pub(super) struct Somata {
    pub(super) gid: Vec<u32>,
    /// Arc distances along u and v, um.
    pub(super) place: Vec<[f64; 2]>,
}

impl Somata {
    pub(super) fn place(&self, gid: u32) -> Option<[f64; 2]> {
        self.gid.binary_search(&gid).ok().map(|at| self.place[at])
    }
}

/// The synapses of a cell in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Synapses {
    pub(super) id: Vec<u32>,
    /// Distance from the soma along the tree, um.
    pub(super) distance: Vec<f32>,
    /// Synapse type, SWC type and layer.
    pub(super) place: Vec<(i64, i64, i64)>,
}

/// A cell to connect.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) gid: u32,
    pub(super) place: [f64; 2],
    pub(super) synapses: Synapses,
}

/// Sources within reach: places in the list of somata, their distances |du| + |dv|, and probabilities that sum to one.
struct Candidates {
    source: Vec<usize>,
    distance: Vec<f32>,
    probability: Vec<f64>,
}

/// Synapses of one projection, by layer in the order in which the layers come up.
type Layers = IndexMap<i64, Vec<usize>>;

/// What is the same for all cells of a population.
#[derive(Debug)]
pub(super) struct Connector<'a> {
    pub(super) rules: &'a Rules,
    /// Of each source of the rules.
    pub(super) somata: Vec<&'a Somata>,
    pub(super) seeds: Seeds,
    pub(super) definitions: &'a Definitions,
}

impl Connector<'_> {
    /// Edges of a cell for each source of the rules, in the order of the file.
    pub(super) fn connect(&self, cell: &Cell) -> Result<Vec<Edges>, ConnectionError> {
        let mut choice = self.random(cell, self.seeds.choice, "`Random Seeds: Distance-Dependent Connectivity`")?;
        let mut clustering = i64::from(cell.gid) + self.seeds.clustering;
        let mut all: Vec<Edges> = self.rules.sources.iter().map(|_| Edges::default()).collect();
        for (source, layers) in self.partition(cell)? {
            let mut known: Vec<(Reach, Candidates)> = Vec::new();
            let edges = &mut all[source];
            for (layer, mut synapses) in layers {
                synapses.sort_by(|a, b| ascending(cell.synapses.distance[*a], cell.synapses.distance[*b]));
                let Some(reach) = self.rules.sources[source].reach(layer) else {
                    return Err(self.no_extent(source, layer));
                };
                let at = known.iter().position(|(one, _)| *one == reach).unwrap_or_else(|| {
                    known.push((reach, candidates(reach, self.somata[source], cell.place)));
                    known.len() - 1
                });
                let candidates = &known[at].1;
                if candidates.source.is_empty() {
                    continue;
                }
                let counts = self.counts(cell, source, synapses.len(), candidates, &mut choice)?;
                let clusters = RandomState::with_seed(clustering)
                    .map_err(|invalid| self.refused(cell, invalid, "`Random Seeds: Connectivity Clustering`"))?;
                clustering += 1;
                for (synapse, candidate) in synapses.into_iter().zip(clustered(clusters, &counts)) {
                    edges.source.push(self.somata[source].gid[candidates.source[candidate]]);
                    edges.synapse.push(cell.synapses.id[synapse]);
                    edges.distance.push(candidates.distance[candidate]);
                }
            }
            if edges.source.is_empty() {
                return Err(ConnectionError::NoCandidates {
                    population: self.rules.population.clone(),
                    gid: cell.gid,
                    source_population: self.rules.sources[source].name.clone(),
                });
            }
            let order = std_sort(&edges.source);
            *edges = Edges {
                source: order.iter().map(|at| edges.source[*at as usize]).collect(),
                synapse: order.iter().map(|at| edges.synapse[*at as usize]).collect(),
                distance: order.iter().map(|at| edges.distance[*at as usize]).collect(),
            };
        }
        Ok(all)
    }

    /// Shares the synapses among the projections: source to layers, both in the order in which they come up.
    fn partition(&self, cell: &Cell) -> Result<IndexMap<usize, Layers>, ConnectionError> {
        let mut random = self.random(cell, self.seeds.partition, "`Random Seeds: Synapse Projection Partitions`")?;
        let mut known: IndexMap<(i64, i64, i64), (Vec<usize>, Vec<f64>)> = IndexMap::new();
        let mut parts: IndexMap<usize, Layers> = IndexMap::new();
        for _ in 0..PASSES {
            parts.clear();
            for (number, place) in cell.synapses.place.iter().enumerate() {
                let (sources, proportions) = match known.entry(*place) {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => entry.insert(self.possible(cell, number)?),
                };
                let chosen = match sources.as_slice() {
                    [only] => *only,
                    several => {
                        several[random.choice(proportions).map_err(|invalid| {
                            self.refused(cell, invalid, "the proportions in `Connection Generator: Synapses`")
                        })?]
                    }
                };
                parts.entry(chosen).or_default().entry(place.2).or_default().push(number);
            }
            if parts.len() == self.rules.sources.len() {
                return Ok(parts);
            }
        }
        let without = (0..self.rules.sources.len()).filter(|source| !parts.contains_key(source));
        Err(ConnectionError::EmptyProjection {
            population: self.rules.population.clone(),
            gid: cell.gid,
            sources: without.map(|source| self.rules.sources[source].name.clone()).collect(),
            synapses: cell.synapses.id.len(),
            passes: PASSES,
        })
    }

    /// Sources that make synapses of this type and place, and their proportions.
    fn possible(&self, cell: &Cell, synapse: usize) -> Result<(Vec<usize>, Vec<f64>), ConnectionError> {
        let (kind, section, layer) = cell.synapses.place[synapse];
        let sources = self.rules.sources.iter().enumerate().filter(|(_, source)| source.kind == kind);
        let (sources, proportions): (Vec<usize>, Vec<f64>) = sources
            .filter_map(|(at, source)| source.proportions.get(&(section, layer)).map(|proportion| (at, *proportion)))
            .unzip();
        if sources.is_empty() {
            let name = |table: &IndexMap<String, i64>, number: i64| {
                let known = table.iter().find(|(_, one)| **one == number);
                known.map_or_else(|| format!("{number}"), |(name, _)| name.clone())
            };
            return Err(ConnectionError::NoProjection {
                population: self.rules.population.clone(),
                gid: cell.gid,
                synapse: cell.synapses.id[synapse],
                kind: name(&self.definitions.synapse_types, kind),
                section: name(&self.definitions.swc_types, section),
                layer: name(&self.definitions.layers, layer),
            });
        }
        Ok((sources, proportions))
    }

    /// How many of `n` synapses each candidate gets; with several contacts a few more than n in all.
    fn counts(
        &self,
        cell: &Cell,
        source: usize,
        n: usize,
        candidates: &Candidates,
        random: &mut RandomState,
    ) -> Result<Vec<usize>, ConnectionError> {
        let contacts = self.rules.sources[source].contacts as usize;
        let groups = n.div_ceil(contacts);
        let drawn = random.multinomial(groups as i64, &candidates.probability);
        let drawn = drawn.map_err(|invalid| self.refused(cell, invalid, "`Connection Generator: Axon Extent`"))?;
        Ok(drawn.into_iter().map(|count| count as usize * contacts).collect())
    }

    fn random(&self, cell: &Cell, seed: i64, place: &'static str) -> Result<RandomState, ConnectionError> {
        RandomState::with_seed(i64::from(cell.gid) + seed).map_err(|invalid| self.refused(cell, invalid, place))
    }

    fn refused(&self, cell: &Cell, invalid: model::numpy::Invalid, place: &'static str) -> ConnectionError {
        ConnectionError::Random { population: self.rules.population.clone(), gid: cell.gid, invalid, place }
    }

    fn no_extent(&self, source: usize, layer: i64) -> ConnectionError {
        let known = self.definitions.layers.iter().find(|(_, number)| **number == layer);
        ConnectionError::Config {
            key: format!("Connection Generator: Axon Extent: {}", self.rules.sources[source].name),
            what: format!("no extent in layer {}", known.map_or_else(|| layer.to_string(), |(name, _)| name.clone())),
            remedy: "add that layer, or `default`".to_owned(),
        }
    }
}

/// Order of floats with all that are not numbers last, as numpy sorts.
fn ascending(a: f32, b: f32) -> std::cmp::Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

fn candidates(reach: Reach, somata: &Somata, here: [f64; 2]) -> Candidates {
    let mut all = Candidates { source: Vec::new(), distance: Vec::new(), probability: Vec::new() };
    for (at, there) in somata.place.iter().enumerate() {
        let distance = [(here[0] - there[0]).abs(), (here[1] - there[1]).abs()];
        if let Some(probability) = reach.probability(distance) {
            all.source.push(at);
            all.distance.push((distance[0] + distance[1]) as f32);
            all.probability.push(probability);
        }
    }
    let sum = pairwise_sum(&all.probability);
    if sum != 0.0 {
        for probability in &mut all.probability {
            *probability /= sum;
        }
    }
    all
}

/// Each candidate as often as it is counted, in the order of points drawn about their centres.
fn clustered(mut random: RandomState, counts: &[usize]) -> impl Iterator<Item = usize> {
    let mut centres: Vec<f64> = counts.iter().map(|_| random.uniform(-1.0, 1.0)).collect();
    centres.sort_by(f64::total_cmp);
    let mut points = Vec::with_capacity(counts.iter().sum());
    for (candidate, (count, centre)) in counts.iter().zip(centres).enumerate() {
        points.extend((0..*count).map(|_| (centre + random.normal(0.0, 2.0), candidate)));
    }
    points.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    points.into_iter().map(|(_, candidate)| candidate)
}

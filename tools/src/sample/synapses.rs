//! Synapses on a morphology by the densities of the configuration.

use indexmap::IndexMap;
use model::config::Density;

use super::morphology::Morphology;
use super::random::Random;

/// One synapse, as `Synapse Attributes` stores it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Synapse {
    /// Section.
    pub section: u32,
    /// Place along the section, 0 to 1.
    pub loc: f32,
    /// Layer, of `Definitions: Layers`.
    pub layer: i8,
    /// Type, of `Definitions: Synapse Types`.
    pub kind: u8,
    /// SWC type of the section.
    pub swc_type: u8,
    /// Distance from the origin of the cell's coordinates, um.
    pub cdist: f32,
}

/// Densities with the names resolved: (SWC type, synapse type, layer or any) to synapses per um.
#[derive(Debug, Clone, Default)]
pub struct Densities(Vec<(i8, u8, Option<i8>, Density)>);

/// Numbers of the names in the configuration's densities.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// `SWC Types`.
    pub swc_types: &'a IndexMap<String, i64>,
    /// `Synapse Types`.
    pub synapse_types: &'a IndexMap<String, i64>,
    /// `Layers`.
    pub layers: &'a IndexMap<String, i64>,
}

/// The number of a definition, with a message that names what is missing.
pub fn number<T: TryFrom<i64>>(of: &IndexMap<String, i64>, what: &str, name: &str) -> Result<T, String> {
    let number =
        of.get(name).ok_or_else(|| format!("`{name}` is not in `Definitions: {what}`; add it or correct the name"))?;
    T::try_from(*number).map_err(|_| format!("`Definitions: {what}: {name}` is out of range"))
}

impl Densities {
    /// Resolves `synapses: density` of a cell type; the layer `default` stands for every layer.
    pub fn new(
        density: &IndexMap<String, IndexMap<String, IndexMap<String, Density>>>,
        names: &Names<'_>,
    ) -> Result<Densities, String> {
        let mut all = Vec::new();
        for (swc_name, kinds) in density {
            let swc_type = number(names.swc_types, "SWC Types", swc_name)?;
            for (kind_name, layers) in kinds {
                let kind = number(names.synapse_types, "Synapse Types", kind_name)?;
                for (layer_name, one) in layers {
                    let layer = match layer_name.as_str() {
                        "default" => None,
                        name => Some(number(names.layers, "Layers", name)?),
                    };
                    all.push((swc_type, kind, layer, one.clone()));
                }
            }
        }
        Ok(Densities(all))
    }
}

/// Places synapses on every section: for each density a number with the expected value density × length of cable in
/// the layer, at uniform places.
///
/// The density of a section is drawn from a normal distribution of the configured mean and variance, at least 0.
pub fn place(cell: &Morphology, layers: &[i8], densities: &Densities, random: &mut Random) -> Vec<Synapse> {
    let mut synapses = Vec::new();
    for (section, points) in cell.sections.iter().enumerate() {
        let Some(swc_type) = points.last().map(|point| cell.points[*point as usize].swc_type) else { continue };
        let arc = cell.arc(section);
        let length = arc.last().copied().unwrap_or(0.0);
        for (_, kind, layer, density) in densities.0.iter().filter(|one| one.0 == swc_type) {
            let per_um = random.normal(density.mean, density.variance.sqrt()).max(0.0);
            // Pieces between neighbouring points lie in the layer of their far point.
            for (piece, ends) in arc.windows(2).enumerate() {
                let here = layers[points[piece + 1] as usize];
                if layer.is_some_and(|layer| layer != here) {
                    continue;
                }
                let expected = per_um * (ends[1] - ends[0]);
                let n = expected.floor() as usize + usize::from(random.unit() < expected.fract());
                for _ in 0..n {
                    let theta = random.unit();
                    let at = (ends[0] + theta * (ends[1] - ends[0])) / length;
                    let [from, to] = [points[piece], points[piece + 1]].map(|point| cell.points[point as usize].at);
                    let place =
                        [0, 1, 2].map(|axis| f64::from(from[axis]) * (1.0 - theta) + f64::from(to[axis]) * theta);
                    let cdist = place.iter().map(|x| x * x).sum::<f64>().sqrt() as f32;
                    synapses.push(Synapse {
                        section: section as u32,
                        loc: at as f32,
                        layer: here,
                        kind: *kind,
                        swc_type: swc_type as u8,
                        cdist,
                    });
                }
            }
        }
    }
    synapses
}

//! `Geometry`: layers of the tissue, and how many cells of each population are in each.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::config::Config;

/// `Geometry`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Geometry {
    /// `Parametric Surface`.
    #[serde(rename = "Parametric Surface")]
    pub surface: Surface,
    /// `Cell Constraints`: bounds of L, um, by population and layer.
    #[serde(rename = "Cell Constraints", default)]
    pub cell_constraints: IndexMap<String, IndexMap<String, [f64; 2]>>,
    /// `Cell Distribution`: number of cells by population and layer.
    #[serde(rename = "Cell Distribution")]
    pub cell_distribution: IndexMap<String, IndexMap<String, u32>>,
}

/// `Parametric Surface`: a block of tissue with coordinates U, V (along the layers) and L (depth), um.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Surface {
    /// `Origin` of distances.
    #[serde(rename = "Origin")]
    pub origin: Option<serde_json::Value>,
    /// `Layer Extents`: lowest and highest U, V, L.
    #[serde(rename = "Layer Extents")]
    pub layer_extents: IndexMap<String, [[f64; 3]; 2]>,
    /// `Rotation` of the block, degrees.
    #[serde(rename = "Rotation")]
    pub rotation: Option<[f64; 3]>,
}

impl Geometry {
    /// The geometry of a configuration; the text of the error says what is wrong with it.
    pub fn of(config: &Config) -> Result<Geometry, String> {
        let value = config.geometry.clone().ok_or("the configuration has no `Geometry`; add it")?;
        serde_json::from_value(value).map_err(|error| format!("`Geometry`: {error}"))
    }

    /// Name of the layer at depth `l`, um; the nearest one outside of the tissue.
    pub fn layer_at(&self, l: f64) -> Option<&str> {
        let distance = |extent: &[[f64; 3]; 2]| (extent[0][2] - l).max(l - extent[1][2]).max(0.0);
        let nearest =
            |a: &(&String, &[[f64; 3]; 2]), b: &(&String, &[[f64; 3]; 2])| distance(a.1).total_cmp(&distance(b.1));
        self.surface.layer_extents.iter().min_by(nearest).map(|(name, _)| name.as_str())
    }

    /// Number of cells of a population over all layers.
    pub fn n_cells(&self, population: &str) -> u32 {
        self.cell_distribution.get(population).map_or(0, |layers| layers.values().sum())
    }
}

//! The tissue's axes: bounds and origin of distances.

use model::Surface;
use serde_json::Value;

use super::DistanceError;

/// The block is measured with this margin on every side, um.
const MARGIN: f64 = 0.01;

/// One axis of the tissue, um.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// U, V or L.
    pub name: &'static str,
    /// Lowest coordinate, with the margin.
    pub low: f64,
    /// Highest coordinate, with the margin.
    pub high: f64,
    /// Where distances are 0.
    pub origin: f64,
}

impl Axis {
    /// Signed length of the arc from the origin to a coordinate, um.
    pub fn distance(&self, at: f64) -> f64 {
        at - self.origin
    }

    /// Lowest and highest distance in the tissue, um.
    pub fn range(&self) -> [f64; 2] {
        [self.low - self.origin, self.high - self.origin]
    }
}

/// The axes U, V and L of a tissue: bounds over all layers, and the origin.
pub fn axes(surface: &Surface) -> Result<[Axis; 3], DistanceError> {
    let wrong = |key: &str, what: String, remedy: &str| DistanceError::Config {
        key: format!("Geometry: Parametric Surface: {key}"),
        what,
        remedy: remedy.to_owned(),
    };
    if surface.layer_extents.is_empty() {
        return Err(wrong("Layer Extents", "no layer".to_owned(), "add `NAME: [[u, v, l], [u, v, l]]` for each layer"));
    }
    let mut axes = [("U", 0), ("V", 1), ("L", 2)].map(|(name, at)| {
        let bound = |side: usize| surface.layer_extents.values().map(move |extent| extent[side][at]);
        let (low, high) = (bound(0).fold(f64::INFINITY, f64::min), bound(1).fold(f64::NEG_INFINITY, f64::max));
        Axis { name, low: low - MARGIN, high: high + MARGIN, origin: 0.0 }
    });
    for (layer, [low, high]) in &surface.layer_extents {
        // Not a number is no bound, either.
        if let Some(at) = (0..3).find(|at| !(low[*at] <= high[*at] && low[*at].is_finite() && high[*at].is_finite())) {
            let what = format!("{} is from {} to {}", axes[at].name, low[at], high[at]);
            return Err(wrong(&format!("Layer Extents: {layer}"), what, "give the lower corner first, in um"));
        }
    }
    for axis in &mut axes {
        let value = surface.origin.as_ref().and_then(|origin| origin.get(axis.name));
        let key = format!("Origin: {}", axis.name);
        let remedy = "give `median`, `mean`, `min`, `max` or a coordinate in um";
        axis.origin = match value {
            None => return Err(wrong(&key, "there is no such value".to_owned(), remedy)),
            Some(Value::String(text)) => match text.as_str() {
                // Coordinates are spread evenly over an axis: median and mean are its middle.
                "median" | "mean" => (axis.low + axis.high) / 2.0,
                "min" => axis.low,
                "max" => axis.high,
                other => return Err(wrong(&key, format!("`{other}`"), remedy)),
            },
            Some(other) => match other.as_f64() {
                Some(at) if (axis.low..=axis.high).contains(&at) => at,
                Some(at) => {
                    let what = format!("{at} um is outside of the layers ({} to {} um)", axis.low, axis.high);
                    return Err(wrong(&key, what, remedy));
                }
                None => return Err(wrong(&key, other.to_string(), remedy)),
            },
        };
    }
    Ok(axes)
}

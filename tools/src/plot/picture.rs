//! A drawn figure and its two file formats.

use std::path::{Path, PathBuf};

use kuva::backend::raster::RasterBackend;
use kuva::backend::svg::SvgBackend;
use kuva::render::render::Scene;

use crate::cli::{Failure, Outcome};
use crate::commands::write_whole;

/// A figure, to be written as SVG or PNG.
pub struct Picture {
    scene: Scene,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} x {})", self.scene.width, self.scene.height)
    }
}

/// The name of a picture on the command line: it ends in .svg or .png.
pub fn picture_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("svg" | "png") => Ok(path),
        _ => Err("a picture's name must end in .svg or .png".to_owned()),
    }
}

/// Pixels of a PNG for each unit of the figure: sharp on today's screens.
const PNG_SCALE: f32 = 2.0;

impl Picture {
    pub(super) fn new(scene: Scene) -> Picture {
        Picture { scene }
    }

    /// The picture as SVG text.
    pub fn svg(&self) -> String {
        SvgBackend.render_scene(&self.scene)
    }

    /// The picture as PNG, with a font of its own; an error only if the picture is too large.
    pub fn png(&self) -> Result<Vec<u8>, Failure> {
        let backend = RasterBackend { scale: PNG_SCALE };
        backend.render_scene(&self.scene).map_err(|what| Failure::Message(format!("cannot draw as PNG: {what}")))
    }

    /// Writes the file, in the format that its name ends with.
    pub fn write(&self, path: &Path) -> Outcome {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("svg") => write_whole(path, self.svg().as_bytes()),
            Some("png") => write_whole(path, &self.png()?),
            _ => Err(Failure::Message(format!(
                "cannot write {}: pictures are SVG or PNG; give a name that ends in .svg or .png",
                path.display()
            ))),
        }
    }
}

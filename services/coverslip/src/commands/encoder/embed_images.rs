//! `coverslip encoder embed-images`: image files in, embeddings out.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use encoder::{Encoder, RgbTile};

use super::progress_bar;
use crate::compute_choice::ComputeChoice;
use crate::features::Features;
use crate::installation::encoder_or_shipped;
use crate::print;

/// Images decoded and held at once.
const IMAGES_AT_ONCE: usize = 64;

#[derive(Debug, Args)]
pub(crate) struct EmbedImages {
    /// JPEG and PNG files are taken from here and from the folders below.
    images: PathBuf,
    /// The safetensors file to write: `features` (images, values), names in its metadata.
    #[arg(long)]
    out: PathBuf,
    /// Folder with an encoder; the encoder that ships if not given.
    #[arg(long)]
    encoder: Option<PathBuf>,
    #[command(flatten)]
    compute: ComputeChoice,
}

impl EmbedImages {
    pub(super) fn run(self) -> Result<()> {
        let encoder = encoder_or_shipped(self.encoder.as_deref(), self.compute.compute()?)?;
        let names = image_names(&self.images)?;
        ensure!(
            !names.is_empty(),
            "there is no JPEG or PNG file in {}",
            self.images.display()
        );
        let bar = progress_bar("embedding", "image");
        bar.set_length(names.len() as u64);
        let mut values = Vec::new();
        for names in names.chunks(IMAGES_AT_ONCE) {
            values.extend(embedded(&encoder, &self.images, names)?);
            bar.inc(names.len() as u64);
        }
        bar.finish_and_clear();
        let features = Features {
            dimension: encoder.dimension() as usize,
            names,
            values,
        };
        features.write(&self.out)?;
        print::line(&format!(
            "{}: {} images, {} values each",
            self.out.display(),
            features.names.len(),
            features.dimension
        ))
    }
}

/// Paths below `folder`, in order, with `/` between their parts.
fn image_names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut unread = vec![String::new()];
    while let Some(below) = unread.pop() {
        let path = folder.join(&below);
        let entries = std::fs::read_dir(&path);
        for entry in entries.with_context(|| format!("cannot read {}", path.display()))? {
            let entry = entry?;
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                unread.push(name + "/");
            } else if is_image(&name) {
                names.push(name);
            }
        }
    }
    names.sort();
    Ok(names)
}

fn is_image(name: &str) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default();
    ["jpg", "jpeg", "png"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

fn embedded(encoder: &Encoder, folder: &Path, names: &[String]) -> Result<Vec<f32>> {
    let side = encoder.config().input.tile_px;
    let pixels = |name: &String| {
        let path = folder.join(name);
        let image =
            image::open(&path).with_context(|| format!("cannot read {}", path.display()))?;
        ensure!(
            (image.width(), image.height()) == (side, side),
            "{} has {} x {} pixels, the encoder takes {side} x {side}: cut or scale it first",
            path.display(),
            image.width(),
            image.height()
        );
        Ok(image.into_rgb8().into_raw())
    };
    let images: Vec<Vec<u8>> = names.iter().map(pixels).collect::<Result<_>>()?;
    let tiles: Vec<RgbTile<'_>> = images
        .iter()
        .map(|pixels| RgbTile { pixels, side })
        .collect();
    Ok(encoder.embed(&tiles)?)
}

//! Whether an encoder may compute in int8: tried on painted tissue each time it is loaded.

use flow::PixelRect;
use phantom::{Grade, PhantomSpec, Scene, paint};

use crate::{EncoderError, Input, RgbTile};

/// The least cosine of each tile's embedding with the one in f32.
const LEAST_COSINE: f64 = 0.999;

/// Share of tumour and its grade on the slides that tiles are taken from. Their seeds are numbers
/// from one on, so stains differ.
const SLIDES: [(f64, u8); N_TILES] = [(0.0, 1), (0.6, 2), (0.6, 3), (0.6, 5)];
const N_TILES: usize = 4;
/// Side of such a slide in tiles.
const SLIDE_TILES: u32 = 3;
/// A tile is asked for its tissue at this many places along each side.
const PROBES: u32 = 8;

/// Tiles as an encoder sees them, each of another slide.
#[derive(Debug)]
pub(crate) struct Tiles {
    pixels: Vec<Vec<u8>>,
    side: u32,
}

impl Tiles {
    pub(crate) fn paint(input: Input) -> Result<Self, EncoderError> {
        let seeds = 1..;
        let slides = SLIDES.into_iter().zip(seeds);
        let tile = |((tumour, grade), seed)| tile(input, (tumour, Grade::new(grade)?), seed);
        Ok(Self {
            pixels: slides.map(tile).collect::<Result<_, _>>()?,
            side: input.tile_px,
        })
    }

    pub(crate) fn all(&self) -> Vec<RgbTile<'_>> {
        let side = self.side;
        let pixels = self.pixels.iter();
        pixels.map(|pixels| RgbTile { pixels, side }).collect()
    }
}

/// # Errors
/// If an embedding of `found` is too far from that of `exact`.
pub(crate) fn check(name: &str, found: &[f32], exact: &[f32]) -> Result<(), EncoderError> {
    let width = exact.len() / N_TILES;
    let pairs = found.chunks_exact(width).zip(exact.chunks_exact(width));
    let cosines = pairs.map(|(found, exact)| cosine(found, exact));
    // What is no number, of an embedding that is none, is passed on.
    let least = cosines.reduce(|a, b| if a < b || a.is_nan() { a } else { b });
    match least {
        Some(cosine) if cosine >= LEAST_COSINE => Ok(()),
        found => Err(EncoderError::Int8Loss {
            name: name.to_owned(),
            n_tiles: N_TILES,
            cosine: found.unwrap_or(f64::NAN),
            least: LEAST_COSINE,
        }),
    }
}

/// The tile with the most tissue of a slide of its own.
fn tile(input: Input, (tumour, grade): (f64, Grade), seed: u64) -> Result<Vec<u8>, EncoderError> {
    let side = input.tile_px;
    let spec = PhantomSpec {
        mpp: input.mpp,
        ..PhantomSpec::benign((SLIDE_TILES * side).max(256), seed)
    };
    let scene = Scene::new(&spec.with_tumour(tumour, grade))?;
    let places = (0..SLIDE_TILES).flat_map(|row| (0..SLIDE_TILES).map(move |column| (column, row)));
    let rects = places.map(|(column, row)| PixelRect {
        x: column * side,
        y: row * side,
        width: side,
        height: side,
    });
    let fullest = rects.max_by_key(|rect| n_tissue(&scene, *rect));
    let painted = fullest.map(|rect| paint(&scene, rect, input.mpp).pixels);
    Ok(painted.unwrap_or_default())
}

/// How many of a tile's probes hit tissue.
fn n_tissue(scene: &Scene, rect: PixelRect) -> usize {
    let mpp = scene.mpp().get();
    let place = |start: u32, probe: u32| {
        (f64::from(start) + (f64::from(probe) + 0.5) * f64::from(rect.width) / f64::from(PROBES))
            * mpp
    };
    let probes = (0..PROBES).flat_map(|row| (0..PROBES).map(move |column| (column, row)));
    let hits =
        probes.filter(|(column, row)| scene.tissue_at(place(rect.x, *column), place(rect.y, *row)));
    hits.count()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_tile_decides() {
        let exact = [1.0, 0.0].repeat(N_TILES);
        let mut found = exact.clone();
        assert!(check("a", &found, &exact).is_ok());
        for worst in [[1.0, 0.1], [f32::NAN, 0.0], [0.0, 0.0]] {
            for tile in 0..N_TILES {
                found.copy_from_slice(&exact);
                found[2 * tile..][..2].copy_from_slice(&worst);
                assert!(check("a", &found, &exact).is_err(), "{tile}: {worst:?}");
            }
        }
    }

    #[test]
    fn tiles_show_tissue_and_differ() -> Result<(), Box<dyn std::error::Error>> {
        for (tile_px, mpp) in [(224, 0.5), (512, 0.25), (64, 2.0), (256, 0.8838)] {
            let input = Input {
                tile_px,
                mpp: flow::Mpp::new(mpp)?,
                fit: crate::Fit::Resize,
                resize: crate::ResizeFilter::Bilinear,
                mean: [0.5; 3],
                std: [0.5; 3],
            };
            let tiles = Tiles::paint(input)?;
            for (at, pixels) in tiles.pixels.iter().enumerate() {
                assert_eq!(pixels.len(), 3 * (tile_px as usize).pow(2));
                assert!(tiles.pixels[..at].iter().all(|other| other != pixels));
                // Glass lets through more green than this.
                let is_stained = |pixel: &&[u8]| pixel[1] < 215;
                let n_stained = pixels.chunks_exact(3).filter(is_stained).count();
                let share = n_stained as f64 / f64::from(tile_px).powi(2);
                assert!(share > 0.3, "{tile_px} at {mpp}, tile {at}: {share}");
            }
        }
        Ok(())
    }
}

//! Artefacts against painted slides whose every flaw is known.

use std::error::Error;

use flow::{MicrometreRect, Mpp, PixelRect, QualityLimits, TileQuality};
use phantom::{PhantomSpec, Scene, TissueClass, paint};
use tissue::{Artefacts, BlurMeter, Overview, segment};

const TILE_PX: u32 = 224;
const MPP: f64 = 0.5;
const TILE_UM: f64 = 112.0;
const UM_PER_PIXEL: f64 = 8.0;
/// Points a side at which a tile is asked what lies there.
const N_POINTS: u32 = 8;

/// 4 x 4 mm, scanned at this resolution.
fn scene(seed: u64, mpp: f64) -> Result<Scene, Box<dyn Error>> {
    let side = (4_096.0 / mpp) as u32;
    let spec = PhantomSpec {
        mpp: Mpp::new(mpp)?,
        ..PhantomSpec::benign(side, seed)
    };
    Ok(Scene::new(&spec)?)
}

fn overview_of(scene: &Scene) -> Result<Overview, Box<dyn Error>> {
    let side = (scene.side_um() / UM_PER_PIXEL) as u32;
    let rect = PixelRect {
        x: 0,
        y: 0,
        width: side,
        height: side,
    };
    let picture = paint(scene, rect, Mpp::new(UM_PER_PIXEL)?);
    Ok(Overview {
        size: picture.size,
        um_per_pixel: UM_PER_PIXEL,
        rgb: picture.pixels,
    })
}

/// The top left corners of all whole tiles, in micrometres.
fn tiles(scene: &Scene) -> impl Iterator<Item = MicrometreRect> + use<> {
    let n = (scene.side_um() / TILE_UM) as u32;
    (0..n * n).map(move |at| {
        let um = |place: u32| f64::from(place) * TILE_UM;
        MicrometreRect::square(um(at % n), um(at / n), TILE_UM)
    })
}

/// The share of a tile for which this holds.
fn share(tile: MicrometreRect, is_such: impl Fn(f64, f64) -> bool) -> f64 {
    let step = tile.width / f64::from(N_POINTS);
    let at = |place: u32| (f64::from(place) + 0.5) * step;
    let points = (0..N_POINTS * N_POINTS).map(|n| (at(n % N_POINTS), at(n / N_POINTS)));
    let n_such = points
        .filter(|(x, y)| is_such(tile.x + x, tile.y + y))
        .count();
    n_such as f64 / f64::from(N_POINTS * N_POINTS)
}

fn pixels(scene: &Scene, tile: MicrometreRect) -> Result<Vec<u8>, Box<dyn Error>> {
    let rect = PixelRect {
        x: (tile.x / MPP) as u32,
        y: (tile.y / MPP) as u32,
        width: TILE_PX,
        height: TILE_PX,
    };
    Ok(paint(scene, rect, Mpp::new(MPP)?).pixels)
}

/// Gaussian blur of a tile, the outermost pixels repeated.
fn smeared(pixels: &[u8], deviation_px: f64) -> Vec<u8> {
    let reach = (3.0 * deviation_px).ceil() as i64;
    let weights: Vec<f64> = (-reach..=reach)
        .map(|k| (-0.5 * (k as f64 / deviation_px).powi(2)).exp())
        .collect();
    let sum: f64 = weights.iter().sum();
    let side = i64::from(TILE_PX);
    let along = |values: &[f64], stride: (i64, i64)| -> Vec<f64> {
        let value = |position: i64| {
            let (pixel, channel) = (position / 3, position % 3);
            let (x, y) = (pixel % side, pixel / side);
            let near = (-reach..=reach).zip(&weights).map(|(k, weight)| {
                let (x, y) = (x + k * stride.0, y + k * stride.1);
                let at = y.clamp(0, side - 1) * side + x.clamp(0, side - 1);
                weight * values[(3 * at + channel) as usize]
            });
            near.sum::<f64>() / sum
        };
        (0..values.len() as i64).map(value).collect()
    };
    let values: Vec<f64> = pixels.iter().map(|value| f64::from(*value)).collect();
    let both = along(&along(&values, (1, 0)), (0, 1));
    both.into_iter().map(|value| value.round() as u8).collect()
}

/// How many were flagged of how many.
#[derive(Debug, Default)]
struct Flagged {
    flagged: u32,
    all: u32,
}

impl Flagged {
    fn note(&mut self, is_flagged: bool) {
        self.all += 1;
        self.flagged += u32::from(is_flagged);
    }

    fn share(&self) -> f64 {
        f64::from(self.flagged) / f64::from(self.all)
    }
}

fn of_blur(blur_um: Option<f32>) -> TileQuality {
    TileQuality {
        blur_um,
        pen: None,
        fold: None,
        coverage: 1.0,
    }
}

fn meter() -> Result<BlurMeter, Box<dyn Error>> {
    Ok(BlurMeter::new(TILE_PX, Mpp::new(MPP)?).ok_or("a meter")?)
}

/// Whole tiles with more tissue than fat and glass.
fn with_tissue(scene: &Scene) -> impl Iterator<Item = MicrometreRect> {
    let hollow = [TissueClass::Fat, TissueClass::Background];
    tiles(scene)
        .filter(move |tile| share(*tile, |x, y| !hollow.contains(&scene.class_at(x, y))) > 0.5)
}

#[test]
fn blurred_tiles_are_flagged_and_sharp_ones_are_not() -> Result<(), Box<dyn Error>> {
    let (limits, meter) = (QualityLimits::default(), meter()?);
    let (mut sharp, mut blurred) = <(Flagged, Flagged)>::default();
    for seed in 1..7 {
        let scene = scene(seed, MPP)?;
        let in_focus =
            |tile: &MicrometreRect| share(*tile, |x, y| scene.blur_um_at(x, y) > 0.0) == 0.0;
        for tile in with_tissue(&scene).filter(in_focus).step_by(9) {
            let pixels = pixels(&scene, tile)?;
            let is_flagged = |pixels: &[u8]| of_blur(meter.blur_um(pixels)).is_flagged(&limits);
            sharp.note(is_flagged(&pixels));
            blurred.note(is_flagged(&smeared(&pixels, 3.0)));
        }
    }
    assert!(sharp.all > 150, "{sharp:?}");
    assert!(sharp.share() <= 0.05, "{sharp:?} of the sharp ones");
    assert!(blurred.share() >= 0.9, "{blurred:?} of the blurred ones");
    Ok(())
}

#[test]
fn what_the_scanner_did_not_hold_in_focus_is_flagged() -> Result<(), Box<dyn Error>> {
    let (limits, meter) = (QualityLimits::default(), meter()?);
    let mut out_of_focus = Flagged::default();
    for seed in 1..40 {
        let scene = scene(seed, MPP)?;
        let is_blurred =
            |tile: &MicrometreRect| share(*tile, |x, y| scene.blur_um_at(x, y) > 1.1) == 1.0;
        for tile in tiles(&scene).filter(is_blurred).step_by(3) {
            if share(tile, |x, y| scene.tissue_at(x, y)) < 0.9 {
                continue;
            }
            // Where there is nothing but fat there is nothing to tell by.
            if let Some(blur_um) = meter.blur_um(&pixels(&scene, tile)?) {
                out_of_focus.note(of_blur(Some(blur_um)).is_flagged(&limits));
            }
        }
    }
    assert!(out_of_focus.all > 10, "{out_of_focus:?}");
    assert!(out_of_focus.share() >= 0.9, "{out_of_focus:?}");
    Ok(())
}

/// What is under a tile, as far as artefacts go.
#[derive(Clone, Copy, PartialEq)]
enum Truth {
    Pen,
    Fold,
    Clean,
    /// Little of one of them.
    Doubtful,
}

fn truth(scene: &Scene, tile: MicrometreRect) -> Truth {
    let pen = share(tile, |x, y| scene.class_at(x, y) == TissueClass::Pen);
    let folded = share(tile, |x, y| scene.fold_at(x, y));
    // Where fat or a lumen lies double, nothing lies double.
    let hollow = [
        TissueClass::Background,
        TissueClass::Fat,
        TissueClass::Lumen,
    ];
    let is_solid = |x, y| !hollow.contains(&scene.class_at(x, y));
    let is_fold = || share(tile, |x, y| scene.fold_at(x, y) && is_solid(x, y)) >= 0.06;
    if pen >= 0.3 {
        Truth::Pen
    } else if pen == 0.0 && folded == 0.0 {
        Truth::Clean
    } else if pen == 0.0 && is_fold() {
        Truth::Fold
    } else {
        Truth::Doubtful
    }
}

#[test]
fn pen_and_folds_are_flagged_and_clean_tissue_is_not() -> Result<(), Box<dyn Error>> {
    let limits = QualityLimits::default();
    let (mut penned, mut folded, mut clean) = <(Flagged, Flagged, Flagged)>::default();
    for seed in 1..33 {
        let scene = scene(seed, 1.0)?;
        let overview = overview_of(&scene)?;
        let mask = segment(&overview)?;
        let found = Artefacts::find(&overview, &mask).ok_or("a bright slide")?;
        // Ink is left out of the mask; beside it lies some tissue.
        let around =
            |tile: MicrometreRect| MicrometreRect::square(tile.x - 56.0, tile.y - 56.0, 224.0);
        for tile in tiles(&scene).filter(|tile| mask.fraction(around(*tile)) > 0.1) {
            let (pen, fold) = (found.pen_share(tile), found.fold_share(tile));
            let quality = TileQuality {
                blur_um: None,
                pen: Some(pen),
                fold: Some(fold),
                coverage: mask.fraction(tile) as f32,
            };
            match truth(&scene, tile) {
                Truth::Pen => penned.note(pen >= limits.pen),
                Truth::Fold => folded.note(fold >= limits.fold),
                Truth::Clean if mask.fraction(tile) > 0.1 => {
                    clean.note(quality.is_flagged(&limits));
                }
                Truth::Clean | Truth::Doubtful => {}
            }
        }
    }
    assert!(penned.all > 100 && folded.all > 30 && clean.all > 3_000);
    assert!(penned.share() >= 0.9, "{penned:?} of those with pen");
    assert!(folded.share() >= 0.7, "{folded:?} of those with a fold");
    assert!(clean.share() <= 0.03, "{clean:?} of the clean ones");
    Ok(())
}

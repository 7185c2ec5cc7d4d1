use std::error::Error;

use flow::{
    LevelNumber, MicrometreRect, Mpp, ObjectKey, PixelRect, PixelSize, PyramidIndex, TileGrid,
    TileIndex,
};
use proptest::prelude::*;
use store::Store;
use turbojpeg::Subsamp;

use super::region::RegionPlan;
use super::{IndexCache, PyramidReader};
use crate::fixture::{self, BASE_MPP, mean_difference};
use crate::{RgbImage, decode_jpeg};

type TestResult = Result<(), Box<dyn Error>>;

const GRID: TileGrid = TileGrid::new(PixelSize::new(700, 500), PixelSize::new(128, 128));

/// A stored pyramid of one painted level, and the directory that holds it.
struct Stored {
    _directory: tempfile::TempDir,
    store: Store,
    reader: PyramidReader,
}

impl Stored {
    async fn new() -> Result<Self, Box<dyn Error>> {
        let directory = tempfile::tempdir()?;
        let store = Store::local(&directory.path().join("objects"))?;
        let scratch = store.scratch()?;
        let level = fixture::level_zero(scratch.path(), GRID, Subsamp::None)?;
        let index = PyramidIndex {
            levels: vec![level.level_frames()?],
        };
        let key = ObjectKey::PyramidLevel(fixture::slide(), LevelNumber(0));
        store.put_file(&key, &level.path).await?;
        let mpp = Mpp::new(BASE_MPP)?;
        let reader = PyramidReader::from_index(store.clone(), fixture::slide(), mpp, index);
        Ok(Self {
            _directory: directory,
            store,
            reader,
        })
    }

    /// A square region of `side` pixels at `mpp` whose corner lies at `x`, `y` in pixels of level 0.
    async fn region(
        &self,
        mpp: f64,
        x: f64,
        y: f64,
        side: u32,
    ) -> Result<RgbImage, Box<dyn Error>> {
        let length = f64::from(side) * mpp;
        let rect = MicrometreRect::square(x * BASE_MPP, y * BASE_MPP, length);
        let out = PixelSize::new(side, side);
        Ok(self.reader.read_region(Mpp::new(mpp)?, rect, out).await?)
    }
}

/// The paint itself, sampled where the pixels of such a region have their centres.
fn paint(mpp: f64, x: f64, y: f64, side: u32) -> RgbImage {
    let step = mpp / BASE_MPP;
    let at = |start: f64, pixel: u32| start + (f64::from(pixel) + 0.5) * step;
    let pixels = (0..side)
        .flat_map(|row| {
            (0..side).flat_map(move |column| fixture::colour(at(x, column), at(y, row)))
        })
        .collect();
    RgbImage {
        size: PixelSize::new(side, side),
        pixels,
    }
}

#[tokio::test]
async fn an_aligned_region_is_what_the_frames_decode_to() -> TestResult {
    let stored = Stored::new().await?;
    let region = stored.region(BASE_MPP, 100.0, 60.0, 200).await?;
    let mut whole = RgbImage::filled(GRID.level, [0; 3]);
    for tile in GRID.tiles() {
        let frame = stored.reader.frame(LevelNumber(0), tile).await?;
        let part = GRID.clipped(tile).ok_or("outside")?;
        let inside = PixelRect { x: 0, y: 0, ..part };
        whole.paste(&decode_jpeg(&frame)?, inside, (part.x, part.y));
    }
    let expected = whole.cropped(PixelRect {
        x: 100,
        y: 60,
        width: 200,
        height: 200,
    });
    assert_eq!(region, expected);
    Ok(())
}

#[tokio::test]
async fn positions_are_exact_to_parts_of_a_pixel() -> TestResult {
    let stored = Stored::new().await?;
    for (mpp, x, y) in [
        (0.5, 130.37, 77.81),
        (0.5, 130.5, 77.5),
        (0.61, 99.25, 33.1),
        (0.87, 10.0, 20.0),
        (0.2, 300.9, 300.4),
        (0.999, 5.5, 3.25),
    ] {
        let region = stored.region(mpp, x, y, 150).await?;
        let here = mean_difference(&region, &paint(mpp, x, y, 150));
        // A shift by a tenth of an output pixel must show: the test measures positions.
        let shift = mpp / BASE_MPP / 10.0;
        let right = mean_difference(&region, &paint(mpp, x + shift, y, 150));
        let left = mean_difference(&region, &paint(mpp, x - shift, y, 150));
        assert!(here < 1.2, "{mpp} at {x}, {y}: {here}");
        assert!(
            here < left && here < right,
            "{mpp} at {x}, {y}: {left} {here} {right}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn regions_that_meet_show_no_seam() -> TestResult {
    let stored = Stored::new().await?;
    let rect = |x: f64| MicrometreRect {
        x,
        y: 20.0,
        width: 60.0,
        height: 60.0,
    };
    let mpp = Mpp::new(0.6)?;
    let out = PixelSize::new(100, 100);
    let left = stored.reader.read_region(mpp, rect(30.0), out).await?;
    let right = stored.reader.read_region(mpp, rect(90.0), out).await?;
    let both = MicrometreRect {
        width: 120.0,
        ..rect(30.0)
    };
    let both = stored
        .reader
        .read_region(mpp, both, PixelSize::new(200, 100))
        .await?;
    let half = |x| {
        both.cropped(PixelRect {
            x,
            y: 0,
            width: 100,
            height: 100,
        })
    };
    assert_eq!(left, half(0));
    assert_eq!(right, half(100));
    Ok(())
}

#[tokio::test]
async fn outside_the_slide_is_white() -> TestResult {
    let stored = Stored::new().await?;
    let region = stored.region(BASE_MPP, -50.0, 450.0, 100).await?;
    assert_eq!(region.pixel(49, 0), [255; 3]);
    assert_eq!(region.pixel(99, 50), [255; 3]);
    assert!(region.pixel(50, 49)[0] < 250);
    let beyond = stored.region(0.7, 5000.0, 5000.0, 10).await?;
    assert!(beyond.pixels.iter().all(|&channel| channel == 255));
    Ok(())
}

#[tokio::test]
async fn far_coarser_than_the_last_level_is_decoded_small() -> TestResult {
    let stored = Stored::new().await?;
    let region = stored.region(4.0, 0.0, 0.0, 60).await?;
    let full = fixture::painted(0, 0, PixelSize::new(480, 480));
    let mean = |channel: usize, pixels: &[u8]| {
        let sum: f64 = pixels
            .chunks_exact(3)
            .map(|rgb| f64::from(rgb[channel]))
            .sum();
        sum / (pixels.len() / 3) as f64
    };
    for channel in 0..3 {
        let difference = mean(channel, &region.pixels) - mean(channel, &full.pixels);
        assert!(difference.abs() < 2.0, "channel {channel}: {difference}");
    }
    Ok(())
}

#[tokio::test]
async fn the_colour_profile_is_kept() -> TestResult {
    let stored = Stored::new().await?;
    assert_eq!(
        stored.reader.icc().await?,
        dicom_objects::srgb_profile()?.to_vec()
    );
    Ok(())
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() -> TestResult {
    let stored = Stored::new().await?;
    let reader = &stored.reader;
    let absent = [
        reader
            .frame(LevelNumber(1), TileIndex::new(0, 0))
            .await
            .err(),
        reader
            .frame(LevelNumber(0), TileIndex::new(6, 0))
            .await
            .err(),
    ];
    assert!(
        absent
            .iter()
            .flatten()
            .all(crate::PyramidError::is_not_found)
    );
    let cache = IndexCache::new(stored.store.clone(), 1 << 20);
    let slide = cache
        .reader(fixture::slide())
        .await
        .err()
        .ok_or("there is no manifest")?;
    assert!(slide.is_not_found());
    Ok(())
}

/// Levels 0 to `n_levels` - 1 of a slide, without pixels.
fn levels(n_levels: u8) -> Result<PyramidIndex, Box<dyn Error>> {
    let levels = (0..n_levels).map(|level| {
        let grid = fixture::grid(4000 >> level, 3000 >> level, 256);
        let lengths = vec![1; grid.n_tiles() as usize];
        let digest = flow::Sha256Digest::of(b"");
        flow::LevelFrames::new(LevelNumber(level), grid, digest, 100, &lengths)
    });
    Ok(PyramidIndex {
        levels: levels.collect::<Result<_, _>>()?,
    })
}

#[test]
fn the_level_just_finer_is_taken() -> TestResult {
    let index = levels(5)?;
    let chosen = |mpp: f64| -> Result<(u8, u32), Box<dyn Error>> {
        let rect = MicrometreRect::square(0.0, 0.0, 100.0);
        let out = PixelSize::new(100, 100);
        let plan = RegionPlan::new(&index, Mpp::new(0.25)?, Mpp::new(mpp)?, rect, out)?;
        Ok((plan.level.0, plan.scale.divisor()))
    };
    assert_eq!(chosen(0.1)?, (0, 1));
    assert_eq!(chosen(0.25)?, (0, 1));
    assert_eq!(chosen(0.499)?, (1, 1));
    assert_eq!(chosen(0.6)?, (1, 1));
    assert_eq!(chosen(3.9)?, (3, 1));
    assert_eq!(chosen(4.0)?, (4, 1));
    assert_eq!(chosen(9.0)?, (4, 2));
    assert_eq!(chosen(500.0)?, (4, 8));
    Ok(())
}

proptest! {
    #[test]
    fn any_region_is_planned_or_refused(
        mpp in 0.02_f64..900.0,
        x in -1e7_f64..1e7,
        y in prop_oneof![Just(f64::NAN), Just(f64::INFINITY), -3e3..3e3_f64],
        width in -10.0_f64..1e5,
        out in 0_u32..40_000,
    ) {
        let index = levels(5).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let rect = MicrometreRect { x, y, width, height: width };
        let (base, mpp) = (Mpp::new(0.25), Mpp::new(mpp));
        let (Ok(base), Ok(mpp)) = (base, mpp) else { return Ok(()) };
        if let Ok(plan) = RegionPlan::new(&index, base, mpp, rect, PixelSize::new(out, out)) {
            let (columns, rows) = plan.tiles();
            prop_assert!(columns.end <= plan.grid.columns() && rows.end <= plan.grid.rows());
            let needed = plan.needed();
            prop_assert!(needed.left as f64 <= plan.cover.x);
            prop_assert!(needed.left as f64 + f64::from(needed.size.width) >= plan.cover.x + plan.cover.width);
        }
    }
}

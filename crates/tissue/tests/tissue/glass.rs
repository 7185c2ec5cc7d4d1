//! The tissue mask on glass that is painted with one hard case each.

use std::error::Error;

use flow::PixelSize;
use tissue::{Overview, segment};

use crate::painting::UM_PER_PIXEL;

/// A slide of one colour to paint on, 4 x 4 mm.
struct Glass {
    overview: Overview,
}

impl Glass {
    fn of(colour: [u8; 3]) -> Self {
        let size = PixelSize::new(500, 500);
        let mut state = 1_u32;
        // The noise of a camera, two grey levels up or down.
        let noisy = |value: u8| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            value.saturating_add((state >> 30) as u8).saturating_sub(2)
        };
        let rgb = colour
            .repeat(size.area() as usize)
            .into_iter()
            .map(noisy)
            .collect();
        let overview = Overview {
            size,
            um_per_pixel: UM_PER_PIXEL,
            rgb,
        };
        Self { overview }
    }

    /// Adds `change` to each pixel for which `is_there` holds (of column and row).
    fn paint(mut self, change: [i16; 3], is_there: impl Fn(f64, f64) -> bool) -> Self {
        let width = self.overview.size.width as usize;
        for (position, pixel) in self.overview.rgb.chunks_exact_mut(3).enumerate() {
            if is_there((position % width) as f64, (position / width) as f64) {
                for (value, change) in pixel.iter_mut().zip(change) {
                    *value = (i16::from(*value) + change).clamp(0, 255) as u8;
                }
            }
        }
        self
    }

    fn tissue_mm2(&self) -> Result<f64, Box<dyn Error>> {
        Ok(segment(&self.overview)?.area_mm2())
    }
}

fn disc(x: f64, y: f64, radius: f64) -> impl Fn(f64, f64) -> bool {
    move |column, row| (column - x).hypot(row - y) <= radius
}

fn clean() -> Glass {
    Glass::of([243, 242, 243])
}

/// Area of a disc of this radius in pixels.
fn disc_mm2(radius: f64) -> f64 {
    std::f64::consts::PI * (radius * UM_PER_PIXEL / 1000.0).powi(2)
}

#[test]
fn clean_glass_is_empty() -> Result<(), Box<dyn Error>> {
    assert_eq!(clean().tissue_mm2()?, 0.0);
    assert_eq!(Glass::of([4, 4, 6]).tissue_mm2()?, 0.0);
    Ok(())
}

#[test]
fn tissue_that_eyes_hardly_see_is_kept() -> Result<(), Box<dyn Error>> {
    let faint = clean().paint([-5, -14, -8], disc(250.0, 250.0, 100.0));
    assert!(faint.tissue_mm2()? > 0.98 * disc_mm2(100.0));
    Ok(())
}

#[test]
fn a_crumb_is_kept_and_dust_of_its_size_is_not() -> Result<(), Box<dyn Error>> {
    let crumb = clean().paint([-50, -120, -70], disc(250.0, 250.0, 4.0));
    assert!(crumb.tissue_mm2()? > 0.9 * disc_mm2(4.0));
    let dust = clean().paint([-120, -118, -120], disc(250.0, 250.0, 4.0));
    assert_eq!(dust.tissue_mm2()?, 0.0);
    Ok(())
}

#[test]
fn the_edge_of_a_coverslip_is_dropped_and_a_thread_of_tissue_is_not() -> Result<(), Box<dyn Error>>
{
    let slanted = |column: f64, row: f64| (row - 60.0 - 0.05 * column).abs() < 2.0;
    let upright = |column: f64, row: f64| (column - 440.0 + 0.05 * row).abs() < 2.0;
    let edge = |column, row| slanted(column, row) || upright(column, row);
    let framed = clean().paint([-60, -58, -60], edge);
    assert_eq!(framed.tissue_mm2()?, 0.0);
    let beside = clean()
        .paint([-60, -58, -60], edge)
        .paint([-40, -110, -60], disc(250.0, 250.0, 60.0));
    let area = beside.tissue_mm2()?;
    assert!(
        area > 0.98 * disc_mm2(60.0) && area < 1.25 * disc_mm2(60.0),
        "{area}"
    );
    let thread = clean().paint([-40, -110, -60], slanted);
    assert!(thread.tissue_mm2()? > 0.05);
    Ok(())
}

#[test]
fn pen_is_dropped_and_tissue_beside_it_is_not() -> Result<(), Box<dyn Error>> {
    let pens = [
        [-200, -170, -60],
        [-190, -90, -170],
        [-215, -213, -214],
        [-20, -200, -190],
    ];
    for pen in pens {
        let stroke =
            |column: f64, row: f64| (row - 80.0 - 10.0 * (column / 60.0).sin()).abs() < 30.0;
        let drawn = clean()
            .paint(pen, stroke)
            .paint([-40, -110, -60], disc(250.0, 320.0, 80.0));
        let area = drawn.tissue_mm2()?;
        let found = area / disc_mm2(80.0);
        assert!(
            (0.98..1.2).contains(&found),
            "pen {pen:?}: {found} of the tissue"
        );
    }
    Ok(())
}

#[test]
fn nuclei_that_glow_on_black_are_one_piece_of_tissue() -> Result<(), Box<dyn Error>> {
    let inside = disc(250.0, 250.0, 120.0);
    let nuclei = |column: f64, row: f64| {
        inside(column, row) && (column as u32).is_multiple_of(7) && (row as u32).is_multiple_of(7)
    };
    let dapi = Glass::of([2, 2, 4])
        .paint([0, 0, 6], disc(250.0, 250.0, 120.0))
        .paint([0, 0, 150], nuclei);
    let found = dapi.tissue_mm2()? / disc_mm2(120.0);
    assert!((0.95..1.2).contains(&found), "{found} of the tissue");
    Ok(())
}

#[test]
fn what_the_scanner_left_out_is_not_tissue() -> Result<(), Box<dyn Error>> {
    let scanned = |column: f64, row: f64| column > 120.0 && row > 90.0;
    let skipped = Glass::of([255, 255, 255])
        .paint([-14, -18, -15], scanned)
        .paint([-40, -110, -60], disc(300.0, 300.0, 80.0));
    let found = skipped.tissue_mm2()? / disc_mm2(80.0);
    assert!((0.98..1.2).contains(&found), "{found} of the tissue");
    Ok(())
}

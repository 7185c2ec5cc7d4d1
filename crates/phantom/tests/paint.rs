//! A rectangle shows the same tissue however it is cut out.

use std::error::Error;

use coverslip_phantom::{Grade, PhantomSpec, RgbPixels, Scene, TissueClass, paint};
use flow::{Mpp, PixelRect};
use proptest::prelude::*;

const SIZE: u32 = 4096;

fn scene(seed: u64) -> Result<Scene, Box<dyn Error>> {
    let spec = PhantomSpec::benign(SIZE, seed).with_tumour(0.3, Grade::new(5)?);
    Ok(Scene::new(&spec)?)
}

fn rect(x: u32, y: u32, width: u32, height: u32) -> PixelRect {
    PixelRect {
        x,
        y,
        width,
        height,
    }
}

/// The part of `whole` whose top left corner is `left`, `top`.
fn cut(whole: &RgbPixels, left: u32, top: u32, width: u32, height: u32) -> Vec<u8> {
    (top..top + height)
        .flat_map(|row| {
            let at = 3 * (row * whole.size.width + left) as usize;
            whole.pixels[at..at + 3 * width as usize].to_vec()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_part_equals_the_same_part_of_a_larger_whole(
        seed in 0u64..12,
        x in 800u32..3000,
        y in 800u32..3000,
        inner in (1u32..120, 1u32..120, 1u32..180, 1u32..180),
    ) {
        let (left, top, width, height) = inner;
        let scene = scene(seed).expect("a possible spec");
        let mpp = scene.mpp();
        let whole = paint(&scene, rect(x, y, 300, 300), mpp);
        let part = paint(&scene, rect(x + left, y + top, width, height), mpp);
        prop_assert_eq!(part.pixels, cut(&whole, left, top, width, height));
    }
}

#[test]
fn a_coarser_level_is_the_average_of_the_finest() -> Result<(), Box<dyn Error>> {
    let scene = scene(4)?;
    let fine = paint(&scene, rect(1600, 2000, 80, 80), scene.mpp());
    let coarse = paint(&scene, rect(400, 500, 20, 20), scene.mpp().times(4.0));
    for (index, value) in coarse.pixels.iter().enumerate() {
        let (column, row, channel) = (index / 3 % 20, index / 60, index % 3);
        let sum: u32 = (0..16)
            .map(|k| (row * 4 + k / 4) * 80 + column * 4 + k % 4)
            .map(|at| u32::from(fine.pixels[3 * at + channel]))
            .sum();
        assert_eq!(u32::from(*value), (sum + 8) / 16);
    }
    Ok(())
}

#[test]
fn an_odd_resolution_shows_the_same_place() -> Result<(), Box<dyn Error>> {
    let scene = scene(2)?;
    let mean = |picture: &RgbPixels| {
        picture.pixels.iter().map(|v| f64::from(*v)).sum::<f64>() / picture.pixels.len() as f64
    };
    let at_quarter = paint(&scene, rect(1600, 1600, 600, 600), scene.mpp());
    let at_third = paint(&scene, rect(1200, 1200, 450, 450), Mpp::new(1.0 / 3.0)?);
    assert!((mean(&at_quarter) - mean(&at_third)).abs() < 2.0);
    Ok(())
}

/// Mean red, green and blue over the places of a class.
fn colour_of(scene: &Scene, class: TissueClass) -> Option<[f64; 3]> {
    let mut sum = [0.0; 3];
    let mut n = 0.0;
    for k in 0..70 * 70 {
        let (x, y) = (k % 70 * 14, k / 70 * 14);
        if scene.class_at(f64::from(x) + 0.5, f64::from(y) + 0.5) == class {
            let pixels = paint(scene, rect(4 * x as u32, 4 * y as u32, 4, 4), scene.mpp()).pixels;
            for (index, value) in pixels.iter().enumerate() {
                sum[index % 3] += f64::from(*value) / 16.0;
            }
            n += 1.0;
        }
    }
    (n > 20.0).then(|| sum.map(|total| total / n))
}

#[test]
fn tissue_is_pink_and_purple_on_bright_glass() -> Result<(), Box<dyn Error>> {
    let scene = scene(4)?;
    let glass = colour_of(&scene, TissueClass::Background).ok_or("no glass")?;
    let stroma = colour_of(&scene, TissueClass::Stroma).ok_or("no stroma")?;
    let tumour = colour_of(&scene, TissueClass::Tumour(Grade::new(5)?)).ok_or("no tumour")?;
    assert!(glass.iter().all(|value| *value > 215.0), "{glass:?}");
    // Eosin takes green away first; haematoxylin takes red away too.
    assert!(stroma[0] > stroma[1] + 20.0, "{stroma:?}");
    assert!(
        tumour[0] < stroma[0] - 20.0 && tumour[1] < tumour[2],
        "{tumour:?} {stroma:?}"
    );
    Ok(())
}

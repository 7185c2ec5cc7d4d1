//! A label lying on the glass: turned, and with the noise of a camera.

use coverslip_label::LabelPicture;
use flow::PixelSize;

const PAPER: f64 = 240.0;

/// The label turned by so many degrees on a sheet of paper that holds all of it, each pixel of it
/// between four of the label's.
pub(crate) fn turned(label: &LabelPicture, degrees: f64) -> LabelPicture {
    let (width, height) = (
        f64::from(label.size().width),
        f64::from(label.size().height),
    );
    let (sin, cos) = degrees.to_radians().sin_cos();
    let sheet = PixelSize::new(
        (width * cos.abs() + height * sin.abs()).ceil() as u32,
        (width * sin.abs() + height * cos.abs()).ceil() as u32,
    );
    let middle = |side: u32| f64::from(side) / 2.0;
    let grey = |x: u32, y: u32| {
        let (x, y) = (
            f64::from(x) + 0.5 - middle(sheet.width),
            f64::from(y) + 0.5 - middle(sheet.height),
        );
        let (on_x, on_y) = (
            x * cos + y * sin + width / 2.0,
            y * cos - x * sin + height / 2.0,
        );
        between(label, on_x - 0.5, on_y - 0.5).round() as u8
    };
    let pixels = (0..sheet.height).flat_map(|y| (0..sheet.width).map(move |x| (x, y)));
    let pixels = pixels.map(|(x, y)| grey(x, y)).collect();
    LabelPicture::of_grey(sheet, pixels).expect("whole")
}

fn between(label: &LabelPicture, x: f64, y: f64) -> f64 {
    let (left, above) = (x.floor(), y.floor());
    let (right, below) = (x - left, y - above);
    let at = |dx: f64, dy: f64| pixel(label, left + dx, above + dy);
    let upper = at(0.0, 0.0) * (1.0 - right) + at(1.0, 0.0) * right;
    let lower = at(0.0, 1.0) * (1.0 - right) + at(1.0, 1.0) * right;
    upper * (1.0 - below) + lower * below
}

fn pixel(label: &LabelPicture, x: f64, y: f64) -> f64 {
    let size = label.size();
    let is_inside = x >= 0.0 && y >= 0.0 && x < f64::from(size.width) && y < f64::from(size.height);
    match is_inside {
        true => f64::from(label.grey()[y as usize * size.width as usize + x as usize]),
        false => PAPER,
    }
}

/// The label with Gaussian noise on every pixel: twelve uniform numbers added up.
pub(crate) fn noisy(label: &LabelPicture, sigma: f64, seed: u64) -> LabelPicture {
    let mut state = seed;
    let mut uniform = || {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut normal = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
    let grey = label.grey().iter();
    let grey = grey.map(|grey| (f64::from(*grey) + sigma * normal()).clamp(0.0, 255.0) as u8);
    LabelPicture::of_grey(label.size(), grey.collect()).expect("whole")
}

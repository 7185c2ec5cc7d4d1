use super::Overview;
use super::bitmap::Bitmap;
use super::components::label;
use super::stain::Stain;

/// A mark of a pen is at least this large.
const MARK_UM2: f64 = 20_000.0;
/// The soft rim of a mark.
const RIM_UM: f64 = 32.0;
/// Standard deviation in grey levels of the smoothed overview; nuclei give tissue more.
const MAX_DEVIATION: f32 = 7.0;
/// Half the side of the window in which ink is even and tissue is not.
const EVEN_RADIUS: usize = 2;

/// Marks of a pen: an ink's colour over a large area, and far more even than tissue.
pub(super) fn find(overview: &Overview, stain: &Stain) -> Bitmap {
    let ink = Bitmap::from_fn(overview.size, |position| is_ink(stain.absorbance(position)));
    let labels = label(&ink);
    let areas = labels.areas();
    let n_even = labels
        .sum(|position| usize::from(ink.bits[position] && is_even(stain, overview, position)));
    let mark = overview.pixel_area(MARK_UM2);
    let marks = labels.select(|piece| {
        let piece = piece as usize;
        areas[piece] >= mark && 2 * n_even[piece] > areas[piece]
    });
    marks.dilate(overview.pixels(RIM_UM))
}

/// Colours that the stains of histology do not reach over an area: eosin, haematoxylin, DAB and
/// blood all absorb more green than an ink of these hues does, or more blue.
fn is_ink([r, g, b]: [f32; 3]) -> bool {
    let blue = r - b > 0.5 && r > 1.15 * g;
    let green = r.min(b) - g > 0.25;
    let red = g.min(b) - r > 0.9 && b > 0.85 * g;
    let black = r.min(g).min(b) > 1.1 && r.max(g).max(b) < 1.5 * r.min(g).min(b);
    blue || green || red || black
}

/// Where the colour of a pen lies, over tissue too: the ink's own colour is then mixed with that of
/// the stain, so that less is asked of it, and nothing is asked of size and evenness.
pub(super) fn coloured(overview: &Overview, stain: &Stain) -> Bitmap {
    let is_coloured = |position| {
        let absorbance = stain.absorbance(position);
        is_ink(absorbance) || is_ink_on_tissue(absorbance)
    };
    // What is narrower than three pixels is no stroke.
    Bitmap::from_fn(overview.size, is_coloured).open(1)
}

/// Haematoxylin absorbs a little less red than green at any strength, and eosin little red at all.
fn is_ink_on_tissue([r, g, b]: [f32; 3]) -> bool {
    let blue = r > 1.0 && r > 1.02 * g && r - b > 0.4;
    let green = r > 0.8 && r > 1.3 * g;
    let red = g.min(b) - r > 0.7 && b > 0.8 * g;
    blue || green || red
}

fn is_even(stain: &Stain, overview: &Overview, position: usize) -> bool {
    let (width, height) = (overview.size.width as usize, overview.size.height as usize);
    let (x, y) = (position % width, position / width);
    let columns = x.saturating_sub(EVEN_RADIUS)..(x + EVEN_RADIUS + 1).min(width);
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for row in y.saturating_sub(EVEN_RADIUS)..(y + EVEN_RADIUS + 1).min(height) {
        for column in columns.clone() {
            let brightness = stain.brightness(row * width + column);
            n += 1.0;
            sum += brightness;
            squares += brightness * brightness;
        }
    }
    let variance = squares / n - (sum / n) * (sum / n);
    variance < MAX_DEVIATION * MAX_DEVIATION
}

use colouring::{Colouring, Smoothing};
use flow::{Heatmap, HeatmapLayer, MicrometreRect, PixelRect, PixelSize};
use pyramid::RgbImage;

/// Longer side of a picture of the whole slide.
pub(super) const OVERVIEW_PX: u32 = 900;
/// How much of a heatmap's colour is mixed with the slide's.
const OPACITY: f32 = 0.5;
/// Seen on stained tissue and on every colour of the heatmap.
const OUTLINE: [u8; 3] = [255, 60, 60];

/// What is drawn over a picture of the slide.
pub(super) struct Overlay {
    pub(super) attention: Heatmap,
    /// In micrometres.
    pub(super) outlined: Vec<MicrometreRect>,
}

impl Overlay {
    /// The picture with the heatmap's colours and outlines over it; `um_per_px` is the picture's.
    pub(super) fn over(&self, plain: &RgbImage, um_per_px: f64) -> RgbImage {
        let PixelSize { width, height } = plain.size;
        let scale = Colouring::default().scale(&self.attention, HeatmapLayer::Attention);
        let colours = scale.colours();
        let all = PixelRect {
            x: 0,
            y: 0,
            width,
            height,
        };
        let cell_px = self.attention.cell_um / um_per_px;
        let tile = colouring::tile(&self.attention, &scale, Smoothing::Cells, all, cell_px);
        let mut picture = plain.clone();
        let (pixels, _) = picture.pixels.as_chunks_mut::<3>();
        for (pixel, entry) in pixels.iter_mut().zip(tile.entries) {
            if let Some(colour) = usize::from(entry).checked_sub(1).map(|at| colours[at]) {
                *pixel = mixed(*pixel, colour);
            }
        }
        for rect in &self.outlined {
            outline(&mut picture, *rect, um_per_px);
        }
        picture
    }

    pub(super) fn legend(&self) -> String {
        match self.attention.range() {
            Some(range) => format!(
                "Attention, dark {:.2} to bright {:.2} times an average tile: where the model \
                 looked, not a probability",
                range.min, range.max
            ),
            None => "No tile was looked at".to_owned(),
        }
    }
}

/// The size with the same sides' ratio, its longer one `longest`; never larger than the slide.
pub(super) fn overview_size(slide: PixelSize, longest: u32) -> PixelSize {
    let scale = f64::from(longest) / f64::from(slide.width.max(slide.height));
    let side = |pixels: u32| ((f64::from(pixels) * scale.min(1.0)).round() as u32).max(1);
    PixelSize::new(side(slide.width), side(slide.height))
}

fn mixed(below: [u8; 3], above: [u8; 3]) -> [u8; 3] {
    std::array::from_fn(|channel| {
        let (below, above) = (f32::from(below[channel]), f32::from(above[channel]));
        (below + (above - below) * OPACITY).round() as u8
    })
}

/// Two pixels wide, at least seven a side, so that it is seen however small the region is.
fn outline(picture: &mut RgbImage, rect: MicrometreRect, um_per_px: f64) {
    let [x, y] = [rect.x, rect.y].map(|um| (um / um_per_px).round() as i64);
    let [width, height] =
        [rect.width, rect.height].map(|um| ((um / um_per_px).round() as i64).max(7));
    for row in y - 1..=y + height {
        for column in x - 1..=x + width {
            let is_inside =
                (x + 1..x + width - 1).contains(&column) && (y + 1..y + height - 1).contains(&row);
            if !is_inside {
                paint(picture, column, row);
            }
        }
    }
}

fn paint(picture: &mut RgbImage, column: i64, row: i64) {
    let PixelSize { width, height } = picture.size;
    if (0..i64::from(width)).contains(&column) && (0..i64::from(height)).contains(&row) {
        let at = (row as usize * width as usize + column as usize) * OUTLINE.len();
        picture.pixels[at..at + OUTLINE.len()].copy_from_slice(&OUTLINE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_looked_at_is_coloured_and_outlines_stay_inside() {
        let plain = RgbImage::filled(PixelSize::new(40, 20), [200; 3]);
        let overlay = Overlay {
            attention: Heatmap {
                cell_um: 10.0,
                columns: 2,
                rows: 1,
                values: vec![f32::NAN, 3.0],
            },
            outlined: vec![MicrometreRect::square(15.0, 5.0, 10.0)],
        };
        // Half a micrometre a pixel: a cell is 20 pixels.
        let picture = overlay.over(&plain, 0.5);
        assert_eq!(picture.pixel(5, 10), [200; 3], "nothing was looked at here");
        // The only value has the last colour of viridis, mixed by half.
        assert_eq!(picture.pixel(25, 3), [227, 216, 119]);
        assert_eq!(picture.pixel(30, 12), OUTLINE);
        assert_eq!(
            picture.pixel(39, 10),
            OUTLINE,
            "its upper edge goes on to the end of the picture"
        );
        assert!(overlay.legend().contains("not a probability"));
    }

    #[test]
    fn an_overview_has_the_shape_of_the_slide() {
        assert_eq!(
            overview_size(PixelSize::new(20_000, 10_000), 900),
            PixelSize::new(900, 450)
        );
        assert_eq!(
            overview_size(PixelSize::new(100, 1), 900),
            PixelSize::new(100, 1)
        );
    }
}

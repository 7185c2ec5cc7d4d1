use super::Overview;

/// What the slide looks like where there is nothing on it, as RGB from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Glass {
    /// Light shines through: brightfield.
    Bright([f32; 3]),
    /// Only the tissue shines: fluorescence.
    Dark([f32; 3]),
}

/// Assumed where no glass shows, because tissue fills the picture.
const CLEAN_GLASS: [f32; 3] = [243.0; 3];
/// Glass is taken from the picture if at least this share of it looks like glass.
const MIN_SHARE: f64 = 0.002;

pub(super) fn estimate(overview: &Overview) -> Glass {
    let n_pixels = overview.n_pixels().max(1) as f64;
    let share = |is_such: fn([u8; 3]) -> bool| {
        let n_such = (0..overview.n_pixels())
            .filter(|&position| is_such(overview.pixel(position)))
            .count();
        n_such as f64 / n_pixels
    };
    let dark = share(|[r, g, b]| r.max(g).max(b) < 64);
    let light = share(|[r, g, b]| r.min(g).min(b) > 150);
    if dark > 0.25 && light < 0.05 {
        return Glass::Dark(darkest(overview));
    }
    Glass::Bright(bright_colour(overview))
}

/// The second percentile of each channel: where there is no ground at all, the faintest tissue.
fn darkest(overview: &Overview) -> [f32; 3] {
    let n_below = overview.n_pixels() / 50;
    [0, 1, 2].map(|channel| {
        let histogram = histogram(overview, channel, |_| true);
        let mut n_seen = 0;
        let level = histogram.iter().position(|n_pixels| {
            n_seen += n_pixels;
            n_seen > n_below
        });
        level.unwrap_or(0) as f32
    })
}

/// The commonest colour of what is bright and nearly grey.
///
/// Pure white is left aside where there is other glass: scanners fill in what they skipped with it,
/// and real glass beside it is darker.
fn bright_colour(overview: &Overview) -> [f32; 3] {
    let enough = (overview.n_pixels() as f64 * MIN_SHARE) as usize;
    let scanned = colour_of(overview, |pixel| is_glass_like(pixel) && pixel != [255; 3]);
    let filled = || colour_of(overview, is_glass_like);
    scanned
        .filter(|(_, n_pixels)| *n_pixels > enough)
        .or_else(|| filled().filter(|(_, n_pixels)| *n_pixels > enough))
        .map_or(CLEAN_GLASS, |(colour, _)| colour)
}

fn is_glass_like([r, g, b]: [u8; 3]) -> bool {
    let (low, high) = (r.min(g).min(b), r.max(g).max(b));
    low > 215 && high - low < 12
}

/// The mode of each channel, and how many pixels were chosen.
fn colour_of(overview: &Overview, chosen: fn([u8; 3]) -> bool) -> Option<([f32; 3], usize)> {
    let histograms = [0, 1, 2].map(|channel| histogram(overview, channel, chosen));
    let n_pixels = histograms[0].iter().sum();
    (n_pixels > 0).then(|| (histograms.map(|histogram| mode(&histogram)), n_pixels))
}

fn histogram(overview: &Overview, channel: usize, chosen: fn([u8; 3]) -> bool) -> [usize; 256] {
    let mut histogram = [0; 256];
    for pixel in overview.rgb.chunks_exact(3) {
        if chosen([pixel[0], pixel[1], pixel[2]]) {
            histogram[usize::from(pixel[channel])] += 1;
        }
    }
    histogram
}

/// The middle of the five neighbouring levels that hold most values.
fn mode(histogram: &[usize; 256]) -> f32 {
    let n_values = |window: &[usize]| window.iter().sum::<usize>();
    let Some((start, window)) = histogram
        .windows(5)
        .enumerate()
        .max_by_key(|(_, window)| n_values(window))
    else {
        return 255.0;
    };
    let weighted: usize = (start..).zip(window).map(|(level, n)| level * n).sum();
    weighted as f32 / n_values(window).max(1) as f32
}

#[cfg(test)]
mod tests {
    use flow::PixelSize;

    use super::*;

    fn painted(colours: &[([u8; 3], usize)]) -> Overview {
        let rgb: Vec<u8> = colours
            .iter()
            .flat_map(|(colour, n_pixels)| colour.repeat(*n_pixels))
            .collect();
        let size = PixelSize::new((rgb.len() / 3) as u32, 1);
        Overview {
            size,
            um_per_pixel: 8.0,
            rgb,
        }
    }

    #[test]
    fn skipped_areas_are_not_taken_for_glass() {
        let overview = painted(&[
            ([255; 3], 700),
            ([241, 237, 240], 100),
            ([200, 120, 170], 200),
        ]);
        assert_eq!(estimate(&overview), Glass::Bright([241.0, 237.0, 240.0]));
    }

    #[test]
    fn tissue_that_fills_the_picture_is_not_glass() {
        let overview = painted(&[([200, 120, 170], 900), ([120, 80, 150], 100)]);
        assert_eq!(estimate(&overview), Glass::Bright(CLEAN_GLASS));
    }

    #[test]
    fn fluorescence_has_a_dark_ground() {
        let overview = painted(&[([1, 0, 3], 500), ([0, 0, 120], 500)]);
        assert!(matches!(estimate(&overview), Glass::Dark([_, _, 3.0])));
    }

    #[test]
    fn black_around_bright_glass_is_not_fluorescence() {
        let overview = painted(&[([0; 3], 600), ([240; 3], 300), ([200, 120, 170], 100)]);
        assert_eq!(estimate(&overview), Glass::Bright([240.0; 3]));
    }
}

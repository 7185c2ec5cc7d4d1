use super::Overview;

/// The mean of each channel over 3 x 3 pixels, as RGB like the overview itself.
pub(super) fn smoothed(overview: &Overview) -> Vec<u8> {
    let (width, height) = (overview.size.width as usize, overview.size.height as usize);
    let mut smooth = Vec::with_capacity(overview.rgb.len());
    for y in 0..height {
        let rows = y.saturating_sub(1)..(y + 2).min(height);
        for x in 0..width {
            let columns = x.saturating_sub(1)..(x + 2).min(width);
            let mut sums = [0_u32; 3];
            for row in rows.clone() {
                let line = &overview.rgb[(row * width + columns.start) * 3..][..columns.len() * 3];
                for pixel in line.chunks_exact(3) {
                    for (sum, value) in sums.iter_mut().zip(pixel) {
                        *sum += u32::from(*value);
                    }
                }
            }
            let n_pixels = (rows.len() * columns.len()) as u32;
            smooth.extend(sums.map(|sum| ((sum + n_pixels / 2) / n_pixels) as u8));
        }
    }
    smooth
}

#[cfg(test)]
mod tests {
    use flow::PixelSize;

    use super::*;

    #[test]
    fn means_are_taken_inside_the_picture() {
        let overview = Overview {
            size: PixelSize::new(3, 1),
            um_per_pixel: 8.0,
            rgb: vec![0, 9, 90, 30, 9, 90, 60, 9, 93],
        };
        assert_eq!(smoothed(&overview), [15, 9, 90, 30, 9, 91, 45, 9, 92]);
    }
}

use flow::PixelSize;

/// Lays premultiplied BGRA pixels on a background, in place: what is left is opaque.
pub(super) fn flatten(bgra: &mut [u8], background: [u8; 3]) {
    let opaque = bgra
        .chunks_exact(4)
        .fold(u8::MAX, |all, pixel| all & pixel[3]);
    if opaque == u8::MAX {
        return;
    }
    let [red, green, blue] = background.map(u16::from);
    for pixel in bgra.chunks_exact_mut(4) {
        let missing = u16::from(u8::MAX - pixel[3]);
        for (sample, below) in pixel.iter_mut().zip([blue, green, red, 255]) {
            let added = (below * missing + 127) / 255;
            *sample = sample.saturating_add(added as u8);
        }
    }
}

/// Enlarges a picture of 4-byte pixels to `tile` by repeating its last column and row, so that
/// compression leaves no dark seam along the slide's edge.
pub(super) fn pad(pixels: &[u8], size: PixelSize, tile: PixelSize) -> Vec<u8> {
    let width = size.width as usize * 4;
    let missing = tile.width.saturating_sub(size.width) as usize;
    let mut padded = Vec::with_capacity(tile.area() as usize * 4);
    for row in pixels.chunks_exact(width) {
        padded.extend_from_slice(row);
        padded.extend(row[width - 4..].repeat(missing));
    }
    let last_row = padded[padded.len().saturating_sub(tile.width as usize * 4)..].to_vec();
    for _ in size.height..tile.height {
        padded.extend_from_slice(&last_row);
    }
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transparency_shows_the_background_and_opaque_pixels_stay() {
        let mut bgra = vec![10, 20, 30, 255, 0, 0, 0, 0, 100, 50, 25, 128];
        flatten(&mut bgra, [200, 100, 255]);
        assert_eq!(bgra[..4], [10, 20, 30, 255]);
        assert_eq!(bgra[4..8], [255, 100, 200, 255]);
        assert_eq!(bgra[8..], [227, 100, 125, 255]);
    }

    #[test]
    fn the_edge_is_repeated() {
        let pixels: Vec<u8> = (0..2 * 2 * 4).collect();
        let padded = pad(&pixels, PixelSize::new(2, 2), PixelSize::new(3, 4));
        assert_eq!(padded.len(), 3 * 4 * 4);
        assert_eq!(padded[..12], [0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7]);
        assert_eq!(padded[12..24], padded[24..36]);
        assert_eq!(padded[36..], [8, 9, 10, 11, 12, 13, 14, 15, 12, 13, 14, 15]);
    }
}

use flow::PixelSize;

/// A slide in few pixels: 8-bit RGB, row-major.
pub struct Overview {
    pub size: PixelSize,
    pub um_per_pixel: f64,
    /// `3 * size.area()` bytes.
    pub rgb: Vec<u8>,
}

impl Overview {
    pub(super) fn pixel(&self, position: usize) -> [u8; 3] {
        let at = position * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    pub(super) fn n_pixels(&self) -> usize {
        self.rgb.len() / 3
    }

    /// A length as a whole number of pixels, at least one.
    pub(super) fn pixels(&self, length_um: f64) -> usize {
        (length_um / self.um_per_pixel).round().max(1.0) as usize
    }

    /// An area as a whole number of pixels, at least one.
    pub(super) fn pixel_area(&self, area_um2: f64) -> usize {
        (area_um2 / (self.um_per_pixel * self.um_per_pixel))
            .round()
            .max(1.0) as usize
    }
}

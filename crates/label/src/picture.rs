use flow::PixelSize;

/// A picture of a label in grey, row by row, 255 being white.
#[derive(Clone, PartialEq, Eq)]
pub struct LabelPicture {
    size: PixelSize,
    grey: Vec<u8>,
}

impl LabelPicture {
    /// `None` where there is not one byte for each pixel, or no pixel.
    pub fn of_grey(size: PixelSize, grey: Vec<u8>) -> Option<Self> {
        let is_whole = size.area() > 0 && grey.len() as u64 == size.area();
        is_whole.then_some(Self { size, grey })
    }

    /// The same of three bytes for each pixel: red, green, blue.
    pub fn of_rgb(size: PixelSize, rgb: &[u8]) -> Option<Self> {
        let (pixels, []) = rgb.as_chunks::<3>() else {
            return None;
        };
        // ITU-R BT.601, in 256ths.
        let luma = |[r, g, b]: &[u8; 3]| {
            ((77 * u32::from(*r) + 150 * u32::from(*g) + 29 * u32::from(*b)) >> 8) as u8
        };
        Self::of_grey(size, pixels.iter().map(luma).collect())
    }

    pub const fn size(&self) -> PixelSize {
        self.size
    }

    pub fn grey(&self) -> &[u8] {
        &self.grey
    }

    /// Shrunk by a whole number until no side is longer than `longest` pixels.
    pub(crate) fn at_most(self, longest: u32) -> Self {
        let side = self.size.width.max(self.size.height);
        match side.div_ceil(longest) {
            0 | 1 => self,
            factor => self.shrunk(factor).unwrap_or(self),
        }
    }

    /// Each pixel the mean of a square of `factor` by `factor`; what is left over at the right and
    /// below is dropped. `None` where that would be all.
    pub(crate) fn shrunk(&self, factor: u32) -> Option<Self> {
        let size = PixelSize::new(self.size.width / factor, self.size.height / factor);
        if size.area() == 0 {
            return None;
        }
        let width = self.size.width as usize;
        let side = factor as usize;
        let mean = |x: usize, y: usize| {
            let rows = self.grey[y * side * width..].chunks(width).take(side);
            let sum: u32 = rows
                .flat_map(|row| &row[x * side..(x + 1) * side])
                .map(|grey| u32::from(*grey))
                .sum();
            (sum / (factor * factor)) as u8
        };
        let places =
            (0..size.height as usize).flat_map(|y| (0..size.width as usize).map(move |x| (x, y)));
        let grey = places.map(|(x, y)| mean(x, y)).collect();
        Self::of_grey(size, grey)
    }

    /// Turned by a quarter.
    pub(crate) fn turned(&self) -> Self {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let grey = (0..width)
            .flat_map(|x| (0..height).rev().map(move |y| self.grey[y * width + x]))
            .collect();
        Self {
            size: PixelSize::new(self.size.height, self.size.width),
            grey,
        }
    }

    /// The mean of `n_rows` rows from `first` on, or of those there are.
    pub(crate) fn mean_row(&self, first: u32, n_rows: u32) -> Vec<u8> {
        let width = self.size.width as usize;
        let rows = self.grey.chunks(width).skip(first as usize);
        let mut sums = vec![0_u32; width];
        let mut n_summed = 0;
        for row in rows.take(n_rows as usize) {
            n_summed += 1;
            for (sum, grey) in sums.iter_mut().zip(row) {
                *sum += u32::from(*grey);
            }
        }
        let n_summed = n_summed.max(1);
        sums.into_iter().map(|sum| (sum / n_summed) as u8).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, grey: &[u8]) -> LabelPicture {
        LabelPicture::of_grey(PixelSize::new(width, height), grey.to_vec()).expect("whole")
    }

    #[test]
    fn a_picture_has_a_byte_for_each_pixel() {
        let size = PixelSize::new(2, 1);
        assert!(LabelPicture::of_grey(size, vec![0; 3]).is_none());
        assert!(LabelPicture::of_grey(PixelSize::new(0, 1), Vec::new()).is_none());
        let rgb = [255, 255, 255, 0, 0, 0];
        let read = LabelPicture::of_rgb(size, &rgb).expect("whole");
        assert_eq!(read.grey(), [255, 0]);
        assert!(LabelPicture::of_rgb(size, &rgb[1..]).is_none());
    }

    #[test]
    fn shrinking_takes_means_and_turning_keeps_pixels() {
        let four = picture(3, 2, &[0, 10, 99, 20, 30, 99]);
        let one = four.shrunk(2).expect("one pixel");
        assert_eq!((one.size(), one.grey()), (PixelSize::new(1, 1), &[15][..]));
        assert!(four.shrunk(3).is_none());
        let turned = four.turned();
        assert_eq!(turned.size(), PixelSize::new(2, 3));
        assert_eq!(turned.grey(), [20, 0, 30, 10, 99, 99]);
        assert_eq!(four.mean_row(0, 9), [10, 20, 99]);
        assert_eq!(picture(40, 4, &[7; 160]).at_most(16).size().width, 13);
    }
}

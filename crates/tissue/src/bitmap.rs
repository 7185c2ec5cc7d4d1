use flow::PixelSize;

/// One bit a pixel, with the morphology that segmentation needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bitmap {
    pub(super) size: PixelSize,
    pub(super) bits: Vec<bool>,
}

impl Bitmap {
    pub(super) fn from_fn(size: PixelSize, is_set: impl Fn(usize) -> bool) -> Self {
        let bits = (0..size.area() as usize).map(is_set).collect();
        Self { size, bits }
    }

    pub(super) fn width(&self) -> usize {
        self.size.width as usize
    }

    pub(super) fn height(&self) -> usize {
        self.size.height as usize
    }

    pub(super) fn n_set(&self) -> usize {
        self.bits.iter().filter(|bit| **bit).count()
    }

    /// Clears every bit that is set in `other`, a bitmap of the same size.
    pub(super) fn remove(&mut self, other: &Self) {
        for (bit, drop) in self.bits.iter_mut().zip(&other.bits) {
            *bit &= !drop;
        }
    }

    pub(super) fn inverted(&self) -> Self {
        Self {
            size: self.size,
            bits: self.bits.iter().map(|bit| !bit).collect(),
        }
    }

    /// Sets every pixel within a square of side `2 * radius + 1` around a set one.
    pub(super) fn dilate(&self, radius: usize) -> Self {
        let (width, height) = (self.width(), self.height());
        let mut rows = vec![false; self.bits.len()];
        for row in 0..height {
            spread(&self.bits, &mut rows, row * width, 1, width, radius);
        }
        let mut bits = vec![false; self.bits.len()];
        for column in 0..width {
            spread(&rows, &mut bits, column, width, height, radius);
        }
        Self {
            size: self.size,
            bits,
        }
    }

    /// The opposite of [`Self::dilate`]; what lies outside the picture counts as set.
    pub(super) fn erode(&self, radius: usize) -> Self {
        self.inverted().dilate(radius).inverted()
    }

    /// Joins what lies closer together than about twice `radius`.
    pub(super) fn close(&self, radius: usize) -> Self {
        // Without a margin, whatever lies near an edge of the picture would be joined to it.
        let grown = self.with_margin(radius).dilate(radius).erode(radius);
        let (width, wide) = (self.width(), grown.width());
        Self::from_fn(self.size, |position| {
            let (x, y) = (position % width + radius, position / width + radius);
            grown.bits[y * wide + x]
        })
    }

    fn with_margin(&self, margin: usize) -> Self {
        let (width, height) = (self.width(), self.height());
        let wide = width + 2 * margin;
        let size = PixelSize::new(wide as u32, (height + 2 * margin) as u32);
        Self::from_fn(size, |position| {
            let (x, y) = (position % wide, position / wide);
            let inside =
                (margin..margin + width).contains(&x) && (margin..margin + height).contains(&y);
            inside && self.bits[(y - margin) * width + x - margin]
        })
    }

    /// Drops what is thinner than about twice `radius`.
    pub(super) fn open(&self, radius: usize) -> Self {
        self.erode(radius).dilate(radius)
    }
}

/// Dilates one line of `length` pixels that starts at `start` and advances by `stride`.
fn spread(
    from: &[bool],
    into: &mut [bool],
    start: usize,
    stride: usize,
    length: usize,
    radius: usize,
) {
    // End (exclusive) of what the set pixels seen so far reach.
    let mut reach = 0;
    for at in 0..(length + radius) {
        if at < length && from[start + at * stride] {
            reach = at + 2 * radius + 1;
        }
        if at >= radius && at < reach {
            into[start + (at - radius) * stride] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dilated_slowly(map: &Bitmap, radius: usize) -> Bitmap {
        let (width, height) = (map.width(), map.height());
        Bitmap::from_fn(map.size, |position| {
            let (x, y) = (position % width, position / width);
            let columns = x.saturating_sub(radius)..=(x + radius).min(width - 1);
            (y.saturating_sub(radius)..=(y + radius).min(height - 1))
                .any(|row| columns.clone().any(|column| map.bits[row * width + column]))
        })
    }

    #[test]
    fn closing_does_not_join_to_the_edge_of_the_picture() {
        let map = Bitmap::from_fn(PixelSize::new(9, 7), |at| at == 3 * 9 + 2);
        assert_eq!(map.close(3), map);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn dilation_is_what_it_says(
            bits in proptest::collection::vec(any::<u8>(), 63),
            radius in 0_usize..5,
        ) {
            let map = Bitmap::from_fn(PixelSize::new(9, 7), |at| bits[at] > 230);
            prop_assert_eq!(map.dilate(radius), dilated_slowly(&map, radius));
        }

        #[test]
        fn closing_never_loses_a_pixel(bits in proptest::collection::vec(any::<u8>(), 63)) {
            let map = Bitmap::from_fn(PixelSize::new(9, 7), |at| bits[at] > 200);
            let closed = map.close(2);
            prop_assert!(map.bits.iter().zip(&closed.bits).all(|(before, after)| !before || *after));
        }
    }
}

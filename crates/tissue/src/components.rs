use super::bitmap::Bitmap;

/// The connected regions (eight neighbours) of a bitmap, numbered from 1; 0 is the rest.
pub(super) struct Labels {
    size: flow::PixelSize,
    pub(super) of_pixel: Vec<u32>,
    pub(super) n_components: usize,
}

impl Labels {
    /// The bitmap of the components for which `is_kept` holds; it is never asked about 0.
    pub(super) fn select(&self, is_kept: impl Fn(u32) -> bool) -> Bitmap {
        Bitmap::from_fn(self.size, |position| {
            let label = self.of_pixel[position];
            label > 0 && is_kept(label)
        })
    }

    /// Sums `value` over the pixels of each component; entry 0 is the rest.
    pub(super) fn sum(&self, value: impl Fn(usize) -> usize) -> Vec<usize> {
        let mut sums = vec![0; self.n_components + 1];
        for (position, label) in self.of_pixel.iter().enumerate() {
            sums[*label as usize] += value(position);
        }
        sums
    }

    pub(super) fn areas(&self) -> Vec<usize> {
        self.sum(|_| 1)
    }
}

pub(super) fn label(map: &Bitmap) -> Labels {
    let mut of_pixel = vec![0; map.bits.len()];
    let mut n_components = 0;
    let mut pending = Vec::new();
    for start in 0..map.bits.len() {
        if !map.bits[start] || of_pixel[start] > 0 {
            continue;
        }
        n_components += 1;
        of_pixel[start] = n_components;
        pending.push(start);
        while let Some(position) = pending.pop() {
            for neighbour in neighbours(map, position) {
                if map.bits[neighbour] && of_pixel[neighbour] == 0 {
                    of_pixel[neighbour] = n_components;
                    pending.push(neighbour);
                }
            }
        }
    }
    Labels {
        size: map.size,
        of_pixel,
        n_components: n_components as usize,
    }
}

fn neighbours(map: &Bitmap, position: usize) -> impl Iterator<Item = usize> + use<> {
    let (width, height) = (map.width(), map.height());
    let (x, y) = (position % width, position / width);
    let columns = x.saturating_sub(1)..(x + 2).min(width);
    (y.saturating_sub(1)..(y + 2).min(height))
        .flat_map(move |row| columns.clone().map(move |column| row * width + column))
}

/// Sets every hole of at most `max_pixels`.
pub(super) fn fill_holes(map: &Bitmap, max_pixels: usize) -> Bitmap {
    let outside = label(&map.inverted());
    let areas = outside.areas();
    let holes = outside.select(|hole| areas[hole as usize] <= max_pixels);
    Bitmap::from_fn(map.size, |position| {
        map.bits[position] || holes.bits[position]
    })
}

#[cfg(test)]
mod tests {
    use flow::PixelSize;

    use super::*;

    fn drawn(rows: &[&str]) -> Bitmap {
        let bits: Vec<bool> = rows
            .iter()
            .flat_map(|row| row.chars())
            .map(|c| c == '#')
            .collect();
        Bitmap {
            size: PixelSize::new(rows[0].len() as u32, rows.len() as u32),
            bits,
        }
    }

    #[test]
    fn corners_connect() {
        let labels = label(&drawn(&["#..#", ".#..", "...#"]));
        assert_eq!(labels.n_components, 3);
        assert_eq!(labels.areas(), [8, 2, 1, 1]);
    }

    #[test]
    fn only_small_holes_are_filled() {
        let map = drawn(&["#######", "#.#...#", "###...#", "#######"]);
        let filled = drawn(&["#######", "###...#", "###...#", "#######"]);
        assert_eq!(fill_holes(&map, 2), filled);
    }
}

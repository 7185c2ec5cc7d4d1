use flow::{FlowError, TissueMask};

use super::Overview;
use super::bitmap::Bitmap;

const CELL_UM: f64 = 32.0;
/// A cell is tissue from this share of its pixels on.
const MIN_SHARE: f64 = 0.2;

/// Sums the pixels up into the cells of the mask.
pub(super) fn summarise(found: &Bitmap, overview: &Overview) -> Result<TissueMask, FlowError> {
    // A slide coarser than the cells gets cells of its own pixels.
    let cell_um = CELL_UM.max(overview.um_per_pixel);
    let n_cells = |pixels: u32| {
        let length_um = f64::from(pixels) * overview.um_per_pixel;
        ((length_um / cell_um).ceil() as u32).max(1)
    };
    let (columns, rows) = (n_cells(overview.size.width), n_cells(overview.size.height));
    let cell_of = |pixel: usize, n_cells: u32| {
        let middle_um = (pixel as f64 + 0.5) * overview.um_per_pixel;
        ((middle_um / cell_um) as usize).min(n_cells as usize - 1)
    };
    let n = columns as usize * rows as usize;
    let (mut n_tissue, mut n_pixels) = (vec![0_u32; n], vec![0_u32; n]);
    for (position, is_tissue) in found.bits.iter().enumerate() {
        let column = cell_of(position % found.width(), columns);
        let cell = cell_of(position / found.width(), rows) * columns as usize + column;
        n_pixels[cell] += 1;
        n_tissue[cell] += u32::from(*is_tissue);
    }
    let cells = n_tissue
        .iter()
        .zip(&n_pixels)
        .map(|(n_tissue, n_pixels)| {
            *n_tissue > 0 && f64::from(*n_tissue) >= MIN_SHARE * f64::from(*n_pixels)
        })
        .collect();
    TissueMask::new(cell_um, columns, rows, cells)
}

#[cfg(test)]
mod tests {
    use flow::PixelSize;

    use super::*;

    #[test]
    fn a_pixel_counts_in_the_cell_of_its_middle() -> Result<(), FlowError> {
        let overview = Overview {
            size: PixelSize::new(7, 2),
            um_per_pixel: 10.0,
            rgb: vec![0; 42],
        };
        let found = Bitmap::from_fn(overview.size, |position| position % 7 == 3);
        let mask = summarise(&found, &overview)?;
        assert_eq!((mask.columns(), mask.rows()), (3, 1));
        let cells = [0, 1, 2].map(|column| mask.is_tissue(column, 0));
        assert_eq!(cells, [false, true, false]);
        Ok(())
    }
}

use std::ops::Range;

use flow::{Heatmap, PixelRect, PixelSize};

use crate::colouring::{Scale, Smoothing};

/// A picture of palette entries, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexed {
    pub size: PixelSize,
    pub entries: Vec<u8>,
}

/// One pixel a cell.
pub fn cells(heatmap: &Heatmap, scale: &Scale) -> Indexed {
    let entries = (0..heatmap.rows)
        .flat_map(|row| (0..heatmap.columns).map(move |column| (column, row)))
        .map(|(column, row)| scale.entry(heatmap.value(column, row)))
        .collect();
    Indexed {
        size: PixelSize::new(heatmap.columns, heatmap.rows),
        entries,
    }
}

/// The pixels `rect` of a level where a cell is `cell_px` pixels wide.
///
/// Where a pixel covers several cells it shows the strongest value among them, so that a single hot
/// cell is seen from any distance.
pub fn tile(
    heatmap: &Heatmap,
    scale: &Scale,
    smoothing: Smoothing,
    rect: PixelRect,
    cell_px: f64,
) -> Indexed {
    let columns: Vec<Place> = places(rect.x, rect.width, cell_px, heatmap.columns);
    let rows: Vec<Place> = places(rect.y, rect.height, cell_px, heatmap.rows);
    let smoothing = if cell_px > 1.0 {
        smoothing
    } else {
        Smoothing::Cells
    };
    let value = |column: &Place, row: &Place| match smoothing {
        Smoothing::Cells => strongest(heatmap, scale, &column.cells, &row.cells),
        Smoothing::Mixed => mixed(heatmap, column, row),
    };
    let entries = rows
        .iter()
        .flat_map(|row| columns.iter().map(move |column| (column, row)))
        .map(|(column, row)| scale.entry(value(column, row)))
        .collect();
    Indexed {
        size: PixelSize::new(rect.width, rect.height),
        entries,
    }
}

/// Where one column or row of pixels lies in the grid.
struct Place {
    /// The cells it covers; the one under its centre where cells are larger than pixels.
    cells: Range<u32>,
    /// Its centre, in cells.
    centre: f64,
}

fn places(start: u32, length: u32, cell_px: f64, n_cells: u32) -> Vec<Place> {
    let cell = |position: f64| (position as u32).min(n_cells);
    (start..start + length)
        .map(|pixel| {
            let centre = (f64::from(pixel) + 0.5) / cell_px;
            let cells = if cell_px < 1.0 {
                let first = cell(f64::from(pixel) / cell_px);
                let end = cell((f64::from(pixel + 1) / cell_px).ceil());
                first..end
            } else {
                cell(centre)..cell(centre + 1.0)
            };
            Place { cells, centre }
        })
        .collect()
}

fn strongest(
    heatmap: &Heatmap,
    scale: &Scale,
    columns: &Range<u32>,
    rows: &Range<u32>,
) -> Option<f32> {
    rows.clone()
        .flat_map(|row| columns.clone().map(move |column| (column, row)))
        .filter_map(|(column, row)| heatmap.value(column, row))
        .reduce(|a, b| scale.stronger(a, b))
}

/// Bilinear between cell centres. Cells without a value take no part, and where the pixel's own cell
/// has none there is nothing to show: the overlay never grows over what was not looked at.
fn mixed(heatmap: &Heatmap, column: &Place, row: &Place) -> Option<f32> {
    heatmap.value(column.cells.start, row.cells.start)?;
    let (mut sum, mut total) = (0.0, 0.0);
    for (x, x_weight) in neighbours(column.centre, heatmap.columns) {
        for (y, y_weight) in neighbours(row.centre, heatmap.rows) {
            if let Some(value) = heatmap.value(x, y) {
                sum += f64::from(value) * x_weight * y_weight;
                total += x_weight * y_weight;
            }
        }
    }
    (total > 0.0).then(|| (sum / total) as f32)
}

/// The two cells between whose centres `centre` lies, with their weights.
fn neighbours(centre: f64, n_cells: u32) -> [(u32, f64); 2] {
    let position = (centre - 0.5).clamp(0.0, f64::from(n_cells.saturating_sub(1)));
    let below = position.floor();
    let weight = position - below;
    let cell = below as u32;
    [(cell, 1.0 - weight), (cell + 1, weight)]
}

#[cfg(test)]
mod tests {
    use flow::HeatmapLayer;

    use super::*;
    use crate::Colouring;

    fn heatmap() -> Heatmap {
        Heatmap {
            cell_um: 100.0,
            columns: 3,
            rows: 2,
            values: vec![f32::NAN, 0.0, 1.0, 1.0, 0.5, f32::NAN],
        }
    }

    fn drawn(smoothing: Smoothing, rect: PixelRect, cell_px: f64) -> Vec<Vec<u8>> {
        let heatmap = heatmap();
        let scale = Colouring::default().scale(&heatmap, HeatmapLayer::Tile);
        let picture = tile(&heatmap, &scale, smoothing, rect, cell_px);
        assert_eq!(picture.size, PixelSize::new(rect.width, rect.height));
        picture
            .entries
            .chunks(rect.width as usize)
            .map(<[u8]>::to_vec)
            .collect()
    }

    fn rect(x: u32, y: u32, width: u32, height: u32) -> PixelRect {
        PixelRect {
            x,
            y,
            width,
            height,
        }
    }

    #[test]
    fn a_pixel_a_cell() {
        let heatmap = heatmap();
        let picture = cells(
            &heatmap,
            &Colouring::default().scale(&heatmap, HeatmapLayer::Tile),
        );
        assert_eq!(picture.size, PixelSize::new(3, 2));
        assert_eq!(picture.entries, [0, 1, 255, 255, 128, 0]);
        assert_eq!(
            drawn(Smoothing::Cells, rect(0, 0, 3, 2), 1.0).concat(),
            picture.entries
        );
    }

    #[test]
    fn cells_larger_than_pixels_are_repeated() {
        let rows = drawn(Smoothing::Cells, rect(1, 0, 5, 4), 2.0);
        assert_eq!(
            rows,
            [
                [0, 1, 1, 255, 255],
                [0, 1, 1, 255, 255],
                [255, 128, 128, 0, 0],
                [255, 128, 128, 0, 0]
            ]
        );
    }

    #[test]
    fn a_pixel_over_many_cells_shows_the_hottest() {
        assert_eq!(drawn(Smoothing::Cells, rect(0, 0, 2, 1), 0.5), [[255, 255]]);
        assert_eq!(drawn(Smoothing::Cells, rect(0, 0, 1, 1), 0.01), [[255]]);
        assert_eq!(drawn(Smoothing::Mixed, rect(0, 0, 1, 1), 0.01), [[255]]);
    }

    #[test]
    fn outside_the_grid_there_is_nothing() {
        assert_eq!(drawn(Smoothing::Cells, rect(6, 4, 2, 1), 2.0), [[0, 0]]);
        assert_eq!(drawn(Smoothing::Mixed, rect(6, 4, 2, 1), 2.0), [[0, 0]]);
    }

    #[test]
    fn mixing_keeps_centres_and_gaps() {
        let rows = drawn(Smoothing::Mixed, rect(0, 0, 9, 6), 3.0);
        assert_eq!(rows[4][1], 255, "the centre of a cell has its value");
        assert_eq!(rows[4][4], 128);
        assert!(
            rows[4][2] < 255 && rows[4][2] > 128,
            "between two centres lies a mixture"
        );
        assert!(
            rows[..3].iter().all(|row| row[..3] == [0, 0, 0]),
            "a gap stays a gap"
        );
    }
}

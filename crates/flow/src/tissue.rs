use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::{FlowError, MicrometreRect};

/// Which parts of the slide hold tissue: a grid of square cells laid from the top left of level 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "TissueMaskFile", into = "TissueMaskFile")]
pub struct TissueMask {
    cell_um: f64,
    columns: u32,
    rows: u32,
    cells: Vec<bool>,
}

impl TissueMask {
    /// `cells` in row-major order, `columns * rows` of them; `cell_um` is the side of a cell.
    pub fn new(cell_um: f64, columns: u32, rows: u32, cells: Vec<bool>) -> Result<Self, FlowError> {
        if !(cell_um > 0.0 && cell_um.is_finite()) {
            return Err(FlowError::damaged("tissue mask", "its cells have no size"));
        }
        if cells.len() as u64 != u64::from(columns) * u64::from(rows) {
            return Err(FlowError::damaged(
                "tissue mask",
                "its cells do not fill its grid",
            ));
        }
        Ok(Self {
            cell_um,
            columns,
            rows,
            cells,
        })
    }

    pub fn cell_um(&self) -> f64 {
        self.cell_um
    }

    pub fn columns(&self) -> u32 {
        self.columns
    }

    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Outside the grid there is no tissue.
    pub fn is_tissue(&self, column: u32, row: u32) -> bool {
        column < self.columns
            && row < self.rows
            && self.cells[row as usize * self.columns as usize + column as usize]
    }

    /// Area of all tissue cells in square millimetres.
    pub fn area_mm2(&self) -> f64 {
        let n_cells = self.cells.iter().filter(|cell| **cell).count();
        n_cells as f64 * self.cell_um * self.cell_um / 1e6
    }

    /// The share of `rect` that is tissue, from 0 to 1, weighting each cell by its overlap.
    pub fn fraction(&self, rect: MicrometreRect) -> f64 {
        let area = rect.width * rect.height;
        if area <= 0.0 {
            return 0.0;
        }
        let columns = self.span(rect.x, rect.width, self.columns);
        let rows = self.span(rect.y, rect.height, self.rows);
        let mut tissue = 0.0;
        for row in rows {
            let height = self.overlap(row, rect.y, rect.height);
            for column in columns.clone() {
                if self.is_tissue(column, row) {
                    tissue += height * self.overlap(column, rect.x, rect.width);
                }
            }
        }
        tissue / area
    }

    fn span(&self, start: f64, length: f64, n_cells: u32) -> std::ops::Range<u32> {
        let first = (start / self.cell_um).floor().max(0.0) as u32;
        let end = ((start + length) / self.cell_um).ceil().max(0.0) as u32;
        first.min(n_cells)..end.min(n_cells)
    }

    fn overlap(&self, cell: u32, start: f64, length: f64) -> f64 {
        let cell_start = f64::from(cell) * self.cell_um;
        let end = (start + length).min(cell_start + self.cell_um);
        (end - start.max(cell_start)).max(0.0)
    }
}

/// As written: eight cells a byte, the first cell in the lowest bit, in base64.
#[derive(Serialize, Deserialize)]
struct TissueMaskFile {
    cell_um: f64,
    columns: u32,
    rows: u32,
    cells: String,
}

impl From<TissueMask> for TissueMaskFile {
    fn from(mask: TissueMask) -> Self {
        let mut packed = vec![0_u8; mask.cells.len().div_ceil(8)];
        for (position, _) in mask.cells.iter().enumerate().filter(|(_, cell)| **cell) {
            packed[position / 8] |= 1 << (position % 8);
        }
        Self {
            cell_um: mask.cell_um,
            columns: mask.columns,
            rows: mask.rows,
            cells: STANDARD.encode(packed),
        }
    }
}

impl TryFrom<TissueMaskFile> for TissueMask {
    type Error = FlowError;

    fn try_from(file: TissueMaskFile) -> Result<Self, FlowError> {
        let damaged = || FlowError::damaged("tissue mask", "its cells do not fill its grid");
        let packed = STANDARD.decode(&file.cells).ok().ok_or_else(damaged)?;
        let n_cells = u64::from(file.columns) * u64::from(file.rows);
        if packed.len() as u64 != n_cells.div_ceil(8) {
            return Err(damaged());
        }
        let cells = (0..n_cells as usize)
            .map(|position| packed[position / 8] >> (position % 8) & 1 == 1)
            .collect();
        Self::new(file.cell_um, file.columns, file.rows, cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read_back() -> Result<(), Box<dyn std::error::Error>> {
        let cells = (0..33).map(|n| n % 3 == 0).collect();
        let mask = TissueMask::new(32.0, 11, 3, cells)?;
        let text = serde_json::to_string(&mask)?;
        assert_eq!(serde_json::from_str::<TissueMask>(&text)?, mask);
        assert!(serde_json::from_str::<TissueMask>(&text.replace("11", "99")).is_err());
        Ok(())
    }

    #[test]
    fn fraction_weights_by_overlap() -> Result<(), FlowError> {
        let mask = TissueMask::new(10.0, 2, 2, vec![true, false, false, false])?;
        assert_eq!(mask.fraction(MicrometreRect::square(0.0, 0.0, 10.0)), 1.0);
        assert_eq!(mask.fraction(MicrometreRect::square(5.0, 5.0, 10.0)), 0.25);
        assert_eq!(mask.fraction(MicrometreRect::square(50.0, 0.0, 10.0)), 0.0);
        Ok(())
    }
}

use serde::{Deserialize, Serialize};

use crate::{BagHeader, FlowError, TileIndex};

const WHAT: &str = "heatmap";
const MAGIC: &[u8; 8] = b"CSHEATMP";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 28;

/// Values over the slide, one a tile; colours are chosen when it is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Heatmap {
    /// Side of a cell on the glass; cell (0, 0) starts at the top left of level 0.
    pub cell_um: f64,
    pub columns: u32,
    pub rows: u32,
    /// Row-major; NaN where no tile was embedded.
    pub values: Vec<f32>,
}

/// Smallest and largest value present.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueRange {
    pub min: f32,
    pub max: f32,
}

impl Heatmap {
    /// Lays one value a tile on the bag's grid; cells without a tile hold NaN. Tiles of an imported
    /// bag may share a cell, which then holds their mean.
    pub fn lay(bag: &BagHeader, values: impl IntoIterator<Item = (TileIndex, f32)>) -> Self {
        let n_cells = bag.columns as usize * bag.rows as usize;
        let mut sums = vec![(0.0_f32, 0_u32); n_cells];
        for (cell, value) in values {
            let (sum, n) =
                &mut sums[cell.row as usize * bag.columns as usize + cell.column as usize];
            *sum += value;
            *n += 1;
        }
        let mean = |(sum, n): (f32, u32)| match n {
            0 => f32::NAN,
            1 => sum,
            _ => sum / n as f32,
        };
        Self {
            cell_um: bag.tile_um,
            columns: bag.columns,
            rows: bag.rows,
            values: sums.into_iter().map(mean).collect(),
        }
    }

    /// `None` where no tile was embedded and outside the grid.
    pub fn value(&self, column: u32, row: u32) -> Option<f32> {
        if column >= self.columns || row >= self.rows {
            return None;
        }
        let value = self.values[row as usize * self.columns as usize + column as usize];
        (!value.is_nan()).then_some(value)
    }

    /// `None` if no cell has a value.
    pub fn range(&self) -> Option<ValueRange> {
        let present = self.values.iter().copied().filter(|value| !value.is_nan());
        present.fold(None, |range, value| {
            let range = range.unwrap_or(ValueRange {
                min: value,
                max: value,
            });
            Some(ValueRange {
                min: range.min.min(value),
                max: range.max.max(value),
            })
        })
    }

    /// Little-endian: magic, version, columns, rows, cell side as f64, then the values as f32.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES + self.values.len() * size_of::<f32>());
        out.extend_from_slice(MAGIC);
        for word in [VERSION, self.columns, self.rows] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.extend_from_slice(&self.cell_um.to_le_bytes());
        for value in &self.values {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, FlowError> {
        let damaged = |detail| FlowError::damaged(WHAT, detail);
        let (header, body) = bytes
            .split_at_checked(HEADER_BYTES)
            .ok_or_else(|| damaged("it ends too early"))?;
        if &header[..8] != MAGIC {
            return Err(damaged("it does not start with its magic bytes"));
        }
        let words: Vec<u32> = bytemuck::pod_collect_to_vec::<u8, [u8; 4]>(&header[8..20])
            .into_iter()
            .map(u32::from_le_bytes)
            .collect();
        if words[0] != VERSION {
            return Err(FlowError::Version {
                what: WHAT,
                found: words[0],
                supported: VERSION,
            });
        }
        let (columns, rows) = (words[1], words[2]);
        let mut cell_um = [0; 8];
        cell_um.copy_from_slice(&header[20..28]);
        if body.len() as u64 != 4_u64.saturating_mul(u64::from(columns) * u64::from(rows)) {
            return Err(damaged("its values do not fill its grid"));
        }
        Ok(Self {
            cell_um: f64::from_le_bytes(cell_um),
            columns,
            rows,
            values: bytemuck::pod_collect_to_vec::<u8, [u8; 4]>(body)
                .into_iter()
                .map(f32::from_le_bytes)
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bag::tests::header;

    fn cell(column: u32, row: u32) -> TileIndex {
        TileIndex { column, row }
    }

    #[test]
    fn a_tile_is_drawn_where_it_lies() {
        let values = [(cell(2, 0), 0.25), (cell(0, 1), 0.75)];
        let heatmap = Heatmap::lay(&header(112.0, 3, 2), values);
        assert_eq!(heatmap.value(2, 0), Some(0.25));
        assert_eq!(heatmap.value(0, 1), Some(0.75));
        assert_eq!(heatmap.values.iter().filter(|v| !v.is_nan()).count(), 2);
    }

    #[test]
    fn overlapping_tiles_share_a_cell() {
        let values = [(0, 1.0), (0, 2.0), (1, 4.0)].map(|(column, value)| (cell(column, 0), value));
        assert_eq!(
            Heatmap::lay(&header(100.0, 2, 1), values).values,
            [1.5, 4.0]
        );
    }

    #[test]
    fn written_and_read_back() -> Result<(), FlowError> {
        let heatmap = Heatmap {
            cell_um: 112.0,
            columns: 2,
            rows: 2,
            values: vec![f32::NAN, 0.5, 2.0, f32::NAN],
        };
        let again = Heatmap::decode(&heatmap.encode())?;
        assert_eq!(again.value(0, 0), None);
        assert_eq!(again.value(1, 0), Some(0.5));
        assert_eq!(again.value(2, 0), None);
        assert_eq!(again.range(), Some(ValueRange { min: 0.5, max: 2.0 }));
        assert!(Heatmap::decode(&heatmap.encode()[..30]).is_err());
        Ok(())
    }
}

use half::f16;
use hdf5_pure::{Dataset, Datatype, DatatypeByteOrder};

use crate::BagError;

/// Bytes of a dataset in memory beside what was made of them.
const BYTES_AT_ONCE: u64 = 8 << 20;
/// No filter of HDF5 makes values smaller than deflate does at its best, 1032 to 1.
const LARGEST_RATIO: u64 = 1032;

/// A dataset of rows and columns.
pub(super) struct Table<'a> {
    name: &'a str,
    dataset: &'a Dataset,
    n_rows: u64,
    pub(super) n_columns: usize,
    rows_at_once: u64,
}

impl<'a> Table<'a> {
    /// `None` where it is the empty list that TRIDENT leaves for a slide without tissue.
    ///
    /// `file_size` in bytes bounds what a damaged file can ask for.
    pub(super) fn of(
        name: &'a str,
        dataset: &'a Dataset,
        file_size: u64,
    ) -> Result<Option<Self>, BagError> {
        let (n_rows, n_columns) = match dataset.shape()?[..] {
            [0] => return Ok(None),
            [n_rows, n_columns] => (n_rows, n_columns),
            ref shape => {
                return Err(BagError::Shape {
                    name: name.to_owned(),
                    shape: shape.to_vec(),
                    wanted: "two dimensions: tiles, and values of each",
                });
            }
        };
        let size = dataset.element_size()?;
        let chunk = dataset.chunk_shape()?;
        let n_bytes = |shape: &[u64]| shape.iter().fold(size, |n, &side| n.saturating_mul(side));
        let largest = n_bytes(&[n_rows, n_columns]).max(chunk.as_deref().map_or(0, n_bytes));
        if largest > file_size.saturating_mul(LARGEST_RATIO)
            || has_outsized_chunk(dataset, file_size)?
        {
            return Err(BagError::TooLarge {
                name: name.to_owned(),
            });
        }
        let rows_of_chunk = chunk.and_then(|sides| sides.first().copied()).unwrap_or(1);
        Ok(Some(Self {
            name,
            dataset,
            n_rows,
            n_columns: n_columns as usize,
            rows_at_once: rows_at_once(n_bytes(&[n_columns]), rows_of_chunk.max(1)),
        }))
    }

    /// All values, row by row; f64 is rounded, f16 widened.
    pub(super) fn floats(&self) -> Result<Vec<f32>, BagError> {
        let half = self.half_precision()?;
        let mut values: Vec<f32> = Vec::new();
        self.each_piece(|start, count| {
            let piece = match half {
                Some(order) => halves(&self.dataset.read_raw_rows(start, count)?, order),
                None => self.dataset.read_f32_rows(start, count)?,
            };
            if let Some(at) = piece.iter().position(|value| !value.is_finite()) {
                let row = start as usize + at / self.n_columns;
                return Err(BagError::NotFinite { row });
            }
            values.extend(piece);
            Ok(())
        })?;
        self.check_count(values.len(), self.n_columns)?;
        Ok(values)
    }

    /// The rows of a table of two columns, of integers or floats.
    pub(super) fn pairs(&self) -> Result<Vec<[f64; 2]>, BagError> {
        if self.n_columns != 2 {
            return Err(BagError::Shape {
                name: self.name.to_owned(),
                shape: vec![self.n_rows, self.n_columns as u64],
                wanted: "two columns: x and y",
            });
        }
        let mut pairs: Vec<[f64; 2]> = Vec::new();
        self.each_piece(|start, count| {
            let piece = self.dataset.read_f64_rows(start, count)?;
            pairs.extend(piece.as_chunks::<2>().0);
            Ok(())
        })?;
        self.check_count(pairs.len(), 1)?;
        match pairs.iter().flatten().position(|place| !place.is_finite()) {
            Some(at) => Err(BagError::PlaceNotFinite { row: at / 2 }),
            None => Ok(pairs),
        }
    }

    fn each_piece(
        &self,
        mut piece: impl FnMut(u64, u64) -> Result<(), BagError>,
    ) -> Result<(), BagError> {
        let mut start = 0;
        while start < self.n_rows {
            let count = self.rows_at_once.min(self.n_rows - start);
            piece(start, count)?;
            start += count;
        }
        Ok(())
    }

    /// The byte order of half precision; `None` for wider floats.
    fn half_precision(&self) -> Result<Option<DatatypeByteOrder>, BagError> {
        match self.dataset.datatype()? {
            Datatype::FloatingPoint { size: 4 | 8, .. } => Ok(None),
            Datatype::FloatingPoint {
                size: 2,
                byte_order,
                layout,
            } if layout.exponent_size == 5 => Ok(Some(byte_order)),
            other => Err(BagError::Type {
                name: self.name.to_owned(),
                found: format!("{other:?}"),
                wanted: "floats of 16, 32 or 64 bits",
            }),
        }
    }

    /// A reader that gives fewer values than the shape says must not go unnoticed.
    fn check_count(&self, found: usize, columns: usize) -> Result<(), BagError> {
        if found as u64 == self.n_rows.saturating_mul(columns as u64) {
            return Ok(());
        }
        Err(BagError::Type {
            name: self.name.to_owned(),
            found: format!("{found} readable values"),
            wanted: "as many as its shape says",
        })
    }
}

/// Whole chunks, so that none is decompressed twice.
fn rows_at_once(bytes_of_row: u64, rows_of_chunk: u64) -> u64 {
    let wanted = (BYTES_AT_ONCE / bytes_of_row.max(1)).max(1);
    wanted.next_multiple_of(rows_of_chunk.min(BYTES_AT_ONCE))
}

/// Whether any chunk claims more bytes than the file has; reading would take that much memory.
fn has_outsized_chunk(dataset: &Dataset, file_size: u64) -> Result<bool, BagError> {
    if !dataset.is_chunked() {
        return Ok(false);
    }
    let chunks = dataset.chunks()?;
    Ok(chunks.iter().any(|chunk| chunk.storage_size > file_size))
}

fn halves(bytes: &[u8], order: DatatypeByteOrder) -> Vec<f32> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let value = |&pair: &[u8; 2]| match order {
        DatatypeByteOrder::BigEndian => f16::from_be_bytes(pair),
        _ => f16::from_le_bytes(pair),
    };
    pairs.iter().map(|pair| value(pair).to_f32()).collect()
}

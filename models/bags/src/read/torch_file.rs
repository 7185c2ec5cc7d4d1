use std::path::Path;

use weights::Tensor;

use super::beside::places_beside;
use crate::{BagError, BagFile, BagFormat};

/// Bytes of the file in memory beside the values made of them, about.
const VALUES_AT_ONCE: usize = 2 << 20;

/// One tensor (n, dimension), as CLAM saves it.
pub(super) fn read(path: &Path) -> Result<BagFile, BagError> {
    let found = weights::read(path)?;
    let tensor = found.only_tensor();
    let tensor = tensor.ok_or(BagError::ManyTensors(found.len()))?;
    let (n_rows, dimension) = match *tensor.shape() {
        [0] => (0, 0),
        [n_rows, dimension] => (n_rows, dimension),
        ref shape => {
            return Err(BagError::Shape {
                name: "tensor".to_owned(),
                shape: shape.iter().map(|&side| side as u64).collect(),
                wanted: "two dimensions: tiles, and values of each",
            });
        }
    };
    Ok(BagFile {
        format: BagFormat::Clam,
        embeddings: values(tensor, n_rows, dimension)?,
        dimension,
        places: places_beside(path, n_rows)?,
        encoder: None,
    })
}

fn values(tensor: &Tensor, n_rows: usize, dimension: usize) -> Result<Vec<f32>, BagError> {
    let rows_at_once = (VALUES_AT_ONCE / dimension.max(1)).max(1);
    let mut values = Vec::new();
    for start in (0..n_rows).step_by(rows_at_once) {
        let end = n_rows.min(start + rows_at_once);
        let Some(rows) = tensor.rows(start..end) else {
            break;
        };
        let piece = rows.to_f32()?;
        if let Some(at) = piece.iter().position(|value| !value.is_finite()) {
            let row = start + at / dimension;
            return Err(BagError::NotFinite { row });
        }
        values.extend(piece);
    }
    Ok(values)
}

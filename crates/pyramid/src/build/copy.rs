use flow::TileIndex;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use slide::Slide;

use super::progress::TileCount;
use crate::PyramidError;
use crate::dicom::InstanceWriter;

/// Appends the frames of a level of the slide file as they are, a row of tiles at a time.
pub(super) fn copy_level(
    slide: &Slide,
    source_level: usize,
    writer: &mut InstanceWriter,
    count: &mut TileCount<'_>,
) -> Result<(), PyramidError> {
    let grid = writer.grid();
    for row in 0..grid.rows() {
        let frames: Vec<Vec<u8>> = (0..grid.columns())
            .into_par_iter()
            .map(|column| slide.frame(source_level, TileIndex::new(column, row)))
            .collect::<Result<_, _>>()?;
        for jpeg in &frames {
            writer.append(jpeg)?;
        }
        count.add(frames.len());
    }
    Ok(())
}

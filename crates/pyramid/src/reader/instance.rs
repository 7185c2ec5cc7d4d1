use std::ops::Range;

use bytes::Bytes;
use flow::{LevelFrames, LevelNumber, ObjectKey};

use super::PyramidReader;
use crate::PyramidError;
use crate::dicom::{END, padded, tables_bytes};

const ITEM_HEADER_BYTES: u64 = 8;

/// A level as the DICOM instance that it is stored as.
impl PyramidReader {
    /// A level's file meta information and data set, without the tables of its frames and without
    /// its pixels: a DICOM file of its own, of some kilobytes. One range read.
    pub async fn header(&self, level: LevelNumber) -> Result<Bytes, PyramidError> {
        let frames = self.level(level)?;
        let end = header_bytes(frames).ok_or(PyramidError::NoSuchLevel(level))?;
        self.instance_part(level, 0..end).await
    }

    /// Length of a level's instance. No read.
    pub fn instance_bytes(&self, level: LevelNumber) -> Result<u64, PyramidError> {
        let last = self.level(level)?.frames().last();
        let last = last.ok_or(PyramidError::NoSuchLevel(level))?;
        Ok(last.offset + u64::from(padded(last.length)) + END.len() as u64)
    }

    /// The bytes `range` of a level's instance.
    pub async fn instance_part(
        &self,
        level: LevelNumber,
        range: Range<u64>,
    ) -> Result<Bytes, PyramidError> {
        let key = ObjectKey::PyramidLevel(self.slide, level);
        Ok(self.store.get_range(&key, range).await?)
    }
}

fn header_bytes(level: &LevelFrames) -> Option<u64> {
    let frames = level.frames();
    let first_item = frames.first()?.offset.checked_sub(ITEM_HEADER_BYTES)?;
    first_item.checked_sub(tables_bytes(frames.len() as u64))
}

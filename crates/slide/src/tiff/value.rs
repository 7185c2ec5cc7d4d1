use crate::error::SlideError;
use crate::source_file::SourceFile;

/// Byte order and word size, from the first four bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) big_endian: bool,
    pub(super) big_tiff: bool,
}

impl Layout {
    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        match self.big_endian {
            true => u16::from_be_bytes(bytes),
            false => u16::from_le_bytes(bytes),
        }
    }

    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        match self.big_endian {
            true => u32::from_be_bytes(bytes),
            false => u32::from_le_bytes(bytes),
        }
    }

    pub(super) fn u64(self, bytes: [u8; 8]) -> u64 {
        match self.big_endian {
            true => u64::from_be_bytes(bytes),
            false => u64::from_le_bytes(bytes),
        }
    }

    /// Bytes of an offset or count.
    pub(super) const fn word(self) -> usize {
        match self.big_tiff {
            true => 8,
            false => 4,
        }
    }

    /// A word at the start of `bytes`, which must have that many.
    pub(super) fn read_word(self, bytes: &[u8]) -> u64 {
        self.unsigned(bytes, self.word())
    }

    /// An unsigned number of `size` bytes at the start of `bytes`.
    fn unsigned(self, bytes: &[u8], size: usize) -> u64 {
        match size {
            1 => bytes[0].into(),
            2 => self.u16([bytes[0], bytes[1]]).into(),
            4 => self.u32([bytes[0], bytes[1], bytes[2], bytes[3]]).into(),
            _ => {
                let mut eight = [0; 8];
                eight.copy_from_slice(&bytes[..8]);
                self.u64(eight)
            }
        }
    }
}

/// A field's value, still in the file: nothing is read or allocated until it is asked for, and
/// never more than the file has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) kind: u16,
    pub(super) count: u64,
    pub(super) place: Place,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Inline([u8; 8]),
    At(u64),
}

/// No text or profile of a real file comes near this.
const MAX_BLOB_BYTES: u64 = 64 << 20;

impl Field {
    /// Bytes of one value; `None` for a field type the standard does not know, which is skipped.
    pub(super) const fn value_bytes(kind: u16) -> Option<u64> {
        match kind {
            1 | 2 | 6 | 7 => Some(1),
            3 | 8 => Some(2),
            4 | 9 | 11 | 13 => Some(4),
            5 | 10 | 12 | 16..=18 => Some(8),
            _ => None,
        }
    }

    /// The one or first unsigned number.
    pub(super) fn number(
        &self,
        file: &SourceFile,
        layout: Layout,
    ) -> Result<Option<u64>, SlideError> {
        let first = Self { count: 1, ..*self };
        match self.count {
            0 => Ok(None),
            _ => Ok(first.numbers(file, layout, 1)?.first().copied()),
        }
    }

    /// All unsigned numbers, refused where there are more than `limit`.
    pub(super) fn numbers(
        &self,
        file: &SourceFile,
        layout: Layout,
        limit: u64,
    ) -> Result<Vec<u64>, SlideError> {
        let size = match self.kind {
            1 | 7 => 1,
            3 => 2,
            4 | 13 => 4,
            16 | 18 => 8,
            _ => {
                return Err(SlideError::corrupt(
                    "a TIFF field of numbers has another type",
                ));
            }
        };
        if self.count > limit {
            return Err(SlideError::unsupported(format!(
                "a TIFF field has {} values, at most {limit} are read",
                self.count
            )));
        }
        let bytes = self.raw(file, u64::MAX)?;
        Ok(bytes
            .chunks_exact(size)
            .map(|value| layout.unsigned(value, size))
            .collect())
    }

    /// The first value as a fraction of two numbers, as resolutions are written.
    pub(super) fn fraction(
        &self,
        file: &SourceFile,
        layout: Layout,
    ) -> Result<Option<f64>, SlideError> {
        let first = Self { count: 1, ..*self };
        if self.kind != 5 || self.count == 0 {
            return Ok(None);
        }
        let bytes = first.raw(file, MAX_BLOB_BYTES)?;
        let numerator = layout.unsigned(&bytes, 4) as f64;
        let denominator = layout.unsigned(&bytes[4..], 4) as f64;
        Ok((denominator > 0.0).then(|| numerator / denominator))
    }

    /// The bytes of a text, table or profile.
    pub(super) fn blob(&self, file: &SourceFile) -> Result<Vec<u8>, SlideError> {
        self.raw(file, MAX_BLOB_BYTES)
    }

    /// A text up to its final zero; bytes that are not UTF-8 are replaced.
    pub(super) fn text(&self, file: &SourceFile) -> Result<String, SlideError> {
        let bytes = self.blob(file)?;
        let end = bytes.iter().position(|&byte| byte == 0);
        let text = &bytes[..end.unwrap_or(bytes.len())];
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    fn raw(&self, file: &SourceFile, limit: u64) -> Result<Vec<u8>, SlideError> {
        let n_bytes = Self::value_bytes(self.kind)
            .and_then(|size| size.checked_mul(self.count))
            .filter(|&n_bytes| n_bytes <= limit)
            .ok_or_else(|| SlideError::corrupt("a TIFF field claims an impossible size"))?;
        match self.place {
            Place::Inline(bytes) => Ok(bytes[..n_bytes.min(8) as usize].to_vec()),
            Place::At(offset) => file.bytes("a TIFF field", offset, n_bytes),
        }
    }
}

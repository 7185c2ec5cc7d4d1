use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flow::{DigestWriter, LevelFrames, Sha256Digest, TileGrid};

use super::encapsulated::{END, FrameTable, item_header, padded};
use super::header::{self, InstanceFacts};
use crate::PyramidError;

/// Large enough that the cost of a write call vanishes.
const BUFFER_BYTES: usize = 1 << 20;

/// Writes one DICOM instance frame by frame, in row-major order.
///
/// The offset table stands before the frames, yet halved frames have no length before they are
/// made. So the header is written with unknown lengths first and once more at the end.
pub(crate) struct InstanceWriter {
    facts: InstanceFacts,
    path: PathBuf,
    file: BufWriter<File>,
    header_bytes: u64,
    lengths: Vec<u32>,
}

/// A finished instance, not yet synced to the disk.
#[derive(Debug)]
pub(crate) struct WrittenInstance {
    pub(crate) facts: InstanceFacts,
    pub(crate) path: PathBuf,
    pub(crate) digest: Sha256Digest,
    pub(crate) bytes: u64,
    /// Offset of the first frame's item header.
    pub(crate) first_item: u64,
    /// Of the JPEGs, without padding.
    pub(crate) lengths: Vec<u32>,
}

impl InstanceWriter {
    pub(crate) fn create(path: &Path, facts: InstanceFacts) -> Result<Self, PyramidError> {
        let n_frames = facts.grid.n_tiles() as usize;
        let header = header::encode(&facts, &FrameTable::unknown(n_frames))?;
        let start = || {
            let mut options = File::options();
            let file = options
                .read(true)
                .write(true)
                .create(true)
                .truncate(true)
                .open(path)?;
            let mut file = BufWriter::with_capacity(BUFFER_BYTES, file);
            file.write_all(&header)?;
            Ok(file)
        };
        Ok(Self {
            facts,
            path: path.to_owned(),
            file: start().map_err(scratch_error(path, "written"))?,
            header_bytes: header.len() as u64,
            lengths: Vec::with_capacity(n_frames),
        })
    }

    pub(crate) fn grid(&self) -> TileGrid {
        self.facts.grid
    }

    pub(crate) fn append(&mut self, jpeg: &[u8]) -> Result<(), PyramidError> {
        let length = u32::try_from(jpeg.len())
            .ok()
            .filter(|&length| length < u32::MAX)
            .ok_or(PyramidError::Unfit("a frame is larger than 4 GiB"))?;
        let padding = &[0][..(padded(length) - length) as usize];
        let mut write = || {
            self.file.write_all(&item_header(length))?;
            self.file.write_all(jpeg)?;
            self.file.write_all(padding)
        };
        write().map_err(scratch_error(&self.path, "written"))?;
        self.lengths.push(length);
        Ok(())
    }

    /// Completes header and file, and hashes the whole. Fails unless every frame was appended.
    pub(crate) fn finish(mut self) -> Result<WrittenInstance, PyramidError> {
        if self.lengths.len() as u64 != self.facts.grid.n_tiles() {
            return Err(PyramidError::Unfit("a level has tiles missing"));
        }
        let frames = FrameTable::known(std::mem::take(&mut self.lengths));
        let header = header::encode(&self.facts, &frames)?;
        if header.len() as u64 != self.header_bytes {
            return Err(PyramidError::Unfit("a level's header changed its length"));
        }
        let (digest, bytes) =
            complete(self.file, &header).map_err(scratch_error(&self.path, "written"))?;
        Ok(WrittenInstance {
            facts: self.facts,
            path: self.path,
            digest,
            bytes,
            first_item: self.header_bytes,
            lengths: frames.into_lengths(),
        })
    }
}

impl WrittenInstance {
    /// Where its frames lie.
    pub(crate) fn level_frames(&self) -> Result<LevelFrames, PyramidError> {
        let InstanceFacts { level, grid, .. } = self.facts;
        let frames = LevelFrames::new(level, grid, self.digest, self.first_item, &self.lengths)?;
        Ok(frames)
    }
}

fn complete(mut file: BufWriter<File>, header: &[u8]) -> io::Result<(Sha256Digest, u64)> {
    file.write_all(&END)?;
    let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(header)?;
    file.seek(SeekFrom::Start(0))?;
    // Read back from the page cache: cheaper than keeping the frames until their lengths are known.
    let mut hasher = DigestWriter::new(io::sink());
    let bytes = copy_in_large_steps(&mut file, &mut hasher)?;
    Ok((hasher.finish().1, bytes))
}

fn copy_in_large_steps(from: &mut impl io::Read, to: &mut impl Write) -> io::Result<u64> {
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut total = 0;
    loop {
        let n_bytes = from.read(&mut buffer)?;
        if n_bytes == 0 {
            return Ok(total);
        }
        to.write_all(&buffer[..n_bytes])?;
        total += n_bytes as u64;
    }
}

pub(crate) fn scratch_error(
    path: &Path,
    action: &'static str,
) -> impl FnOnce(io::Error) -> PyramidError {
    let path = path.to_owned();
    move |source| PyramidError::Scratch {
        path,
        action,
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use dicom_core::value::Value;
    use dicom_dictionary_std::tags;
    use turbojpeg::Subsamp;

    use super::*;
    use crate::fixture;

    type TestResult = Result<(), Box<dyn Error>>;

    #[test]
    fn the_index_points_at_the_frames() -> TestResult {
        let directory = tempfile::tempdir()?;
        let grid = fixture::grid(300, 200, 128);
        let written = fixture::level_zero(directory.path(), grid, Subsamp::Sub2x2)?;
        let bytes = std::fs::read(&written.path)?;
        assert_eq!(written.bytes, bytes.len() as u64);
        assert_eq!(written.digest, Sha256Digest::of(&bytes));
        let frames = written.level_frames()?;
        for tile in grid.tiles() {
            let range = frames.frame(tile).ok_or("no frame")?.bytes();
            let frame = &bytes[range.start as usize..range.end as usize];
            assert_eq!(frame, fixture::tile_jpeg(grid, tile, Subsamp::Sub2x2)?);
        }
        Ok(())
    }

    #[test]
    fn another_reader_finds_the_same_frames() -> TestResult {
        let directory = tempfile::tempdir()?;
        let grid = fixture::grid(300, 200, 128);
        let written = fixture::level_zero(directory.path(), grid, Subsamp::Sub2x2)?;
        let object = dicom_object::open_file(&written.path)?;
        let number = |tag| -> Result<u32, Box<dyn Error>> { Ok(object.element(tag)?.to_int()?) };
        assert_eq!(number(tags::NUMBER_OF_FRAMES)?, 6);
        assert_eq!(number(tags::TOTAL_PIXEL_MATRIX_COLUMNS)?, 300);
        assert_eq!(number(tags::ROWS)?, 128);
        let Value::PixelSequence(pixels) = object.element(tags::PIXEL_DATA)?.value() else {
            return Err("the pixel data is not encapsulated".into());
        };
        assert!(pixels.offset_table().is_empty());
        let lengths: Vec<_> = pixels.fragments().iter().map(Vec::len).collect();
        let expected: Vec<_> = written
            .lengths
            .iter()
            .map(|&n| padded(n) as usize)
            .collect();
        assert_eq!(lengths, expected);
        Ok(())
    }

    #[test]
    fn a_missing_frame_is_noticed() -> TestResult {
        let directory = tempfile::tempdir()?;
        let facts = fixture::facts(0, fixture::grid(300, 200, 128))?;
        let mut writer = InstanceWriter::create(&directory.path().join("short.dcm"), facts)?;
        writer.append(b"jpeg")?;
        assert!(writer.finish().is_err());
        Ok(())
    }
}

use flow::PixelSize;

use crate::error::SlideError;
use crate::source_file::SourceFile;
use crate::tiff::directory::Directory;
use crate::tiff::value::{Field, Layout};

/// Larger than any scanner makes; refused before anything is allocated.
const MAX_SIDE: u64 = 1 << 31;
/// Over all pages of a file, so that many pages cannot share one huge table.
pub(super) const MAX_CHUNKS: u64 = 1 << 26;
/// A compressed tile beyond this is not a tile.
const MAX_CHUNK_BYTES: u64 = 64 << 20;

mod tag {
    pub(super) const WIDTH: u16 = 256;
    pub(super) const HEIGHT: u16 = 257;
    pub(super) const BITS: u16 = 258;
    pub(super) const COMPRESSION: u16 = 259;
    pub(super) const PHOTOMETRIC: u16 = 262;
    pub(super) const DESCRIPTION: u16 = 270;
    pub(super) const STRIP_OFFSETS: u16 = 273;
    pub(super) const SAMPLES: u16 = 277;
    pub(super) const STRIP_BYTES: u16 = 279;
    pub(super) const PLANAR: u16 = 284;
    pub(super) const TILE_WIDTH: u16 = 322;
    pub(super) const TILE_HEIGHT: u16 = 323;
    pub(super) const TILE_OFFSETS: u16 = 324;
    pub(super) const TILE_BYTES: u16 = 325;
    pub(super) const JPEG_TABLES: u16 = 347;
}

/// One page's picture: its geometry, how it is compressed, and where its pieces lie.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) size: PixelSize,
    /// `None` where the page is made of strips.
    pub(super) tile: Option<PixelSize>,
    pub(super) format: PixelFormat,
    pub(super) description: String,
    pub(super) jpeg_tables: Option<Vec<u8>>,
    pub(super) chunks: Chunks,
}

/// How the samples are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PixelFormat {
    pub(super) compression: u64,
    pub(super) photometric: u64,
    pub(super) samples: u64,
    pub(super) bits: u64,
    pub(super) planar: u64,
}

/// Offset and length of every tile or strip, all within the file.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    offsets: Vec<u64>,
    lengths: Vec<u32>,
}

/// Reads values of one directory.
pub(super) struct Reader<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) layout: Layout,
    pub(super) directory: &'a Directory,
}

impl Reader<'_> {
    pub(super) fn number(&self, tag: u16, default: u64) -> Result<u64, SlideError> {
        match self.directory.field(tag) {
            Some(field) => Ok(field.number(self.file, self.layout)?.unwrap_or(default)),
            None => Ok(default),
        }
    }

    pub(super) fn fraction(&self, tag: u16) -> Result<Option<f64>, SlideError> {
        match self.directory.field(tag) {
            Some(field) => field.fraction(self.file, self.layout),
            None => Ok(None),
        }
    }

    pub(super) fn text(&self, tag: u16) -> Result<String, SlideError> {
        match self.directory.field(tag) {
            Some(field) => field.text(self.file),
            None => Ok(String::new()),
        }
    }

    pub(super) fn blob(&self, tag: u16) -> Result<Option<Vec<u8>>, SlideError> {
        self.directory
            .field(tag)
            .map(|field| field.blob(self.file))
            .transpose()
    }

    fn side(&self, tag: u16) -> Result<u32, SlideError> {
        match self.number(tag, 0)? {
            0 => Err(SlideError::corrupt("a TIFF page or tile has no size")),
            side if side > MAX_SIDE => Err(SlideError::unsupported(format!(
                "a TIFF page is {side} pixels along one side, at most {MAX_SIDE} are read"
            ))),
            side => Ok(side as u32),
        }
    }

    fn field(&self, tag: u16) -> Result<&Field, SlideError> {
        self.directory
            .field(tag)
            .ok_or_else(|| SlideError::corrupt("a TIFF page does not say where its pixels are"))
    }
}

impl Page {
    /// `budget` is how many tiles and strips may still be read in this file.
    pub(super) fn read(reader: &Reader<'_>, budget: &mut u64) -> Result<Self, SlideError> {
        let size = PixelSize::new(reader.side(tag::WIDTH)?, reader.side(tag::HEIGHT)?);
        let tile = match reader.directory.field(tag::TILE_WIDTH) {
            Some(_) => Some(PixelSize::new(
                reader.side(tag::TILE_WIDTH)?,
                reader.side(tag::TILE_HEIGHT)?,
            )),
            None => None,
        };
        Ok(Self {
            size,
            tile,
            format: PixelFormat::read(reader)?,
            description: reader.text(tag::DESCRIPTION)?,
            jpeg_tables: reader.blob(tag::JPEG_TABLES)?,
            chunks: Chunks::read(reader, tile.is_some(), budget)?,
        })
    }
}

impl PixelFormat {
    /// Aperio's compression 33005: a JPEG 2000 codestream of RGB in each tile. (33003 holds YCbCr
    /// that the codestream does not declare; OpenSlide knows what to do with it.)
    pub(super) fn is_rgb_jpeg_2000(self) -> bool {
        (self.compression, self.samples, self.bits) == (33005, 3, 8)
    }

    fn read(reader: &Reader<'_>) -> Result<Self, SlideError> {
        Ok(Self {
            compression: reader.number(tag::COMPRESSION, 1)?,
            photometric: reader.number(tag::PHOTOMETRIC, 1)?,
            samples: reader.number(tag::SAMPLES, 1)?,
            bits: reader.number(tag::BITS, 1)?,
            planar: reader.number(tag::PLANAR, 1)?,
        })
    }
}

impl Chunks {
    /// Where chunk `position` lies; `None` where the scanner left it out (no offset or no bytes).
    pub(super) fn get(&self, position: usize) -> Option<(u64, u32)> {
        let chunk = (*self.offsets.get(position)?, *self.lengths.get(position)?);
        (chunk.0 != 0 && chunk.1 != 0).then_some(chunk)
    }

    pub(super) fn len(&self) -> usize {
        self.offsets.len()
    }

    fn read(reader: &Reader<'_>, tiled: bool, budget: &mut u64) -> Result<Self, SlideError> {
        let (name, offsets, lengths) = match tiled {
            true => ("tile", tag::TILE_OFFSETS, tag::TILE_BYTES),
            false => ("strip", tag::STRIP_OFFSETS, tag::STRIP_BYTES),
        };
        let offsets = reader
            .field(offsets)?
            .numbers(reader.file, reader.layout, *budget)?;
        *budget -= offsets.len() as u64;
        let lengths =
            reader
                .field(lengths)?
                .numbers(reader.file, reader.layout, offsets.len() as u64)?;
        if lengths.len() != offsets.len() {
            return Err(SlideError::corrupt(format!(
                "a TIFF page has {} {name} offsets but {} {name} lengths",
                offsets.len(),
                lengths.len()
            )));
        }
        Self::checked(reader.file, name, offsets, &lengths)
    }

    /// A file that lost its end is noticed here, before anything of it is used.
    fn checked(
        file: &SourceFile,
        name: &str,
        offsets: Vec<u64>,
        lengths: &[u64],
    ) -> Result<Self, SlideError> {
        for (position, (&offset, &length)) in offsets.iter().zip(lengths).enumerate() {
            if offset == 0 || length == 0 {
                continue;
            }
            if offset.saturating_add(length) > file.n_bytes() {
                file.check(&format!("{name} {position}"), offset, length)?;
            }
            if name == "tile" && length > MAX_CHUNK_BYTES {
                return Err(SlideError::corrupt(format!(
                    "tile {position} claims {length} compressed bytes"
                )));
            }
        }
        let lengths = lengths.iter().map(|&length| length as u32).collect();
        Ok(Self { offsets, lengths })
    }
}

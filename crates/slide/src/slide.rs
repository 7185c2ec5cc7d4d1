use std::fs;
use std::io;
use std::path::Path;

use flow::{AssociatedName, TileIndex, TileOrigin};

use crate::decoder::{DecodedFrames, DecoderCommand, DecoderOptions, DecoderPool};
use crate::dicom;
use crate::error::SlideError;
use crate::facts::{SlideFacts, SourceLevel};
use crate::source_file::SourceFile;
use crate::tiff;

/// An open slide. Share one between threads: reading takes `&self` and holds no lock on the native
/// path.
pub struct Slide {
    facts: SlideFacts,
    levels: Vec<SourceLevel>,
    frames: Frames,
    decoder: DecoderPool,
}

/// Where the frames come from.
enum Frames {
    Tiff(tiff::NativeFrames),
    Dicom(dicom::Frames),
    Decoded(DecodedFrames),
}

/// Opens a slide with the default [`DecoderOptions`].
///
/// # Errors
/// Every refusal names its cause; a truncated file is noticed here, before any tile is read.
pub fn open(path: &Path, decoder: &DecoderCommand) -> Result<Slide, SlideError> {
    open_with(path, decoder, DecoderOptions::default())
}

/// Opens a slide. Formats that hold plain JPEG tiles are read natively; the rest goes through the
/// `decoder` child. The child is started when it is first needed.
pub fn open_with(
    path: &Path,
    decoder: &DecoderCommand,
    options: DecoderOptions,
) -> Result<Slide, SlideError> {
    let file = open_file(path)?;
    let quality = options.jpeg_quality;
    let decoder = DecoderPool::new(path, decoder, options);
    match Kind::of(&file)? {
        Kind::Dicom => Slide::dicom(dicom::open(file, quality)?, decoder),
        Kind::Tiff => Slide::tiff(file, decoder),
        Kind::Other => Slide::decoded(decoder, tiff::Hints::default()),
    }
}

impl Slide {
    pub fn facts(&self) -> &SlideFacts {
        &self.facts
    }

    /// The levels that can be read, level 0 first; at least one.
    ///
    /// Decoded formats offer level 0 alone unless their lower levels are cheap to read: halving
    /// level 0 then costs less than decoding the scanner's own smaller copies.
    pub fn levels(&self) -> &[SourceLevel] {
        &self.levels
    }

    /// Whether frames are the scanner's own bytes or were compressed once more.
    pub fn origin(&self) -> TileOrigin {
        match &self.frames {
            Frames::Tiff(_) => TileOrigin::Copied,
            Frames::Dicom(frames) => frames.origin(),
            Frames::Decoded(_) => TileOrigin::Transcoded,
        }
    }

    /// One complete baseline JPEG of the full tile size; what hangs over the edge of the level is
    /// padding.
    ///
    /// # Errors
    /// [`SlideError::CorruptTile`] names the tile; [`SlideError::NoSuchTile`] outside the level.
    pub fn frame(&self, level: usize, tile: TileIndex) -> Result<Vec<u8>, SlideError> {
        match &self.frames {
            Frames::Tiff(frames) => frames.frame(level, tile),
            Frames::Dicom(frames) => frames.frame(level, tile),
            Frames::Decoded(frames) => frames.frame(&self.decoder, level, tile),
        }
    }

    /// The exact length of what [`Slide::frame`] will give, where that is known without reading.
    pub fn frame_length(&self, level: usize, tile: TileIndex) -> Option<u32> {
        match &self.frames {
            Frames::Tiff(frames) => frames.frame_length(level, tile),
            Frames::Dicom(frames) => frames.frame_length(level, tile),
            Frames::Decoded(_) => None,
        }
    }

    /// Label, macro or thumbnail as JPEG. The label may show the patient's name.
    pub fn associated(&self, name: AssociatedName) -> Result<Vec<u8>, SlideError> {
        if !self.facts.associated.contains(&name) {
            return Err(SlideError::NoSuchImage { name });
        }
        self.decoder.associated(name)
    }

    fn dicom(
        opened: (SlideFacts, SourceLevel, dicom::Frames),
        decoder: DecoderPool,
    ) -> Result<Self, SlideError> {
        let (facts, level, frames) = opened;
        Ok(Self {
            facts,
            levels: vec![level],
            frames: Frames::Dicom(frames),
            decoder,
        })
    }

    fn tiff(file: SourceFile, decoder: DecoderPool) -> Result<Self, SlideError> {
        match tiff::open(file)? {
            tiff::Opened::Native {
                facts,
                levels,
                frames,
            } => Ok(Self {
                facts: *facts,
                levels,
                frames: Frames::Tiff(frames),
                decoder,
            }),
            tiff::Opened::NeedsDecoder(hints) => Self::decoded(decoder, hints),
        }
    }

    fn decoded(decoder: DecoderPool, hints: tiff::Hints) -> Result<Self, SlideError> {
        let (facts, levels, frames) = DecodedFrames::open(&decoder, hints)?;
        Ok(Self {
            facts,
            levels,
            frames: Frames::Decoded(frames),
            decoder,
        })
    }
}

/// What the first bytes say.
enum Kind {
    Tiff,
    Dicom,
    Other,
}

impl Kind {
    fn of(file: &SourceFile) -> Result<Self, SlideError> {
        let mut head = [0; 132];
        let n_bytes = file.n_bytes().min(132) as usize;
        file.read_at(&mut head[..n_bytes], 0)?;
        Ok(match &head {
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Self::Tiff,
            _ if &head[128..] == b"DICM" => Self::Dicom,
            _ => Self::Other,
        })
    }
}

fn open_file(path: &Path) -> Result<SourceFile, SlideError> {
    let metadata = fs::metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => SlideError::NotFound {
            path: path.to_owned(),
        },
        _ => SlideError::io(source),
    })?;
    if metadata.is_dir() {
        return Err(SlideError::IsDirectory {
            path: path.to_owned(),
        });
    }
    if !metadata.is_file() {
        return Err(SlideError::not_a_slide("it is a device, pipe or socket"));
    }
    if metadata.len() == 0 {
        return Err(SlideError::Empty {
            path: path.to_owned(),
        });
    }
    SourceFile::open(path)
}

use std::io;
use std::path::PathBuf;

use flow::{AssociatedName, PixelSize, TileIndex};
use thiserror::Error;

/// Why a file could not be opened as a slide, or a piece of it not be read.
#[derive(Debug, Error)]
pub enum SlideError {
    #[error("there is no file at {}; check the path", path.display())]
    NotFound { path: PathBuf },
    #[error("{} is a directory; give the slide file itself", path.display())]
    IsDirectory { path: PathBuf },
    #[error("{} is empty; was it copied before the scanner had written it?", path.display())]
    Empty { path: PathBuf },
    /// The file points past its own end.
    #[error(
        "the file is truncated: {what} ends at byte {end} but the file has {n_bytes} bytes; \
         copy it again from the scanner"
    )]
    Truncated {
        what: String,
        end: u64,
        n_bytes: u64,
    },
    #[error("the file is not a whole-slide image: {reason}")]
    NotASlide { reason: String },
    /// A slide, but of a kind that cannot be read here.
    #[error("this kind of slide cannot be read: {reason}")]
    Unsupported { reason: String },
    /// The file contradicts itself.
    #[error("the file is damaged: {what}")]
    Corrupt { what: String },
    #[error("the tile of level {level}, column {column}, row {row} is damaged: {what}")]
    CorruptTile {
        level: usize,
        column: u32,
        row: u32,
        what: String,
    },
    #[error("there is no tile at level {level}, column {column}, row {row}")]
    NoSuchTile { level: usize, column: u32, row: u32 },
    #[error("the slide has no {name} image")]
    NoSuchImage { name: AssociatedName },
    /// The sandboxed child that runs OpenSlide failed, was stopped or answered nonsense.
    #[error("the slide decoder {what}")]
    Decoder { what: String },
    #[error("the slide decoder could not be started; check that the program is in place")]
    DecoderStart {
        #[source]
        source: io::Error,
    },
    #[error("a picture of {size} pixels could not be compressed")]
    Encode {
        size: PixelSize,
        #[source]
        source: turbojpeg::Error,
    },
    #[error("the slide file could not be read; check its disk and its permissions")]
    Io {
        #[source]
        source: io::Error,
    },
}

impl SlideError {
    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }

    pub(crate) fn unsupported(reason: impl Into<String>) -> Self {
        Self::Unsupported {
            reason: reason.into(),
        }
    }

    pub(crate) fn not_a_slide(reason: impl Into<String>) -> Self {
        Self::NotASlide {
            reason: reason.into(),
        }
    }

    pub(crate) fn corrupt_tile(level: usize, tile: TileIndex, what: impl Into<String>) -> Self {
        Self::CorruptTile {
            level,
            column: tile.column,
            row: tile.row,
            what: what.into(),
        }
    }

    pub(crate) fn no_such_tile(level: usize, tile: TileIndex) -> Self {
        Self::NoSuchTile {
            level,
            column: tile.column,
            row: tile.row,
        }
    }

    pub(crate) fn decoder(what: impl Into<String>) -> Self {
        Self::Decoder { what: what.into() }
    }

    pub(crate) fn io(source: io::Error) -> Self {
        Self::Io { source }
    }
}

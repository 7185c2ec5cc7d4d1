use flow::{TileGrid, TileIndex, TileOrigin};
use turbojpeg::PixelFormat;

use crate::dicom::fragments::FragmentIndex;
use crate::error::SlideError;
use crate::jpeg::{self, Encoder, Headers, JpegProblem, JpegQuality, Prefix};
use crate::source_file::SourceFile;

/// The frames of one DICOM instance.
pub(crate) struct Frames {
    pub(super) file: SourceFile,
    pub(super) grid: TileGrid,
    pub(super) pixels: Pixels,
}

pub(super) enum Pixels {
    /// JPEG baseline, copied; the prefix marks the colour space where the frames do not.
    Jpeg {
        index: FragmentIndex,
        prefix: Prefix,
    },
    /// Interleaved 8-bit samples from `offset` on.
    Plain {
        offset: u64,
        format: PixelFormat,
        quality: JpegQuality,
    },
}

impl Frames {
    pub(crate) fn origin(&self) -> TileOrigin {
        match self.pixels {
            Pixels::Jpeg { .. } => TileOrigin::Copied,
            Pixels::Plain { .. } => TileOrigin::Transcoded,
        }
    }

    pub(crate) fn frame(&self, level: usize, tile: TileIndex) -> Result<Vec<u8>, SlideError> {
        let position = self
            .position(level, tile)
            .ok_or_else(|| SlideError::no_such_tile(level, tile))?;
        match &self.pixels {
            Pixels::Jpeg { index, prefix } => {
                self.copy(index, prefix, position)
                    .map_err(|problem| match problem {
                        Problem::Jpeg(what) => SlideError::corrupt_tile(level, tile, what),
                        Problem::Read(error) => error,
                    })
            }
            Pixels::Plain {
                offset,
                format,
                quality,
            } => self.encode(position, *offset, *format, *quality),
        }
    }

    pub(crate) fn frame_length(&self, level: usize, tile: TileIndex) -> Option<u32> {
        let position = self.position(level, tile)?;
        match &self.pixels {
            Pixels::Jpeg { index, prefix } => Some(prefix.spliced_length(index.length(position)?)),
            Pixels::Plain { .. } => None,
        }
    }

    fn position(&self, level: usize, tile: TileIndex) -> Option<usize> {
        (level == 0).then(|| self.grid.position(tile)).flatten()
    }

    fn copy(
        &self,
        index: &FragmentIndex,
        prefix: &Prefix,
        position: usize,
    ) -> Result<Vec<u8>, Problem> {
        let length = index.length(position).unwrap_or(0) as usize;
        if length < 4 {
            return Err(Problem::Jpeg("it is empty"));
        }
        jpeg::splice(
            prefix,
            length,
            |bytes| self.gather(index, position, bytes),
            |bytes| self.check(prefix, bytes).map_err(Problem::Jpeg),
        )
    }

    /// Puts the fragments of a frame one behind another.
    fn gather(
        &self,
        index: &FragmentIndex,
        position: usize,
        mut bytes: &mut [u8],
    ) -> Result<(), Problem> {
        for fragment in index.fragments(position).unwrap_or_default() {
            let (head, tail) = bytes.split_at_mut(fragment.length as usize);
            self.file
                .read_at(head, fragment.offset)
                .map_err(Problem::Read)?;
            bytes = tail;
        }
        Ok(())
    }

    fn check(&self, prefix: &Prefix, jpeg: &[u8]) -> Result<(), &'static str> {
        let mut headers: Headers = prefix.headers().clone();
        headers
            .read_picture(jpeg)
            .map_err(|problem| match problem {
                JpegProblem::Malformed(what) | JpegProblem::Unsuitable(what) => what,
            })?;
        match headers.size() == Some(self.grid.tile) {
            true => Ok(()),
            false => Err("its JPEG has another size than the header says"),
        }
    }

    fn encode(
        &self,
        position: usize,
        offset: u64,
        format: PixelFormat,
        quality: JpegQuality,
    ) -> Result<Vec<u8>, SlideError> {
        let n_bytes = self.grid.tile.area() * format.size() as u64;
        let at = offset + position as u64 * n_bytes;
        let pixels = self.file.bytes("a DICOM frame", at, n_bytes)?;
        let colour = match format {
            PixelFormat::GRAY => jpeg::Colour::Grey,
            _ => jpeg::Colour::YCbCr,
        };
        Encoder::with_sampling(quality, colour, jpeg::Sampling::HalfBoth)?.encode(
            self.grid.tile,
            &pixels,
            format,
        )
    }
}

enum Problem {
    Jpeg(&'static str),
    Read(SlideError),
}

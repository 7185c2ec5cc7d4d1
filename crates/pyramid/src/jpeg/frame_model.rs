use turbojpeg::{Colorspace, DecompressHeader, Subsamp};

use crate::PyramidError;
use crate::jpeg::{DctScale, with_decompressor};

/// Colour model and subsampling of a baseline JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameModel {
    Grey,
    YCbCr(Subsamp),
    /// The three components are red, green and blue, whatever their subsampling.
    Rgb,
}

impl FrameModel {
    /// Fails for what DICOM's JPEG baseline transfer syntax does not hold.
    pub(crate) fn read(jpeg: &[u8]) -> Result<Self, PyramidError> {
        let header = with_decompressor(DctScale::Full, |decompressor| {
            decompressor.read_header(jpeg)
        })?;
        if header.is_lossless || header.is_progressive || header.is_arithmetic {
            return Err(PyramidError::NotBaseline(
                "it is progressive, lossless or arithmetic",
            ));
        }
        Self::of(&header).ok_or(PyramidError::NotBaseline(
            "its colours are neither grey, RGB nor YCbCr",
        ))
    }

    pub(crate) fn of(header: &DecompressHeader) -> Option<Self> {
        match header.colorspace {
            Colorspace::Gray => Some(Self::Grey),
            Colorspace::RGB => Some(Self::Rgb),
            Colorspace::YCbCr => Some(Self::YCbCr(header.subsamp)),
            Colorspace::CMYK | Colorspace::YCCK => None,
        }
    }

    /// What frames made from this model are compressed as. RGB becomes YCbCr: half the bytes at
    /// the same quality.
    pub(crate) fn halved(self) -> Self {
        match self {
            Self::Grey => Self::Grey,
            Self::YCbCr(subsampling @ (Subsamp::None | Subsamp::Sub2x1 | Subsamp::Sub2x2)) => {
                Self::YCbCr(subsampling)
            }
            Self::YCbCr(_) | Self::Rgb => Self::YCbCr(Subsamp::Sub2x2),
        }
    }

    /// The subsampling of its planes, where they can be decoded as such.
    pub(crate) fn planes(self) -> Option<Subsamp> {
        match self {
            Self::Grey => Some(Subsamp::Gray),
            Self::YCbCr(Subsamp::Unknown) | Self::Rgb => None,
            Self::YCbCr(subsampling) => Some(subsampling),
        }
    }

    /// The subsampling to ask of the encoder for RGB pixels that are to become this model.
    pub(crate) fn rgb_subsampling(self) -> Subsamp {
        self.planes().unwrap_or(Subsamp::Sub2x2)
    }
}

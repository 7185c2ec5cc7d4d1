use std::path::{Path, PathBuf};

use flow::{LabelText, PixelSize};
use openslide_rs::errors::OpenSlideError;
use openslide_rs::{Address, OpenSlide, Region, Size};
use turbojpeg::PixelFormat;

use crate::decode_child::codestream;
use crate::decode_child::pixels::{flatten, pad};
use crate::decoder::protocol::{Answer, DecodedFacts, DecodedLevel, FrameRequest};
use crate::error::SlideError;
use crate::facts::Confinement;
use crate::jpeg::{Encoder, JpegQuality};
use crate::source_file::SourceFile;

/// No tile and no macro picture comes near this; keeps one request's memory flat.
const MAX_PIXELS: u64 = 64 << 20;

/// Where OpenSlide 4.0.1 tells what the scanner read of the label, and where 3.4 does.
const BARCODES: [&str; 2] = ["openslide.barcode", "aperio.Barcode"];

/// A slide open in OpenSlide, and the encoder for what is read of it. Every refusal is an
/// [`Answer`] for the parent.
pub(super) struct SlideReader {
    slide: OpenSlide,
    file: SourceFile,
    path: PathBuf,
    background: [u8; 3],
    encoder: Encoder,
}

impl SlideReader {
    pub(super) fn open(path: &Path, quality: JpegQuality) -> Result<Self, Answer> {
        let slide = OpenSlide::new(path).map_err(|error| refused(path, &error))?;
        let background = property(&slide, "openslide.background-color");
        Ok(Self {
            background: background
                .and_then(|hex| parse_colour(&hex))
                .unwrap_or([255; 3]),
            file: SourceFile::open(path).map_err(|error| failed(&error))?,
            path: path.to_owned(),
            encoder: Encoder::new(quality).map_err(|error| failed(&error))?,
            slide,
        })
    }

    pub(super) fn facts(&self, confinement: Confinement) -> DecodedFacts {
        let number = |name: &str| property(&self.slide, name).and_then(|text| text.parse().ok());
        DecodedFacts {
            vendor: property(&self.slide, "openslide.vendor").unwrap_or_default(),
            mpp: number("openslide.mpp-x").zip(number("openslide.mpp-y")),
            objective_power: number("openslide.objective-power"),
            background: self.background,
            levels: self.levels(),
            associated: self.slide.associated_image_names().unwrap_or_default(),
            barcode: BARCODES.iter().find_map(|name| {
                let barcode = property(&self.slide, name)?;
                LabelText::new(&barcode).ok()
            }),
            confinement,
        }
    }

    pub(super) fn frame(&mut self, frame: &FrameRequest) -> Result<Vec<u8>, Answer> {
        let size = PixelSize::new(frame.width, frame.height);
        let tile = PixelSize::new(frame.tile_width, frame.tile_height);
        let fits = size.width <= tile.width && size.height <= tile.height;
        if size.area() == 0 || !fits || tile.area() > MAX_PIXELS {
            return Err(Answer::Failed(
                "the frame asked for is too large".to_owned(),
            ));
        }
        if let Some(rgb) = self.codestream(frame, tile) {
            return self.encode(tile, &rgb, PixelFormat::RGB);
        }
        let mut pixels = self.region(frame)?;
        flatten(&mut pixels, self.background);
        if size != tile {
            pixels = pad(&pixels, size, tile);
        }
        self.encode(tile, &pixels, PixelFormat::BGRX)
    }

    pub(super) fn associated(&mut self, name: &str) -> Result<Vec<u8>, Answer> {
        let refused = |error| refused(&self.path, &error);
        let size = self.slide.associated_image_dimensions(name);
        let size = size.map_err(refused)?;
        if u64::from(size.w) * u64::from(size.h) > MAX_PIXELS {
            return Err(Answer::Failed(format!("its {name} image is too large")));
        }
        let (size, mut pixels) = self.slide.read_associated_buffer(name).map_err(refused)?;
        flatten(&mut pixels, self.background);
        let size = PixelSize::new(size.w, size.h);
        self.encode(size, &pixels, PixelFormat::BGRX)
    }

    fn codestream(&self, frame: &FrameRequest, tile: PixelSize) -> Option<Vec<u8>> {
        let (offset, length) = frame.codestream?;
        let bytes = self.file.bytes("a tile", offset, length.into()).ok()?;
        codestream::decode(&bytes, tile)
    }

    /// Premultiplied BGRA.
    fn region(&self, frame: &FrameRequest) -> Result<Vec<u8>, Answer> {
        let refused = |error| refused(&self.path, &error);
        let downsample = self.slide.level_downsample(frame.level).map_err(refused)?;
        let full = |position: u32| (f64::from(position) * downsample).round() as u32;
        let region = Region {
            address: Address {
                x: full(frame.x),
                y: full(frame.y),
            },
            level: frame.level,
            size: Size {
                w: frame.width,
                h: frame.height,
            },
        };
        self.slide.read_region(&region).map_err(refused)
    }

    fn encode(
        &mut self,
        size: PixelSize,
        pixels: &[u8],
        format: PixelFormat,
    ) -> Result<Vec<u8>, Answer> {
        self.encoder
            .encode(size, pixels, format)
            .map_err(|error| failed(&error))
    }

    fn levels(&self) -> Vec<DecodedLevel> {
        let sizes = self.slide.all_level_dimensions().iter();
        sizes
            .enumerate()
            .map(|(level, size)| DecodedLevel {
                width: size.w,
                height: size.h,
                tile: self.square_tile(level),
            })
            .collect()
    }

    fn square_tile(&self, level: usize) -> Option<u32> {
        let side = |name: &str| property(&self.slide, &format!("openslide.level[{level}].{name}"));
        let width = side("tile-width")?;
        let height = side("tile-height")?;
        (width == height).then(|| width.parse().ok()).flatten()
    }
}

fn property(slide: &OpenSlide, name: &str) -> Option<String> {
    slide.property_value(name).ok()
}

/// OpenSlide's words without the file's name, which may be a patient's.
fn refused(path: &Path, error: &OpenSlideError) -> Answer {
    match error {
        OpenSlideError::UnsupportedFile(_) => Answer::UnknownFormat,
        other => {
            let path = path.to_string_lossy();
            Answer::Failed(other.to_string().replace(path.as_ref(), "the slide"))
        }
    }
}

fn failed(error: &SlideError) -> Answer {
    Answer::Failed(error.to_string())
}

fn parse_colour(hex: &str) -> Option<[u8; 3]> {
    let rgb = u32::from_str_radix(hex.trim_start_matches('#'), 16).ok()?;
    let [0, red, green, blue] = rgb.to_be_bytes() else {
        return None;
    };
    Some([red, green, blue])
}

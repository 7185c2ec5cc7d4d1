use turbojpeg::PixelFormat;

use crate::dicom::attributes::Attributes;
use crate::dicom::fragments::FragmentIndex;
use crate::dicom::frames::{Frames, Pixels};
use crate::dicom::walk::{PixelPlace, walk};
use crate::error::SlideError;
use crate::facts::{SlideFacts, SourceLevel};
use crate::jpeg::{Colour, Headers, JpegProblem, JpegQuality, Prefix};
use crate::source_file::SourceFile;

const EXPLICIT_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";
const JPEG_BASELINE: &str = "1.2.840.10008.1.2.4.50";
const MAX_FRAMES: u64 = 1 << 26;

/// Opens one instance of a DICOM slide; `quality` is for frames that are not compressed.
pub(crate) fn open(
    file: SourceFile,
    quality: JpegQuality,
) -> Result<(SlideFacts, SourceLevel, Frames), SlideError> {
    let (attributes, frames) = read(file, quality, Attributes::parse)?;
    let level = SourceLevel::new(attributes.grid, attributes.grid.level);
    Ok((facts(attributes), level, frames))
}

/// Reads the header by `parse`, and finds the frames.
pub(super) fn read(
    file: SourceFile,
    quality: JpegQuality,
    parse: fn(&[u8]) -> Result<Attributes, SlideError>,
) -> Result<(Attributes, Frames), SlideError> {
    let walked = walk(&file)?;
    let attributes = parse(&walked.header)?;
    let grid = attributes.grid;
    if grid.n_tiles() > MAX_FRAMES {
        return Err(SlideError::unsupported(format!(
            "it has {} frames, at most {MAX_FRAMES} are read",
            grid.n_tiles()
        )));
    }
    let pixels = match (attributes.transfer_syntax.as_str(), walked.pixels) {
        (JPEG_BASELINE, PixelPlace::Encapsulated(offset)) => jpeg(&file, &attributes, offset)?,
        (EXPLICIT_LITTLE_ENDIAN, PixelPlace::Plain(offset, length)) => {
            plain(&attributes, offset, length, quality)?
        }
        (syntax, _) => {
            return Err(SlideError::unsupported(format!(
                "its DICOM transfer syntax {syntax} is neither JPEG baseline nor uncompressed"
            )));
        }
    };
    Ok((attributes, Frames { file, grid, pixels }))
}

fn facts(attributes: Attributes) -> SlideFacts {
    SlideFacts {
        format: "dicom".to_owned(),
        scanner: attributes.scanner,
        mpp: attributes.mpp,
        objective_power: attributes.objective_power,
        size: attributes.grid.level,
        icc: attributes.icc,
        associated: Vec::new(),
        background: [255; 3],
        named: attributes.named,
        confinement: None,
        dicom: attributes.instance,
    }
}

fn jpeg(file: &SourceFile, attributes: &Attributes, offset: u64) -> Result<Pixels, SlideError> {
    let wanted = match attributes.photometric.as_str() {
        "MONOCHROME2" => Colour::Grey,
        "RGB" => Colour::Rgb,
        "YBR_FULL" | "YBR_FULL_422" => Colour::YCbCr,
        other => {
            return Err(SlideError::unsupported(format!(
                "its photometric interpretation is {other}"
            )));
        }
    };
    let index = FragmentIndex::scan(file, offset, attributes.grid.n_tiles() as usize)?;
    let headers = first_headers(file, &index)?;
    // Where the stream states its colour space it is believed, as DICOM readers do: files labelled
    // RGB around a YCbCr stream are common.
    let prefix = match headers.states_colour() {
        true => Prefix::empty(),
        false => Prefix::new(None, &headers, wanted).map_err(refused)?,
    };
    Ok(Pixels::Jpeg { index, prefix })
}

fn first_headers(file: &SourceFile, index: &FragmentIndex) -> Result<Headers, SlideError> {
    let mut jpeg = Vec::new();
    for fragment in index.fragments(0).unwrap_or_default() {
        jpeg.extend(file.bytes("the first frame", fragment.offset, fragment.length.into())?);
    }
    let mut headers = Headers::default();
    headers.read_picture(&jpeg).map_err(refused)?;
    Ok(headers)
}

fn refused(problem: JpegProblem) -> SlideError {
    match problem {
        JpegProblem::Malformed(what) => {
            SlideError::corrupt(format!("the first DICOM frame: {what}"))
        }
        JpegProblem::Unsuitable(what) => {
            SlideError::unsupported(format!("the first DICOM frame: {what}"))
        }
    }
}

fn plain(
    attributes: &Attributes,
    offset: u64,
    length: u64,
    quality: JpegQuality,
) -> Result<Pixels, SlideError> {
    let format = match (attributes.photometric.as_str(), attributes.samples) {
        ("MONOCHROME2", 1) => PixelFormat::GRAY,
        ("RGB", 3) if attributes.planar == 0 => PixelFormat::RGB,
        (photometric, samples) => {
            return Err(SlideError::unsupported(format!(
                "uncompressed DICOM must be interleaved RGB or grey, \
                 but it is {photometric} with {samples} samples a pixel"
            )));
        }
    };
    let needed = attributes
        .grid
        .n_tiles()
        .checked_mul(attributes.grid.tile.area() * format.size() as u64);
    if needed.is_none_or(|needed| needed > length) {
        return Err(SlideError::corrupt(
            "its DICOM pixel data is shorter than its frames",
        ));
    }
    Ok(Pixels::Plain {
        offset,
        format,
        quality,
    })
}

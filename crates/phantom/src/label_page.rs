//! The picture of the label, as Aperio scanners keep it: a page of its own behind the levels.

use std::io::{self, Seek, Write};

use label::{LabelPicture, Symbology, draw};

use crate::tiff::{Directory, Span, Tag, TiffWriter, Value};
use crate::{PhantomError, PhantomSpec};

/// Labels of scanners have some hundred pixels a side.
const PIXELS_A_MODULE: u32 = 8;

/// Tag values of TIFF 6.0.
const UNCOMPRESSED: u16 = 1;
const RGB: u16 = 2;
const REDUCED: u32 = 1;

/// A label with a Data Matrix code.
pub(crate) struct LabelPage {
    picture: LabelPicture,
}

impl LabelPage {
    /// None of a slide without a label.
    pub(crate) fn of(spec: &PhantomSpec) -> Result<Option<Self>, PhantomError> {
        let drawn = |text: &String| draw(Symbology::DataMatrix, text, PIXELS_A_MODULE);
        let picture = spec.label.as_ref().map(drawn).transpose()?;
        Ok(picture.map(|picture| Self { picture }))
    }

    /// Writes the pixels as one strip.
    pub(crate) fn append<W: Write + Seek>(
        &self,
        writer: &mut TiffWriter<W>,
    ) -> io::Result<Directory> {
        let rgb: Vec<u8> = self
            .picture
            .grey()
            .iter()
            .flat_map(|grey| [*grey; 3])
            .collect();
        let strip = writer.append(&rgb)?;
        Ok(self.directory(strip))
    }

    fn directory(&self, strip: Span) -> Directory {
        let size = self.picture.size();
        // Its second line is how readers know the page.
        let description = format!("{MAKER}\r\nlabel {}x{}", size.width, size.height);
        Directory::default()
            .with(Tag::NewSubfileType, Value::Longs(vec![REDUCED]))
            .with(Tag::ImageWidth, Value::Longs(vec![size.width]))
            .with(Tag::ImageLength, Value::Longs(vec![size.height]))
            .with(Tag::BitsPerSample, Value::Shorts(vec![8; 3]))
            .with(Tag::Compression, Value::Shorts(vec![UNCOMPRESSED]))
            .with(Tag::Photometric, Value::Shorts(vec![RGB]))
            .with(Tag::ImageDescription, Value::Text(description))
            .with(Tag::StripOffsets, Value::Offsets(vec![strip.offset]))
            .with(Tag::SamplesPerPixel, Value::Shorts(vec![3]))
            .with(Tag::RowsPerStrip, Value::Longs(vec![size.height]))
            .with(Tag::StripByteCounts, Value::Longs(vec![strip.length]))
            .with(Tag::PlanarConfiguration, Value::Shorts(vec![1]))
    }
}

/// How a file begins that readers take for Aperio's: no other plain TIFF has a label.
const MAKER: &str = "Aperio Coverslip phantom";

/// What the levels of such a file say: size and compression, then values between bars.
pub(crate) fn aperio_description(spec: &PhantomSpec, about: &str) -> String {
    format!(
        "{MAKER}\r\n{size}x{size} (256x256) JPEG/YCbCr Q={}|MPP = {}|Title = {about}",
        spec.jpeg_quality,
        spec.mpp,
        size = spec.size,
    )
}

use flow::PixelSize;

pub(super) const SOI: [u8; 2] = [0xff, 0xd8];
pub(super) const EOI: [u8; 2] = [0xff, 0xd9];
const SOF0: u8 = 0xc0;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP14: u8 = 0xee;
/// Zero bytes a scanner may leave behind the end of a tile.
const MAX_PADDING: usize = 16;

/// Why a JPEG cannot be handed out as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JpegProblem {
    /// Not a whole JPEG.
    Malformed(&'static str),
    /// A whole JPEG, but not one every browser and DICOM reader takes as this slide means it.
    Unsuitable(&'static str),
}

/// What the samples of a picture mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    Grey,
    Rgb,
    YCbCr,
}

/// Horizontal and vertical sampling of the first component against the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sampling {
    Full,
    HalfWidth,
    HalfHeight,
    HalfBoth,
}

/// What the header segments of a JPEG, or of its shared tables and then its tile, have said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Headers {
    jfif: bool,
    adobe_transform: Option<u8>,
    frame: Option<Frame>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Frame {
    size: PixelSize,
    /// Identifier and sampling factors of each component.
    components: Vec<(u8, u8)>,
}

impl Headers {
    /// Reads the abbreviated stream of a TIFF's JPEGTables: tables between SOI and EOI.
    pub(crate) fn read_tables(&mut self, tables: &[u8]) -> Result<(), JpegProblem> {
        if tables.len() < 4 || !tables.starts_with(&SOI) || !tables.ends_with(&EOI) {
            return Err(JpegProblem::Malformed(
                "its shared JPEG tables are not framed by start and end markers",
            ));
        }
        self.read_segments(&tables[2..tables.len() - 2])
    }

    /// Reads a picture up to its scan and checks that it is baseline, 8 bit and whole.
    pub(crate) fn read_picture(&mut self, jpeg: &[u8]) -> Result<(), JpegProblem> {
        if !jpeg.starts_with(&SOI) {
            return Err(JpegProblem::Malformed("it does not start as a JPEG"));
        }
        if !has_end(jpeg) {
            return Err(JpegProblem::Malformed("it does not end as a JPEG"));
        }
        self.frame = None;
        self.read_segments(&jpeg[2..])?;
        match self.frame {
            Some(_) => Ok(()),
            None => Err(JpegProblem::Malformed("it has no frame header")),
        }
    }

    pub(crate) fn size(&self) -> Option<PixelSize> {
        self.frame.as_ref().map(|frame| frame.size)
    }

    pub(crate) fn n_components(&self) -> usize {
        self.frame
            .as_ref()
            .map_or(0, |frame| frame.components.len())
    }

    /// What a decoder takes the samples for: the rules of libjpeg, which browsers share.
    pub(crate) fn colour(&self) -> Colour {
        let identifiers = self.identifiers();
        match (identifiers.as_slice(), self.jfif, self.adobe_transform) {
            ([_], ..) => Colour::Grey,
            (_, true, _) => Colour::YCbCr,
            (_, _, Some(0)) => Colour::Rgb,
            (_, _, Some(_)) => Colour::YCbCr,
            (b"RGB", ..) => Colour::Rgb,
            _ => Colour::YCbCr,
        }
    }

    /// Whether a marker states the colour space, so that nothing needs to be guessed.
    pub(crate) fn states_colour(&self) -> bool {
        self.jfif || self.adobe_transform.is_some() || self.n_components() == 1
    }

    /// Whether the component identifiers are the 1, 2, 3 that every decoder takes for YCbCr.
    pub(crate) fn has_usual_identifiers(&self) -> bool {
        self.identifiers() == [1, 2, 3]
    }

    pub(crate) fn set_adobe_transform(&mut self, transform: u8) {
        self.adobe_transform = Some(transform);
    }

    pub(crate) fn sampling(&self) -> Sampling {
        let factors = self
            .frame
            .as_ref()
            .and_then(|frame| frame.components.first())
            .map_or(0x11, |component| component.1);
        match factors {
            0x22 => Sampling::HalfBoth,
            0x21 => Sampling::HalfWidth,
            0x12 => Sampling::HalfHeight,
            _ => Sampling::Full,
        }
    }

    fn identifiers(&self) -> Vec<u8> {
        self.frame
            .iter()
            .flat_map(|frame| frame.components.iter().map(|component| component.0))
            .collect()
    }

    /// Walks marker segments to the scan, or to the end.
    fn read_segments(&mut self, mut rest: &[u8]) -> Result<(), JpegProblem> {
        while !rest.is_empty() {
            let (marker, body, tail) = next_segment(rest)?;
            match marker {
                SOS => return Ok(()),
                SOF0 => self.frame = Some(Frame::parse(body)?),
                0xc1..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                    return Err(JpegProblem::Unsuitable("it is not baseline JPEG"));
                }
                APP0 if body.starts_with(b"JFIF\0") => self.jfif = true,
                APP14 if body.starts_with(b"Adobe") && body.len() >= 12 => {
                    self.adobe_transform = Some(body[11]);
                }
                _ => {}
            }
            rest = tail;
        }
        Ok(())
    }
}

impl Frame {
    fn parse(body: &[u8]) -> Result<Self, JpegProblem> {
        const SHORT: JpegProblem = JpegProblem::Malformed("its frame header is cut short");
        let [precision, h1, h0, w1, w0, n_components, components @ ..] = body else {
            return Err(SHORT);
        };
        if *precision != 8 {
            return Err(JpegProblem::Unsuitable("it does not have 8 bits a sample"));
        }
        if !matches!(n_components, 1 | 3) {
            return Err(JpegProblem::Unsuitable(
                "it does not have one or three components",
            ));
        }
        if components.len() != 3 * usize::from(*n_components) {
            return Err(SHORT);
        }
        Ok(Self {
            size: PixelSize::new(
                u16::from_be_bytes([*w1, *w0]).into(),
                u16::from_be_bytes([*h1, *h0]).into(),
            ),
            components: components
                .chunks_exact(3)
                .map(|component| (component[0], component[1]))
                .collect(),
        })
    }
}

/// Marker, body without its length, and what follows.
fn next_segment(bytes: &[u8]) -> Result<(u8, &[u8], &[u8]), JpegProblem> {
    const SHORT: JpegProblem = JpegProblem::Malformed("its header is cut short");
    let start = bytes.iter().position(|&byte| byte != 0xff).ok_or(SHORT)?;
    let marker = bytes[start];
    if start == 0 || matches!(marker, 0x00 | 0x01 | 0xd0..=0xd9) {
        return Err(JpegProblem::Malformed("its header is not made of segments"));
    }
    let [l1, l0, rest @ ..] = &bytes[start + 1..] else {
        return Err(SHORT);
    };
    let length = usize::from(u16::from_be_bytes([*l1, *l0]));
    let body = length.checked_sub(2).ok_or(SHORT)?;
    let (body, tail) = rest.split_at_checked(body).ok_or(SHORT)?;
    Ok((marker, body, tail))
}

fn has_end(jpeg: &[u8]) -> bool {
    let padding = jpeg.iter().rev().take_while(|&&byte| byte == 0).count();
    padding <= MAX_PADDING && jpeg[..jpeg.len() - padding].ends_with(&EOI)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// SOI, SOF0 of 32 x 16 pixels with these identifiers, SOS, one byte, EOI.
    pub(crate) fn picture(identifiers: [u8; 3], extra: &[u8]) -> Vec<u8> {
        let mut jpeg = SOI.to_vec();
        jpeg.extend_from_slice(extra);
        jpeg.extend_from_slice(&[0xff, SOF0, 0, 17, 8, 0, 16, 0, 32, 3]);
        for id in identifiers {
            jpeg.extend_from_slice(&[id, 0x11, 0]);
        }
        jpeg.extend_from_slice(&[0xff, SOS, 0, 2, 0x55]);
        jpeg.extend_from_slice(&EOI);
        jpeg
    }

    const ADOBE_RGB: [u8; 16] = *b"\xff\xee\0\x0eAdobe\0\x64\x80\0\0\0\0";
    const JFIF: [u8; 18] = *b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";

    fn colour_of(identifiers: [u8; 3], extra: &[u8]) -> Result<Colour, JpegProblem> {
        let mut headers = Headers::default();
        headers.read_picture(&picture(identifiers, extra))?;
        Ok(headers.colour())
    }

    #[test]
    fn the_colour_is_what_libjpeg_would_take_it_for() {
        assert_eq!(colour_of([1, 2, 3], &[]), Ok(Colour::YCbCr));
        assert_eq!(colour_of(*b"RGB", &[]), Ok(Colour::Rgb));
        assert_eq!(colour_of([0, 1, 2], &[]), Ok(Colour::YCbCr));
        assert_eq!(colour_of([1, 2, 3], &ADOBE_RGB), Ok(Colour::Rgb));
        assert_eq!(colour_of(*b"RGB", &JFIF), Ok(Colour::YCbCr));
    }

    #[test]
    fn size_and_identifiers_are_read() -> Result<(), JpegProblem> {
        let mut headers = Headers::default();
        headers.read_picture(&picture([1, 2, 3], &[]))?;
        assert_eq!(headers.size(), Some(PixelSize::new(32, 16)));
        assert!(headers.has_usual_identifiers());
        assert!(!headers.states_colour());
        Ok(())
    }

    #[test]
    fn a_picture_without_its_end_is_refused_and_padding_is_not() {
        let mut jpeg = picture([1, 2, 3], &[]);
        jpeg.push(0);
        assert_eq!(Headers::default().read_picture(&jpeg), Ok(()));
        jpeg.truncate(jpeg.len() - 3);
        assert!(matches!(
            Headers::default().read_picture(&jpeg),
            Err(JpegProblem::Malformed(_))
        ));
    }

    #[test]
    fn progressive_is_unsuitable() {
        let mut jpeg = picture([1, 2, 3], &[]);
        jpeg[3] = 0xc2;
        assert!(matches!(
            Headers::default().read_picture(&jpeg),
            Err(JpegProblem::Unsuitable(_))
        ));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_and_never_a_crash(mut bytes: Vec<u8>, framed: bool) {
            if framed {
                bytes.splice(0..0, SOI);
                bytes.extend(EOI);
            }
            let _ = Headers::default().read_picture(&bytes);
            let _ = Headers::default().read_tables(&bytes);
        }
    }
}

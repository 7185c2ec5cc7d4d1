use std::ops::Range;

use crate::error::SlideError;
use crate::source_file::SourceFile;

/// Preamble and the letters DICM.
const PREAMBLE_BYTES: u64 = 132;
const MAGIC: [u8; 4] = *b"DICM";
/// Of the elements that say what a file is; real ones have a few hundred bytes.
const MAX_META_BYTES: u64 = 64 << 10;
const META_GROUP: u32 = 0x0002;
/// Real headers nest five deep; each further step costs stack in the parser that comes after.
const MAX_DEPTH: usize = 16;
const MAX_ELEMENTS: usize = 1 << 17;
const MAX_HEADER_BYTES: u64 = 512 << 20;
const WINDOW_BYTES: u64 = 64 << 10;

const ITEM: u32 = 0xfffe_e000;
const ITEM_DELIMITER: u32 = 0xfffe_e00d;
const SEQUENCE_DELIMITER: u32 = 0xfffe_e0dd;
const PER_FRAME_GROUPS: u32 = 0x5200_9230;
const PIXEL_DATA: u32 = 0x7fe0_0010;
const UNDEFINED: u32 = u32::MAX;

/// The bytes before the pixels, and where the pixels lie.
///
/// The walk comes before dicom-object for two reasons: gigabytes of pixels must not be read to
/// learn the header, and a header whose lengths lie or that nests ten thousand deep must be refused
/// before a recursive parser sees it.
#[derive(Debug)]
pub(super) struct Walked {
    /// Everything that is wanted of the header, preamble included. The groups of each frame are
    /// left out: they would fill memory, and a TILED_FULL image needs none.
    pub(super) header: Vec<u8>,
    pub(super) pixels: PixelPlace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PixelPlace {
    /// Items of compressed data from this offset on.
    Encapsulated(u64),
    /// Samples, from an offset on, this many bytes.
    Plain(u64, u64),
}

/// Walks an explicit VR little-endian file, the encoding of all compressed DICOM, to its pixels.
pub(super) fn walk(file: &SourceFile) -> Result<Walked, SlideError> {
    let mut walk = Walk::new(file);
    let pixels = loop {
        if let Some(pixels) = walk.step()? {
            break pixels;
        }
    };
    Ok(Walked {
        header: walk.header(file)?,
        pixels,
    })
}

/// The letters DICM and the group of elements behind them, which are explicit VR little-endian in
/// every file.
pub(super) fn file_meta(file: &SourceFile) -> Result<Vec<u8>, SlideError> {
    const WHAT: &str = "the DICOM file meta information";
    let mut walk = Walk::new(file);
    if file.n_bytes() < PREAMBLE_BYTES || walk.window.array(PREAMBLE_BYTES - 4)? != MAGIC {
        return Err(SlideError::not_a_slide(
            "it is no DICOM file: the letters DICM are not at byte 128",
        ));
    }
    while walk.position < file.n_bytes() {
        let element = walk.element()?;
        if element.tag >> 16 != META_GROUP {
            break;
        }
        walk.position = walk.end_of(&element)?;
        if walk.position > MAX_META_BYTES {
            return Err(SlideError::corrupt(
                "its DICOM file meta information is too long",
            ));
        }
    }
    let start = PREAMBLE_BYTES - 4;
    file.bytes(WHAT, start, walk.position - start)
}

struct Walk<'a> {
    window: Window<'a>,
    position: u64,
    /// Where each open sequence or item ends.
    open: Vec<End>,
    n_elements: usize,
    per_frame: Option<Range<u64>>,
    /// Where the group of the pixel data starts.
    header_end: Option<u64>,
}

#[derive(Clone, Copy)]
enum End {
    At(u64),
    Delimiter,
}

struct Element {
    tag: u32,
    is_sequence: bool,
    length: u32,
    value_at: u64,
}

impl<'a> Walk<'a> {
    fn new(file: &'a SourceFile) -> Self {
        Self {
            window: Window::new(file),
            position: PREAMBLE_BYTES,
            open: Vec::new(),
            n_elements: 0,
            per_frame: None,
            header_end: None,
        }
    }

    /// One element further.
    fn step(&mut self) -> Result<Option<PixelPlace>, SlideError> {
        self.close_finished();
        let start = self.position;
        let element = self.element()?;
        self.count(&element)?;
        if self.open.is_empty() && element.tag >> 16 >= PIXEL_DATA >> 16 {
            self.header_end.get_or_insert(start);
        }
        match element.tag {
            PIXEL_DATA if self.open.is_empty() => return self.pixels(&element).map(Some),
            ITEM_DELIMITER | SEQUENCE_DELIMITER => {
                self.position = element.value_at;
                if !matches!(self.open.pop(), Some(End::Delimiter)) {
                    return Err(SlideError::corrupt(
                        "a DICOM sequence ends where none began",
                    ));
                }
            }
            _ if element.tag == ITEM || element.is_sequence => self.enter(&element, start)?,
            _ => self.position = self.end_of(&element)?,
        }
        self.note_end_of_frame_groups();
        Ok(None)
    }

    fn close_finished(&mut self) {
        while let Some(End::At(end)) = self.open.last() {
            if self.position < *end {
                return;
            }
            self.open.pop();
        }
    }

    fn note_end_of_frame_groups(&mut self) {
        self.close_finished();
        if let (true, Some(range)) = (self.open.is_empty(), &mut self.per_frame)
            && range.end == u64::MAX
        {
            range.end = self.position;
        }
    }

    fn enter(&mut self, element: &Element, start: u64) -> Result<(), SlideError> {
        if self.open.len() == MAX_DEPTH {
            return Err(SlideError::corrupt(format!(
                "its DICOM header nests more than {MAX_DEPTH} deep"
            )));
        }
        if self.open.is_empty() && element.tag == PER_FRAME_GROUPS {
            self.per_frame = Some(start..u64::MAX);
        }
        let end = match element.length {
            UNDEFINED => End::Delimiter,
            _ => End::At(self.end_of(element)?),
        };
        self.open.push(end);
        self.position = element.value_at;
        Ok(())
    }

    /// Where the element's value ends, which must be inside the file and what encloses it.
    fn end_of(&self, element: &Element) -> Result<u64, SlideError> {
        let length = u64::from(element.length);
        self.window
            .file
            .check("a DICOM element", element.value_at, length)?;
        let end = element.value_at + length;
        let fits = self.open.iter().all(|open| match open {
            End::At(limit) => end <= *limit,
            End::Delimiter => true,
        });
        match fits && element.length != UNDEFINED {
            true => Ok(end),
            false => Err(SlideError::corrupt(
                "a DICOM element is longer than what encloses it",
            )),
        }
    }

    fn count(&mut self, element: &Element) -> Result<(), SlideError> {
        if self
            .per_frame
            .as_ref()
            .is_none_or(|range| range.end != u64::MAX)
        {
            self.n_elements += 1;
        }
        match self.n_elements > MAX_ELEMENTS || element.value_at > MAX_HEADER_BYTES {
            true => Err(SlideError::unsupported("its DICOM header is too large")),
            false => Ok(()),
        }
    }

    fn pixels(&self, element: &Element) -> Result<PixelPlace, SlideError> {
        if element.length == UNDEFINED {
            return Ok(PixelPlace::Encapsulated(element.value_at));
        }
        let length = u64::from(element.length);
        self.window
            .file
            .check("the pixel data", element.value_at, length)?;
        Ok(PixelPlace::Plain(element.value_at, length))
    }

    /// PS3.5 section 7.1.2: tag, two letters, and a length of two or of two plus four bytes.
    fn element(&mut self) -> Result<Element, SlideError> {
        let at = self.position;
        let [g0, g1, e0, e1, v0, v1, l0, l1] = self.window.array(at)?;
        let group = u16::from_le_bytes([g0, g1]);
        let tag = u32::from(group) << 16 | u32::from(u16::from_le_bytes([e0, e1]));
        let (length, value_at) = match &[v0, v1] {
            // Items and delimiters have no letters.
            _ if group == 0xfffe => (u32::from_le_bytes([v0, v1, l0, l1]), at + 8),
            b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SQ" | b"SV" | b"UC" | b"UN"
            | b"UR" | b"UT" | b"UV" => (u32::from_le_bytes(self.window.array(at + 8)?), at + 12),
            letters if letters.iter().all(u8::is_ascii_uppercase) => {
                (u16::from_le_bytes([l0, l1]).into(), at + 8)
            }
            _ => {
                return Err(SlideError::corrupt(
                    "a DICOM element has no value representation; only explicit little-endian is read",
                ));
            }
        };
        Ok(Element {
            tag,
            is_sequence: [v0, v1] == *b"SQ" && group != 0xfffe,
            length,
            value_at,
        })
    }

    fn header(&self, file: &SourceFile) -> Result<Vec<u8>, SlideError> {
        const WHAT: &str = "the DICOM header";
        let end = self.header_end.unwrap_or(self.position);
        let Some(groups) = self.per_frame.clone() else {
            return file.bytes(WHAT, 0, end);
        };
        let mut header = file.bytes(WHAT, 0, groups.start)?;
        let after = groups.end.min(end);
        header.extend(file.bytes(WHAT, after, end - after)?);
        Ok(header)
    }
}

/// A piece of the file kept at hand, since elements are small and many.
struct Window<'a> {
    file: &'a SourceFile,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> Window<'a> {
    fn new(file: &'a SourceFile) -> Self {
        Self {
            file,
            start: 0,
            bytes: Vec::new(),
        }
    }

    fn array<const N: usize>(&mut self, at: u64) -> Result<[u8; N], SlideError> {
        self.file.check("the DICOM header", at, N as u64)?;
        let inside = at >= self.start && at + N as u64 <= self.start + self.bytes.len() as u64;
        if !inside {
            let length = WINDOW_BYTES.min(self.file.n_bytes() - at);
            self.bytes = self.file.bytes("the DICOM header", at, length)?;
            self.start = at;
        }
        let from = (at - self.start) as usize;
        let mut array = [0; N];
        array.copy_from_slice(&self.bytes[from..from + N]);
        Ok(array)
    }
}

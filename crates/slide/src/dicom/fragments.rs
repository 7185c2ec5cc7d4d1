use crate::error::SlideError;
use crate::source_file::SourceFile;

const ITEM: [u8; 4] = [0xfe, 0xff, 0x00, 0xe0];
const SEQUENCE_DELIMITER: [u8; 4] = [0xfe, 0xff, 0xdd, 0xe0];
/// Start of image, which opens every JPEG and stands nowhere in its scan.
const SOI: [u8; 2] = [0xff, 0xd8];
/// The end of a JPEG of odd length in an item, which must be even.
const PADDED_EOI: [u8; 3] = [0xff, 0xd9, 0x00];
const MAX_FRAME_BYTES: u64 = 64 << 20;

/// Where the compressed frames lie (PS3.5 section A.4).
///
/// Made by stepping from item to item. Offset tables are not needed for that and not trusted:
/// files without any are common, and one small read an item finds the truth, and a lost end.
#[derive(Debug)]
pub(super) struct FragmentIndex {
    fragments: Vec<Fragment>,
    /// First fragment of each frame, and one past the last.
    starts: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fragment {
    pub(super) offset: u64,
    pub(super) length: u32,
}

impl FragmentIndex {
    /// `offset` is where the item of the Basic Offset Table starts.
    pub(super) fn scan(
        file: &SourceFile,
        offset: u64,
        n_frames: usize,
    ) -> Result<Self, SlideError> {
        let fragments = scan_items(file, offset)?;
        let starts = frame_starts(file, &fragments, n_frames)?;
        let index = Self { fragments, starts };
        for frame in 0..n_frames {
            if u64::from(index.length(frame).unwrap_or(0)) > MAX_FRAME_BYTES {
                return Err(SlideError::corrupt(format!(
                    "DICOM frame {frame} has more than {MAX_FRAME_BYTES} bytes"
                )));
            }
        }
        Ok(index)
    }

    pub(super) fn fragments(&self, frame: usize) -> Option<&[Fragment]> {
        let (start, end) = (*self.starts.get(frame)?, *self.starts.get(frame + 1)?);
        self.fragments.get(start as usize..end as usize)
    }

    /// Bytes of the frame's JPEG without padding; saturates for a frame that is refused anyway.
    pub(super) fn length(&self, frame: usize) -> Option<u32> {
        let fragments = self.fragments(frame)?;
        Some(
            fragments
                .iter()
                .fold(0, |sum: u32, fragment| sum.saturating_add(fragment.length)),
        )
    }
}

/// That the items of the pixel data follow one another to their end.
pub(super) fn check_fragments(file: &SourceFile, offset: u64) -> Result<(), SlideError> {
    scan_items(file, offset).map(|_fragments| ())
}

fn scan_items(file: &SourceFile, offset: u64) -> Result<Vec<Fragment>, SlideError> {
    const WHAT: &str = "the pixel data";
    let (table_bytes, mut at) = match read_item(file, offset)? {
        Item::Data { length, .. } => (length, offset + 8),
        Item::End => (0, offset),
    };
    file.check("the DICOM offset table", at, table_bytes.into())?;
    at += u64::from(table_bytes);
    let mut fragments: Vec<Fragment> = Vec::new();
    while let Item::Data {
        length,
        after_padding,
    } = read_item(file, at)?
    {
        if after_padding {
            drop_padding(&mut fragments);
        }
        let fragment = Fragment {
            offset: at + 8,
            length,
        };
        file.check(WHAT, fragment.offset, length.into())?;
        at = fragment.offset + u64::from(length);
        fragments.push(fragment);
    }
    // The delimiter follows the last fragment.
    let mut tail = [0; 3];
    file.read_at(&mut tail, at - 3)?;
    if tail == PADDED_EOI {
        drop_padding(&mut fragments);
    }
    Ok(fragments)
}

fn drop_padding(fragments: &mut [Fragment]) {
    if let Some(last) = fragments.last_mut() {
        last.length = last.length.saturating_sub(1);
    }
}

enum Item {
    Data {
        length: u32,
        /// Whether the item before ends in a JPEG's end and a padding byte.
        after_padding: bool,
    },
    End,
}

fn read_item(file: &SourceFile, at: u64) -> Result<Item, SlideError> {
    file.check("the pixel data", at, 8)?;
    let mut bytes = [0; 11];
    file.read_at(&mut bytes, at - 3)?;
    let [p0, p1, p2, t0, t1, t2, t3, l0, l1, l2, l3] = bytes;
    match [t0, t1, t2, t3] {
        ITEM => Ok(Item::Data {
            length: u32::from_le_bytes([l0, l1, l2, l3]),
            after_padding: [p0, p1, p2] == PADDED_EOI,
        }),
        SEQUENCE_DELIMITER => Ok(Item::End),
        _ => Err(SlideError::corrupt(
            "its DICOM pixel data is not made of items",
        )),
    }
}

/// One fragment a frame is what the standard asks of tiled JPEG; else a frame starts wherever a
/// JPEG does.
fn frame_starts(
    file: &SourceFile,
    fragments: &[Fragment],
    n_frames: usize,
) -> Result<Vec<u32>, SlideError> {
    let n_fragments = fragments.len() as u32;
    if fragments.len() == n_frames {
        return Ok((0..=n_fragments).collect());
    }
    let mut starts = Vec::new();
    for (position, fragment) in fragments.iter().enumerate() {
        let mut head = [0; 2];
        if fragment.length >= 2 {
            file.read_at(&mut head, fragment.offset)?;
        }
        if head == SOI || starts.is_empty() {
            starts.push(position as u32);
        }
    }
    if starts.len() != n_frames {
        return Err(SlideError::corrupt(format!(
            "it needs {n_frames} DICOM frames but its pixel data holds {}",
            starts.len()
        )));
    }
    starts.push(n_fragments);
    Ok(starts)
}

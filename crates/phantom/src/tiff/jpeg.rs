//! One JPEG as TIFF wants it: quantisation and Huffman tables once for the whole image
//! (JPEGTables), tiles without them (TIFF Technical Note 2, 1995).

use crate::PhantomError;

/// A JPEG taken apart; each part is a JPEG stream of its own, from start to end of image.
pub(crate) struct TableSplit {
    pub(crate) tables: Vec<u8>,
    pub(crate) tile: Vec<u8>,
}

const START: [u8; 2] = [0xff, 0xd8];
const END: [u8; 2] = [0xff, 0xd9];
const QUANTISATION: u8 = 0xdb;
const HUFFMAN: u8 = 0xc4;
const SCAN: u8 = 0xda;

impl TableSplit {
    pub(crate) fn new(jpeg: &[u8]) -> Result<Self, PhantomError> {
        let mut tables = START.to_vec();
        let mut tile = START.to_vec();
        let mut rest = jpeg
            .strip_prefix(&START)
            .ok_or(PhantomError::JpegSegment("start of image"))?;
        loop {
            let (marker, segment) = first_segment(rest)?;
            if marker == SCAN {
                tile.extend_from_slice(rest);
                break;
            }
            match marker {
                QUANTISATION | HUFFMAN => tables.extend_from_slice(segment),
                // Application data (JFIF) has no place in a TIFF tile.
                0xe0..=0xef => {}
                _ => tile.extend_from_slice(segment),
            }
            rest = &rest[segment.len()..];
        }
        tables.extend_from_slice(&END);
        Ok(Self { tables, tile })
    }
}

/// The marker code of the segment that starts `bytes`, and the whole segment.
fn first_segment(bytes: &[u8]) -> Result<(u8, &[u8]), PhantomError> {
    match bytes {
        [0xff, marker, high, low, ..] => bytes
            .get(..2 + usize::from(u16::from_be_bytes([*high, *low])))
            .map(|segment| (*marker, segment))
            .ok_or(PhantomError::JpegSegment("complete")),
        _ => Err(PhantomError::JpegSegment("start of scan")),
    }
}

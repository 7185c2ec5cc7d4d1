/// Element and item tags that frame the pixel data, as they lie in the file (little endian).
const EXTENDED_OFFSET_TABLE: [u8; 4] = [0xe0, 0x7f, 0x01, 0x00];
const EXTENDED_OFFSET_TABLE_LENGTHS: [u8; 4] = [0xe0, 0x7f, 0x02, 0x00];
const PIXEL_DATA: [u8; 4] = [0xe0, 0x7f, 0x10, 0x00];
const ITEM: [u8; 4] = [0xfe, 0xff, 0x00, 0xe0];
/// Sequence delimitation item with its length of zero: the end of the pixel data.
pub(crate) const END: [u8; 8] = [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0];

/// Lengths of the frames of a level, in order; zero where not known yet.
#[derive(Clone, Debug)]
pub(super) struct FrameTable {
    lengths: Vec<u32>,
}

impl FrameTable {
    pub(super) fn unknown(n_frames: usize) -> Self {
        Self {
            lengths: vec![0; n_frames],
        }
    }

    pub(super) fn known(lengths: Vec<u32>) -> Self {
        Self { lengths }
    }

    pub(super) fn n_frames(&self) -> usize {
        self.lengths.len()
    }

    pub(super) fn compressed_bytes(&self) -> u64 {
        self.lengths.iter().map(|&length| u64::from(length)).sum()
    }

    pub(super) fn into_lengths(self) -> Vec<u32> {
        self.lengths
    }

    /// Extended Offset Table and its lengths (PS3.3 section C.7.6.3), then the pixel data element
    /// up to and with its empty Basic Offset Table (PS3.5 section A.4).
    pub(super) fn write_tables(&self, out: &mut Vec<u8>) {
        let items = self.lengths.iter().map(|&length| u64::from(padded(length)));
        let offsets = items.clone().scan(0, |next, length| {
            let offset = *next;
            *next += length + 8;
            Some(offset)
        });
        self.write_numbers(out, EXTENDED_OFFSET_TABLE, offsets);
        self.write_numbers(out, EXTENDED_OFFSET_TABLE_LENGTHS, items);
        out.extend_from_slice(&PIXEL_DATA);
        out.extend_from_slice(b"OB\0\0\xff\xff\xff\xff");
        out.extend_from_slice(&item_header(0));
    }

    fn write_numbers(&self, out: &mut Vec<u8>, tag: [u8; 4], numbers: impl Iterator<Item = u64>) {
        out.extend_from_slice(&tag);
        out.extend_from_slice(b"OV\0\0");
        out.extend_from_slice(&(self.lengths.len() as u32 * 8).to_le_bytes());
        out.extend(numbers.flat_map(u64::to_le_bytes));
    }
}

/// Bytes between the end of the data set and the first frame's item: what
/// [`FrameTable::write_tables`] writes.
pub(crate) const fn tables_bytes(n_frames: u64) -> u64 {
    const LONG_ELEMENT_HEADER: u64 = 12;
    const ITEM_HEADER: u64 = 8;
    let table = LONG_ELEMENT_HEADER + 8 * n_frames;
    2 * table + LONG_ELEMENT_HEADER + ITEM_HEADER
}

/// Length of a frame's item: even, as every length in DICOM.
pub(crate) const fn padded(length: u32) -> u32 {
    length + length % 2
}

pub(super) fn item_header(length: u32) -> [u8; 8] {
    let mut header = [0; 8];
    header[..4].copy_from_slice(&ITEM);
    header[4..].copy_from_slice(&padded(length).to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_headers_and_padding_and_pass_four_gigabytes() {
        let table = FrameTable::known(vec![3, u32::MAX - 1, 8]);
        let mut out = Vec::new();
        table.write_tables(&mut out);
        let number = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&out[at..at + 8]);
            u64::from_le_bytes(bytes)
        };
        let offsets = [number(12), number(20), number(28)];
        assert_eq!(offsets, [0, 12, 12 + u64::from(u32::MAX - 1) + 8]);
        let lengths = [number(48), number(56), number(64)];
        assert_eq!(lengths, [4, u64::from(u32::MAX - 1), 8]);
        assert_eq!(out.len(), 72 + 12 + 8);
        assert_eq!(out.len() as u64, tables_bytes(3));
    }
}

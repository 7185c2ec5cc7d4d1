use std::collections::{BTreeMap, HashSet};

use crate::error::SlideError;
use crate::source_file::SourceFile;
use crate::tiff::value::{Field, Layout, Place};

/// Real files hold a few dozen; a hostile one must not keep us busy.
const MAX_DIRECTORIES: usize = 4096;
const MAX_ENTRIES: u64 = 4096;

/// One image file directory: fields by tag, their values still in the file.
#[derive(Debug)]
pub(super) struct Directory {
    fields: BTreeMap<u16, Field>,
}

/// Reads all directories of the chain, and those that SubIFDs of the first one name (OME-TIFF
/// keeps its pyramid there) after it.
pub(super) fn read_directories(file: &SourceFile) -> Result<(Layout, Vec<Directory>), SlideError> {
    let (layout, first) = read_header(file)?;
    let mut seen = HashSet::new();
    let mut directories = Vec::new();
    let mut next = first;
    while next != 0 {
        if !seen.insert(next) {
            return Err(SlideError::corrupt("its TIFF directories form a loop"));
        }
        if directories.len() == MAX_DIRECTORIES {
            return Err(SlideError::unsupported(format!(
                "it has more than {MAX_DIRECTORIES} TIFF directories"
            )));
        }
        let (directory, following) = Directory::read(file, layout, next)?;
        directories.push(directory);
        next = following;
    }
    let Some(first) = directories.first() else {
        return Err(SlideError::corrupt("it has no TIFF directory"));
    };
    let subs = first.sub_directories(file, layout, &mut seen)?;
    directories.splice(1..1, subs);
    Ok((layout, directories))
}

/// Layout and the offset of the first directory.
fn read_header(file: &SourceFile) -> Result<(Layout, u64), SlideError> {
    let header = file.bytes("the TIFF header", 0, 8)?;
    let big_endian = header.starts_with(b"MM");
    let mut layout = Layout {
        big_endian,
        big_tiff: false,
    };
    layout.big_tiff = layout.u16([header[2], header[3]]) == 43;
    if !layout.big_tiff {
        return Ok((layout, layout.read_word(&header[4..])));
    }
    if layout.u16([header[4], header[5]]) != 8 {
        return Err(SlideError::corrupt("its BigTIFF header is not 8-byte"));
    }
    let offset = file.bytes("the TIFF header", 8, 8)?;
    Ok((layout, layout.read_word(&offset)))
}

impl Directory {
    pub(super) fn field(&self, tag: u16) -> Option<&Field> {
        self.fields.get(&tag)
    }

    /// The directory at `offset`, and the offset of the next one (0 behind the last).
    fn read(file: &SourceFile, layout: Layout, offset: u64) -> Result<(Self, u64), SlideError> {
        const WHAT: &str = "a TIFF directory";
        let count_bytes = if layout.big_tiff { 8 } else { 2 };
        let count = file.bytes(WHAT, offset, count_bytes)?;
        let n_entries = match layout.big_tiff {
            true => layout.read_word(&count),
            false => layout.u16([count[0], count[1]]).into(),
        };
        if n_entries > MAX_ENTRIES {
            return Err(SlideError::corrupt(
                "a TIFF directory claims more than 4096 fields",
            ));
        }
        let entry_bytes = 4 + 2 * layout.word();
        let length = n_entries * entry_bytes as u64 + layout.word() as u64;
        let body = file.bytes(WHAT, offset.saturating_add(count_bytes), length)?;
        let (entries, next) = body.split_at(body.len() - layout.word());
        let fields = entries
            .chunks_exact(entry_bytes)
            .filter_map(|entry| read_entry(entry, layout))
            .collect();
        Ok((Self { fields }, layout.read_word(next)))
    }

    fn sub_directories(
        &self,
        file: &SourceFile,
        layout: Layout,
        seen: &mut HashSet<u64>,
    ) -> Result<Vec<Self>, SlideError> {
        const SUB_IFDS: u16 = 330;
        let Some(field) = self.field(SUB_IFDS) else {
            return Ok(Vec::new());
        };
        field
            .numbers(file, layout, MAX_DIRECTORIES as u64)?
            .into_iter()
            .filter(|&offset| seen.insert(offset))
            .map(|offset| Ok(Self::read(file, layout, offset)?.0))
            .collect()
    }
}

/// `None` for a field of a type the standard does not know: readers must skip those (TIFF 6.0,
/// section 2).
fn read_entry(entry: &[u8], layout: Layout) -> Option<(u16, Field)> {
    let tag = layout.u16([entry[0], entry[1]]);
    let kind = layout.u16([entry[2], entry[3]]);
    let word = layout.word();
    let count = layout.read_word(&entry[4..]);
    let value = &entry[4 + word..];
    let n_bytes = Field::value_bytes(kind)?.saturating_mul(count);
    let place = if n_bytes <= word as u64 {
        let mut inline = [0; 8];
        inline[..word].copy_from_slice(value);
        Place::Inline(inline)
    } else {
        Place::At(layout.read_word(value))
    };
    Some((tag, Field { kind, count, place }))
}

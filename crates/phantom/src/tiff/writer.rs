use std::io::{self, Seek, SeekFrom, Write};

use super::Directory;

/// Classic TIFF ends at 4 GiB; BigTIFF does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    Classic,
    Big,
}

/// A tile's place in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) offset: u64,
    pub(crate) length: u32,
}

/// A TIFF file being written.
pub(crate) struct TiffWriter<W> {
    out: W,
    flavour: Flavour,
    /// Where the next byte goes.
    at: u64,
}

impl<W: Write + Seek> TiffWriter<W> {
    /// Writes the header.
    pub(crate) fn begin(mut out: W, flavour: Flavour) -> io::Result<Self> {
        let header = flavour.header(0);
        out.write_all(&header)?;
        Ok(Self {
            out,
            flavour,
            at: header.len() as u64,
        })
    }

    /// Writes one tile.
    pub(crate) fn append(&mut self, tile: &[u8]) -> io::Result<Span> {
        let span = Span {
            offset: self.at,
            length: tile.len() as u32,
        };
        self.write(tile)?;
        Ok(span)
    }

    /// Writes the directories and links them from the header on.
    pub(crate) fn finish(mut self, directories: &[Directory]) -> io::Result<W> {
        self.write(&[0; 8][..(8 - self.at % 8) as usize % 8])?;
        let first = self.at;
        for (index, directory) in directories.iter().enumerate() {
            let (mut bytes, link) = directory.encode(self.flavour, self.at);
            if index + 1 < directories.len() {
                bytes.resize(bytes.len().next_multiple_of(8), 0);
                let next = self.flavour.encode_word(self.at + bytes.len() as u64);
                bytes[link..link + next.len()].copy_from_slice(&next);
            }
            self.write(&bytes)?;
        }
        if self.flavour == Flavour::Classic && self.at > u64::from(u32::MAX) {
            return Err(io::Error::other("a classic TIFF cannot exceed 4 GiB"));
        }
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&self.flavour.header(first))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

impl Flavour {
    /// Bytes of a place in the file.
    pub(super) const fn word(self) -> usize {
        match self {
            Self::Classic => 4,
            Self::Big => 8,
        }
    }

    pub(super) fn encode_word(self, value: u64) -> Vec<u8> {
        value.to_le_bytes()[..self.word()].to_vec()
    }

    /// The number of entries at the head of a directory.
    pub(super) fn count(self, n_entries: usize) -> Vec<u8> {
        match self {
            Self::Classic => (n_entries as u16).to_le_bytes().to_vec(),
            Self::Big => (n_entries as u64).to_le_bytes().to_vec(),
        }
    }

    fn header(self, first_directory: u64) -> Vec<u8> {
        let mut header = b"II".to_vec();
        match self {
            Self::Classic => header.extend(42u16.to_le_bytes()),
            Self::Big => header.extend([43u16, 8, 0].iter().flat_map(|v| v.to_le_bytes())),
        }
        header.extend(self.encode_word(first_directory));
        header
    }
}

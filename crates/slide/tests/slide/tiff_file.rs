use flow::{PixelSize, TileGrid};
use turbojpeg::{Colorspace, Subsamp};

use crate::picture;

/// Byte order and word size.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    Classic,
    BigLittleEndian,
    BigBigEndian,
}

pub(crate) struct Page {
    pub(crate) grid: TileGrid,
    pub(crate) photometric: u16,
    pub(crate) compression: u16,
    pub(crate) tables: Option<Vec<u8>>,
    pub(crate) tiles: Vec<Vec<u8>>,
    pub(crate) description: String,
    /// Pixels a centimetre.
    pub(crate) resolution: Option<u32>,
    /// Further fields, as given.
    pub(crate) extra: Vec<(u16, Values)>,
}

pub(crate) enum Values {
    Bytes(Vec<u8>),
    Ascii(String),
    Short(Vec<u16>),
    Long(Vec<u64>),
    Fraction(u32, u32),
}

impl Page {
    /// A level of generated pictures: whole JPEGs in YCbCr 4:2:0.
    pub(crate) fn generated(width: u32, height: u32, tile: u32) -> Self {
        let grid = TileGrid::new(PixelSize::new(width, height), PixelSize::new(tile, tile));
        let tiles = (0..grid.n_tiles() as u32)
            .map(|seed| {
                let rgb = picture::pixels(grid.tile, seed);
                picture::jpeg(grid.tile, &rgb, Colorspace::YCbCr, Subsamp::Sub2x2)
            })
            .collect();
        Self {
            grid,
            photometric: 6,
            compression: 7,
            tables: None,
            tiles,
            description: String::new(),
            resolution: Some(40_000),
            extra: Vec::new(),
        }
    }

    /// Moves the tables of all tiles to the page. They must be the same in all, as they are when
    /// one encoder wrote them.
    pub(crate) fn with_shared_tables(mut self) -> Self {
        for tile in &mut self.tiles {
            let (tables, bare) = picture::split_tables(tile);
            assert!(self.tables.as_ref().is_none_or(|shared| *shared == tables));
            self.tables = Some(tables);
            *tile = bare;
        }
        self
    }

    pub(crate) fn map_tiles(mut self, change: impl Fn(&[u8]) -> Vec<u8>) -> Self {
        for tile in &mut self.tiles {
            *tile = change(tile);
        }
        self
    }

    fn fields(&self, offsets: Vec<u64>) -> Vec<(u16, Values)> {
        let size = self.grid.level;
        let lengths = self.tiles.iter().map(|tile| tile.len() as u64).collect();
        let mut fields = vec![
            (256, Values::Long(vec![size.width.into()])),
            (257, Values::Long(vec![size.height.into()])),
            (258, Values::Short(vec![8; 3])),
            (259, Values::Short(vec![self.compression])),
            (262, Values::Short(vec![self.photometric])),
            (277, Values::Short(vec![3])),
            (322, Values::Short(vec![self.grid.tile.width as u16])),
            (323, Values::Short(vec![self.grid.tile.height as u16])),
            (324, Values::Long(offsets)),
            (325, Values::Long(lengths)),
        ];
        if let Some(resolution) = self.resolution {
            fields.push((282, Values::Fraction(resolution, 1)));
            fields.push((283, Values::Fraction(resolution, 1)));
            fields.push((296, Values::Short(vec![3])));
        }
        if let Some(tables) = &self.tables {
            fields.push((347, Values::Bytes(tables.clone())));
        }
        if !self.description.is_empty() {
            fields.push((270, Values::Ascii(self.description.clone())));
        }
        for (tag, values) in &self.extra {
            fields.retain(|(known, _)| known != tag);
            fields.push((*tag, values.copy()));
        }
        fields.sort_by_key(|(tag, _)| *tag);
        fields
    }
}

impl Values {
    fn copy(&self) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Bytes(bytes.clone()),
            Self::Ascii(text) => Self::Ascii(text.clone()),
            Self::Short(values) => Self::Short(values.clone()),
            Self::Long(values) => Self::Long(values.clone()),
            Self::Fraction(above, below) => Self::Fraction(*above, *below),
        }
    }

    /// Type, count and bytes.
    fn encode(&self, layout: Layout) -> (u16, u64, Vec<u8>) {
        match self {
            Self::Bytes(bytes) => (7, bytes.len() as u64, bytes.clone()),
            Self::Ascii(text) => {
                let bytes = [text.as_bytes(), &[0]].concat();
                (2, bytes.len() as u64, bytes)
            }
            Self::Short(values) => (
                3,
                values.len() as u64,
                values.iter().flat_map(|&v| layout.u16(v)).collect(),
            ),
            Self::Long(values) => (
                match layout.word() {
                    8 => 16,
                    _ => 4,
                },
                values.len() as u64,
                values.iter().flat_map(|&v| layout.offset(v)).collect(),
            ),
            Self::Fraction(above, below) => {
                (5, 1, [layout.u32(*above), layout.u32(*below)].concat())
            }
        }
    }
}

impl Layout {
    fn word(self) -> usize {
        match self {
            Self::Classic => 4,
            _ => 8,
        }
    }

    fn u16(self, value: u16) -> Vec<u8> {
        self.ordered(value.to_le_bytes().to_vec())
    }

    fn u32(self, value: u32) -> Vec<u8> {
        self.ordered(value.to_le_bytes().to_vec())
    }

    fn offset(self, value: u64) -> Vec<u8> {
        self.ordered(value.to_le_bytes()[..self.word()].to_vec())
    }

    fn ordered(self, mut little: Vec<u8>) -> Vec<u8> {
        if matches!(self, Self::BigBigEndian) {
            little.reverse();
        }
        little
    }

    fn header(self) -> Vec<u8> {
        match self {
            Self::Classic => b"II\x2a\0".to_vec(),
            Self::BigLittleEndian => b"II\x2b\0\x08\0\0\0".to_vec(),
            Self::BigBigEndian => b"MM\0\x2b\0\x08\0\0".to_vec(),
        }
    }
}

/// Writes the tiles of every page, then its directory. Empty tiles get a length of zero.
pub(crate) fn write(pages: &[Page], layout: Layout) -> Vec<u8> {
    let mut file = layout.header();
    let mut link = file.len();
    file.extend(layout.offset(0));
    for page in pages {
        let mut offsets = Vec::new();
        for tile in &page.tiles {
            offsets.push(file.len() as u64);
            file.extend(tile);
        }
        let fields = page.fields(offsets);
        link = write_directory(&mut file, &fields, layout, link);
    }
    file
}

/// Where the offset of the next directory is to be written.
fn write_directory(
    file: &mut Vec<u8>,
    fields: &[(u16, Values)],
    layout: Layout,
    link: usize,
) -> usize {
    let mut entries = Vec::new();
    for (tag, values) in fields {
        let (kind, count, mut bytes) = values.encode(layout);
        entries.extend(layout.u16(*tag));
        entries.extend(layout.u16(kind));
        entries.extend(layout.offset(count));
        if bytes.len() <= layout.word() {
            bytes.resize(layout.word(), 0);
            entries.extend(bytes);
        } else {
            entries.extend(layout.offset(file.len() as u64));
            file.extend(bytes);
        }
    }
    let at = layout.offset(file.len() as u64);
    file[link..link + layout.word()].copy_from_slice(&at);
    match layout {
        Layout::Classic => file.extend(layout.u16(fields.len() as u16)),
        _ => file.extend(layout.offset(fields.len() as u64)),
    }
    file.extend(entries);
    let next = file.len();
    file.extend(layout.offset(0));
    next
}

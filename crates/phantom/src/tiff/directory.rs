use super::Flavour;

/// The tags used here (TIFF 6.0 and, for JPEG, Technical Note 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u16)]
pub(crate) enum Tag {
    NewSubfileType = 254,
    ImageWidth = 256,
    ImageLength = 257,
    BitsPerSample = 258,
    Compression = 259,
    Photometric = 262,
    ImageDescription = 270,
    Model = 272,
    StripOffsets = 273,
    SamplesPerPixel = 277,
    RowsPerStrip = 278,
    StripByteCounts = 279,
    XResolution = 282,
    YResolution = 283,
    PlanarConfiguration = 284,
    ResolutionUnit = 296,
    Software = 305,
    TileWidth = 322,
    TileLength = 323,
    TileOffsets = 324,
    TileByteCounts = 325,
    JpegTables = 347,
    YCbCrSubsampling = 530,
}

/// A tag's value.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Shorts(Vec<u16>),
    Longs(Vec<u32>),
    /// Places in the file: 32 bits in classic TIFF, 64 in BigTIFF.
    Offsets(Vec<u64>),
    Rational(u32, u32),
    Text(String),
    Bytes(Vec<u8>),
}

/// One image file directory: what a reader needs to know about one level.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    entries: Vec<(Tag, Value)>,
}

impl Directory {
    pub(crate) fn with(mut self, tag: Tag, value: Value) -> Self {
        self.entries.push((tag, value));
        self
    }

    /// The directory as it lies in the file at `place`, values too long for their entry behind it;
    /// the link to the next directory comes last and is returned as its place within the bytes.
    pub(crate) fn encode(&self, flavour: Flavour, place: u64) -> (Vec<u8>, usize) {
        let mut entries = self.entries.clone();
        entries.sort_by_key(|(tag, _)| *tag);
        let entry_size = 4 + 2 * flavour.word();
        let count_size = if flavour == Flavour::Big { 8 } else { 2 };
        let link = count_size + entries.len() * entry_size;
        let mut behind = Vec::new();
        let mut head = flavour.count(entries.len());
        for (tag, value) in &entries {
            let bytes = value.encode(flavour);
            head.extend((*tag as u16).to_le_bytes());
            head.extend(value.kind(flavour).to_le_bytes());
            head.extend(flavour.encode_word(value.count()));
            if bytes.len() <= flavour.word() {
                let mut inline = bytes;
                inline.resize(flavour.word(), 0);
                head.extend(inline);
            } else {
                let at = place + (link + flavour.word() + behind.len()) as u64;
                head.extend(flavour.encode_word(at));
                behind.extend(bytes);
                // Values start at even places.
                behind.resize(behind.len().next_multiple_of(8), 0);
            }
        }
        head.extend(flavour.encode_word(0));
        head.extend(behind);
        (head, link)
    }
}

impl Value {
    const fn kind(&self, flavour: Flavour) -> u16 {
        match (self, flavour) {
            (Self::Text(_), _) => 2,
            (Self::Shorts(_), _) => 3,
            (Self::Longs(_), _) | (Self::Offsets(_), Flavour::Classic) => 4,
            (Self::Rational(..), _) => 5,
            (Self::Bytes(_), _) => 7,
            (Self::Offsets(_), Flavour::Big) => 16,
        }
    }

    fn count(&self) -> u64 {
        let count = match self {
            Self::Shorts(values) => values.len(),
            Self::Longs(values) => values.len(),
            Self::Offsets(values) => values.len(),
            Self::Rational(..) => 1,
            Self::Text(text) => text.len() + 1,
            Self::Bytes(bytes) => bytes.len(),
        };
        count as u64
    }

    fn encode(&self, flavour: Flavour) -> Vec<u8> {
        match self {
            Self::Shorts(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::Longs(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::Offsets(values) => values
                .iter()
                .flat_map(|value| flavour.encode_word(*value))
                .collect(),
            Self::Rational(numerator, denominator) => {
                [numerator.to_le_bytes(), denominator.to_le_bytes()].concat()
            }
            Self::Text(text) => [text.as_bytes(), &[0]].concat(),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }
}

use crate::{FlowError, LevelNumber, PixelSize, Sha256Digest, TileGrid, TileIndex};

const WHAT: &str = "pyramid index";
const MAGIC: &[u8; 8] = b"CSPYRIDX";
const VERSION: u32 = 1;
/// Tag and length before each fragment of encapsulated pixel data (PS3.5 section A.4).
const ITEM_HEADER_BYTES: u64 = 8;

/// Where every frame of a slide's pyramid lies, so that a tile costs one range read.
///
/// Frames of a level lie one after another in row-major order, each in an item of its own: eight
/// bytes of item header, the JPEG, and one zero byte where its length is odd. So the lengths say it
/// all, and a frame costs four bytes here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PyramidIndex {
    pub levels: Vec<LevelFrames>,
}

/// The frames of one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelFrames {
    pub level: LevelNumber,
    pub grid: TileGrid,
    /// sha256 of the level's whole DICOM instance.
    pub instance: Sha256Digest,
    frames: Vec<FrameRange>,
}

/// Bytes of one frame inside its level's object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRange {
    pub offset: u64,
    pub length: u32,
}

impl FrameRange {
    pub fn bytes(&self) -> std::ops::Range<u64> {
        self.offset..self.offset + u64::from(self.length)
    }
}

impl LevelFrames {
    /// `first_item` is the offset of the first frame's item header; `lengths` are the JPEGs' true
    /// lengths (without padding) in row-major order, one for every tile of `grid`.
    pub fn new(
        level: LevelNumber,
        grid: TileGrid,
        instance: Sha256Digest,
        first_item: u64,
        lengths: &[u32],
    ) -> Result<Self, FlowError> {
        if lengths.len() as u64 != grid.n_tiles() {
            return Err(FlowError::damaged(
                WHAT,
                "frames do not fill the level's grid",
            ));
        }
        let mut item = first_item;
        let frames = lengths
            .iter()
            .map(|&length| {
                let offset = item + ITEM_HEADER_BYTES;
                item = offset + u64::from(length) + u64::from(length % 2);
                FrameRange { offset, length }
            })
            .collect();
        Ok(Self {
            level,
            grid,
            instance,
            frames,
        })
    }

    /// `None` outside the grid.
    pub fn frame(&self, tile: TileIndex) -> Option<FrameRange> {
        self.grid
            .position(tile)
            .map(|position| self.frames[position])
    }

    pub fn frames(&self) -> &[FrameRange] {
        &self.frames
    }

    fn first_item(&self) -> u64 {
        self.frames
            .first()
            .map_or(0, |frame| frame.offset - ITEM_HEADER_BYTES)
    }
}

impl PyramidIndex {
    pub fn level(&self, level: LevelNumber) -> Option<&LevelFrames> {
        self.levels.iter().find(|frames| frames.level == level)
    }

    /// Little-endian: magic, version, number of levels; then for each level its number, level and
    /// tile size, digest, offset of the first item, and the length of every frame.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&(self.levels.len() as u32).to_le_bytes());
        for level in &self.levels {
            let grid = level.grid;
            out.extend_from_slice(&u32::from(level.level.0).to_le_bytes());
            for side in [
                grid.level.width,
                grid.level.height,
                grid.tile.width,
                grid.tile.height,
            ] {
                out.extend_from_slice(&side.to_le_bytes());
            }
            out.extend_from_slice(level.instance.as_bytes());
            out.extend_from_slice(&level.first_item().to_le_bytes());
            for frame in &level.frames {
                out.extend_from_slice(&frame.length.to_le_bytes());
            }
        }
        out
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, FlowError> {
        let mut reader = Reader { bytes };
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(FlowError::damaged(
                WHAT,
                "it does not start with its magic bytes",
            ));
        }
        let version = reader.u32()?;
        if version != VERSION {
            return Err(FlowError::Version {
                what: WHAT,
                found: version,
                supported: VERSION,
            });
        }
        let n_levels = reader.u32()?;
        let levels = (0..n_levels)
            .map(|_| reader.level())
            .collect::<Result<_, _>>()?;
        if !reader.bytes.is_empty() {
            return Err(FlowError::damaged(WHAT, "there are bytes after its end"));
        }
        Ok(Self { levels })
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, n_bytes: usize) -> Result<&'a [u8], FlowError> {
        let (head, tail) = self
            .bytes
            .split_at_checked(n_bytes)
            .ok_or_else(|| FlowError::damaged(WHAT, "it ends too early"))?;
        self.bytes = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FlowError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u32(&mut self) -> Result<u32, FlowError> {
        self.array().map(u32::from_le_bytes)
    }

    fn side(&mut self) -> Result<u32, FlowError> {
        match self.u32()? {
            0 => Err(FlowError::damaged(WHAT, "a level or tile has no size")),
            side => Ok(side),
        }
    }

    fn level(&mut self) -> Result<LevelFrames, FlowError> {
        let number = u8::try_from(self.u32()?)
            .ok()
            .ok_or_else(|| FlowError::damaged(WHAT, "a level number is over 255"))?;
        let level = PixelSize::new(self.side()?, self.side()?);
        let tile = PixelSize::new(self.side()?, self.side()?);
        let grid = TileGrid::new(level, tile);
        let instance = Sha256Digest::from_bytes(self.array()?);
        let first_item = self.array().map(u64::from_le_bytes)?;
        let n_bytes = usize::try_from(grid.n_tiles())
            .ok()
            .and_then(|n_tiles| n_tiles.checked_mul(4))
            .ok_or_else(|| FlowError::damaged(WHAT, "a level has too many tiles"))?;
        let lengths: Vec<u32> = self
            .take(n_bytes)?
            .chunks_exact(4)
            .map(|length| u32::from_le_bytes([length[0], length[1], length[2], length[3]]))
            .collect();
        LevelFrames::new(LevelNumber(number), grid, instance, first_item, &lengths)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn example() -> Result<PyramidIndex, FlowError> {
        let grid = TileGrid::new(PixelSize::new(500, 300), PixelSize::new(256, 256));
        let level = LevelFrames::new(
            LevelNumber(0),
            grid,
            Sha256Digest::of(b"level"),
            1000,
            &[10, 11, 12, 13],
        )?;
        Ok(PyramidIndex {
            levels: vec![level],
        })
    }

    #[test]
    fn odd_frames_are_padded() -> Result<(), FlowError> {
        let index = example()?;
        let offsets: Vec<u64> = index.levels[0].frames().iter().map(|f| f.offset).collect();
        assert_eq!(offsets, [1008, 1026, 1046, 1066]);
        Ok(())
    }

    #[test]
    fn written_and_read_back() -> Result<(), FlowError> {
        let index = example()?;
        assert_eq!(PyramidIndex::decode(&index.encode())?, index);
        Ok(())
    }

    proptest! {
        #[test]
        fn a_cut_is_an_error(cut in 1_usize..200) {
            let bytes = example().map(|index| index.encode()).unwrap_or_default();
            let kept = bytes.len().saturating_sub(cut);
            prop_assert!(PyramidIndex::decode(&bytes[..kept]).is_err());
        }

        #[test]
        fn damage_is_never_a_crash(cut in 0_usize..200, at in 0_usize..120, bits: u8) {
            let mut bytes = example().map(|index| index.encode()).unwrap_or_default();
            let n_bytes = bytes.len();
            bytes[at % n_bytes] ^= bits;
            bytes.truncate(n_bytes.saturating_sub(cut));
            // Some bits only make another index, which is for its digest to tell.
            if let Ok(index) = PyramidIndex::decode(&bytes) {
                prop_assert!(PyramidIndex::decode(&index.encode()).is_ok());
            }
        }
    }
}

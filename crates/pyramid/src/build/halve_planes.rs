use turbojpeg::{Subsamp, YuvImage};

use super::halve::{Halving, Quad};
use crate::PyramidError;
use crate::jpeg::{DctScale, FrameModel, with_compressor, with_decompressor};

/// Halves four whole tiles without leaving their luminance and colour planes: each is decoded at
/// half size by the scaled inverse DCT, the planes are laid side by side, and compressed. Saves the
/// way to RGB and back, and the loss that goes with it.
///
/// `None` where that is not possible: tiles missing or cut by the edge, sides that do not halve
/// evenly, or a JPEG unlike the level's model.
pub(super) fn halved(quad: &Quad<'_>, halving: Halving) -> Result<Option<Vec<u8>>, PyramidError> {
    let Some(layout) = Layout::of(quad, halving.model) else {
        return Ok(None);
    };
    let mut whole = vec![0; layout.whole.total()];
    let mut part = vec![0; layout.part.total()];
    for (position, tile) in quad.tiles.iter().enumerate() {
        let Some((_, jpeg)) = tile else {
            return Ok(None);
        };
        if !decode_half(jpeg, halving.model, &layout, &mut part)? {
            return Ok(None);
        }
        layout.paste(&part, &mut whole, position);
    }
    with_compressor(halving.quality, |compressor| {
        compressor.compress_yuv_to_vec(layout.whole.image(&whole[..]))
    })
    .map(Some)
}

/// Answers `false` where the JPEG is not of the level's model.
fn decode_half(
    jpeg: &[u8],
    model: FrameModel,
    layout: &Layout,
    part: &mut [u8],
) -> Result<bool, PyramidError> {
    with_decompressor(DctScale::Half, |decompressor| {
        let header = decompressor.read_header(jpeg)?;
        let expected = (layout.whole.width, layout.whole.height);
        if FrameModel::of(&header) != Some(model) || (header.width, header.height) != expected {
            return Ok(false);
        }
        decompressor.decompress_to_yuv(jpeg, layout.part.image(part))?;
        Ok(true)
    })
}

/// Planes of a tile and of its quarter.
struct Layout {
    whole: Planes,
    part: Planes,
}

impl Layout {
    fn of(quad: &Quad<'_>, model: FrameModel) -> Option<Self> {
        let tile = quad.above.tile;
        let whole_tiles = quad.tiles.iter().all(|tile| {
            tile.and_then(|(index, _)| quad.above.clipped(index))
                .is_some_and(|part| {
                    (part.width, part.height) == (quad.above.tile.width, quad.above.tile.height)
                })
        });
        let subsampling = model.planes()?;
        let (across, down) = subsampling.size();
        let (width, height) = (tile.width as usize, tile.height as usize);
        let even = width.is_multiple_of(2 * across) && height.is_multiple_of(2 * down);
        (whole_tiles && even).then(|| Self {
            whole: Planes::new(width, height, subsampling),
            part: Planes::new(width / 2, height / 2, subsampling),
        })
    }

    /// Copies the planes of one part to its quarter of the whole.
    fn paste(&self, part: &[u8], whole: &mut [u8], position: usize) {
        for (from, to) in self.part.planes().zip(self.whole.planes()) {
            let left = position % 2 * from.width;
            let top = position / 2 * from.height;
            let rows = part[from.start..from.start + from.len()].chunks_exact(from.width);
            for (row, pixels) in rows.enumerate() {
                let at = to.start + (top + row) * to.width + left;
                whole[at..at + from.width].copy_from_slice(pixels);
            }
        }
    }
}

/// One YUV picture, its planes one after another without gaps.
struct Planes {
    width: usize,
    height: usize,
    subsampling: Subsamp,
}

struct Plane {
    start: usize,
    width: usize,
    height: usize,
}

impl Plane {
    fn len(&self) -> usize {
        self.width * self.height
    }
}

impl Planes {
    fn new(width: usize, height: usize, subsampling: Subsamp) -> Self {
        Self {
            width,
            height,
            subsampling,
        }
    }

    fn total(&self) -> usize {
        self.planes().map(|plane| plane.len()).sum()
    }

    fn planes(&self) -> impl Iterator<Item = Plane> {
        let (across, down) = self.subsampling.size();
        let luma = Plane {
            start: 0,
            width: self.width,
            height: self.height,
        };
        let n_chroma = if self.subsampling == Subsamp::Gray {
            0
        } else {
            2
        };
        let (width, height, first) = (self.width / across, self.height / down, luma.len());
        let chroma = (0..n_chroma).map(move |index| Plane {
            start: first + index * width * height,
            width,
            height,
        });
        std::iter::once(luma).chain(chroma)
    }

    fn image<T>(&self, pixels: T) -> YuvImage<T> {
        YuvImage {
            pixels,
            width: self.width,
            align: 1,
            height: self.height,
            subsamp: self.subsampling,
        }
    }
}

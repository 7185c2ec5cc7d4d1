use flow::{PixelRect, PixelSize, TileIndex};

use super::rendering::{Format, Quality, Rotation};
use super::{IiifError, ImageRequest};
use crate::deep_zoom::{DeepZoom, DeepZoomLevel};

/// An image request with its words turned into pixels of this slide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// In pixels of the full resolution.
    pub(crate) region: PixelRect,
    /// Before turning.
    pub(crate) size: PixelSize,
    pub(crate) rotation: Rotation,
    pub(crate) quality: Quality,
    pub(crate) format: Format,
}

impl ImageRequest {
    pub(crate) fn resolve(&self, image: PixelSize) -> Result<Resolved, IiifError> {
        let region = self.region.within(image)?;
        let size = self.size.of(PixelSize::new(region.width, region.height))?;
        Ok(Resolved {
            region,
            size,
            rotation: self.rotation,
            quality: self.quality,
            format: self.format,
        })
    }
}

impl Resolved {
    /// The Deep Zoom tile that this asks for, if it is one.
    pub(crate) fn as_tile(&self, image: &DeepZoom) -> Option<(DeepZoomLevel, TileIndex)> {
        let is_plain = self.rotation == Rotation::default()
            && self.quality != Quality::Gray
            && self.format == Format::Jpg;
        if !is_plain {
            return None;
        }
        (0..=image.top_level().0)
            .map(DeepZoomLevel)
            .find_map(|level| Some((level, self.tile_of(image, level)?)))
    }

    fn tile_of(&self, image: &DeepZoom, level: DeepZoomLevel) -> Option<TileIndex> {
        let pitch = u64::from(image.tile()) * image.downsample(level)?;
        let (x, y) = (u64::from(self.region.x), u64::from(self.region.y));
        if !x.is_multiple_of(pitch) || !y.is_multiple_of(pitch) {
            return None;
        }
        let tile = TileIndex::new(
            u32::try_from(x / pitch).ok()?,
            u32::try_from(y / pitch).ok()?,
        );
        let whole = |start: u32, length: u32| u64::from(length - start).min(pitch);
        let full = image.size();
        let rect = image.rect(level, tile)?;
        let is_this = u64::from(self.region.width) == whole(self.region.x, full.width)
            && u64::from(self.region.height) == whole(self.region.y, full.height)
            && self.size == PixelSize::new(rect.width, rect.height);
        is_this.then_some(tile)
    }
}

#[cfg(test)]
mod tests {
    use flow::{Sha256Digest, SlideId};

    use super::*;
    use crate::iiif::{IiifItem, IiifPath};

    const IMAGE: DeepZoom = DeepZoom::new(PixelSize::new(2220, 2967), 240);

    fn tile(tail: &str) -> Option<(u8, u32, u32)> {
        let slide = SlideId::from_digest(&Sha256Digest::of(b"slide"));
        let path = IiifPath::parse(&format!("{slide}/{tail}"))?;
        let IiifItem::Image(request) = path.item.ok()? else {
            return None;
        };
        let resolved = request.resolve(IMAGE.size()).ok()?;
        let (level, tile) = resolved.as_tile(&IMAGE)?;
        Some((level.0, tile.column, tile.row))
    }

    #[test]
    fn requests_on_the_grid_are_tiles() {
        assert_eq!(
            tile("240,480,240,240/240,240/0/default.jpg"),
            Some((12, 1, 2))
        );
        assert_eq!(tile("240,480,240,240/max/0/color.jpg"), Some((12, 1, 2)));
        assert_eq!(tile("480,0,480,480/240,/0/default.jpg"), Some((11, 1, 0)));
        assert_eq!(
            tile("2160,2880,60,87/60,87/0/default.jpg"),
            Some((12, 9, 12))
        );
        assert_eq!(
            tile("1920,2880,300,87/150,44/0/default.jpg"),
            Some((11, 4, 6))
        );
        assert_eq!(tile("full/139,186/0/default.jpg"), Some((8, 0, 0)));
    }

    #[test]
    fn others_are_not() {
        for other in [
            "241,480,240,240/max/0/default.jpg",
            "240,480,239,240/max/0/default.jpg",
            "240,480,240,240/120,120/0/default.jpg",
            "240,480,240,240/max/0/gray.jpg",
            "240,480,240,240/max/0/default.png",
            "240,480,240,240/max/90/default.jpg",
            "240,480,240,240/^480,480/0/default.jpg",
        ] {
            assert_eq!(tile(other), None, "{other}");
        }
    }

    #[test]
    fn every_tile_is_found_again_by_its_region() {
        for level in (0..=IMAGE.top_level().0).map(DeepZoomLevel) {
            let downsample = IMAGE.downsample(level).expect("a level") as u32;
            let size = IMAGE.level_size(level).expect("a level");
            let grid = flow::TileGrid::new(size, PixelSize::new(240, 240));
            for index in grid.tiles() {
                let rect = IMAGE.rect(level, index).expect("a tile");
                let pitch = 240 * downsample;
                let (x, y) = (index.column * pitch, index.row * pitch);
                let (width, height) = (pitch.min(2220 - x), pitch.min(2967 - y));
                let asked = format!(
                    "{x},{y},{width},{height}/{},{}/0/default.jpg",
                    rect.width, rect.height
                );
                assert_eq!(
                    tile(&asked),
                    Some((level.0, index.column, index.row)),
                    "{asked}"
                );
            }
        }
    }
}

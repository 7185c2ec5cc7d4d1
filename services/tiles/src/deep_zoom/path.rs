use flow::{SlideId, TileIndex};

use super::DeepZoomLevel;

/// What a path below `/slides/` asks for. It is read by hand because tiles are most of all
/// requests, and no router matches `{id}_files`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeepZoomPath {
    pub(crate) slide: SlideId,
    pub(crate) item: DeepZoomItem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeepZoomItem {
    Descriptor(DescriptorFormat),
    Tile(DeepZoomLevel, TileIndex),
}

/// How the descriptor is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DescriptorFormat {
    Xml,
    Json,
}

impl DeepZoomPath {
    /// Reads `{id}.dzi`, `{id}.json` or `{id}_files/{level}/{column}_{row}.jpeg`.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let (id, rest) = path.split_at_checked(32)?;
        let slide = id.parse().ok()?;
        let item = match rest {
            ".dzi" => DeepZoomItem::Descriptor(DescriptorFormat::Xml),
            ".json" => DeepZoomItem::Descriptor(DescriptorFormat::Json),
            _ => tile(rest.strip_prefix("_files/")?)?,
        };
        Some(Self { slide, item })
    }
}

pub(crate) fn parse_level(text: &str) -> Option<DeepZoomLevel> {
    let level = u8::try_from(number(text)?).ok()?;
    Some(DeepZoomLevel(level))
}

/// A tile's `{column}_{row}` without its extension.
pub(crate) fn parse_tile_index(text: &str) -> Option<TileIndex> {
    let (column, row) = text.split_once('_')?;
    Some(TileIndex::new(number(column)?, number(row)?))
}

fn tile(path: &str) -> Option<DeepZoomItem> {
    let (level, file) = path.split_once('/')?;
    let index = parse_tile_index(file.strip_suffix(".jpeg")?)?;
    Some(DeepZoomItem::Tile(parse_level(level)?, index))
}

/// Digits alone: `parse` would take a sign too.
fn number(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use flow::Sha256Digest;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn descriptors_and_tiles_are_read() {
        let slide = SlideId::from_digest(&Sha256Digest::of(b"slide"));
        let item =
            |tail: &str| DeepZoomPath::parse(&format!("{slide}{tail}")).map(|path| path.item);
        assert_eq!(
            item(".dzi"),
            Some(DeepZoomItem::Descriptor(DescriptorFormat::Xml))
        );
        assert_eq!(
            item(".json"),
            Some(DeepZoomItem::Descriptor(DescriptorFormat::Json))
        );
        assert_eq!(
            item("_files/12/3_40.jpeg"),
            Some(DeepZoomItem::Tile(DeepZoomLevel(12), TileIndex::new(3, 40)))
        );
        for bad in [
            "",
            ".xml",
            "_files/12/3_40.png",
            "_files/12/+3_40.jpeg",
            "_files/12/_40.jpeg",
            "_files/12/3_40.jpeg/",
            "_files/256/0_0.jpeg",
            "_files/1/4294967296_0.jpeg",
        ] {
            assert_eq!(item(bad), None, "{bad}");
        }
        assert_eq!(DeepZoomPath::parse("abc.dzi"), None);
    }

    proptest! {
        #[test]
        fn no_path_is_a_crash(path in "\\PC{0,60}") {
            prop_assert_eq!(DeepZoomPath::parse(&path), None);
        }

        #[test]
        fn tiles_are_read_back(level: u8, column: u32, row: u32) {
            let slide = SlideId::from_digest(&Sha256Digest::of(b"slide"));
            let path = format!("{slide}_files/{level}/{column}_{row}.jpeg");
            let item = DeepZoomItem::Tile(DeepZoomLevel(level), TileIndex::new(column, row));
            prop_assert_eq!(DeepZoomPath::parse(&path), Some(DeepZoomPath { slide, item }));
        }
    }
}

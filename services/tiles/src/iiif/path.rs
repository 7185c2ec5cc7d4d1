use flow::SlideId;

use super::rendering::{Format, Quality, Rotation};
use super::{IiifError, Region, Size};

/// What a path below `/iiif/3/` asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IiifPath {
    pub(crate) slide: SlideId,
    pub(crate) item: Result<IiifItem, IiifError>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum IiifItem {
    /// The base URI, which leads on to the information.
    Base,
    Information,
    Image(ImageRequest),
}

/// `{region}/{size}/{rotation}/{quality}.{format}`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ImageRequest {
    pub(crate) region: Region,
    pub(crate) size: Size,
    pub(crate) rotation: Rotation,
    pub(crate) quality: Quality,
    pub(crate) format: Format,
}

impl IiifPath {
    /// `None` where the path names no slide of ours or has another form; that is "not found". A
    /// request with the right form and wrong words is a bad one.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let parts: Vec<String> = path.split('/').map(decoded).collect::<Option<_>>()?;
        let (id, rest) = parts.split_first()?;
        let slide = id.parse().ok()?;
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        let item = match rest[..] {
            [] | [""] => Ok(IiifItem::Base),
            ["info.json"] => Ok(IiifItem::Information),
            [region, size, rotation, file] => {
                ImageRequest::parse(region, size, rotation, file).map(IiifItem::Image)
            }
            _ => return None,
        };
        Some(Self { slide, item })
    }
}

impl ImageRequest {
    fn parse(region: &str, size: &str, rotation: &str, file: &str) -> Result<Self, IiifError> {
        const FILE: &str = "a quality, a point and a format, for example default.jpg";
        let (quality, format) = file
            .rsplit_once('.')
            .ok_or_else(IiifError::syntax("file", file, FILE))?;
        Ok(Self {
            region: region.parse()?,
            size: size.parse()?,
            rotation: rotation.parse()?,
            quality: quality.parse()?,
            format: format.parse()?,
        })
    }
}

/// Percent-decoded; `None` where that gives no text.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use flow::Sha256Digest;
    use proptest::prelude::*;

    use super::*;

    fn parse(tail: &str) -> Option<Result<IiifItem, IiifError>> {
        let slide = SlideId::from_digest(&Sha256Digest::of(b"slide"));
        IiifPath::parse(&format!("{slide}{tail}")).map(|path| path.item)
    }

    #[test]
    fn the_three_forms() {
        assert_eq!(parse(""), Some(Ok(IiifItem::Base)));
        assert_eq!(parse("/"), Some(Ok(IiifItem::Base)));
        assert_eq!(parse("/info.json"), Some(Ok(IiifItem::Information)));
        let image = parse("/0,0,512,512/256,/!90/gray.png");
        let Some(Ok(IiifItem::Image(image))) = image else {
            unreachable!("{image:?}");
        };
        assert_eq!(image.region, Region::Pixels([0, 0, 512, 512]));
        assert_eq!((image.quality, image.format), (Quality::Gray, Format::Png));
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(
            parse("/pct%3A0,0,50,50/%5Emax/%210/default.jpg"),
            parse("/pct:0,0,50,50/^max/!0/default.jpg")
        );
        assert!(matches!(
            parse("/full/%5Emax/0/default.jpg"),
            Some(Ok(IiifItem::Image(_)))
        ));
        assert_eq!(parse("/full/%5/0/default.jpg"), None);
    }

    #[test]
    fn other_forms_are_not_found_and_other_words_are_bad() {
        for absent in [
            "/info.xml",
            "/full/max/0",
            "/full/max/0/default.jpg/x",
            "x/info.json",
        ] {
            assert_eq!(parse(absent), None, "{absent}");
        }
        for bad in [
            "/full/max/0/default",
            "/all/max/0/default.jpg",
            "/full/max/0/.jpg",
        ] {
            assert!(matches!(parse(bad), Some(Err(_))), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_path_is_a_crash(tail in "\\PC{0,80}") {
            let _parsed = parse(&tail);
        }
    }
}

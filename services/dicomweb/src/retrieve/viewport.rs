use flow::PixelSize;
use serde::Deserialize;
use thiserror::Error;

/// How a picture is to be drawn (PS3.18 section 8.3.5.1). What this service does not do is refused
/// and not passed over: a picture other than the one that was asked for can mislead.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Drawing {
    viewport: Option<String>,
    quality: Option<String>,
    window: Option<String>,
    annotation: Option<String>,
    iccprofile: Option<String>,
}

/// The same, understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The picture fits into it; `None` where nothing was said.
    pub(crate) viewport: Option<PixelSize>,
    pub(crate) quality: u8,
}

#[derive(Debug, Error)]
pub(crate) enum NoViewport {
    #[error(
        "viewport is a width and a height in pixels with a comma between them, from 1 to {MOST}"
    )]
    Viewport,
    #[error("a viewport on a part of the picture is not supported: read a frame, or a IIIF region")]
    Part,
    #[error("quality is a number from 1 to 100")]
    Quality,
    #[error("{0} is not supported, leave it out")]
    Unsupported(&'static str),
}

/// Longest side of a picture.
const MOST: u32 = 4096;
const USUAL_QUALITY: u8 = 90;

impl Drawing {
    pub(crate) fn read(&self) -> Result<Asked, NoViewport> {
        for (name, value) in [("window", &self.window), ("annotation", &self.annotation)] {
            if value.is_some() {
                return Err(NoViewport::Unsupported(name));
            }
        }
        if self
            .iccprofile
            .as_deref()
            .is_some_and(|asked| asked != "no")
        {
            return Err(NoViewport::Unsupported("iccprofile"));
        }
        let quality = self.quality.as_deref().map(quality).transpose()?;
        Ok(Asked {
            viewport: self.viewport.as_deref().map(viewport).transpose()?,
            quality: quality.unwrap_or(USUAL_QUALITY),
        })
    }
}

impl Asked {
    /// `picture` in its shape, as large as the viewport (or `usual`) lets it be and never enlarged.
    pub(crate) fn size(&self, picture: PixelSize, usual: u32) -> PixelSize {
        let room = self.viewport.unwrap_or(PixelSize::new(usual, usual));
        let (width, height) = (f64::from(picture.width), f64::from(picture.height));
        let scale = (f64::from(room.width) / width)
            .min(f64::from(room.height) / height)
            .min(1.0);
        let side = |length: f64| (length * scale).round().max(1.0) as u32;
        PixelSize::new(side(width), side(height))
    }
}

fn viewport(text: &str) -> Result<PixelSize, NoViewport> {
    let parts: Vec<_> = text.split(',').collect();
    let [width, height] = parts[..] else {
        return Err(match parts.len() {
            6 => NoViewport::Part,
            _ => NoViewport::Viewport,
        });
    };
    let side = |text: &str| {
        let side = text.parse().ok();
        side.filter(|side| (1..=MOST).contains(side))
            .ok_or(NoViewport::Viewport)
    };
    Ok(PixelSize::new(side(width)?, side(height)?))
}

fn quality(text: &str) -> Result<u8, NoViewport> {
    let quality = text.parse().ok();
    quality
        .filter(|quality| (1..=100).contains(quality))
        .ok_or(NoViewport::Quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(viewport: &str, quality: &str) -> Option<Asked> {
        let drawing = Drawing {
            viewport: Some(viewport.to_owned()),
            quality: Some(quality.to_owned()),
            ..Drawing::default()
        };
        drawing.read().ok()
    }

    #[test]
    fn viewports_and_qualities_are_understood_or_refused() {
        let asked = Asked {
            viewport: Some(PixelSize::new(640, 480)),
            quality: 75,
        };
        assert_eq!(read("640,480", "75"), Some(asked));
        for (viewport, quality) in [
            ("640", "75"),
            ("0,480", "75"),
            ("640,99999", "75"),
            ("640,480,0,0,10,10", "75"),
            ("640,480", "0"),
            ("640,480", "101"),
            ("a,b", "75"),
        ] {
            assert_eq!(read(viewport, quality), None, "{viewport} {quality}");
        }
    }

    #[test]
    fn what_is_not_done_is_refused() {
        let window = Drawing {
            window: Some("1,2,linear".to_owned()),
            ..Drawing::default()
        };
        assert!(window.read().is_err());
        let profile = |asked: &str| Drawing {
            iccprofile: Some(asked.to_owned()),
            ..Drawing::default()
        };
        assert!(profile("srgb").read().is_err());
        assert!(profile("no").read().is_ok());
    }

    #[test]
    fn pictures_keep_their_shape_and_are_never_enlarged() {
        let asked = Drawing::default().read().unwrap_or(Asked {
            viewport: None,
            quality: 1,
        });
        let size = |width, height| asked.size(PixelSize::new(width, height), 1000);
        assert_eq!(size(4000, 2000), PixelSize::new(1000, 500));
        assert_eq!(size(300, 200), PixelSize::new(300, 200));
        assert_eq!(size(40_000, 2), PixelSize::new(1000, 1));
    }
}

//! What is done to the pixels: rotation, quality and format (Image API 3.0 sections 4.3 to 4.5).

use std::fmt;
use std::str::FromStr;

use super::IiifError;

/// Mirrored on the vertical axis first, then turned clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rotation {
    pub(crate) mirror: Mirror,
    pub(crate) turn: Turn,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mirror {
    #[default]
    Straight,
    Mirrored,
}

/// Clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Turn {
    #[default]
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quality {
    Default,
    Colour,
    Gray,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Jpg,
    Png,
}

impl FromStr for Rotation {
    type Err = IiifError;

    fn from_str(text: &str) -> Result<Self, IiifError> {
        let (mirror, degrees) = match text.strip_prefix('!') {
            Some(degrees) => (Mirror::Mirrored, degrees),
            None => (Mirror::Straight, text),
        };
        let turn = match degrees {
            "0" | "360" => Some(Turn::None),
            "90" => Some(Turn::Quarter),
            "180" => Some(Turn::Half),
            "270" => Some(Turn::ThreeQuarters),
            _ => None,
        };
        turn.map(|turn| Self { mirror, turn })
            .ok_or_else(IiifError::syntax(
                "rotation",
                text,
                "0, 90, 180 or 270, after ! to mirror first",
            ))
    }
}

impl FromStr for Quality {
    type Err = IiifError;

    fn from_str(text: &str) -> Result<Self, IiifError> {
        match text {
            "default" => Ok(Self::Default),
            "color" => Ok(Self::Colour),
            "gray" => Ok(Self::Gray),
            _ => Err(IiifError::syntax("quality", text, "default, color or gray")()),
        }
    }
}

impl FromStr for Format {
    type Err = IiifError;

    fn from_str(text: &str) -> Result<Self, IiifError> {
        match text {
            "jpg" => Ok(Self::Jpg),
            "png" => Ok(Self::Png),
            _ => Err(IiifError::syntax("format", text, "jpg or png")()),
        }
    }
}

impl Format {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mirror = match self.mirror {
            Mirror::Straight => "",
            Mirror::Mirrored => "!",
        };
        let degrees = match self.turn {
            Turn::None => 0,
            Turn::Quarter => 90,
            Turn::Half => 180,
            Turn::ThreeQuarters => 270,
        };
        write!(f, "{mirror}{degrees}")
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::Colour => "color",
            Self::Gray => "gray",
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpg => "jpg",
            Self::Png => "png",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotations_are_read_back() -> Result<(), IiifError> {
        for text in ["0", "90", "180", "270", "!0", "!90", "!180", "!270"] {
            assert_eq!(text.parse::<Rotation>()?.to_string(), text);
        }
        assert_eq!("360".parse::<Rotation>()?, Rotation::default());
        for bad in ["", "!", "45", "22.5", "-90", "361", "!!0", "090"] {
            assert!(bad.parse::<Rotation>().is_err(), "{bad}");
        }
        Ok(())
    }

    #[test]
    fn unknown_qualities_and_formats_are_refused() {
        assert!(
            ["default", "color", "gray"]
                .iter()
                .all(|text| text.parse::<Quality>().is_ok())
        );
        assert!(
            ["bitonal", "", "Color"]
                .iter()
                .all(|text| text.parse::<Quality>().is_err())
        );
        assert!(
            ["jpg", "png"]
                .iter()
                .all(|text| text.parse::<Format>().is_ok())
        );
        assert!(
            ["jpeg", "tif", "", "JPG"]
                .iter()
                .all(|text| text.parse::<Format>().is_err())
        );
    }
}

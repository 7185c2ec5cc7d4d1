use std::str::FromStr;

use flow::{PixelRect, PixelSize};

use super::IiifError;
use super::number::{decimal, integer, list};

const EXPECTED: &str = "full, square, x,y,w,h or pct:x,y,w,h";

/// Which part of the image (Image API 3.0 section 4.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Region {
    Full,
    Square,
    /// x, y, width, height in pixels.
    Pixels([u32; 4]),
    /// x, y, width, height in percent of the image's sides.
    Percent([f64; 4]),
}

impl FromStr for Region {
    type Err = IiifError;

    fn from_str(text: &str) -> Result<Self, IiifError> {
        let parsed = match text {
            "full" => Some(Self::Full),
            "square" => Some(Self::Square),
            _ => match text.strip_prefix("pct:") {
                Some(numbers) => list(numbers, decimal).map(Self::Percent),
                None => list(text, integer).map(Self::Pixels),
            },
        };
        parsed.ok_or_else(IiifError::syntax("region", text, EXPECTED))
    }
}

impl Region {
    /// The pixels of the full resolution, cut at the image's edges.
    pub(crate) fn within(&self, image: PixelSize) -> Result<PixelRect, IiifError> {
        let [x, y, width, height] = match *self {
            Self::Full => [0, 0, image.width, image.height],
            Self::Square => centred_square(image),
            Self::Pixels(numbers) => numbers,
            Self::Percent([x, y, width, height]) => [
                share(image.width, x),
                share(image.height, y),
                share(image.width, width),
                share(image.height, height),
            ],
        };
        if width == 0 || height == 0 {
            return Err(IiifError::EmptyRegion);
        }
        if x >= image.width || y >= image.height {
            return Err(IiifError::OutsideImage {
                width: image.width,
                height: image.height,
            });
        }
        Ok(PixelRect {
            x,
            y,
            width: width.min(image.width - x),
            height: height.min(image.height - y),
        })
    }
}

fn centred_square(image: PixelSize) -> [u32; 4] {
    let side = image.width.min(image.height);
    let (x, y) = ((image.width - side) / 2, (image.height - side) / 2);
    [x, y, side, side]
}

fn share(length: u32, percent: f64) -> u32 {
    (f64::from(length) * percent / 100.0).round() as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const IMAGE: PixelSize = PixelSize::new(300, 200);

    fn within(text: &str) -> Result<[u32; 4], IiifError> {
        let rect = text.parse::<Region>()?.within(IMAGE)?;
        Ok([rect.x, rect.y, rect.width, rect.height])
    }

    #[test]
    fn the_examples_of_the_specification() {
        assert_eq!(within("full"), Ok([0, 0, 300, 200]));
        assert_eq!(within("square"), Ok([50, 0, 200, 200]));
        assert_eq!(within("125,15,120,140"), Ok([125, 15, 120, 140]));
        assert_eq!(within("pct:41.6,7.5,40,70"), Ok([125, 15, 120, 140]));
        assert_eq!(within("125,15,200,200"), Ok([125, 15, 175, 185]));
        assert_eq!(within("pct:41.6,7.5,66.6,100"), Ok([125, 15, 175, 185]));
    }

    #[test]
    fn empty_or_outside_is_refused() {
        assert_eq!(within("0,0,0,5"), Err(IiifError::EmptyRegion));
        assert_eq!(within("pct:0,0,0.01,5"), Err(IiifError::EmptyRegion));
        assert!(matches!(
            within("300,0,5,5"),
            Err(IiifError::OutsideImage { .. })
        ));
        assert!(matches!(
            within("pct:0,100,5,5"),
            Err(IiifError::OutsideImage { .. })
        ));
    }

    #[test]
    fn other_words_are_refused() {
        for bad in [
            "",
            "1,2,3",
            "1,2,3,4,5",
            "-1,0,5,5",
            "pct:1,2,3,",
            "pct:.,1,1,1",
            "Full",
            "1e2,0,5,5",
        ] {
            assert!(
                matches!(within(bad), Err(IiifError::Syntax { .. })),
                "{bad}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_region_lies_inside_or_is_refused(
            numbers in proptest::array::uniform4(0_u32..), percent: bool,
        ) {
            let [x, y, width, height] = numbers;
            let prefix = if percent { "pct:" } else { "" };
            if let Ok([x, y, width, height]) = within(&format!("{prefix}{x},{y},{width},{height}")) {
                prop_assert!(width > 0 && height > 0);
                prop_assert!(x + width <= IMAGE.width && y + height <= IMAGE.height);
            }
        }
    }
}

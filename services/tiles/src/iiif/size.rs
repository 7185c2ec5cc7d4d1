use std::str::FromStr;

use flow::PixelSize;

use super::IiifError;
use super::number::{decimal, integer, list};

/// Longest side of an answer in pixels; whole slides are looked at through tiles.
pub(crate) const MAX_SIDE: u32 = 4096;

const EXPECTED: &str = "max, w,  ,h  w,h  !w,h or pct:n, after ^ where it may be enlarged";

/// How large the answer shall be (Image API 3.0 section 4.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Size {
    enlarging: Enlarging,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Enlarging {
    Refused,
    Allowed,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Max,
    Width(u32),
    Height(u32),
    Exact([u32; 2]),
    Within([u32; 2]),
    Percent(f64),
}

impl FromStr for Size {
    type Err = IiifError;

    fn from_str(text: &str) -> Result<Self, IiifError> {
        let (enlarging, form) = match text.strip_prefix('^') {
            Some(form) => (Enlarging::Allowed, form),
            None => (Enlarging::Refused, text),
        };
        Form::parse(form)
            .map(|form| Self { enlarging, form })
            .ok_or_else(IiifError::syntax("size", text, EXPECTED))
    }
}

impl Form {
    fn parse(text: &str) -> Option<Self> {
        if text == "max" {
            return Some(Self::Max);
        }
        if let Some(percent) = text.strip_prefix("pct:") {
            return decimal(percent).map(Self::Percent);
        }
        if let Some(sides) = text.strip_prefix('!') {
            return list(sides, integer).map(Self::Within);
        }
        match text.split_once(',')? {
            (width, "") => integer(width).map(Self::Width),
            ("", height) => integer(height).map(Self::Height),
            _ => list(text, integer).map(Self::Exact),
        }
    }
}

impl Size {
    /// The size in pixels that a region of `region` pixels is brought to.
    pub(crate) fn of(&self, region: PixelSize) -> Result<PixelSize, IiifError> {
        let (width, height) = (f64::from(region.width), f64::from(region.height));
        let scaled = |scale: f64| [(width * scale).round(), (height * scale).round()];
        let by_width = |asked: u32| {
            [
                f64::from(asked),
                (f64::from(asked) / width * height).round(),
            ]
        };
        let by_height = |asked: u32| {
            [
                (f64::from(asked) / height * width).round(),
                f64::from(asked),
            ]
        };
        match self.form {
            Form::Max => self.fitted(scaled(self.largest_scale(region, [MAX_SIDE; 2]))),
            Form::Within(sides) => self.fitted(scaled(self.largest_scale(region, sides))),
            Form::Percent(percent) => self.checked(scaled(percent / 100.0), region),
            Form::Width(0) | Form::Height(0) => Err(IiifError::EmptySize),
            Form::Width(asked) => self.checked(at_least_one(by_width(asked)), region),
            Form::Height(asked) => self.checked(at_least_one(by_height(asked)), region),
            Form::Exact([width, height]) => {
                self.checked([f64::from(width), f64::from(height)], region)
            }
        }
    }

    fn largest_scale(&self, region: PixelSize, sides: [u32; 2]) -> f64 {
        let [width, height] = sides.map(|side| f64::from(side.min(MAX_SIDE)));
        let scale = (width / f64::from(region.width)).min(height / f64::from(region.height));
        match self.enlarging {
            Enlarging::Refused => scale.min(1.0),
            Enlarging::Allowed => scale,
        }
    }

    /// Sides that follow from a box are never refused for being too thin.
    fn fitted(&self, sides: [f64; 2]) -> Result<PixelSize, IiifError> {
        if matches!(self.form, Form::Within(asked) if asked.contains(&0)) {
            return Err(IiifError::EmptySize);
        }
        let [width, height] = at_least_one(sides);
        Ok(PixelSize::new(width as u32, height as u32))
    }

    fn checked(&self, sides: [f64; 2], region: PixelSize) -> Result<PixelSize, IiifError> {
        let [width, height] = sides;
        if width < 1.0 || height < 1.0 {
            return Err(IiifError::EmptySize);
        }
        if width.max(height) > f64::from(MAX_SIDE) {
            return Err(IiifError::OverLimit { limit: MAX_SIDE });
        }
        let is_larger = width > f64::from(region.width) || height > f64::from(region.height);
        if is_larger && self.enlarging == Enlarging::Refused {
            return Err(IiifError::Upscaled);
        }
        Ok(PixelSize::new(width as u32, height as u32))
    }
}

fn at_least_one(sides: [f64; 2]) -> [f64; 2] {
    sides.map(|side| side.max(1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REGION: PixelSize = PixelSize::new(300, 200);

    fn of(text: &str) -> Result<(u32, u32), IiifError> {
        let size = text.parse::<Size>()?.of(REGION)?;
        Ok((size.width, size.height))
    }

    #[test]
    fn the_examples_of_the_specification() {
        assert_eq!(of("max"), Ok((300, 200)));
        assert_eq!(of("150,"), Ok((150, 100)));
        assert_eq!(of("^360,"), Ok((360, 240)));
        assert_eq!(of(",150"), Ok((225, 150)));
        assert_eq!(of("^,240"), Ok((360, 240)));
        assert_eq!(of("pct:50"), Ok((150, 100)));
        assert_eq!(of("^pct:120"), Ok((360, 240)));
        assert_eq!(of("225,100"), Ok((225, 100)));
        assert_eq!(of("^360,360"), Ok((360, 360)));
        assert_eq!(of("!225,100"), Ok((150, 100)));
        assert_eq!(of("^!360,360"), Ok((360, 240)));
        assert_eq!(of("!900,900"), Ok((300, 200)));
        assert_eq!(of("^max"), Ok((4096, 2731)));
    }

    #[test]
    fn enlarging_must_be_asked_for() {
        for larger in ["301,", ",201", "pct:101", "301,10", "10,201"] {
            assert_eq!(of(larger), Err(IiifError::Upscaled), "{larger}");
        }
    }

    #[test]
    fn limits_and_empty_sizes() {
        assert_eq!(of("^4097,"), Err(IiifError::OverLimit { limit: 4096 }));
        assert_eq!(of("^pct:5000"), Err(IiifError::OverLimit { limit: 4096 }));
        for empty in ["0,", ",0", "0,5", "5,0", "!0,5", "pct:0", "pct:0.1"] {
            assert_eq!(of(empty), Err(IiifError::EmptySize), "{empty}");
        }
        let slide = PixelSize::new(100_000, 50_000);
        let max = "max".parse::<Size>().and_then(|size| size.of(slide));
        assert_eq!(max, Ok(PixelSize::new(4096, 2048)));
        let thin = "10,"
            .parse::<Size>()
            .and_then(|size| size.of(PixelSize::new(4000, 1)));
        assert_eq!(thin, Ok(PixelSize::new(10, 1)));
    }

    #[test]
    fn other_words_are_refused() {
        for bad in [
            "", "full", ",", "!,", "^", "^^10,", "10", "10,10,10", "-5,", "pct:", "pct:x", "!10,",
        ] {
            assert!(matches!(of(bad), Err(IiifError::Syntax { .. })), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_size_is_within_limits_or_refused(
            text in "[\\^!]?(max|pct:[0-9.]{1,6}|[0-9]{0,5},[0-9]{0,5})",
            width in 1_u32..200_000, height in 1_u32..200_000,
        ) {
            let region = PixelSize::new(width, height);
            if let Ok(size) = text.parse::<Size>().and_then(|size| size.of(region)) {
                prop_assert!((1..=MAX_SIDE).contains(&size.width));
                prop_assert!((1..=MAX_SIDE).contains(&size.height));
                if !text.starts_with('^') {
                    prop_assert!(size.width <= width && size.height <= height);
                }
            }
        }
    }
}

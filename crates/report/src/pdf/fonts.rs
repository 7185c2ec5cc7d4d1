use std::collections::BTreeSet;
use std::sync::Arc;

use krilla::text::Font;
use ttf_parser::{Face, GlyphId};

use super::ReportError;

const REGULAR: &[u8] = include_bytes!("../../fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../fonts/NotoSans-SemiBold.ttf");

/// The fonts of a PDF. Cheap to clone.
#[derive(Clone)]
pub struct Fonts {
    regular: Arc<[Typeface]>,
    bold: Arc<[Typeface]>,
}

/// How text stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// A font to measure with, and the same font to draw with.
struct Typeface {
    face: Face<'static>,
    font: Font,
}

/// A part of a line whose characters are all of one font.
pub(super) struct Run<'a> {
    pub(super) text: &'a str,
    pub(super) font: Font,
    pub(super) width: f32,
}

impl Default for Fonts {
    /// Noto Sans alone.
    fn default() -> Self {
        Self::with(Vec::new()).expect("the fonts that are built in are fonts")
    }
}

impl Fonts {
    /// Noto Sans, for what is written in Latin, Greek or Cyrillic letters; then `others`, each with
    /// its name, for the characters that those before lack.
    ///
    /// # Errors
    /// If one of the others is no font.
    pub fn with(others: Vec<(String, Vec<u8>)>) -> Result<Self, ReportError> {
        // A font of a laboratory's own is read once and lives as long as the process.
        let others: Vec<(String, &'static [u8])> = others
            .into_iter()
            .map(|(name, bytes)| (name, &*bytes.leak()))
            .collect();
        let with = |own: &'static [u8]| {
            let own = std::iter::once(("Noto Sans", own));
            let others = others.iter().map(|(name, bytes)| (name.as_str(), *bytes));
            own.chain(others)
                .map(|(name, bytes)| Typeface::read(name, bytes))
                .collect::<Result<Arc<[_]>, _>>()
        };
        Ok(Self {
            regular: with(REGULAR)?,
            bold: with(BOLD)?,
        })
    }

    /// Width of one line in points.
    pub(super) fn width(&self, text: &str, weight: Weight, size: f32) -> f32 {
        let widths = text
            .chars()
            .map(|character| self.advance(character, weight));
        widths.sum::<f32>() * size
    }

    /// The parts of a line, each of one font.
    pub(super) fn runs<'a>(&self, text: &'a str, weight: Weight, size: f32) -> Vec<Run<'a>> {
        let faces = self.of(weight);
        let mut runs = Vec::new();
        let mut start = 0;
        let mut current = None;
        for (at, character) in text.char_indices() {
            // A space goes with what stands before it.
            let index = match (character, current) {
                (' ', Some(index)) => index,
                _ => index_of(faces, character),
            };
            if current.is_some_and(|before| before != index) {
                runs.push((start..at, current.unwrap_or_default()));
                start = at;
            }
            current = Some(index);
        }
        runs.push((start..text.len(), current.unwrap_or_default()));
        let run = |(range, index): (std::ops::Range<usize>, usize)| Run {
            width: self.width(&text[range.clone()], weight, size),
            text: &text[range],
            font: faces[index].font.clone(),
        };
        runs.into_iter().map(run).collect()
    }

    /// Characters that no font has.
    pub(super) fn lacking(&self, text: &str, weight: Weight, lacking: &mut BTreeSet<char>) {
        let faces = self.of(weight);
        let is_missing = |character: &char| {
            !character.is_control() && faces.iter().all(|face| face.glyph(*character).is_none())
        };
        lacking.extend(text.chars().filter(is_missing));
    }

    fn advance(&self, character: char, weight: Weight) -> f32 {
        let faces = self.of(weight);
        faces[index_of(faces, character)].advance(character)
    }

    fn of(&self, weight: Weight) -> &[Typeface] {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

/// The first font that has the character; where none has, the first.
fn index_of(faces: &[Typeface], character: char) -> usize {
    let found = faces
        .iter()
        .position(|face| face.glyph(character).is_some());
    found.unwrap_or_default()
}

impl Typeface {
    fn read(name: &str, bytes: &'static [u8]) -> Result<Self, ReportError> {
        let refused = || ReportError::Font {
            name: name.to_owned(),
        };
        let face = Face::parse(bytes, 0).ok().ok_or_else(refused)?;
        let font = Font::new(bytes.into(), 0).ok_or_else(refused)?;
        Ok(Self { face, font })
    }

    fn glyph(&self, character: char) -> Option<GlyphId> {
        self.face.glyph_index(character)
    }

    /// Of a size of 1.
    fn advance(&self, character: char) -> f32 {
        let glyph = self.glyph(character);
        let advance = glyph.and_then(|glyph| self.face.glyph_hor_advance(glyph));
        f32::from(advance.unwrap_or_default()) / f32::from(self.face.units_per_em())
    }
}

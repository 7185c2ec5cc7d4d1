use bytes::Bytes;

use super::fonts::Weight;

/// One thing that stands on a page; all lengths in points, from the page's top left.
#[derive(Clone, Debug)]
pub(super) enum Ink {
    Text(Text),
    Block(Block),
    Picture(Picture),
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) x: f32,
    /// Of the line its letters stand on.
    pub(super) baseline: f32,
    pub(super) size: f32,
    pub(super) weight: Weight,
    pub(super) colour: Colour,
}

/// A rectangle of one colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) colour: Colour,
}

#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) jpeg: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    Ink,
    Soft,
    Line,
    Alarming,
    Settled,
    Open,
}

impl Colour {
    pub(super) const fn rgb(self) -> [u8; 3] {
        match self {
            Self::Ink => [0x1d, 0x1b, 0x20],
            Self::Soft => [0x55, 0x52, 0x5c],
            Self::Line => [0xc8, 0xc4, 0xbe],
            Self::Alarming => [0x8a, 0x1c, 0x20],
            Self::Settled => [0x1f, 0x54, 0x30],
            Self::Open => [0x6b, 0x47, 0x00],
        }
    }
}

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Mpp;

/// Where a slide stands on its path.
///
/// `Received`, `Tiled` and `Embedded` are unfinished: the sweeper announces them again. The others
/// are at rest until a person acts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SlideStatus {
    /// The original is in storage, tiling is next or under way.
    Received,
    /// The slide can be viewed, embedding is next or under way.
    Tiled,
    /// The bag is in storage, scoring is next or under way.
    Embedded,
    /// There is a result.
    Scored,
    /// Nothing is wrong with the file, but something is missing that must not be guessed.
    Held { reason: HoldReason },
    /// The slide cannot be processed; the original is kept.
    Quarantined { reason: String },
}

impl SlideStatus {
    /// The name in the `state` field.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Tiled => "tiled",
            Self::Embedded => "embedded",
            Self::Scored => "scored",
            Self::Held { .. } => "held",
            Self::Quarantined { .. } => "quarantined",
        }
    }

    pub const fn is_unfinished(&self) -> bool {
        matches!(self, Self::Received | Self::Tiled | Self::Embedded)
    }

    /// Whether the slide waits to be told which it is, so that nothing said of it may be taken for a
    /// patient's.
    pub const fn awaits_identity(&self) -> bool {
        matches!(self, Self::Held { reason } if reason.is_of_identity())
    }
}

/// Why a slide waits for a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum HoldReason {
    /// Held before tiling; giving the slide an mpp sends it on.
    MissingMpp,
    /// Held after tiling: the slide can be viewed, but the encoder needs finer pixels.
    CoarserThanEncoder { slide_mpp: Mpp, encoder_mpp: Mpp },
    /// Held after tiling: no tile holds enough tissue.
    NoTissue,
    /// Held after tiling: a person stopped the analysis, and may let it go on.
    Stopped,
    /// Held after tiling: label, scanner and laboratory do not name the same slide; a person says
    /// which it is.
    Identity,
    /// Held after tiling: every slide must be matched to a case, and nothing tells this one's; a
    /// person says which it is, or its order comes.
    Unmatched,
}

impl HoldReason {
    /// Whether it waits to be told which slide it is.
    pub const fn is_of_identity(&self) -> bool {
        matches!(self, Self::Identity | Self::Unmatched)
    }
}

impl fmt::Display for HoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingMpp => f.write_str(
                "the file does not say how many micrometres a pixel measures (mpp), and it is \
                 never guessed: give it with --mpp or through the API",
            ),
            Self::CoarserThanEncoder {
                slide_mpp,
                encoder_mpp,
            } => write!(
                f,
                "the slide has {slide_mpp} um per pixel, coarser than the {encoder_mpp} um the \
                 encoder was trained at: it can be viewed, but not analysed with this encoder",
            ),
            Self::NoTissue => {
                f.write_str("no tissue was found on the slide: it can be viewed, but not analysed")
            }
            Self::Stopped => f.write_str(
                "a person stopped the analysis: the slide can be viewed, and the analysis goes on \
                 where it stood once it is resumed",
            ),
            Self::Identity => f.write_str(
                "the label, the scanner and the laboratory do not name the same slide: it can be \
                 viewed, and is analysed once a person has said which slide it is",
            ),
            Self::Unmatched => f.write_str(
                "nothing tells which case the slide belongs to, and every slide must be matched: \
                 it can be viewed, and is analysed once its order comes or a person has said which \
                 slide it is",
            ),
        }
    }
}

use serde::{Deserialize, Serialize};

use crate::{DicomUid, LevelNumber, SlideId, UidRole};

/// By which UIDs DICOM knows a slide. Whatever else has one derives it from the slide's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SlideUids {
    /// Several slides may be in one.
    pub study: DicomUid,
    /// Of the slide's levels.
    pub series: DicomUid,
    /// The instance of full resolution.
    pub level_zero: DicomUid,
}

impl SlideUids {
    /// Those of a slide that did not come with any.
    pub fn derived(slide: &SlideId) -> Self {
        Self {
            study: DicomUid::derive(slide, UidRole::Study),
            series: DicomUid::derive(slide, UidRole::Series),
            level_zero: DicomUid::derive(slide, UidRole::Level(LevelNumber(0))),
        }
    }

    /// Levels below the first are made here, so their UIDs are always ours.
    pub fn level(&self, slide: &SlideId, level: LevelNumber) -> DicomUid {
        match level {
            LevelNumber(0) => self.level_zero.clone(),
            _ => DicomUid::derive(slide, UidRole::Level(level)),
        }
    }
}

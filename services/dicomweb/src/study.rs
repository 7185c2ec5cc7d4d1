use dicom_objects::Uid;
use flow::{DicomUid, LevelFrames, LevelNumber, Sha256Digest, SlideId, UidRole};
use pyramid::PyramidReader;

use crate::error::DicomwebError;
use crate::media::{EXPLICIT_LITTLE_ENDIAN, JPEG_BASELINE};
use crate::results::ToldInstance;

/// A slide as DICOM sees it: a study, with an instance for each level in a series of its own. Cheap
/// to clone.
#[derive(Clone)]
pub(crate) struct Study {
    pub(crate) reader: PyramidReader,
}

/// One instance of a study.
#[derive(Clone)]
pub(crate) enum Instance {
    Level(Level),
    /// Of a result.
    Told(ToldInstance),
}

/// One level of a slide.
#[derive(Clone)]
pub(crate) struct Level {
    pub(crate) study: Study,
    pub(crate) level: LevelNumber,
}

impl Study {
    pub(crate) fn slide(&self) -> SlideId {
        self.reader.slide()
    }

    /// Whether it is the series of the levels.
    pub(crate) fn is_own_series(&self, uid: &Uid) -> bool {
        DicomUid::derive(&self.slide(), UidRole::Series).as_str() == uid.as_str()
    }

    /// From the finest on.
    pub(crate) fn levels(&self) -> impl DoubleEndedIterator<Item = Level> {
        self.reader.index().levels.iter().map(|level| Level {
            study: self.clone(),
            level: level.level,
        })
    }

    pub(crate) fn finest(&self) -> Result<Level, DicomwebError> {
        self.levels().next().ok_or(DicomwebError::NoSuchInstance)
    }
}

impl Instance {
    pub(crate) fn slide(&self) -> SlideId {
        match self {
            Self::Level(level) => level.study.slide(),
            Self::Told(told) => told.slide(),
        }
    }

    pub(crate) fn study_uid(&self) -> DicomUid {
        DicomUid::derive(&self.slide(), UidRole::Study)
    }

    pub(crate) fn series_uid(&self) -> DicomUid {
        match self {
            Self::Level(level) => DicomUid::derive(&level.study.slide(), UidRole::Series),
            Self::Told(told) => told.series_uid(),
        }
    }

    pub(crate) fn uid(&self) -> DicomUid {
        match self {
            Self::Level(level) => level.uid(),
            Self::Told(told) => told.uid(),
        }
    }

    pub(crate) const fn modality(&self) -> &'static str {
        match self {
            Self::Level(_) => "SM",
            Self::Told(told) => told.object.series().modality(),
        }
    }

    /// How its pixels are stored.
    pub(crate) const fn transfer_syntax(&self) -> &'static str {
        match self {
            Self::Level(_) => JPEG_BASELINE,
            Self::Told(_) => EXPLICIT_LITTLE_ENDIAN,
        }
    }

    /// Address of its series, below the origin.
    pub(crate) fn series_path(&self) -> String {
        let (study, series) = (self.study_uid(), self.series_uid());
        format!("{}/studies/{study}/series/{series}", crate::ROOT)
    }

    /// Address of this instance, below the origin.
    pub(crate) fn path(&self) -> String {
        format!("{}/instances/{}", self.series_path(), self.uid())
    }
}

impl Level {
    pub(crate) fn uid(&self) -> DicomUid {
        DicomUid::derive(&self.study.slide(), UidRole::Level(self.level))
    }

    pub(crate) fn frames(&self) -> Result<&LevelFrames, DicomwebError> {
        let level = self.study.reader.index().level(self.level);
        level.ok_or(DicomwebError::NoSuchInstance)
    }
}

/// Of all that is in these instances: begins entity tags and makes boundaries, which thereby appear
/// in no byte of theirs.
pub(crate) fn digest_of(instances: &[Instance]) -> Sha256Digest {
    let mut bytes = Vec::new();
    for instance in instances {
        match instance {
            Instance::Level(level) => {
                let frames = level.frames().ok();
                bytes.extend(
                    frames
                        .map(|frames| *frames.instance.as_bytes())
                        .into_iter()
                        .flatten(),
                );
            }
            // Which never changes under its UID.
            Instance::Told(told) => bytes.extend_from_slice(told.uid().as_str().as_bytes()),
        }
    }
    Sha256Digest::of(&bytes)
}

use flow::{DicomUid, LevelFrames, LevelNumber, Sha256Digest, SlideId, SlideUids};
use pyramid::PyramidReader;

use crate::error::DicomwebError;
use crate::media::{EXPLICIT_LITTLE_ENDIAN, JPEG_BASELINE};
use crate::results::ToldInstance;

/// Slides that came in one study; of those that came without a study each is one of its own. There is
/// at least one.
#[derive(Clone)]
pub(crate) struct Study {
    pub(crate) slides: Vec<StoredSlide>,
}

/// A slide as DICOM sees it: in its study a series with an instance for each level. Cheap to clone.
#[derive(Clone)]
pub(crate) struct StoredSlide {
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
    pub(crate) slide: StoredSlide,
    pub(crate) level: LevelNumber,
}

impl Study {
    pub(crate) fn finest(&self) -> Result<Level, DicomwebError> {
        let mut levels = self.slides.iter().flat_map(StoredSlide::levels);
        levels.next().ok_or(DicomwebError::NoSuchInstance)
    }
}

impl StoredSlide {
    pub(crate) fn id(&self) -> SlideId {
        self.reader.slide()
    }

    pub(crate) fn uids(&self) -> &SlideUids {
        self.reader.uids()
    }

    /// From the finest on.
    pub(crate) fn levels(&self) -> impl DoubleEndedIterator<Item = Level> {
        self.reader.index().levels.iter().map(|level| Level {
            slide: self.clone(),
            level: level.level,
        })
    }
}

impl Instance {
    fn uids(&self) -> &SlideUids {
        match self {
            Self::Level(level) => level.slide.uids(),
            Self::Told(told) => told.slide_uids(),
        }
    }

    pub(crate) fn study_uid(&self) -> &DicomUid {
        &self.uids().study
    }

    pub(crate) fn series_uid(&self) -> DicomUid {
        match self {
            Self::Level(level) => level.slide.uids().series.clone(),
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
        self.slide.uids().level(&self.slide.id(), self.level)
    }

    pub(crate) fn frames(&self) -> Result<&LevelFrames, DicomwebError> {
        let level = self.slide.reader.index().level(self.level);
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

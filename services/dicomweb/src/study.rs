use flow::{DicomUid, LevelFrames, LevelNumber, Sha256Digest, SlideId, UidRole};
use pyramid::PyramidReader;

use crate::error::DicomwebError;
use crate::uid::Uid;

/// A slide as DICOM sees it: a study of one series, an instance for each level. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Study {
    pub(crate) reader: PyramidReader,
}

/// One level of it.
#[derive(Clone)]
pub(crate) struct Instance {
    pub(crate) study: Study,
    pub(crate) level: LevelNumber,
}

impl Study {
    pub(crate) fn slide(&self) -> SlideId {
        self.reader.slide()
    }

    pub(crate) fn uid(&self) -> DicomUid {
        DicomUid::derive(&self.slide(), UidRole::Study)
    }

    pub(crate) fn series_uid(&self) -> DicomUid {
        DicomUid::derive(&self.slide(), UidRole::Series)
    }

    pub(crate) fn has_series(&self, uid: &Uid) -> Result<(), DicomwebError> {
        if self.series_uid().as_str() == uid.as_str() {
            return Ok(());
        }
        Err(DicomwebError::NoSuchSeries)
    }

    /// From the finest level on.
    pub(crate) fn instances(&self) -> impl DoubleEndedIterator<Item = Instance> {
        self.levels().iter().map(|level| Instance {
            study: self.clone(),
            level: level.level,
        })
    }

    pub(crate) fn n_instances(&self) -> usize {
        self.levels().len()
    }

    pub(crate) fn instance(&self, uid: &Uid) -> Result<Instance, DicomwebError> {
        let found = self
            .instances()
            .find(|instance| instance.uid().as_str() == uid.as_str());
        found.ok_or(DicomwebError::NoSuchInstance)
    }

    /// Of everything in it: begins entity tags and makes boundaries, which thereby appear in no
    /// stored byte.
    pub(crate) fn digest(&self) -> Sha256Digest {
        let digests: Vec<u8> = self
            .levels()
            .iter()
            .flat_map(|level| *level.instance.as_bytes())
            .collect();
        Sha256Digest::of(&digests)
    }

    fn levels(&self) -> &[LevelFrames] {
        &self.reader.index().levels
    }
}

impl Instance {
    pub(crate) fn uid(&self) -> DicomUid {
        DicomUid::derive(&self.study.slide(), UidRole::Level(self.level))
    }

    pub(crate) fn frames(&self) -> Result<&LevelFrames, DicomwebError> {
        let level = self.study.reader.index().level(self.level);
        level.ok_or(DicomwebError::NoSuchInstance)
    }

    /// Address of this instance, below the origin.
    pub(crate) fn path(&self) -> String {
        format!(
            "{}/studies/{}/series/{}/instances/{}",
            crate::ROOT,
            self.study.uid(),
            self.study.series_uid(),
            self.uid()
        )
    }
}

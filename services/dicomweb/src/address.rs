//! What the paths of this service name.

use flow::DicomUid;
use serde::Deserialize;

use crate::frame_list::FrameList;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct StudyAddress {
    pub(crate) study: DicomUid,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct SeriesAddress {
    pub(crate) study: DicomUid,
    pub(crate) series: DicomUid,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct InstanceAddress {
    pub(crate) study: DicomUid,
    pub(crate) series: DicomUid,
    pub(crate) instance: DicomUid,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FramesAddress {
    pub(crate) study: DicomUid,
    pub(crate) series: DicomUid,
    pub(crate) instance: DicomUid,
    pub(crate) frames: FrameList,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct BulkDataAddress {
    pub(crate) study: DicomUid,
    pub(crate) series: DicomUid,
    pub(crate) instance: DicomUid,
    /// The attribute as eight hexadecimal digits; inside sequences with the way to it before it.
    pub(crate) attribute: String,
}

impl FramesAddress {
    pub(crate) fn instance(&self) -> InstanceAddress {
        InstanceAddress {
            study: self.study.clone(),
            series: self.series.clone(),
            instance: self.instance.clone(),
        }
    }
}

impl InstanceAddress {
    pub(crate) fn series(&self) -> SeriesAddress {
        SeriesAddress {
            study: self.study.clone(),
            series: self.series.clone(),
        }
    }
}

impl BulkDataAddress {
    pub(crate) fn instance(&self) -> InstanceAddress {
        InstanceAddress {
            study: self.study.clone(),
            series: self.series.clone(),
            instance: self.instance.clone(),
        }
    }
}

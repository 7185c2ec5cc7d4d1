//! What the paths of this service name.

use dicom_objects::Uid;
use serde::Deserialize;

use crate::frame_list::FrameList;

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct StudyAddress {
    pub(crate) study: Uid,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct SeriesAddress {
    pub(crate) study: Uid,
    pub(crate) series: Uid,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct InstanceAddress {
    pub(crate) study: Uid,
    pub(crate) series: Uid,
    pub(crate) instance: Uid,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FramesAddress {
    pub(crate) study: Uid,
    pub(crate) series: Uid,
    pub(crate) instance: Uid,
    pub(crate) frames: FrameList,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct BulkDataAddress {
    pub(crate) study: Uid,
    pub(crate) series: Uid,
    pub(crate) instance: Uid,
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

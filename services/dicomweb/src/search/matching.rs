use dicom_dictionary_std::{tags, uids};

use super::candidates::FiltersLeft;
use super::contents::Contents;
use super::filter::Filter;
use crate::error::DicomwebError;
use crate::state::DicomwebState;
use crate::study::Instance;

/// Tries filters on instances, and reads of these only what it must.
pub(super) struct Matching {
    left: FiltersLeft,
}

impl Matching {
    pub(super) const fn new(left: FiltersLeft) -> Self {
        Self { left }
    }

    pub(super) fn takes_all_levels(&self) -> bool {
        self.left.levels.as_ref().is_some_and(Vec::is_empty)
    }

    pub(super) async fn takes(
        &self,
        state: &DicomwebState,
        instance: &Instance,
        contents: &Contents,
    ) -> Result<bool, DicomwebError> {
        let filters = match instance {
            Instance::Level(_) => &self.left.levels,
            Instance::Told(_) => &self.left.results,
        };
        let Some(filters) = filters else {
            return Ok(false);
        };
        let mut to_read = Vec::new();
        for filter in filters {
            match known(filter, instance, contents) {
                Some(texts) if !filter.takes(&texts) => return Ok(false),
                Some(_) => {}
                None => to_read.push(filter),
            }
        }
        if to_read.is_empty() {
            return Ok(true);
        }
        let header = state.header(instance).await?;
        Ok(to_read.iter().all(|filter| filter.matches(&header)))
    }
}

/// What the instance has there, where that is known without reading it.
fn known(filter: &Filter, instance: &Instance, contents: &Contents) -> Option<Vec<String>> {
    let is = |tag| filter.attribute.is(&[tag]);
    if is(tags::MODALITIES_IN_STUDY) {
        let modalities = contents.modalities().into_iter();
        return Some(modalities.map(str::to_owned).collect());
    }
    let text = if is(tags::STUDY_INSTANCE_UID) {
        instance.study_uid().to_string()
    } else if is(tags::SERIES_INSTANCE_UID) {
        instance.series_uid().to_string()
    } else if is(tags::SOP_INSTANCE_UID) {
        instance.uid().to_string()
    } else if is(tags::MODALITY) {
        instance.modality().to_owned()
    } else if is(tags::SOP_CLASS_UID) {
        match instance {
            Instance::Level(_) => uids::VL_WHOLE_SLIDE_MICROSCOPY_IMAGE_STORAGE.to_owned(),
            Instance::Told(told) => told.object.sop_class().to_owned(),
        }
    } else {
        return None;
    };
    Some(vec![text])
}

use anyhow::Result;
use bytes::Bytes;
use flow::{AssociatedImage, AssociatedName, ObjectKey, SlideId};
use slide::Slide;
use store::{Scratch, StoreError};
use tokio::fs;
use tokio::task::spawn_blocking;
use tracing::warn;

use crate::IngestDeps;

/// A label of 16 million uncompressed pixels.
const MOST_LABEL_BYTES: u64 = 64 << 20;

/// Label, macro or thumbnail, ready to be stored.
pub(super) struct StoredPicture {
    pub(super) facts: AssociatedImage,
    pub(super) jpeg: Bytes,
}

/// The pictures that come with a slide. One that cannot be read is left out: the slide itself is
/// what counts.
pub(super) fn pictures(slide: &Slide, id: SlideId) -> Vec<StoredPicture> {
    let names = slide.facts().associated.iter().copied();
    names.filter_map(|name| picture(slide, id, name)).collect()
}

/// The label of a slide that came as DICOM, which is an instance of its own; `None` where none was kept.
pub(super) async fn dicom_label(
    deps: &IngestDeps,
    slide: SlideId,
    scratch: &Scratch,
) -> Result<Option<StoredPicture>> {
    let Some(digest) = deps.catalog.kept_label(slide).await? else {
        return Ok(None);
    };
    let key = ObjectKey::DicomInstance(digest);
    match deps.store.size(&key).await {
        Ok(n_bytes) if n_bytes <= MOST_LABEL_BYTES => {}
        // Its record comes first, and the slide is looked at again once it is there.
        Ok(_) | Err(StoreError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let path = scratch.path().join("label.dcm");
    fs::write(&path, deps.store.get(&key).await?).await?;
    let read = spawn_blocking(move || {
        let jpeg = slide::dicom_picture(&path)?;
        stored(AssociatedName::Label, jpeg)
    });
    Ok(left_out(slide, AssociatedName::Label, read.await?))
}

/// Takes those away that may show a patient's name; which they were.
pub(super) fn take_patient_pictures(pictures: &mut Vec<StoredPicture>) -> Vec<AssociatedName> {
    let taken = pictures.extract_if(.., |picture| picture.facts.name.may_identify_patient());
    taken.map(|picture| picture.facts.name).collect()
}

fn picture(slide: &Slide, id: SlideId, name: AssociatedName) -> Option<StoredPicture> {
    left_out(id, name, read(slide, name))
}

fn left_out(
    id: SlideId,
    name: AssociatedName,
    read: Result<StoredPicture>,
) -> Option<StoredPicture> {
    match read {
        Ok(picture) => Some(picture),
        Err(error) => {
            warn!(slide.id = %id, image = %name, %error, "an associated image is left out");
            None
        }
    }
}

fn read(slide: &Slide, name: AssociatedName) -> Result<StoredPicture> {
    stored(name, slide.associated(name)?)
}

fn stored(name: AssociatedName, jpeg: Vec<u8>) -> Result<StoredPicture> {
    let size = pyramid::decode_jpeg(&jpeg)?.size;
    Ok(StoredPicture {
        facts: AssociatedImage { name, size },
        jpeg: jpeg.into(),
    })
}

#[cfg(test)]
mod tests {
    use flow::PixelSize;

    use super::*;

    #[test]
    fn label_and_macro_are_taken_and_the_thumbnail_is_left() {
        let picture = |name| StoredPicture {
            facts: AssociatedImage {
                name,
                size: PixelSize::new(1, 1),
            },
            jpeg: Bytes::new(),
        };
        let names = [
            AssociatedName::Macro,
            AssociatedName::Thumbnail,
            AssociatedName::Label,
        ];
        let mut pictures = names.map(picture).into();
        let taken = take_patient_pictures(&mut pictures);
        assert_eq!(taken, [AssociatedName::Macro, AssociatedName::Label]);
        let left: Vec<_> = pictures.iter().map(|picture| picture.facts.name).collect();
        assert_eq!(left, [AssociatedName::Thumbnail]);
    }
}

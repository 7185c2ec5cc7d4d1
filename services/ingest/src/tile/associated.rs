use bytes::Bytes;
use flow::{AssociatedImage, AssociatedName, SlideId};
use slide::Slide;
use tracing::warn;

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

fn picture(slide: &Slide, id: SlideId, name: AssociatedName) -> Option<StoredPicture> {
    match read(slide, name) {
        Ok(picture) => Some(picture),
        Err(error) => {
            warn!(slide.id = %id, image = %name, %error, "an associated image is left out");
            None
        }
    }
}

fn read(slide: &Slide, name: AssociatedName) -> anyhow::Result<StoredPicture> {
    let jpeg = slide.associated(name)?;
    let size = pyramid::decode_jpeg(&jpeg)?.size;
    Ok(StoredPicture {
        facts: AssociatedImage { name, size },
        jpeg: jpeg.into(),
    })
}

use anyhow::Result;
use catalog::{Catalog, KeptInstance, NewDicomInstance, SlideRow};
use flow::{SlideUids, TileOrigin};
use slide::{DicomInstance, Slide};

/// Under which UIDs a slide's pyramid is stored: those that a DICOM file came with, whichever way it
/// came, or our own.
///
/// What was compressed here is another picture than the one that came, and so another instance. Where
/// other bytes came under the same UID before, they keep it.
pub(super) async fn uids_of(catalog: &Catalog, row: &SlideRow, slide: &Slide) -> Result<SlideUids> {
    let derived = SlideUids::derived(&row.id);
    let Some(came) = &slide.facts().dicom else {
        return Ok(derived);
    };
    if was_made_here(catalog, came).await? {
        return Ok(derived);
    }
    let new = NewDicomInstance {
        uids: came.uids.clone(),
        kind: came.kind,
        digest: row.digest,
        n_bytes: row.n_bytes,
        slide: Some(row.id),
    };
    let (came, kept) = (came.uids.clone(), catalog.keep_instance(&new).await?);
    Ok(match (kept, slide.origin()) {
        (KeptInstance::OtherBytes, _) => derived,
        (KeptInstance::New | KeptInstance::Known, TileOrigin::Copied) => came,
        (KeptInstance::New | KeptInstance::Known, _) => SlideUids {
            level_zero: derived.level_zero,
            ..came
        },
    })
}

/// Whether an instance is of the pyramid of a slide that is here: its UIDs are taken.
pub(crate) async fn was_made_here(
    catalog: &Catalog,
    instance: &DicomInstance,
) -> Result<bool, catalog::CatalogError> {
    let Some(slide) = instance.container else {
        return Ok(false);
    };
    let is_derived = SlideUids::derived(&slide).study == instance.uids.study;
    Ok(is_derived && catalog.slide(slide).await?.is_some())
}

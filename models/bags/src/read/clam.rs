use super::attributes::Attributes;
use super::hdf5_file::Hdf5File;
use crate::{BagError, TilePlaces, TileSide};

/// `coords` are level-0 pixels; a tile has `patch_size` pixels of level `patch_level`, which is
/// `downsample` times smaller. The file with the features often leaves all of these out.
pub(super) fn places(file: &Hdf5File, corners: Vec<[f64; 2]>) -> Result<TilePlaces, BagError> {
    let beside = file.attributes("coords")?;
    let side = beside.tile_size_um().or_else(|| side_px(&beside));
    // Older files: what was read was shrunk by this before the encoder saw it.
    let shrunk = beside.number("custom_downsample").unwrap_or(1.0);
    let shown_px = beside.number("patch_size").map(|pixels| pixels / shrunk);
    Ok(TilePlaces::in_pixels(corners, side, shown_px))
}

/// Where a file leaves out the downsample, only that of level 0 is certain.
fn side_px(beside: &Attributes) -> Option<TileSide> {
    let is_level_0 = beside.number("patch_level").is_none();
    let downsample = beside.number("downsample");
    let downsample = downsample.or(is_level_0.then_some(1.0))?;
    Some(TileSide::Level0Pixels(
        beside.number("patch_size")? * downsample,
    ))
}

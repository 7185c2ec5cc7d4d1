use super::hdf5_file::Hdf5File;
use crate::{BagError, TilePlaces, TileSide};

/// `coords` are level-0 pixels; `patch_size_level0` is a tile's side there, `patch_size` the pixels
/// shown to the encoder, where it did not resize.
pub(super) fn places(file: &Hdf5File, corners: Vec<[f64; 2]>) -> Result<TilePlaces, BagError> {
    let beside = file.attributes("coords")?;
    let side_px = || {
        let side = beside.number("patch_size_level0");
        side.map(TileSide::Level0Pixels)
    };
    let side = beside.tile_size_um().or_else(side_px);
    Ok(TilePlaces::in_pixels(
        corners,
        side,
        beside.number("patch_size"),
    ))
}

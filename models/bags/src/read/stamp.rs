use super::attributes::Attributes;
use super::hdf5_file::Hdf5File;
use crate::stride::stride;
use crate::{BagError, Evidence, PlaceUnit, TilePlaces, TileSide};

/// The first STAMP cut tiles of 224 pixels from a slide scaled so that each was 256 um, and noted
/// places in these pixels.
const OLD_TILE_PX: f64 = 224.0;
const OLD_TILE_UM: f64 = 256.0;

/// `coords` are micrometres, with `unit`, `tile_size_um` (before 2.1 `tile_size`) and
/// `tile_size_px` beside the file. Files of the first version say none of this.
pub(super) fn places(file: &Hdf5File, corners: Vec<[f64; 2]>) -> Result<TilePlaces, BagError> {
    let beside = file.file_attributes()?;
    let side_um = beside
        .number("tile_size_um")
        .or_else(|| beside.number("tile_size"));
    if says_micrometres(&beside, &file.attributes("coords")?) {
        let (side, side_evidence) = match side_um {
            Some(side) => (Some(side), Evidence::Stated),
            None => (stride(&corners), Evidence::Inferred),
        };
        return Ok(TilePlaces {
            corners,
            unit: PlaceUnit::Micrometre,
            unit_evidence: Evidence::Stated,
            side: side.map(TileSide::Micrometres),
            side_evidence,
            shown_px: beside.number("tile_size_px"),
        });
    }
    of_the_first_version(corners)
}

fn says_micrometres(of_file: &Attributes, of_coords: &Attributes) -> bool {
    let is_um = |beside: &Attributes| beside.text("unit").is_some_and(|unit| unit == "um");
    is_um(of_file) || is_um(of_coords) || of_file.number("tile_size_um").is_some()
}

fn of_the_first_version(mut corners: Vec<[f64; 2]>) -> Result<TilePlaces, BagError> {
    let stride = stride(&corners);
    let is_old = |stride: f64| stride.round() == OLD_TILE_PX;
    if !corners.is_empty() && !stride.is_some_and(is_old) {
        let stride = match stride {
            Some(stride) => format!("they lie {stride} apart, not 224 as in the first STAMP"),
            None => "none lie side by side to tell it from".to_owned(),
        };
        return Err(BagError::UnknownUnit { stride });
    }
    for place in corners.iter_mut().flatten() {
        *place *= OLD_TILE_UM / OLD_TILE_PX;
    }
    Ok(TilePlaces {
        corners,
        unit: PlaceUnit::Micrometre,
        unit_evidence: Evidence::Inferred,
        side: Some(TileSide::Micrometres(OLD_TILE_UM)),
        side_evidence: Evidence::Inferred,
        shown_px: Some(OLD_TILE_PX),
    })
}

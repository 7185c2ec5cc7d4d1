use std::path::{Path, PathBuf};

use hdf5_pure::AttrValue;

use super::OutgoingBag;
use super::pixels::{datasets, level0_px, shown_px, text};
use super::whole_file::write_whole;
use crate::BagError;
use crate::stride::stride;

/// What an objective power of 1 resolves, by the convention that 0.5 um a pixel is 20x.
const UM_AT_POWER_1: f64 = 10.0;

pub(super) fn write(bag: &OutgoingBag<'_>, folder: &Path) -> Result<Vec<PathBuf>, BagError> {
    let folder_text = folder.to_string_lossy();
    let origin = [("name", text(bag.name)), ("savetodir", text(&folder_text))];
    let mut of_features = origin.to_vec();
    of_features.push(("encoder", text(&bag.header.encoder.name)));

    let slide = bag.slide;
    let power = |mpp: f64| UM_AT_POWER_1 / mpp;
    let own_power = slide.objective_power;
    let numbers = [
        ("patch_size", shown_px(bag)),
        ("patch_size_level0", level0_px(bag, bag.header.tile_um)),
        (
            "level0_magnification",
            own_power.unwrap_or_else(|| power(slide.mpp.get())).round() as i64,
        ),
        (
            "target_magnification",
            power(bag.header.mpp.get()).round() as i64,
        ),
        ("overlap", overlap_px(bag)),
        ("level0_width", i64::from(slide.size.width)),
        ("level0_height", i64::from(slide.size.height)),
    ];
    let mut of_coords = origin.to_vec();
    of_coords.extend(numbers.map(|(name, number)| (name, AttrValue::I64(number))));
    of_coords.push(("tile_size_um", AttrValue::F64(bag.header.tile_um)));

    let path = folder.join(format!("{}.h5", bag.name));
    let file = datasets(bag, of_features, of_coords);
    write_whole(&path, |out| Ok(file.finish_to(out)?))?;
    Ok(vec![path])
}

/// Pixels, of those shown to the encoder, that neighbouring tiles share.
fn overlap_px(bag: &OutgoingBag<'_>) -> i64 {
    let corners: Vec<[f64; 2]> = bag.instances.iter().map(|t| [t.x_um, t.y_um]).collect();
    let stride = stride(&corners).unwrap_or(bag.header.tile_um);
    let shared_um = (bag.header.tile_um - stride).max(0.0);
    (shared_um / bag.header.mpp.get()).round() as i64
}

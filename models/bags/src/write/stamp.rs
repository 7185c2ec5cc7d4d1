use std::path::{Path, PathBuf};

use half::f16;
use hdf5_pure::{AttrValue, Datatype, DatatypeByteOrder, FileBuilder, FloatingPointLayout};

use super::OutgoingBag;
use super::pixels::{shown_px, text};
use super::whole_file::write_whole;
use crate::BagError;

/// The first version that writes these attributes. A file of a newer version than the STAMP that
/// opens it is refused there.
const VERSION: &str = "2.1.0";

pub(super) fn write(bag: &OutgoingBag<'_>, folder: &Path) -> Result<Vec<PathBuf>, BagError> {
    let mut file = FileBuilder::new();
    let n_values = bag.embeddings.len() as u64;
    let feats = file.create_dataset("feats");
    feats
        .with_raw_data(half_precision(), halves(bag)?, n_values)
        .with_shape(&bag.shape());
    let places = bag.instances.iter().flat_map(|tile| [tile.x_um, tile.y_um]);
    let places: Vec<f64> = places.collect();
    let coords = file.create_dataset("coords");
    coords
        .with_f64_data(&places)
        .with_shape(&[bag.instances.len() as u64, 2]);
    let beside = [
        ("stamp_version", text(VERSION)),
        ("extractor", text(&bag.header.encoder.name)),
        ("unit", text("um")),
        ("tile_size_um", AttrValue::F64(bag.header.tile_um)),
        ("tile_size_px", AttrValue::I64(shown_px(bag))),
        ("code_hash", text(&bag.header.encoder.hash.to_string())),
        ("feat_type", text("tile")),
    ];
    for (name, value) in beside {
        file.set_attr(name, value);
    }
    let path = folder.join(format!("{}.h5", bag.name));
    write_whole(&path, |out| Ok(file.finish_to(out)?))?;
    Ok(vec![path])
}

fn halves(bag: &OutgoingBag<'_>) -> Result<Vec<u8>, BagError> {
    let mut bytes = Vec::with_capacity(2 * bag.embeddings.len());
    for (at, &value) in bag.embeddings.iter().enumerate() {
        let half = f16::from_f32(value);
        if !half.is_finite() {
            let row = at / bag.header.dimension as usize;
            return Err(BagError::BeyondHalf { row });
        }
        bytes.extend(half.to_le_bytes());
    }
    Ok(bytes)
}

/// IEEE 754 binary16.
fn half_precision() -> Datatype {
    Datatype::FloatingPoint {
        size: 2,
        byte_order: DatatypeByteOrder::LittleEndian,
        layout: FloatingPointLayout {
            bit_offset: 0,
            bit_precision: 16,
            exponent_location: 10,
            exponent_size: 5,
            mantissa_location: 0,
            mantissa_size: 10,
            exponent_bias: 15,
        },
    }
}

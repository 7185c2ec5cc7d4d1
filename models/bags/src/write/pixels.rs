use hdf5_pure::{AttrValue, FileBuilder};

use super::OutgoingBag;

/// `features` and `coords` in level-0 pixels, which TRIDENT and CLAM call alike.
pub(super) fn datasets(
    bag: &OutgoingBag<'_>,
    of_features: Vec<(&str, AttrValue)>,
    of_coords: Vec<(&str, AttrValue)>,
) -> FileBuilder {
    let mut file = FileBuilder::new();
    let values = bag.embeddings.iter().flat_map(|value| value.to_le_bytes());
    let features = file.create_dataset("features").with_raw_data(
        hdf5_pure::make_f32_type(),
        values.collect(),
        bag.embeddings.len() as u64,
    );
    features.with_shape(&bag.shape());
    for (name, value) in of_features {
        features.set_attr(name, value);
    }
    let places = bag.instances.iter().flat_map(|tile| [tile.x_um, tile.y_um]);
    let places: Vec<i64> = places.map(|um| level0_px(bag, um)).collect();
    let n_tiles = bag.instances.len() as u64;
    let coords = file.create_dataset("coords");
    coords.with_i64_data(&places).with_shape(&[n_tiles, 2]);
    for (name, value) in of_coords {
        coords.set_attr(name, value);
    }
    file
}

/// The nearest whole pixel of level 0.
pub(super) fn level0_px(bag: &OutgoingBag<'_>, um: f64) -> i64 {
    (um / bag.slide.mpp.get()).round() as i64
}

/// Pixels on a side of the picture that the encoder was shown.
pub(super) fn shown_px(bag: &OutgoingBag<'_>) -> i64 {
    (bag.header.tile_um / bag.header.mpp.get()).round() as i64
}

/// Of variable length, as h5py writes texts and the tools compare them; others it gives as bytes.
pub(super) fn text(text: &str) -> AttrValue {
    AttrValue::VarLenString(text.to_owned())
}

use std::collections::HashMap;

use hdf5_pure::AttrValue;

use crate::TileSide;

/// What stands beside a dataset or a file.
pub(super) struct Attributes(pub(super) HashMap<String, AttrValue>);

impl Attributes {
    /// A finite number above 0, or the first of several.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        let value = self.0.get(name)?;
        let number = value
            .as_f64()
            .or_else(|| value.as_i64().map(|number| number as f64))
            .or_else(|| value.to_f64s()?.first().copied())
            .or_else(|| value.to_i64s()?.first().map(|&number| number as f64))?;
        (number.is_finite() && number > 0.0).then_some(number)
    }

    /// Side of a tile in micrometres; our own exports state it beside the rounded pixels.
    pub(super) fn tile_size_um(&self) -> Option<TileSide> {
        self.number("tile_size_um").map(TileSide::Micrometres)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }
}

use serde::Serialize;

use crate::systems;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Quantity {
    pub(crate) value: f64,
    pub(crate) system: &'static str,
    pub(crate) code: &'static str,
}

impl Quantity {
    /// A number without a dimension, such as a probability from 0 to 1.
    pub(crate) const fn ratio(value: f64) -> Self {
        Self {
            value,
            system: systems::UCUM,
            code: "1",
        }
    }
}

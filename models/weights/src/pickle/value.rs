use crate::pickle::ObjectId;
use crate::torch::global::Global;

/// What an instruction handles. Small and copied freely; what has a size lies on the heap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    None,
    Bool(bool),
    Integer(i128),
    Global(Global),
    Object(ObjectId),
    /// A value that no tensor depends on: a float, bytes, a random state, a device.
    Inert,
}

impl Value {
    /// `None` for anything but an integer that fits.
    pub(crate) fn as_usize(self) -> Option<usize> {
        match self {
            Self::Integer(integer) => usize::try_from(integer).ok(),
            _ => None,
        }
    }
}

use flow::{Message, Sha256Digest, SlideId, SlideReceived};
use serde::{Deserialize, Serialize};

pub(crate) fn slide(n: u32) -> SlideId {
    SlideId::from_digest(&Sha256Digest::of(&n.to_le_bytes()))
}

pub(crate) fn received(n: u32) -> SlideReceived {
    SlideReceived { slide: slide(n) }
}

/// What another version of the program might publish as [`SlideReceived`], which cannot read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Foreign {
    pub(crate) barcode: u32,
}

impl Message for Foreign {
    const STREAM: &'static str = SlideReceived::STREAM;

    fn slide(&self) -> SlideId {
        slide(self.barcode)
    }
}

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Sha256Digest, SlideId, TaskId};

/// What one step tells the next. Messages carry ids and never pixels.
///
/// A message is a hint: it may arrive twice or never. Whoever handles one must give the same result
/// when it comes again, and the sweeper repeats those that were lost.
pub trait Message: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Name of the stream that carries this message.
    const STREAM: &'static str;

    fn slide(&self) -> SlideId;
}

/// The original is in storage and its digest holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlideReceived {
    pub slide: SlideId,
}

/// Pyramid and manifest are in storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlideTiled {
    pub slide: SlideId,
}

/// More than one worker can embed this slide: chunks of its bag are nobody's yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlideShared {
    pub slide: SlideId,
    pub encoder: Sha256Digest,
}

/// The bag of this encoder is in storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlideEmbedded {
    pub slide: SlideId,
    pub encoder: Sha256Digest,
}

/// Prediction and heatmaps of this task are in storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlideScored {
    pub slide: SlideId,
    pub task: TaskId,
}

macro_rules! message {
    ($name:ident, $stream:literal) => {
        impl Message for $name {
            const STREAM: &'static str = $stream;

            fn slide(&self) -> SlideId {
                self.slide
            }
        }
    };
}

message!(SlideReceived, "slide-received");
message!(SlideTiled, "slide-tiled");
message!(SlideShared, "slide-shared");
message!(SlideEmbedded, "slide-embedded");
message!(SlideScored, "slide-scored");

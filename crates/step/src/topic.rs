use catalog::Catalog;
use flow::{Message, SlideEmbedded, SlideReceived, SlideTiled, Stage};
use queue::{DeadLetter, Depth, Queue, QueueError, Redriven};

use crate::{RedriveError, redrive};

/// The streams that steps read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What waits to be tiled.
    Received,
    /// What waits to be embedded.
    Tiled,
    /// What waits to be scored.
    Embedded,
}

/// What the method of whichever message a topic carries comes to.
macro_rules! of_message {
    ($topic:expr, $message:ident => $call:expr) => {
        match $topic {
            Topic::Received => {
                type $message = SlideReceived;
                $call.await
            }
            Topic::Tiled => {
                type $message = SlideTiled;
                $call.await
            }
            Topic::Embedded => {
                type $message = SlideEmbedded;
                $call.await
            }
        }
    };
}

impl Topic {
    pub const ALL: [Self; 3] = [Self::Received, Self::Tiled, Self::Embedded];

    /// The name of the stream.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => SlideReceived::STREAM,
            Self::Tiled => SlideTiled::STREAM,
            Self::Embedded => SlideEmbedded::STREAM,
        }
    }

    /// The stage that reads it.
    pub const fn stage(self) -> Stage {
        match self {
            Self::Received => Stage::Tile,
            Self::Tiled => Stage::Embed,
            Self::Embedded => Stage::Score,
        }
    }

    pub async fn depth(self, queue: &Queue) -> Result<Depth, QueueError> {
        of_message!(self, M => queue.depth::<M>())
    }

    /// Oldest first.
    pub async fn dead_letters(self, queue: &Queue) -> Result<Vec<DeadLetter>, QueueError> {
        of_message!(self, M => queue.dead_letters::<M>())
    }

    /// Tries once more what was given up.
    pub async fn redrive(
        self,
        catalog: &Catalog,
        queue: &Queue,
        letter: &DeadLetter,
    ) -> Result<Redriven, RedriveError> {
        of_message!(self, M => redrive::<M>(self.stage(), catalog, queue, letter))
    }
}

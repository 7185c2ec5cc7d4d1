use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use anyhow::Result;
use catalog::ChunkClaims;
use flow::{Sha256Digest, SlideId, SlideShared};
use queue::Queue;
use tracing::debug;

use crate::EmbedDeps;

/// Whether other workers may embed some of a slide's chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// There are none.
    Alone,
    /// Those that have no slide of their own just then. They hear of it through the queue.
    WithOthers {
        /// How long a worker that was killed keeps the others from the chunk it was at.
        lease: Duration,
    },
}

/// Which chunks of a bag are this worker's.
pub(crate) enum Share {
    /// All of them.
    All,
    /// Those that no other worker is at.
    Claimed(Box<Claimed>),
}

pub(crate) struct Claimed {
    claims: ChunkClaims,
    renew_every: Duration,
    queue: Queue,
    hint: SlideShared,
}

impl Share {
    pub(crate) fn of(
        sharing: Sharing,
        deps: &EmbedDeps,
        slide: SlideId,
        encoder: Sha256Digest,
    ) -> Self {
        match sharing {
            Sharing::Alone => Self::All,
            Sharing::WithOthers { lease } => Self::Claimed(Box::new(Claimed {
                claims: deps.catalog.chunk_claims(slide, encoder, lease),
                renew_every: lease / 3,
                queue: deps.queue.clone(),
                hint: SlideShared { slide, encoder },
            })),
        }
    }

    /// Takes a chunk; `false` where another worker is at it or has stored it.
    pub(crate) async fn take(&self, chunk: u32) -> Result<bool> {
        match self {
            Self::All => Ok(true),
            Self::Claimed(share) => Ok(share.claims.claim(chunk).await?),
        }
    }

    /// Says that a chunk is in storage.
    pub(crate) async fn stored(&self, chunk: u32) -> Result<()> {
        if let Self::Claimed(share) = self {
            share.claims.stored(chunk).await?;
        }
        Ok(())
    }

    /// Says that a chunk is not in storage after all.
    pub(crate) async fn not_stored(&self, chunk: u32) -> Result<()> {
        if let Self::Claimed(share) = self {
            share.claims.not_stored(chunk).await?;
        }
        Ok(())
    }

    /// The chunks that workers said to be in storage.
    pub(crate) async fn stored_chunks(&self) -> Result<Vec<u32>> {
        match self {
            Self::All => Ok(Vec::new()),
            Self::Claimed(share) => Ok(share.claims.stored_chunks().await?),
        }
    }

    /// Tells a worker that has nothing to do of the chunks that are nobody's.
    pub(crate) async fn call_for_help(&self) {
        if let Self::Claimed(share) = self
            && let Err(error) = share.queue.publish(&share.hint).await
        {
            // The work goes on without help, and calls again with its next chunk.
            debug!(slide.id = %share.hint.slide, %error, "nobody was called for help");
        }
    }

    /// Keeps what was taken, for as long as it is polled.
    pub(crate) async fn keep(&self) -> Infallible {
        let Self::Claimed(share) = self else {
            return pending().await;
        };
        loop {
            tokio::time::sleep(share.renew_every).await;
            if let Err(error) = share.claims.renew().await {
                // Lost chunks are embedded twice, and come out the same.
                debug!(slide.id = %share.hint.slide, %error, "claims on chunks were not renewed");
            }
        }
    }

    /// Leaves to others what was taken and is not stored.
    pub(crate) async fn release(&self) {
        if let Self::Claimed(share) = self
            && let Err(error) = share.claims.release().await
        {
            // They run out by themselves.
            debug!(slide.id = %share.hint.slide, %error, "claims on chunks were not left");
        }
    }

    /// The bag is whole: nobody needs to know any more who embedded what.
    pub(crate) async fn forget(&self) -> Result<()> {
        if let Self::Claimed(share) = self {
            share.claims.forget().await?;
        }
        Ok(())
    }
}

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use flow::{BagChunk, BagChunkRef, Instance, ObjectKey, Sha256Digest, SlideId};
use store::Store;

use crate::bag_in_work::WantedChunk;

/// Where a slide's chunks lie.
#[derive(Clone)]
pub(crate) struct Chunks {
    pub(crate) store: Store,
    pub(crate) slide: SlideId,
    pub(crate) encoder: Sha256Digest,
    pub(crate) dimension: u32,
}

impl Chunks {
    /// The chunk in storage, if it holds just these instances: an earlier run got this far.
    pub(crate) async fn stored(
        &self,
        WantedChunk { number, instances }: WantedChunk<'_>,
    ) -> Result<Option<BagChunkRef>> {
        let Some(bytes) = self.store.find(&self.key(number)).await? else {
            return Ok(None);
        };
        let chunk = BagChunk::decode(&bytes)?;
        let is_this = chunk.instances == instances
            && chunk.dimension == self.dimension
            && chunk.embeddings.iter().all(|value| value.is_finite());
        Ok(is_this.then(|| reference(&chunk, &bytes)))
    }

    pub(crate) async fn put(
        &self,
        WantedChunk { number, instances }: WantedChunk<'_>,
        embeddings: Vec<f32>,
    ) -> Result<BagChunkRef> {
        let (reference, bytes) = self.encoded(instances, embeddings);
        self.store.put(&self.key(number), bytes).await?;
        Ok(reference)
    }

    /// Keeps the blur of each tile of a chunk.
    pub(crate) async fn put_blur(&self, number: u32, blur_um: &[Option<f32>]) -> Result<()> {
        let json = serde_json::to_vec(blur_um)?;
        self.store.put(&self.blur_key(number), json.into()).await?;
        Ok(())
    }

    /// The blur of each tile of a chunk in storage; none is known of one that is older than this.
    pub(crate) async fn blur(
        &self,
        WantedChunk { number, instances }: WantedChunk<'_>,
    ) -> Result<Vec<Option<f32>>> {
        let Some(bytes) = self.store.find(&self.blur_key(number)).await? else {
            return Ok(vec![None; instances.len()]);
        };
        let blur_um: Vec<Option<f32>> =
            serde_json::from_slice(&bytes).context("the blur of a chunk's tiles is damaged")?;
        ensure!(
            blur_um.len() == instances.len(),
            "the blur of a chunk is of {} tiles, it has {}",
            blur_um.len(),
            instances.len()
        );
        Ok(blur_um)
    }

    fn blur_key(&self, number: u32) -> ObjectKey {
        ObjectKey::ChunkBlur(self.slide, self.encoder, number)
    }

    /// The chunk as it would be stored.
    pub(crate) fn encoded(
        &self,
        instances: &[Instance],
        embeddings: Vec<f32>,
    ) -> (BagChunkRef, Bytes) {
        let chunk = BagChunk {
            instances: instances.to_vec(),
            embeddings,
            dimension: self.dimension,
        };
        let bytes = Bytes::from(chunk.encode());
        (reference(&chunk, &bytes), bytes)
    }

    fn key(&self, number: u32) -> ObjectKey {
        ObjectKey::BagChunk(self.slide, self.encoder, number)
    }
}

fn reference(chunk: &BagChunk, bytes: &[u8]) -> BagChunkRef {
    BagChunkRef {
        n_instances: chunk.instances.len() as u32,
        sha256: Sha256Digest::of(bytes),
    }
}

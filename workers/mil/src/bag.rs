use anyhow::{Context, Result, ensure};
use flow::{BagChunk, BagHeader, Instance, ObjectKey, Sha256Digest, SlideId, TileIndex};
use store::Store;

/// A slide's embeddings in memory, every chunk checked against the header.
pub struct Bag {
    pub header: BagHeader,
    pub instances: Vec<Instance>,
    /// `instances.len() * header.dimension` values.
    pub embeddings: Vec<f32>,
}

impl Bag {
    /// # Errors
    /// If the encoder left no bag of the slide, or the bag is damaged.
    pub async fn read(store: &Store, slide: SlideId, encoder: Sha256Digest) -> Result<Self> {
        let bytes = store.get(&ObjectKey::Bag(slide, encoder)).await?;
        let header: BagHeader =
            serde_json::from_slice(&bytes).context("the bag's header cannot be read")?;
        let mut bag = Self {
            instances: Vec::new(),
            embeddings: Vec::new(),
            header,
        };
        for number in 0..bag.header.chunks.len() {
            let key = ObjectKey::BagChunk(slide, encoder, u32::try_from(number)?);
            let bytes = store.get(&key).await?;
            bag.header.chunks[number]
                .sha256
                .verify("bag chunk", &bytes)?;
            let chunk = BagChunk::decode(&bytes)?;
            ensure!(
                chunk.dimension == bag.header.dimension,
                "a chunk of the bag has another dimension than its header says"
            );
            bag.instances.extend(chunk.instances);
            bag.embeddings.extend(chunk.embeddings);
        }
        ensure!(
            bag.instances.len() as u64 == bag.header.n_instances,
            "the bag's chunks do not hold the instances that its header counts"
        );
        Ok(bag)
    }

    /// Where each instance lies on the grid of tiles.
    pub(crate) fn cells(&self) -> Vec<TileIndex> {
        let cell = |instance| self.header.cell(instance);
        self.instances.iter().map(cell).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use flow::{DeviceKind, EncoderRef, Mpp, Precision};

    use super::*;

    pub(crate) fn header(tile_um: f64, columns: u32, rows: u32) -> BagHeader {
        let digest = Sha256Digest::of(b"slide");
        BagHeader {
            slide: SlideId::from_digest(&digest),
            pyramid: digest,
            encoder: EncoderRef {
                name: "test".to_owned(),
                hash: digest,
            },
            precision: Precision::F32,
            device: DeviceKind::Cpu,
            dimension: 2,
            mpp: Mpp::new(0.5).expect("an mpp"),
            untrained_mpp: None,
            encoder_terms: None,
            tile_um,
            columns,
            rows,
            n_instances: 0,
            chunks: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_chunk_that_is_not_the_headers_is_refused() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let store = Store::local(folder.path())?;
        let mut header = header(112.0, 1, 1);
        let chunk = BagChunk {
            instances: vec![Instance {
                x_um: 0.0,
                y_um: 0.0,
            }],
            embeddings: vec![1.0, 2.0],
            dimension: 2,
        };
        header.n_instances = 1;
        header.chunks = vec![flow::BagChunkRef {
            n_instances: 1,
            sha256: Sha256Digest::of(b"another"),
        }];
        let (slide, encoder) = (header.slide, header.encoder.hash);
        let key = ObjectKey::BagChunk(slide, encoder, 0);
        store.put(&key, chunk.encode().into()).await?;
        let key = ObjectKey::Bag(slide, encoder);
        store.put(&key, serde_json::to_vec(&header)?.into()).await?;
        let refused = Bag::read(&store, slide, encoder)
            .await
            .err()
            .context("an error")?;
        assert!(refused.to_string().contains("sha256"), "{refused}");
        Ok(())
    }
}

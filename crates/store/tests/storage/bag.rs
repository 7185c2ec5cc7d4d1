//! Bags as they lie in storage.

use std::error::Error;

use coverslip_store::{Bag, BagError, Store};
use flow::{
    BagChunk, BagChunkRef, BagHeader, DeviceKind, EncoderRef, Instance, Mpp, ObjectKey, Precision,
    Sha256Digest, SlideId, TileIndex,
};

/// A bag of three tiles in a row, in two chunks.
async fn stored(store: &Store) -> Result<BagHeader, Box<dyn Error>> {
    let digest = Sha256Digest::of(b"slide");
    let slide = SlideId::from_digest(&digest);
    let mut header = BagHeader {
        slide,
        pyramid: digest,
        encoder: EncoderRef {
            name: "test".to_owned(),
            hash: digest,
        },
        precision: Precision::F32,
        device: DeviceKind::Cpu,
        dimension: 2,
        mpp: Mpp::new(0.5)?,
        untrained_mpp: None,
        encoder_terms: None,
        tile_um: 112.0,
        columns: 3,
        rows: 1,
        n_instances: 3,
        chunks: Vec::new(),
    };
    for (number, columns) in [(0, 0..2), (1, 2..3)] {
        let instances: Vec<Instance> = columns
            .map(|column| Instance {
                x_um: f64::from(column) * 112.0,
                y_um: 0.0,
            })
            .collect();
        let chunk = BagChunk {
            embeddings: vec![1.0; instances.len() * 2],
            instances,
            dimension: 2,
        };
        let bytes = chunk.encode();
        header.chunks.push(BagChunkRef {
            n_instances: u32::try_from(chunk.instances.len())?,
            sha256: Sha256Digest::of(&bytes),
        });
        let key = ObjectKey::BagChunk(slide, digest, number);
        store.put(&key, bytes.into()).await?;
    }
    Ok(header)
}

async fn read(store: &Store, header: &BagHeader) -> Result<Result<Bag, BagError>, Box<dyn Error>> {
    let (slide, encoder) = (header.slide, header.encoder.hash);
    let key = ObjectKey::Bag(slide, encoder);
    store.put(&key, serde_json::to_vec(header)?.into()).await?;
    Ok(Bag::read(store, slide, encoder).await)
}

#[tokio::test]
async fn a_bag_is_its_chunks_in_order() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = Store::local(folder.path())?;
    let header = stored(&store).await?;
    let bag = read(&store, &header).await??;
    assert_eq!((bag.instances.len(), bag.embeddings.len()), (3, 6));
    let columns = [0, 1, 2].map(|column| TileIndex { column, row: 0 });
    assert_eq!(bag.cells(), columns);
    Ok(())
}

#[tokio::test]
async fn a_bag_that_is_not_there_is_told_from_one_that_is_damaged() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = Store::local(folder.path())?;
    let mut header = stored(&store).await?;
    let missing = Bag::read(&store, header.slide, header.encoder.hash).await;
    assert!(missing.is_err_and(|error| error.is_missing()));
    header.chunks[1].sha256 = Sha256Digest::of(b"another");
    let refused = read(&store, &header).await?.err().ok_or("an error")?;
    assert!(matches!(refused, BagError::Chunk(_)) && !refused.is_missing());
    Ok(())
}

#[tokio::test]
async fn a_bag_with_fewer_tiles_than_it_says_is_refused() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = Store::local(folder.path())?;
    let mut header = stored(&store).await?;
    header.chunks.pop();
    let refused = read(&store, &header).await?;
    assert!(matches!(refused, Err(BagError::Count)));
    Ok(())
}

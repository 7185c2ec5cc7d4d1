//! Several workers at one bag.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use coverslip_embed_worker::{
    EmbedConfig, EmbedDeps, EmbedOutcome, Sharing, embed_slide, help_embed,
};
use flow::{ObjectKey, SlideShared};

use crate::lab::{Lab, open};

const CONFIG: EmbedConfig = EmbedConfig {
    min_tissue: 0.1,
    sharing: Sharing::WithOthers {
        lease: Duration::from_secs(2),
    },
};

/// Of three chunks, with the bag as one worker makes it, which is taken away again.
async fn slide_of_three_chunks() -> Result<(Lab, BTreeMap<PathBuf, Vec<u8>>), Box<dyn Error>> {
    let lab = Lab::open(8_200, 0.45, |_, _| true).await?;
    assert_eq!(lab.embed(&lab.deps).await?, EmbedOutcome::Embedded);
    let whole = lab.bag_files()?;
    assert_eq!(whole.len(), 3 + 2, "three chunks, a plan and a header");
    for path in whole.keys() {
        std::fs::remove_file(path)?;
    }
    let tiled = flow::SlideStatus::Tiled;
    lab.deps.catalog.set_status(lab.slide, &tiled).await?;
    // One that read the bag holds it open, and would still find it.
    let deps = lab.another_process().await?;
    Ok((Lab { deps, ..lab }, whole))
}

impl Lab {
    fn hint(&self) -> SlideShared {
        SlideShared {
            slide: self.slide,
            encoder: self.encoder.reference().hash,
        }
    }

    /// Its deps, on the same queue.
    async fn another_process(&self) -> Result<EmbedDeps, Box<dyn Error>> {
        Ok(EmbedDeps {
            queue: self.deps.queue.clone(),
            ..open(self.folder.path()).await?
        })
    }

    async fn embed_with_others(&self, deps: &EmbedDeps) -> Result<EmbedOutcome, anyhow::Error> {
        let progress = Arc::new(|_| {});
        embed_slide(deps, CONFIG, self.slide, &self.encoder, progress).await
    }

    async fn help(&self, deps: &EmbedDeps) -> Result<(), anyhow::Error> {
        help_embed(deps, CONFIG, &self.hint(), &self.encoder).await
    }

    fn chunk_times(&self) -> Result<Vec<SystemTime>, Box<dyn Error>> {
        let hash = self.encoder.reference().hash;
        let times = (0..3).map(|number| {
            let chunk = self.path(&ObjectKey::BagChunk(self.slide, hash, number));
            Ok(std::fs::metadata(chunk)?.modified()?)
        });
        times.collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bag_of_many_hands_comes_out_the_same() -> Result<(), Box<dyn Error>> {
    let (lab, whole) = slide_of_three_chunks().await?;
    let (second, third) = (lab.another_process().await?, lab.another_process().await?);
    let (embedded, second, third) = tokio::join!(
        lab.embed_with_others(&lab.deps),
        lab.help(&second),
        lab.help(&third),
    );
    assert_eq!(embedded?, EmbedOutcome::Embedded);
    second?;
    third?;
    assert_eq!(lab.bag_files()?, whole);
    // Whoever had nothing to do was called.
    let called = lab.deps.queue.subscribe::<SlideShared>().next().await;
    assert_eq!(called.message(), &lab.hint());
    called.ack();
    // It comes late, and finds nothing to do.
    lab.help(&lab.deps).await?;
    assert_eq!(lab.bag_files()?, whole);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_helper_stored_is_kept_and_what_it_was_at_is_taken_over()
-> Result<(), Box<dyn Error>> {
    let (lab, whole) = slide_of_three_chunks().await?;
    let hash = lab.encoder.reference().hash;
    let worker = |lease| lab.deps.catalog.chunk_claims(lab.slide, hash, lease);
    let busy = worker(Duration::from_secs(600));
    assert!(busy.claim(1).await?);

    lab.help(&lab.deps).await?;
    let header = ObjectKey::Bag(lab.slide, hash);
    assert!(!lab.path(&header).exists(), "a helper makes no bag");
    let claimed = lab.path(&ObjectKey::BagChunk(lab.slide, hash, 1));
    assert!(!claimed.exists(), "it was in other hands");
    busy.release().await?;

    let lease = Duration::from_secs(3);
    assert!(worker(lease).claim(1).await?, "and then it was killed");
    let began = SystemTime::now();
    assert_eq!(
        lab.embed_with_others(&lab.deps).await?,
        EmbedOutcome::Embedded
    );
    assert_eq!(lab.bag_files()?, whole);
    let times = lab.chunk_times()?;
    assert!(times[0] < began && times[2] < began, "they were kept");
    assert!(times[1] > began + lease / 2, "its claim was waited for");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_is_said_to_be_stored_and_is_not_is_embedded() -> Result<(), Box<dyn Error>> {
    let (lab, whole) = slide_of_three_chunks().await?;
    let hash = lab.encoder.reference().hash;
    let mistaken = lab
        .deps
        .catalog
        .chunk_claims(lab.slide, hash, Duration::from_secs(600));
    for chunk in [0, 2] {
        assert!(mistaken.claim(chunk).await?);
        mistaken.stored(chunk).await?;
    }
    assert_eq!(
        lab.embed_with_others(&lab.deps).await?,
        EmbedOutcome::Embedded
    );
    assert_eq!(lab.bag_files()?, whole);
    let left = mistaken.stored_chunks().await?;
    assert!(left.is_empty(), "a whole bag has no claims: {left:?}");
    Ok(())
}

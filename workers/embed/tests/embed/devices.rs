//! Several devices, of which some fail: rehearsed on candle's CPU.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use coverslip_embed_worker::{EmbedConfig, EmbedOutcome, run};
use encoder::{Compute, Device, Encoder, Rehearsal};
use flow::{Precision, SlideStatus, SlideTiled};
use tokio_util::sync::CancellationToken;

use crate::lab::Lab;

const SOUND: Rehearsal = Rehearsal {
    n_devices: 3,
    batch: 8,
    n_failing: 0,
    good_batches: 0,
};

/// Slides to wait for chance to give each device a batch.
const MOST_SLIDES: usize = 20;

async fn lab() -> Result<Lab, Box<dyn Error>> {
    Lab::open(1_700, 0.45, |column, row| (column + row) % 5 != 0).await
}

fn encoder(rehearsal: Rehearsal) -> Result<Arc<Encoder>, Box<dyn Error>> {
    let compute = Compute::new(Precision::Bf16).on(Device::Rehearsal(rehearsal));
    Ok(Arc::new(shipped::encoder(compute)?))
}

/// What the bag's objects hold, in the order of their names.
async fn bag(encoder: &Arc<Encoder>) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut lab = lab().await?;
    lab.encoder = Arc::clone(encoder);
    assert_eq!(lab.embed(&lab.deps).await?, EmbedOutcome::Embedded);
    Ok(lab.bag_files()?.into_values().collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bag_is_the_same_whichever_devices_fail() -> Result<(), Box<dyn Error>> {
    let expected = bag(&encoder(SOUND)?).await?;
    let failing = encoder(Rehearsal {
        n_failing: 2,
        good_batches: 1,
        ..SOUND
    })?;
    for _ in 0..MOST_SLIDES {
        assert!(bag(&failing).await? == expected);
        if failing.lost_devices().len() == 2 {
            return Ok(());
        }
    }
    Err("the devices that were to fail did not".into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_without_a_device_ends_and_blames_no_slide() -> Result<(), Box<dyn Error>> {
    let lab = lab().await?;
    let deps = lab.deps.clone();
    let message = SlideTiled { slide: lab.slide };
    deps.queue.publish(&message).await?;
    let encoder = encoder(Rehearsal {
        n_failing: 3,
        good_batches: 1,
        ..SOUND
    })?;
    let shutdown = CancellationToken::new();
    let worker = run(
        EmbedConfig::default(),
        encoder,
        vec![deps],
        shutdown.clone(),
    );
    let ended = tokio::time::timeout(Duration::from_secs(60), worker).await?;
    let error = ended.expect_err("no device is left").to_string();
    assert!(error.contains("no device is left"), "{error}");
    assert!(!shutdown.is_cancelled(), "the others decide for themselves");

    assert_eq!(lab.status().await?, SlideStatus::Tiled);
    let mut waiting = lab.deps.queue.subscribe::<SlideTiled>();
    let at_once = tokio::time::timeout(Duration::from_secs(5), waiting.next()).await?;
    assert_eq!((at_once.message().slide, at_once.attempt()), (lab.slide, 1));
    Ok(())
}

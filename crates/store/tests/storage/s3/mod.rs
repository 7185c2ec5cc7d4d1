//! What storage on S3 does about large objects, other programs, bad connections and bad settings.

mod large;
mod linked_reads;
mod links;
mod meddler;
mod outage;
mod settings;
mod strangers;
mod wire;

use std::error::Error;

use coverslip_store::{ReceivedFile, Store, StoreError};
use flow::{LevelNumber, ObjectKey};

use crate::sample::slide;

type TestResult = Result<(), Box<dyn Error>>;

const MIB: usize = 1024 * 1024;

fn key(n: u8) -> ObjectKey {
    ObjectKey::PyramidLevel(slide(n), LevelNumber(0))
}

async fn receive(store: &Store, bytes: &[u8]) -> Result<ReceivedFile, StoreError> {
    let mut upload = store.receive().await?;
    upload.write(bytes).await?;
    upload.finish().await
}

/// The error and its causes, as a log has them.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(&format!(": {cause}"));
        next = cause.source();
    }
    text
}

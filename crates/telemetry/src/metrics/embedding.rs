use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

const TILES: &str = "coverslip_embedded_tiles_total";
const DEVICES: &str = "coverslip_embed_devices";
pub(super) const SECONDS: &str = "coverslip_embed_batch_seconds";

/// A batch is some dozens of tiles.
pub(super) const BUCKETS: &[f64] = &[0.01, 0.03, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0];

/// What is done with a batch of tiles, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchWork {
    /// Its bytes are read from storage.
    Fetch,
    /// They are decoded and resampled.
    Decode,
    /// The encoder computes.
    Infer,
}

/// Measures what was done with a batch.
pub fn batch_done(work: BatchWork, took: Duration) {
    let work = match work {
        BatchWork::Fetch => "fetch",
        BatchWork::Decode => "decode",
        BatchWork::Infer => "infer",
    };
    histogram!(SECONDS, "work" => work).record(took);
}

/// Counts tiles that the encoder computed.
pub fn tiles_embedded(n_tiles: u64) {
    counter!(TILES).increment(n_tiles);
}

/// Shows how many GPUs the encoder has, and how many of its own it has lost.
pub fn embed_devices(n_working: usize, n_lost: usize) {
    gauge!(DEVICES, "state" => "working").set(n_working as f64);
    gauge!(DEVICES, "state" => "lost").set(n_lost as f64);
}

pub(super) fn describe() {
    describe_counter!(TILES, "Tiles the encoder computed");
    describe_gauge!(
        DEVICES,
        "GPUs that compute embeddings (working), and those that failed since the process began (lost); \
         none of either where the processor computes"
    );
    describe_histogram!(
        SECONDS,
        "Seconds that a batch of tiles took to be fetched from storage, decoded, or computed by the \
         encoder (infer)"
    );
}

//! Whether what a model sees and says is still like what it was accepted on.
//!
//! A reference is the slides a model was accepted on; a week is what came later from one scanner. Four
//! figures compare the two: how far their embeddings lie apart ([`discrepancy`]), whether rates of
//! abstentions and overrides stay within their limits ([`chart`]), and how the scores are spread
//! ([`stability_index`]). Nothing here reads files, knows a model or raises an alert.

mod chart;
mod discrepancy;
mod kernel;
mod sketch;
mod stability;

pub use chart::{ChartPoint, Counted, chart};
pub use discrepancy::{Discrepancy, MOST_COMPARED, PERMUTATIONS, discrepancy};
pub use sketch::sketch;
pub use stability::{BINS, Histogram, stability_index};

/// Slides below which a week says nothing.
pub const FEWEST_SLIDES: usize = 10;

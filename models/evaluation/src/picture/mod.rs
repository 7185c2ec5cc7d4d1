//! What lies behind the figures, to be drawn.

mod confusion;
mod histogram;
mod reliability;
mod roc;

pub use confusion::Confusion;
pub use histogram::Histogram;
pub use reliability::Bin;
pub use roc::{BandPoint, RocCurve, RocPoint};

pub(crate) use histogram::histograms;
pub(crate) use reliability::{MOST_BINS, SLIDES_A_BIN, equal_mass_bins};
pub(crate) use roc::roc_curves;

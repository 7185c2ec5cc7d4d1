//! Plots as inline SVG, coloured by the page's style sheet.

mod confusion;
mod forest;
mod frame;
mod histogram;
mod legend;
mod reliability;
mod roc;

pub(crate) use confusion::confusion;
pub(crate) use forest::forest;
pub(crate) use histogram::histogram;
pub(crate) use reliability::reliability;
pub(crate) use roc::roc;

//! Cases: what the laboratory calls an accession, what it ordered for it, and the slides of it.

mod case;
mod order;
mod orders;
mod slide_place;
mod urgency;

pub use case::{CasePage, CaseRow, CaseStanding};
pub use order::{NewOrder, OrderConflict, OrderRow, OrderSender, Placed, Priority};
pub use slide_place::SlidePlace;

pub(crate) use orders::{order_placed, place_order};
pub(crate) use slide_place::{placing, read_name, read_place};

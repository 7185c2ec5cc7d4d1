//! The parts of the page, from top to bottom.

mod data;
mod figures;
mod headline;
mod method;
mod plots;
mod provenance;
mod subgroups;
mod use_of_task;

pub(crate) use data::data;
pub(crate) use figures::figures;
pub(crate) use headline::headline;
pub(crate) use method::method;
pub(crate) use plots::plots;
pub(crate) use provenance::{facts, provenance};
pub(crate) use subgroups::subgroups;
pub(crate) use use_of_task::use_of_task;

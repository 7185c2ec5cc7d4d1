//! What the queue on Redis promises beyond the contract of both kinds.

mod figures;
mod joining;
mod leases;
mod limits;
mod outages;
mod sharing;
mod worker;

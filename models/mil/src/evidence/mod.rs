//! What a call rests on: what leaving tiles out does to it, how faithful each map is, and the tiles
//! that decide it.
//!
//! Everything asks one question, what the head says of a part of the bag, many thousand times.
//! [`SubBags`] answers it without running the head's layers again wherever the head allows it.

mod answered_bag;
mod blocks;
mod decisive;
mod dsmil_bag;
mod explain;
mod faithfulness;
mod finding;
mod leave_out;
mod max_bag;
mod pooled_bag;
mod prepare;
mod running_mean;
mod smallest_set;
mod sub_bags;
#[cfg(test)]
mod sub_bags_test;
mod whole_bag;

pub use decisive::Decisive;
pub use explain::Explanation;

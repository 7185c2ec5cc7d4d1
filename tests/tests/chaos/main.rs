//! Whatever is killed, cut off or broken, no acknowledged slide is lost and none has two results.
//!
//! Every test runs its rounds once; `make chaos` asks for twenty (`COVERSLIP_CHAOS_ROUNDS`).

mod disk;
mod expected;
mod installation;
mod kill_the_servers_of_pages;
mod kill_the_steps;
mod kill_what_they_need;
mod kill_while_it_counts;
mod moment;
mod rounds;
mod s3_in_trouble;
mod two_hundred_slides;

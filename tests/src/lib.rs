//! Drives the real binary: runs its commands, starts and kills its server.

mod binary;
mod description;
mod files;
mod next_version;
mod person;
mod push;
mod s3_scanner;
mod server;
mod slides;
mod told;
mod truth;

pub use binary::{Finished, coverslip, run};
pub use description::{Asked, Description, Operation};
pub use files::files_below;
pub use next_version::next_version;
pub use person::Person;
pub use push::pushed_new;
pub use s3_scanner::S3Scanner;
pub use server::{Asker, Server};
pub use slides::phantom;
pub use test_data::real;
pub use told::Told;
pub use truth::Truth;

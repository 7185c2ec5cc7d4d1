//! The routes as other systems ask them, over a catalog on disk.

mod access;
mod first_read;
mod lab;
mod orders;
mod paging;
mod results;

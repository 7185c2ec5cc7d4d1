//! The routes of this service, asked without a socket, over slides that were really tiled.

mod access;
mod lab;
mod own_uids;
mod results;
mod retrieve;
mod search;

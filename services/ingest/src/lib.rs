//! Receives scanner files and cuts them into the pyramid.

pub mod tissue;

//! Tasks that are a real service in Python, by the real binary.

mod beside;
mod command;
mod promotion;
mod service;

//! Whether label, scanner, case and orders name the same slide, and what becomes of it.

mod comparing;
mod correcting;
mod lab;
mod later;

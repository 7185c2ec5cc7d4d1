//! Embedding a painted slide with the shipped encoder.

mod embedding;
mod lab;
mod sharing;

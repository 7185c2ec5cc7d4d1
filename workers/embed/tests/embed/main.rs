//! Embedding a painted slide with the shipped encoder.

mod devices;
mod embedding;
mod lab;
mod quality;
mod sharing;
mod urgency;

//! Supervised training of an encoder.

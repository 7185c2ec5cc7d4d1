//! Searching for similar places, over bags whose every embedding is known.

mod bags;
mod everywhere;
mod one_slide;
mod rights;
mod text;

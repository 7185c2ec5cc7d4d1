//! What is known of a slide or of a case as one page for people, and as PDF: the answers, what they
//! rest on, what people said and drew, and whether anybody signed it.

mod drawings;
mod model;
mod opinions;
mod overview;
mod pictures;
mod result;
mod routes;
mod slide;
mod standing;
mod whole;
mod words;

pub(crate) use routes::routes;

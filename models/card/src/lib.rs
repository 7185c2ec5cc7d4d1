//! The model card: what a task is, what it is for and not for, and how good it was measured to be,
//! as one HTML page.
//!
//! The page stands alone: no script, no font, no picture from elsewhere. It follows the reader's
//! light or dark setting and prints on white. Model cards: Mitchell et al. 2019.

mod page;
mod plot;
mod section;
mod subject;
mod words;

pub use page::page;
pub use subject::{Fact, Subject, TaskFacts};
pub use words::{name, with_interval};

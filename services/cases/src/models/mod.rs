//! Which encoders and tasks there are, whether people see what they say, and how they came to that.

mod comparison;
mod judged;
mod request;
mod routes;
mod view;

pub use comparison::{ShadowChange, ShadowComparison, ShadowSlide};
pub use judged::{NotJudged, judged};
pub use view::ModelView;

pub(crate) use request::require_words;
pub(crate) use routes::routes;

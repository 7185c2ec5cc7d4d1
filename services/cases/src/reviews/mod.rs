//! What people say of slides: an impression from the slide alone, and whether they go with a task.

mod request;
mod routes;
mod view;

pub(crate) use routes::routes;
pub(crate) use view::ReviewView;

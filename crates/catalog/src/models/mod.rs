//! Which encoders and tasks there are, and whether people see what they say.

mod change;
mod evaluations;
mod history;
mod model;
mod refusal;
mod register;
mod shadow;
mod standings;
mod state;

pub use change::{ModelMove, Moved};
pub use evaluations::{ModelEvaluation, NewModelEvaluation};
pub use history::{ChangeCause, ModelChange};
pub use model::{Model, ModelRow};
pub use refusal::MoveRefusal;
pub use register::{NewModel, RegisteredModel};
pub use shadow::ComparedResults;
pub use standings::{ModelStandings, Standing};
pub use state::{ModelKind, ModelState, ModelTarget, UnknownModelState};

pub(crate) use model::model_in;

//! How good a task's answers are, each figure with its interval.
//!
//! [`Predictions`] says of each slide what was true and what was said, [`Report::of`] measures it:
//! every figure with a bootstrap interval, the curves behind the figures, and the same figures for
//! each subgroup that is large enough. Nothing here reads files or knows a model.

mod answers;
mod bootstrap;
mod criteria;
mod error;
mod measure;
mod picture;
mod predictions;
mod report;
mod subgroup;
mod table;

pub use answers::{Answers, Kind};
pub use bootstrap::{Bootstrap, Interval, IntervalMethod, Unit, Withheld};
pub use criteria::{
    Criteria, Criterion, Finding, JudgedBy, Limit, MeasuredFigures, NoCriteria, Verdict,
};
pub use error::EvaluationError;
pub use measure::{
    Estimate, Measure, Undefined, auc, balanced_accuracy, brier, quadratic_weighted_kappa,
};
pub use picture::{BandPoint, Bin, Confusion, Histogram, RocCurve, RocPoint};
pub use predictions::{Grouping, Predictions};
pub use report::{ClassSummary, Figures, Method, Report};
pub use subgroup::{Group, GroupFigures, Subgroups, Suppression};
pub use table::{GroupColumns, TableConfig, from_csv};

//! QIDO-RS (PS3.18 section 10.6): studies, series and instances that match.

mod attribute;
mod candidates;
mod constants;
mod contents;
mod entity;
mod filter;
mod matching;
mod query;
mod scan;
mod serve;

pub(crate) use query::NoQuery;
pub(crate) use serve::{
    all_instances, all_series, instances_of_series, instances_of_study, series_of_study, studies,
};

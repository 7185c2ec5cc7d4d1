use anyhow::{Context, Result, ensure};
use mil::{CovariatePlan, Covariates};

use super::{LabelRow, LabelTable};

/// What the labels say of a slide that the plan asks for; nothing where there is no plan.
///
/// # Errors
/// If a column is missing or a numeric covariate is no number.
pub(crate) fn covariates(
    plan: Option<&CovariatePlan>,
    labels: &LabelTable,
    row: &LabelRow,
) -> Result<Covariates> {
    let mut known = Covariates::default();
    let Some(plan) = plan else {
        return Ok(known);
    };
    for name in &plan.numeric {
        let cell = row.cell(labels.column(name, "covariate")?);
        known
            .numeric
            .push(cell.map(|cell| number(cell, name, row)).transpose()?);
    }
    for one in &plan.categorical {
        let cell = row.cell(labels.column(&one.name, "covariate")?);
        known.categorical.push(cell.map(str::to_owned));
    }
    Ok(known)
}

fn number(cell: &str, column: &str, row: &LabelRow) -> Result<f64> {
    let wrong = || {
        format!(
            "{}: `{cell}` in column `{column}` is no number; leave the cell empty where it is not known",
            row.place()
        )
    };
    let value: f64 = cell.parse().with_context(wrong)?;
    ensure!(value.is_finite(), wrong());
    Ok(value)
}

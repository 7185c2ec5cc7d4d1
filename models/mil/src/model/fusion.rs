use candle_core::{Device, Result, Tensor};
use candle_nn::{Linear, Module};
use parameters::{Declaration, Initial, Parameters, ParametersError, Variables};

use crate::covariates::{CovariatePlan, Covariates, Standardisation};

const MEAN: &str = "covariates.mean";
const DEVIATION: &str = "covariates.deviation";

/// Covariates joined late: what they say is added to the slide's logits, so that a slide whose
/// covariates are unknown keeps its own answer.
#[derive(Debug)]
pub(crate) struct Fusion {
    plan: CovariatePlan,
    standardisation: Standardisation,
    hidden: Option<Linear>,
    last: Linear,
}

impl Fusion {
    pub(super) fn declarations(plan: &CovariatePlan, n_logits: usize) -> Vec<Declaration> {
        let n_numeric = plan.numeric.len();
        let mut all = Vec::new();
        if n_numeric > 0 {
            all.push(Declaration::new(MEAN, &[n_numeric], Initial::Constant(0.0)));
            let deviation = Declaration::new(DEVIATION, &[n_numeric], Initial::Constant(1.0));
            all.push(deviation);
        }
        let mut width = plan.width();
        if let Some(hidden) = plan.hidden {
            all.extend(Declaration::linear("covariates.hidden", width, hidden));
            width = hidden;
        }
        let [mut weight, bias] = Declaration::linear("covariates.last", width, n_logits);
        // From nothing: before it has learned anything the slide speaks alone.
        weight.initial = Initial::Constant(0.0);
        all.extend([weight, bias]);
        all
    }

    pub(super) fn new(
        plan: &CovariatePlan,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        let numbers = |name| match plan.numeric.is_empty() {
            true => Ok(Vec::new()),
            false => Ok::<_, ParametersError>(parameters.get(name)?.to_vec1()?),
        };
        let hidden = plan.hidden.map(|_| parameters.linear("covariates.hidden"));
        Ok(Self {
            standardisation: Standardisation {
                mean: numbers(MEAN)?,
                deviation: numbers(DEVIATION)?,
            },
            hidden: hidden.transpose()?,
            last: parameters.linear("covariates.last")?,
            plan: plan.clone(),
        })
    }

    /// Logits (1, n_logits) to be added to the slide's.
    pub(super) fn logits(&self, slide: &Covariates) -> Result<Tensor> {
        let encoded = self.standardisation.encode(&self.plan, slide);
        let mut rows = Tensor::from_vec(encoded, (1, self.plan.width()), &Device::Cpu)?;
        if let Some(hidden) = &self.hidden {
            rows = hidden.forward(&rows)?.relu()?;
        }
        self.last.forward(&rows)
    }
}

/// Sets what numeric covariates are standardised by; no step moves it, since no loss depends on it.
pub(crate) fn standardise_by(
    variables: &Variables,
    standardisation: &Standardisation,
) -> std::result::Result<(), ParametersError> {
    let values = [
        (MEAN, &standardisation.mean),
        (DEVIATION, &standardisation.deviation),
    ];
    for (name, values) in values {
        for (_, var) in variables.iter().filter(|(found, _)| *found == name) {
            var.set(&Tensor::from_slice(values, values.len(), &Device::Cpu)?)?;
        }
    }
    Ok(())
}

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AnswerFault, ServiceModel};

/// How far the probabilities of all answers may be from 1 together: what rounding to three digits costs.
const SUM_TOLERANCE: f64 = 1e-3;
/// Longest reason for an abstention, in characters.
const LONGEST_REASON: usize = 500;

/// What a service answers of one slide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceAnswer {
    /// The job that was asked.
    pub job: String,
    pub model: ServiceModel,
    /// One for each of the task's answers, by name; none where it abstains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probabilities: Option<BTreeMap<String, f64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abstention: Option<Declined>,
    /// How much each tile weighed, in the order of the tiles sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention: Option<Vec<f32>>,
    /// Of each tile, the probability that the slide would have if it were the whole of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tile_probabilities: Option<Vec<f32>>,
}

/// Why a service gives no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declined {
    pub reason: String,
}

impl ServiceAnswer {
    /// # Errors
    /// If another job is answered, or by another model.
    pub(super) fn check_origin(&self, job: &str, model: &ServiceModel) -> Result<(), AnswerFault> {
        let same = |field: &str, found: &str, expected: &str| match found == expected {
            true => Ok(()),
            false => Err(AnswerFault::new(
                field,
                format!("is `{}`, not `{}`", plain(found), plain(expected)),
            )),
        };
        same("job", &self.job, job)?;
        same("model.name", &self.model.name, &model.name)?;
        same("model.version", &self.model.version, &model.version)
    }

    /// Probabilities of the answers in the order of `names`, which sum to 1; even ones where the service
    /// abstains, which nobody is shown.
    pub(super) fn of_each(&self, names: &[String]) -> Result<Vec<f64>, AnswerFault> {
        match (&self.probabilities, &self.abstention) {
            (Some(probabilities), None) => in_order(probabilities, names),
            (None, Some(declined)) => {
                check_reason(&declined.reason)?;
                Ok(vec![1.0 / names.len() as f64; names.len()])
            }
            (Some(_), Some(_)) => Err(AnswerFault::new(
                "abstention",
                "stands beside `probabilities`: give one or the other",
            )),
            (None, None) => Err(AnswerFault::new(
                "probabilities",
                "are missing, and so is `abstention`: give one or the other",
            )),
        }
    }

    /// Shares of the attention that sum to 1; none where the service gives none.
    pub(super) fn shares(&self, n_instances: usize) -> Result<Vec<f32>, AnswerFault> {
        let Some(attention) = &self.attention else {
            return Ok(Vec::new());
        };
        check_tiles("attention", attention, n_instances)?;
        if let Some(at) = attention.iter().position(|&weight| weight < 0.0) {
            return Err(AnswerFault::new(
                format!("attention[{at}]"),
                "is below 0: send weights, not logits",
            ));
        }
        let total: f64 = attention.iter().copied().map(f64::from).sum();
        if total <= 0.0 {
            return Err(AnswerFault::new("attention", "is 0 for every tile"));
        }
        let share = |&weight: &f32| (f64::from(weight) / total) as f32;
        Ok(attention.iter().map(share).collect())
    }

    /// None where the service gives none.
    pub(super) fn of_tiles(&self, n_instances: usize) -> Result<Vec<f32>, AnswerFault> {
        let Some(tiles) = &self.tile_probabilities else {
            return Ok(Vec::new());
        };
        check_tiles("tile_probabilities", tiles, n_instances)?;
        match tiles.iter().position(|p| !(0.0..=1.0).contains(p)) {
            Some(at) => Err(AnswerFault::new(
                format!("tile_probabilities[{at}]"),
                "is not between 0 and 1",
            )),
            None => Ok(tiles.clone()),
        }
    }
}

fn in_order(
    probabilities: &BTreeMap<String, f64>,
    names: &[String],
) -> Result<Vec<f64>, AnswerFault> {
    let at = |name: &str| format!("probabilities.{}", plain(name));
    if let Some(other) = probabilities.keys().find(|name| !names.contains(name)) {
        let known = names.join(", ");
        let problem = format!("is no answer of the task: they are {known}");
        return Err(AnswerFault::new(at(other), problem));
    }
    let of_name = |name: &String| match probabilities.get(name) {
        None => Err(AnswerFault::new(at(name), "is missing")),
        Some(p) if !(0.0..=1.0).contains(p) => {
            Err(AnswerFault::new(at(name), "is not between 0 and 1"))
        }
        Some(p) => Ok(*p),
    };
    let each: Vec<f64> = names.iter().map(of_name).collect::<Result<_, _>>()?;
    let sum: f64 = each.iter().sum();
    match (sum - 1.0).abs() <= SUM_TOLERANCE {
        true => Ok(each.into_iter().map(|p| p / sum).collect()),
        false => Err(AnswerFault::new(
            "probabilities",
            format!("sum to {sum:.4}, not to 1"),
        )),
    }
}

fn check_tiles(field: &str, values: &[f32], n_instances: usize) -> Result<(), AnswerFault> {
    if values.len() != n_instances {
        let problem = format!("has {} values for {n_instances} tiles", values.len());
        return Err(AnswerFault::new(field, problem));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(AnswerFault::new(format!("{field}[{at}]"), "is not finite")),
        None => Ok(()),
    }
}

fn check_reason(reason: &str) -> Result<(), AnswerFault> {
    let n = reason.chars().count();
    let is_plain = (1..=LONGEST_REASON).contains(&n) && !reason.contains(char::is_control);
    match is_plain {
        true => Ok(()),
        false => Err(AnswerFault::new(
            "abstention.reason",
            format!("needs 1 to {LONGEST_REASON} characters on one line"),
        )),
    }
}

/// What somebody else wrote, short enough for a message.
fn plain(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    plain.take(80).collect()
}

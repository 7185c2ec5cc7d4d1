use flow::CovariateValues;
use serde::{Deserialize, Serialize};

use crate::MilError;

/// Which clinical covariates a task reads beside the slide, and how they join its logits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CovariatePlan {
    /// Names of those that are numbers; each head standardises them by its own training slides.
    #[serde(default)]
    pub numeric: Vec<String>,
    #[serde(default)]
    pub categorical: Vec<Categorical>,
    /// Width of a hidden layer before they are added to the logits; without one they are added
    /// linearly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<usize>,
}

/// A covariate that is one of some words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Categorical {
    pub name: String,
    pub levels: Vec<String>,
}

/// One slide's covariates, in the order of the plan; `None` where they are not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Covariates {
    pub numeric: Vec<Option<f64>>,
    pub categorical: Vec<Option<String>>,
}

impl CovariatePlan {
    /// A slide of which nothing but its pixels is known.
    pub fn unknown(&self) -> Covariates {
        Covariates {
            numeric: vec![None; self.numeric.len()],
            categorical: vec![None; self.categorical.len()],
        }
    }

    /// What the plan asks for of all that is known of a slide; a number that is none is not known.
    pub fn read(&self, known: &CovariateValues) -> Covariates {
        let number = |name: &String| {
            let number: f64 = known.get(name)?.parse().ok()?;
            number.is_finite().then_some(number)
        };
        let word = |one: &Categorical| known.get(&one.name).map(str::to_owned);
        Covariates {
            numeric: self.numeric.iter().map(number).collect(),
            categorical: self.categorical.iter().map(word).collect(),
        }
    }

    /// What of a slide is not known, or is no answer that the plan knows, in words.
    pub(crate) fn unknown_of(&self, slide: &Covariates) -> Vec<String> {
        let numeric = self.numeric.iter().enumerate().filter_map(|(at, name)| {
            let value = slide.numeric.get(at).copied().flatten();
            value.is_none().then(|| format!("{name} (a number)"))
        });
        let categorical = self.categorical.iter().enumerate().filter_map(|(at, one)| {
            let word = slide.categorical.get(at).and_then(Option::as_ref);
            let is_known = word.is_some_and(|word| one.levels.contains(word));
            (!is_known).then(|| format!("{} ({})", one.name, one.levels.join(" or ")))
        });
        numeric.chain(categorical).collect()
    }

    /// Values of an encoded slide: a number and whether it is missing for each numeric covariate, a
    /// place for each level and for none of them for each categorical one.
    pub(crate) fn width(&self) -> usize {
        let places = self.categorical.iter().map(|one| one.levels.len() + 1);
        2 * self.numeric.len() + places.sum::<usize>()
    }

    pub(crate) fn check(&self) -> Result<(), MilError> {
        let wrong = |text: &str| Err(MilError::Config(text.to_owned()));
        if self.width() == 0 {
            return wrong("covariates are planned, but none is named");
        }
        if self.hidden == Some(0) {
            return wrong("the hidden layer of the covariates has no width");
        }
        match self.categorical.iter().any(|one| one.levels.len() < 2) {
            true => wrong("a categorical covariate needs two levels"),
            false => Ok(()),
        }
    }

    pub(crate) fn check_slide(&self, slide: &Covariates) -> Result<(), MilError> {
        let fits = slide.numeric.len() == self.numeric.len()
            && slide.categorical.len() == self.categorical.len();
        match fits {
            true => Ok(()),
            false => Err(MilError::Config(format!(
                "a slide has {} numeric and {} categorical covariates, the task reads {} and {}",
                slide.numeric.len(),
                slide.categorical.len(),
                self.numeric.len(),
                self.categorical.len()
            ))),
        }
    }
}

/// Mean and standard deviation of each numeric covariate over some slides.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standardisation {
    pub(crate) mean: Vec<f32>,
    pub(crate) deviation: Vec<f32>,
}

impl Standardisation {
    /// Of the known values; 0 and 1 where there are none or they do not differ.
    pub(crate) fn of<'a>(n_numeric: usize, slides: impl Iterator<Item = &'a Covariates>) -> Self {
        let mut columns = vec![Vec::new(); n_numeric];
        for slide in slides {
            for (column, value) in columns.iter_mut().zip(&slide.numeric) {
                column.extend(*value);
            }
        }
        let moments = columns.iter().map(|values| moments(values));
        let (mean, deviation) = moments.unzip();
        Self { mean, deviation }
    }

    /// A slide as [`CovariatePlan::width`] numbers.
    pub(crate) fn encode(&self, plan: &CovariatePlan, slide: &Covariates) -> Vec<f32> {
        let mut encoded = Vec::with_capacity(plan.width());
        let moments = self.mean.iter().zip(&self.deviation);
        for (value, (mean, deviation)) in slide.numeric.iter().zip(moments) {
            match value {
                Some(value) => encoded.extend([(*value as f32 - mean) / deviation, 0.0]),
                None => encoded.extend([0.0, 1.0]),
            }
        }
        for (word, one) in slide.categorical.iter().zip(&plan.categorical) {
            let level = one
                .levels
                .iter()
                .position(|level| Some(level) == word.as_ref());
            let at = level.unwrap_or(one.levels.len());
            encoded.extend((0..=one.levels.len()).map(|place| f32::from(u8::from(place == at))));
        }
        encoded
    }
}

fn moments(values: &[f64]) -> (f32, f32) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / n;
    let deviation = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    (mean as f32, deviation as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_are_standardised_and_missing_ones_marked() {
        let plan = CovariatePlan {
            numeric: vec!["age".to_owned()],
            categorical: vec![Categorical {
                name: "sex".to_owned(),
                levels: vec!["f".to_owned(), "m".to_owned()],
            }],
            hidden: None,
        };
        let slide = |age, sex: Option<&str>| Covariates {
            numeric: vec![age],
            categorical: vec![sex.map(str::to_owned)],
        };
        let slides = [
            slide(Some(50.0), None),
            slide(Some(70.0), None),
            slide(None, None),
        ];
        let by = Standardisation::of(1, slides.iter());
        assert_eq!((by.mean[0], by.deviation[0]), (60.0, 10.0));
        let encoded = |age, sex| by.encode(&plan, &slide(age, sex));
        assert_eq!(encoded(Some(70.0), Some("m")), [1.0, 0.0, 0.0, 1.0, 0.0]);
        assert_eq!(encoded(None, Some("x")), [0.0, 1.0, 0.0, 0.0, 1.0]);
        assert_eq!(by.encode(&plan, &plan.unknown()), encoded(None, None));
        let missing = |json| {
            let known: CovariateValues = serde_json::from_str(json).expect("values");
            plan.unknown_of(&plan.read(&known))
        };
        assert_eq!(missing("{}"), ["age (a number)", "sex (f or m)"]);
        assert_eq!(missing(r#"{"age": "old", "sex": "f"}"#), ["age (a number)"]);
        assert_eq!(missing(r#"{"age": 63, "sex": "x"}"#), ["sex (f or m)"]);
        assert!(missing(r#"{"age": 63.5, "sex": "m", "site": 1}"#).is_empty());
        assert_eq!(plan.width(), 5);
        let nothing = Standardisation::of(1, std::iter::empty());
        assert_eq!((nothing.mean[0], nothing.deviation[0]), (0.0, 1.0));
    }
}

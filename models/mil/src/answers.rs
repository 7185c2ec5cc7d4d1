use serde::{Deserialize, Serialize};

use crate::{GradeScale, HeadConfig, MilError};

/// What a task can answer about a slide, in the task's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answers {
    /// Whether there is a finding and, where it is graded and found, which grade it has.
    Detection {
        negative: String,
        positive: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grade_scale: Option<GradeScale>,
    },
    /// One of several classes that exclude each other.
    Classes { names: Vec<String> },
    /// A grade of an ordinal scale; the lowest one is the negative answer.
    Grades {
        scale: String,
        #[serde(default)]
        lowest: u8,
        highest: u8,
    },
}

impl Answers {
    /// Logits a head must give for one bag: of the positive class, of each class, or the severity
    /// that the thresholds between grades are taken from.
    pub fn n_logits(&self) -> usize {
        match self {
            Self::Detection { .. } | Self::Grades { .. } => 1,
            Self::Classes { names } => names.len(),
        }
    }

    /// Different answers a slide can have, a detection's grade aside.
    pub fn n_answers(&self) -> usize {
        match self {
            Self::Detection { .. } => 2,
            Self::Classes { names } => names.len(),
            Self::Grades {
                lowest, highest, ..
            } => usize::from(highest.saturating_sub(*lowest)) + 1,
        }
    }

    /// Names of the answers in order, as predictions call them.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Detection {
                negative, positive, ..
            } => vec![negative.clone(), positive.clone()],
            Self::Classes { names } => names.clone(),
            Self::Grades {
                lowest, highest, ..
            } => (*lowest..=*highest)
                .map(|grade| grade.to_string())
                .collect(),
        }
    }

    /// Whether there are answers to choose from, each with a name of its own.
    pub(crate) fn check_names(&self) -> Result<(), MilError> {
        let wrong = |text: &str| Err(MilError::Config(text.to_owned()));
        let mut names = self.names();
        let n_names = names.len();
        if names.iter().any(|name| name.trim().is_empty()) {
            return wrong("an answer has no name");
        }
        names.sort();
        names.dedup();
        match names.len() < n_names || n_names < 2 {
            true => wrong("a task needs two or more answers, each with a name of its own"),
            false => Ok(()),
        }
    }

    /// Whether the words are usable and the head gives what they need.
    pub(crate) fn check(&self, head: &HeadConfig) -> Result<(), MilError> {
        let wrong = |text: String| Err(MilError::Config(text));
        self.check_names()?;
        let scale = match self {
            Self::Detection { grade_scale, .. } => grade_scale.as_ref(),
            _ => None,
        };
        let highest = scale.map(|scale| scale.highest);
        if highest != head.highest_grade() {
            return wrong(format!(
                "grade_scale ends at {highest:?}, the head grades to {:?}",
                head.highest_grade()
            ));
        }
        let (found, needed) = (head.n_classes(), self.n_logits());
        let two_sided = matches!(self, Self::Detection { .. }) && found == 2;
        if found != needed && !two_sided {
            return wrong(format!(
                "the head has {found} classes, its task's answers need {needed}"
            ));
        }
        Ok(())
    }
}

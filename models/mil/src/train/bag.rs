use crate::model::ModelShape;
use crate::{Answers, Covariates, MilError};

/// A slide's embeddings and what is true about it.
#[derive(Clone, Debug)]
pub struct TrainingBag {
    /// Named in errors and evaluations.
    pub name: String,
    /// `n * dimension` values, one instance after another.
    pub embeddings: Vec<f32>,
    pub dimension: u32,
    pub label: BagLabel,
    /// What else is known of the slide, in the order of the task's plan; empty where it has none.
    pub covariates: Covariates,
    /// Where it is known: the share of each instance's area that holds the finding, 0 to 1.
    pub evidence: Option<Vec<f32>>,
}

/// The answer for a whole slide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BagLabel {
    Negative,
    /// The grade where it is known.
    Positive(Option<u8>),
    /// Which of a task's classes, from 0.
    Class(usize),
    /// On the scale of a task that answers with a grade.
    Grade(u8),
}

impl BagLabel {
    pub fn is_positive(self) -> bool {
        matches!(self, Self::Positive(_))
    }

    pub fn grade(self) -> Option<u8> {
        match self {
            Self::Negative | Self::Class(_) => None,
            Self::Positive(grade) => grade,
            Self::Grade(grade) => Some(grade),
        }
    }

    /// The label that the task's words stand for: one of [`Answers::names`], or `POSITIVE GRADE`
    /// where a detection grades.
    pub fn of_words(answers: &Answers, words: &str) -> Option<Self> {
        let at = answers.names().iter().position(|name| name == words);
        match answers {
            Answers::Classes { .. } => at.map(Self::Class),
            Answers::Grades { lowest, .. } => at.map(|at| Self::Grade(lowest + at as u8)),
            Answers::Detection {
                positive,
                grade_scale,
                ..
            } => match at {
                Some(0) => Some(Self::Negative),
                Some(_) => Some(Self::Positive(None)),
                None => {
                    let grade = words.strip_prefix(positive.as_str())?.trim().parse().ok()?;
                    let highest = grade_scale.as_ref()?.highest;
                    (1..=highest)
                        .contains(&grade)
                        .then_some(Self::Positive(Some(grade)))
                }
            },
        }
    }

    /// Which of [`Answers::names`]; `None` where the task has no such answer.
    pub(crate) fn answer(self, answers: &Answers) -> Option<usize> {
        match (self, answers) {
            (Self::Negative, Answers::Detection { .. }) => Some(0),
            (Self::Positive(_), Answers::Detection { .. }) => Some(1),
            (Self::Class(class), Answers::Classes { names }) => {
                (class < names.len()).then_some(class)
            }
            (
                Self::Grade(grade),
                Answers::Grades {
                    lowest, highest, ..
                },
            ) => (*lowest..=*highest)
                .contains(&grade)
                .then(|| usize::from(grade - lowest)),
            _ => None,
        }
    }
}

impl TrainingBag {
    pub fn n_instances(&self) -> usize {
        self.embeddings.len() / self.dimension.max(1) as usize
    }

    pub(crate) fn check(&self, shape: ModelShape<'_>) -> Result<(), MilError> {
        let wrong = |text: String| Err(MilError::Training(format!("bag `{}` {text}", self.name)));
        let dimension = shape.head.dimension();
        if self.dimension != dimension {
            return wrong(format!(
                "has {} values a tile, the head {dimension}",
                self.dimension
            ));
        }
        if self.n_instances() == 0 {
            return wrong("is empty; leave it out".to_owned());
        }
        if self
            .evidence
            .as_ref()
            .is_some_and(|e| e.len() != self.n_instances())
        {
            return wrong("has evidence for another number of tiles".to_owned());
        }
        if let Some(plan) = shape.covariates {
            plan.check_slide(&self.covariates)?;
        }
        if self.label.answer(shape.answers).is_none() {
            return wrong(format!(
                "is labelled {:?}, which is none of the task's answers",
                self.label
            ));
        }
        match (self.label, shape.head.highest_grade()) {
            (BagLabel::Positive(Some(grade)), Some(highest)) if !(1..=highest).contains(&grade) => {
                wrong(format!(
                    "has grade {grade}, the scale goes from 1 to {highest}"
                ))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GradeScale;

    #[test]
    fn words_become_labels_and_labels_answers() {
        let detection = Answers::Detection {
            negative: "benign".to_owned(),
            positive: "tumour".to_owned(),
            grade_scale: Some(GradeScale {
                name: "grade".to_owned(),
                highest: 3,
            }),
        };
        let of = |words| BagLabel::of_words(&detection, words);
        assert_eq!(of("benign"), Some(BagLabel::Negative));
        assert_eq!(of("tumour"), Some(BagLabel::Positive(None)));
        assert_eq!(of("tumour 3"), Some(BagLabel::Positive(Some(3))));
        assert_eq!((of("tumour 4"), of("Tumour"), of("")), (None, None, None));
        assert_eq!(BagLabel::Class(0).answer(&detection), None);

        let grades = Answers::Grades {
            scale: "ISUP".to_owned(),
            lowest: 1,
            highest: 5,
        };
        assert_eq!(BagLabel::of_words(&grades, "5"), Some(BagLabel::Grade(5)));
        assert_eq!(BagLabel::of_words(&grades, "0"), None);
        assert_eq!(BagLabel::Grade(5).answer(&grades), Some(4));
        assert_eq!(BagLabel::Grade(6).answer(&grades), None);
    }
}

use std::collections::BTreeMap;

use catalog::{Finding, ReviewRow, SeenResult, SlideRow, standing_reviews};
use flow::{Prediction, SlideId, TaskId};

/// What is said of one slide, by task.
#[derive(Clone, Debug, PartialEq)]
pub struct SlideAnswers {
    pub slide: SlideId,
    pub answers: BTreeMap<TaskId, Answer>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub says: Says,
    pub by: Author,
    /// Whether the task names one of several classes, of which none is negative.
    pub is_one_of_several: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Says {
    Found(Finding),
    /// The task gives no answer.
    Abstained,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    Task,
    Person,
}

impl SlideAnswers {
    /// The latest result of each task; in its place what a person said of it last. None at all while
    /// the slide waits to be told which it is: they could be another patient's.
    pub fn of(slide: &SlideRow, predictions: &[Prediction], reviews: &[ReviewRow]) -> Self {
        let mut answers = BTreeMap::new();
        if slide.status.awaits_identity() {
            let slide = slide.id;
            return Self { slide, answers };
        }
        for prediction in predictions {
            let of_task = answers.entry(prediction.task.id.clone());
            of_task.or_insert_with(|| Answer::of_task(prediction));
        }
        for (seen, finding) in standing_reviews(reviews).filter_map(judgement) {
            let of_task = answers.get(&seen.task.id);
            let is_one_of_several = of_task.is_some_and(|answer| answer.is_one_of_several);
            let answer = Answer {
                says: Says::Found(finding),
                by: Author::Person,
                is_one_of_several,
            };
            answers.insert(seen.task.id.clone(), answer);
        }
        Self {
            slide: slide.id,
            answers,
        }
    }

    /// Whether neither a task nor a person has an answer for the slide.
    pub fn is_unfinished(&self) -> bool {
        let is_answer = |answer: &Answer| answer.says != Says::Abstained;
        !self.answers.values().any(is_answer)
    }
}

impl Answer {
    fn of_task(prediction: &Prediction) -> Self {
        let seen = SeenResult::of(prediction);
        Self {
            says: match seen.abstained {
                true => Says::Abstained,
                false => Says::Found(Finding {
                    call: seen.call,
                    grade: seen.grade,
                }),
            },
            by: Author::Task,
            is_one_of_several: !prediction.class_probabilities.is_empty(),
        }
    }
}

fn judgement(review: &ReviewRow) -> Option<(&SeenResult, Finding)> {
    Some((review.opinion.result()?, review.opinion.finding()?))
}

//! What all slides of a case say together, by a rule and not by a model.

use std::collections::{BTreeMap, BTreeSet};

use flow::{SlideId, TaskId};
use serde::{Deserialize, Serialize};

use crate::{Author, Finality, Says, Signature, SlideAnswers};

/// The answer of one task for a case.
///
/// Positive if any slide is; negative only if every slide is. Where no slide is positive and any
/// has no answer, the case has none either. The grade is the worst of any slide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskResult {
    pub task: TaskId,
    pub call: CaseCall,
    pub worst_grade: Option<u8>,
    pub n_slides: usize,
    pub n_positive: usize,
    pub n_negative: usize,
    /// Slides for which the task gives no answer, and no person did.
    pub abstaining: Vec<SlideId>,
    /// Slides without a result of the task.
    pub without: Vec<SlideId>,
    /// Slides whose answer is a person's.
    pub n_by_person: usize,
    /// Slides of each answer, in the task's own words.
    pub labels: BTreeMap<String, usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseCall {
    Positive,
    Negative,
    /// Some slide has no answer, and none is positive.
    Open,
    /// The task names classes, none of which is negative: see the labels.
    ByClass,
}

/// One result a task that any of the slides has an answer of.
pub fn fused(slides: &[SlideAnswers]) -> Vec<TaskResult> {
    let tasks: BTreeSet<&TaskId> = slides.iter().flat_map(|s| s.answers.keys()).collect();
    tasks
        .into_iter()
        .map(|task| of_task(task, slides))
        .collect()
}

fn of_task(task: &TaskId, slides: &[SlideAnswers]) -> TaskResult {
    let mut result = TaskResult::empty(task.clone(), slides.len());
    let mut is_one_of_several = false;
    for SlideAnswers { slide, answers } in slides {
        let Some(answer) = answers.get(task) else {
            result.without.push(*slide);
            continue;
        };
        is_one_of_several |= answer.is_one_of_several;
        result.n_by_person += usize::from(answer.by == Author::Person);
        match &answer.says {
            Says::Abstained => result.abstaining.push(*slide),
            Says::Found(finding) => {
                result.n_positive += usize::from(finding.call.is_positive);
                result.n_negative += usize::from(!finding.call.is_positive);
                result.worst_grade = result.worst_grade.max(finding.grade);
                *result.labels.entry(finding.call.label.clone()).or_default() += 1;
            }
        }
    }
    result.call = match is_one_of_several {
        true => CaseCall::ByClass,
        false => result.ruled(),
    };
    result
}

impl TaskResult {
    /// Whether no answer of it is a task's.
    pub fn rests_on_people(&self) -> bool {
        let n_answered = self.n_slides - self.without.len();
        n_answered > 0 && self.abstaining.is_empty() && self.n_by_person == n_answered
    }

    /// How final it is in a case with these signatures.
    pub fn finality(&self, signed: Option<&Signature>) -> Finality {
        match signed.filter(|_| self.rests_on_people()) {
            Some(signed) if signed.version > 1 => Finality::Amended,
            Some(_) => Finality::Final,
            None => Finality::Preliminary,
        }
    }

    fn empty(task: TaskId, n_slides: usize) -> Self {
        Self {
            task,
            call: CaseCall::Open,
            worst_grade: None,
            n_slides,
            n_positive: 0,
            n_negative: 0,
            abstaining: Vec::new(),
            without: Vec::new(),
            n_by_person: 0,
            labels: BTreeMap::new(),
        }
    }

    fn ruled(&self) -> CaseCall {
        if self.n_positive > 0 {
            return CaseCall::Positive;
        }
        match self.n_negative == self.n_slides {
            true => CaseCall::Negative,
            false => CaseCall::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use catalog::Finding;
    use flow::{Call, FlowError, Sha256Digest};

    use super::*;
    use crate::Answer;

    fn slide(n: u8, says: Option<Says>) -> Result<SlideAnswers, FlowError> {
        let mut answers = BTreeMap::new();
        if let Some(says) = says {
            let (by, is_one_of_several) = (Author::Task, false);
            let answer = Answer {
                says,
                by,
                is_one_of_several,
            };
            answers.insert("tumour".parse()?, answer);
        }
        Ok(SlideAnswers {
            slide: SlideId::from_digest(&Sha256Digest::of(&[n])),
            answers,
        })
    }

    fn found(is_positive: bool, grade: Option<u8>) -> Option<Says> {
        let label = if is_positive { "tumour" } else { "benign" }.to_owned();
        let call = Call { label, is_positive };
        Some(Says::Found(Finding { call, grade }))
    }

    fn fused_of(says: Vec<Option<Says>>) -> Result<TaskResult, FlowError> {
        let slides: Result<Vec<_>, _> = (0..).zip(says).map(|(n, says)| slide(n, says)).collect();
        Ok(fused(&slides?).remove(0))
    }

    #[test]
    fn any_positive_slide_makes_the_case_positive_with_the_worst_grade() -> Result<(), FlowError> {
        let says = vec![
            found(false, None),
            found(true, Some(2)),
            found(true, Some(4)),
            Some(Says::Abstained),
        ];
        let result = fused_of(says)?;
        assert_eq!(result.call, CaseCall::Positive);
        assert_eq!(result.worst_grade, Some(4));
        assert_eq!((result.n_positive, result.n_negative), (2, 1));
        assert_eq!(result.abstaining.len(), 1);
        assert_eq!(result.labels["tumour"], 2);
        Ok(())
    }

    #[test]
    fn a_case_is_negative_only_if_every_slide_is() -> Result<(), FlowError> {
        let negative = || found(false, None);
        assert_eq!(
            fused_of(vec![negative(), negative()])?.call,
            CaseCall::Negative
        );
        let abstaining = fused_of(vec![negative(), Some(Says::Abstained)])?;
        assert_eq!(abstaining.call, CaseCall::Open);
        let missing = fused_of(vec![negative(), None])?;
        assert_eq!((missing.call, missing.without.len()), (CaseCall::Open, 1));
        assert!(fused(&[slide(0, None)?]).is_empty());
        Ok(())
    }

    #[test]
    fn classes_are_counted_and_not_called() -> Result<(), FlowError> {
        let mut slides = vec![slide(0, found(true, None))?, slide(1, found(true, None))?];
        for slide in &mut slides {
            for answer in slide.answers.values_mut() {
                answer.is_one_of_several = true;
            }
        }
        let result = fused(&slides).remove(0);
        assert_eq!(result.call, CaseCall::ByClass);
        assert_eq!(result.labels, BTreeMap::from([("tumour".to_owned(), 2)]));
        Ok(())
    }
}

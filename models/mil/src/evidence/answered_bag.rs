use super::finding::{Finding, log_sum_exp};
use super::sub_bags::{Growing, HeadScore, PartScore, SubBags};
use crate::probabilities::{answer, mean, n_exceeded, probabilities};
use crate::{MilError, TaskFile};

/// A bag under all heads of a task, whose probabilities are averaged.
pub(super) struct AnsweredBag<'a> {
    pub(super) heads: Vec<AnsweringHead<'a>>,
    pub(super) file: &'a TaskFile,
    pub(super) finding: Finding,
    pub(super) whole: WholeAnswer,
}

/// What the task says of the whole bag.
#[derive(Clone, Copy, Debug)]
pub(super) struct WholeAnswer {
    /// Which of [`crate::Answers::names`].
    pub(super) answer: usize,
    /// Of a detection that is graded.
    pub(super) grade: Option<u8>,
}

/// A bag under one head, with what turns the head's logits into those of the task's answers.
pub(super) struct AnsweringHead<'a> {
    pub(super) bag: Box<dyn SubBags<HeadScore> + 'a>,
    /// What the covariates add, one value a logit; none where there are no covariates.
    pub(super) added: Vec<f64>,
    /// Between the grades a task answers with; none of another.
    pub(super) thresholds: Vec<f64>,
    /// Between the grades of what is detected; none where the head does not grade.
    pub(super) grade_thresholds: Vec<f64>,
}

impl AnsweringHead<'_> {
    /// Logits of the task's answers.
    fn answers(&self, score: &HeadScore) -> Vec<f64> {
        let mut logits = score.logits.clone();
        for (logit, added) in logits.iter_mut().zip(&self.added) {
            *logit += added;
        }
        match (&self.thresholds[..], &logits[..]) {
            ([], _) | (_, []) => logits,
            (thresholds, [severity, ..]) => thresholds
                .iter()
                .map(|threshold| severity - threshold)
                .collect(),
        }
    }

    /// P(grade > k) for k = 1, 2, ... of a finding.
    fn exceeded(&self, score: &HeadScore) -> Vec<f64> {
        let thresholds = self.grade_thresholds.iter();
        let probability = |threshold| 1.0 / (1.0 + f64::exp(threshold - score.severity));
        thresholds.map(probability).collect()
    }
}

impl AnsweredBag<'_> {
    /// From what each head says of the same part.
    fn joined(&self, of_heads: &[HeadScore]) -> PartScore {
        let both = self.heads.iter().zip(of_heads);
        let answers: Vec<Vec<f64>> = both.map(|(head, score)| head.answers(score)).collect();
        let sides = answers.iter().map(|logits| {
            self.finding
                .log_probabilities(logits, self.file.temperature)
        });
        let (by, against): (Vec<f64>, Vec<f64>) = sides.unzip();
        PartScore {
            log_odds: log_sum_exp(&by) - log_sum_exp(&against),
            is_same_answer: self.is_same_answer(&answers) && self.is_same_grade(of_heads),
        }
    }

    fn is_same_answer(&self, answers: &[Vec<f64>]) -> bool {
        let of_heads = answers.iter().map(|logits| {
            // As precise as the whole bag was scored.
            let logits: Vec<f32> = logits.iter().map(|&logit| logit as f32).collect();
            probabilities(&self.file.answers, &logits, self.file.temperature)
        });
        let together = mean(&of_heads.collect::<Vec<_>>());
        answer(&self.file.answers, self.file.threshold, &together) == self.whole.answer
    }

    fn is_same_grade(&self, of_heads: &[HeadScore]) -> bool {
        let Some(whole) = self.whole.grade else {
            return true;
        };
        let both = self.heads.iter().zip(of_heads);
        let exceeded: Vec<Vec<f64>> = both.map(|(head, score)| head.exceeded(score)).collect();
        usize::from(whole) == 1 + n_exceeded(&mean(&exceeded))
    }
}

impl SubBags<PartScore> for AnsweredBag<'_> {
    fn n_instances(&self) -> usize {
        self.heads.first().map_or(0, |head| head.bag.n_instances())
    }

    fn most_scores(&self) -> usize {
        let fewest = self.heads.iter().map(|head| head.bag.most_scores()).min();
        fewest.unwrap_or(usize::MAX) / self.heads.len().max(1)
    }

    fn without(&self, left_out: &[usize]) -> Result<PartScore, MilError> {
        let scores = self.heads.iter().map(|head| head.bag.without(left_out));
        Ok(self.joined(&scores.collect::<Result<Vec<_>, _>>()?))
    }

    fn grow(&self) -> Box<dyn Growing<PartScore> + '_> {
        Box::new(GrowingAnswered {
            bag: self,
            parts: self.heads.iter().map(|head| head.bag.grow()).collect(),
        })
    }
}

struct GrowingAnswered<'a> {
    bag: &'a AnsweredBag<'a>,
    /// One a head.
    parts: Vec<Box<dyn Growing<HeadScore> + 'a>>,
}

impl Growing<PartScore> for GrowingAnswered<'_> {
    fn add(&mut self, instance: usize) {
        for part in &mut self.parts {
            part.add(instance);
        }
    }

    fn score(&mut self) -> Result<PartScore, MilError> {
        let scores = self.parts.iter_mut().map(|part| part.score());
        Ok(self.bag.joined(&scores.collect::<Result<Vec<_>, _>>()?))
    }
}

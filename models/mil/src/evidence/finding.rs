use crate::answers::Answers;

/// What the evidence of an answer is evidence of; see [`flow::Evidence`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// That the positive class is there.
    Positive,
    /// That the slide is of this class and of no other.
    Class(usize),
    /// That the grade lies above the one so many places above the lowest.
    Above(usize),
}

impl Finding {
    /// Of a task whose answer for the whole bag is `answer`: of a grade that it is reached, of the
    /// lowest that the next one is.
    pub(super) fn of(answers: &Answers, answer: usize) -> Self {
        match answers {
            Answers::Detection { .. } => Self::Positive,
            Answers::Classes { .. } => Self::Class(answer),
            Answers::Grades { .. } => Self::Above(answer.saturating_sub(1)),
        }
    }

    /// Logarithms of its probability and of that of the contrary, from the logits of the task's
    /// answers: no probability is too near 0 or 1 for them.
    pub(super) fn log_probabilities(self, logits: &[f64], temperature: f64) -> (f64, f64) {
        let margin = match (self, logits) {
            (Self::Positive, [negative, positive]) => positive - negative,
            (Self::Positive, _) => logits.first().copied().unwrap_or_default(),
            (Self::Above(place), _) => logits.get(place).copied().unwrap_or_default(),
            (Self::Class(class), _) => return of_class(class, logits, temperature),
        };
        (
            log_sigmoid(margin / temperature),
            log_sigmoid(-margin / temperature),
        )
    }
}

fn of_class(class: usize, logits: &[f64], temperature: f64) -> (f64, f64) {
    let scaled: Vec<f64> = logits.iter().map(|logit| logit / temperature).collect();
    let all = log_sum_exp(&scaled);
    let others = scaled.iter().enumerate().filter(|(at, _)| *at != class);
    let others: Vec<f64> = others.map(|(_, &logit)| logit).collect();
    (scaled[class] - all, log_sum_exp(&others) - all)
}

/// `ln sum_k e^value_k` without overflow.
pub(super) fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match largest.is_finite() {
        true => {
            largest
                + values
                    .iter()
                    .map(|value| (value - largest).exp())
                    .sum::<f64>()
                    .ln()
        }
        false => largest,
    }
}

fn log_sigmoid(x: f64) -> f64 {
    x.min(0.0) - (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_odds_are_those_of_the_probabilities() {
        let odds = |finding: Finding, logits: &[f64]| {
            let (by, against) = finding.log_probabilities(logits, 2.0);
            assert!((by.exp() + against.exp() - 1.0).abs() < 1e-12);
            by - against
        };
        assert!((odds(Finding::Positive, &[3.0]) - 1.5).abs() < 1e-12);
        assert!((odds(Finding::Positive, &[1.0, 4.0]) - 1.5).abs() < 1e-12);
        assert!((odds(Finding::Above(1), &[3.0, -1.0]) + 0.5).abs() < 1e-12);
        let class = odds(Finding::Class(1), &[0.0, 2.0, 0.0]);
        assert!((class - (1.0 - 2.0_f64.ln())).abs() < 1e-12);
        assert!((odds(Finding::Positive, &[4000.0]) - 2000.0).abs() < 1e-9);
    }

    #[test]
    fn a_grade_is_reached_and_the_lowest_one_may_be_left() {
        let grades = Answers::Grades {
            scale: "grade".to_owned(),
            lowest: 0,
            highest: 3,
        };
        let of = |answer| Finding::of(&grades, answer);
        assert_eq!(of(0), Finding::Above(0));
        assert_eq!(of(1), Finding::Above(0));
        assert_eq!(of(3), Finding::Above(2));
    }
}

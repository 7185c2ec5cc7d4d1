use crate::answers::Answers;
use crate::calibration::{sigmoid, softmax};

/// From a probability for each answer to what [`crate::probabilities`] makes of a head's logits, after
/// calibration: of the positive class, of each class, or of each grade being exceeded.
pub(super) fn calibrated(answers: &Answers, each: &[f64], temperature: f64) -> Vec<f64> {
    match answers {
        Answers::Classes { .. } => classes(each, temperature),
        Answers::Detection { .. } | Answers::Grades { .. } => exceedance(each)
            .into_iter()
            .map(|p| at_temperature(p, temperature))
            .collect(),
    }
}

/// P(answer > k) for each answer but the last.
fn exceedance(each: &[f64]) -> Vec<f64> {
    let above = |k: usize| each[k + 1..].iter().sum::<f64>();
    (0..each.len() - 1).map(|k| above(k).min(1.0)).collect()
}

fn classes(each: &[f64], temperature: f64) -> Vec<f64> {
    if temperature == 1.0 {
        return each.to_vec();
    }
    // A class of probability 0 stays one of almost 0 whatever the temperature.
    let logits = each.iter().map(|p| p.max(f64::MIN_POSITIVE).ln());
    softmax(&logits.map(|logit| logit / temperature).collect::<Vec<_>>())
}

fn at_temperature(p: f64, temperature: f64) -> f64 {
    match temperature == 1.0 {
        true => p,
        false => sigmoid((p.ln() - (-p).ln_1p()) / temperature),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_draws_probabilities_together_and_1_leaves_them() {
        let detection = Answers::Detection {
            negative: "no".to_owned(),
            positive: "yes".to_owned(),
            grade_scale: None,
        };
        assert_eq!(calibrated(&detection, &[0.2, 0.8], 1.0), [0.8]);
        let drawn = calibrated(&detection, &[0.2, 0.8], 2.0)[0];
        assert!(
            (drawn - 2.0 / 3.0).abs() < 1e-12,
            "odds of 4 become 2: {drawn}"
        );
        assert_eq!(calibrated(&detection, &[0.0, 1.0], 2.0), [1.0]);
        assert_eq!(calibrated(&detection, &[1.0, 0.0], 2.0), [0.0]);
    }

    #[test]
    fn grades_are_exceeded_by_those_above_them() {
        let grades = Answers::Grades {
            scale: "ISUP".to_owned(),
            lowest: 0,
            highest: 2,
        };
        let found = calibrated(&grades, &[0.5, 0.25, 0.25], 1.0);
        assert_eq!(found, [0.5, 0.25]);
    }
}

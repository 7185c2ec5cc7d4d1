//! From logits to calibrated probabilities, and from these to what a task says of a slide.

use flow::{Call, ClassProbability, Grade};

use crate::answers::Answers;
use crate::bag_scores::BagLogits;
use crate::calibration::{sigmoid, softmax};

/// A detection without a threshold of its own is called from here on, a grade is exceeded.
const EVEN: f64 = 0.5;

/// Calibrated probabilities of a bag or tile from its logits: of the positive class, of each class,
/// or of each grade being exceeded.
pub(crate) fn probabilities(answers: &Answers, logits: &[f32], temperature: f64) -> Vec<f64> {
    match answers {
        Answers::Detection { .. } => {
            vec![sigmoid(f64::from(detection_margin(logits)) / temperature)]
        }
        Answers::Classes { .. } => {
            let scaled = logits.iter().map(|&logit| f64::from(logit) / temperature);
            softmax(&scaled.collect::<Vec<_>>())
        }
        Answers::Grades { .. } => logits
            .iter()
            .map(|&logit| sigmoid(f64::from(logit) / temperature))
            .collect(),
    }
}

/// P(grade > k) for k = 1, 2, ... of a finding, uncalibrated; nothing where the head does not grade.
pub(crate) fn exceeded(bag: &BagLogits) -> Vec<f64> {
    let logits = bag.grade.as_deref().unwrap_or_default();
    let probability = |&logit: &f32| 1.0 / (1.0 + f64::from(-logit).exp());
    logits.iter().map(probability).collect()
}

/// The logit of the positive class against the negative one.
pub(crate) fn detection_margin(logits: &[f32]) -> f32 {
    match logits {
        [negative, positive] => positive - negative,
        _ => logits.first().copied().unwrap_or_default(),
    }
}

/// The mean of several heads' probabilities.
pub(crate) fn mean(of_heads: &[Vec<f64>]) -> Vec<f64> {
    let n_heads = of_heads.len() as f64;
    let width = of_heads.first().map_or(0, Vec::len);
    let sum = |at: usize| of_heads.iter().map(|one| one[at]).sum::<f64>();
    (0..width).map(|at| sum(at) / n_heads).collect()
}

/// Which of [`Answers::names`] a task gives; `probabilities` are those of [`probabilities`].
pub(crate) fn answer(answers: &Answers, threshold: Option<f64>, probabilities: &[f64]) -> usize {
    match answers {
        Answers::Detection { .. } => usize::from(probabilities[0] >= threshold.unwrap_or(EVEN)),
        Answers::Classes { .. } => likeliest(probabilities),
        Answers::Grades { .. } => n_exceeded(probabilities),
    }
}

/// What a task says of a slide.
pub(crate) struct Verdict {
    /// Which of [`Answers::names`].
    pub(crate) answer: usize,
    pub(crate) call: Call,
    /// Of the finding, or of the class that is called.
    pub(crate) probability: f64,
    pub(crate) threshold: f64,
    pub(crate) grade: Option<Grade>,
    pub(crate) class_probabilities: Vec<ClassProbability>,
}

/// `probabilities` are those of [`probabilities`].
pub(crate) fn verdict(answers: &Answers, threshold: Option<f64>, probabilities: &[f64]) -> Verdict {
    let answer = answer(answers, threshold, probabilities);
    match answers {
        Answers::Detection {
            negative, positive, ..
        } => detected(
            [negative, positive],
            answer,
            probabilities[0],
            threshold.unwrap_or(EVEN),
        ),
        Answers::Classes { names } => classified(names, answer, probabilities),
        Answers::Grades { scale, lowest, .. } => graded(scale, *lowest, answer, probabilities),
    }
}

fn detected(names: [&String; 2], answer: usize, probability: f64, threshold: f64) -> Verdict {
    Verdict {
        answer,
        call: Call {
            label: names[answer].clone(),
            is_positive: answer > 0,
        },
        probability,
        threshold,
        grade: None,
        class_probabilities: Vec::new(),
    }
}

fn classified(names: &[String], answer: usize, probabilities: &[f64]) -> Verdict {
    let each = names.iter().zip(probabilities);
    let class_probabilities = each.map(|(label, &probability)| ClassProbability {
        label: label.clone(),
        probability,
    });
    Verdict {
        answer,
        call: Call {
            label: names[answer].clone(),
            is_positive: true,
        },
        probability: probabilities[answer],
        // The likeliest class is called however little likely it is.
        threshold: 0.0,
        grade: None,
        class_probabilities: class_probabilities.collect(),
    }
}

fn graded(scale: &str, lowest: u8, answer: usize, exceeded: &[f64]) -> Verdict {
    let grade = grade(scale, lowest, exceeded);
    Verdict {
        answer,
        call: Call {
            label: format!("{scale} {}", grade.value),
            is_positive: answer > 0,
        },
        probability: exceeded.first().copied().unwrap_or_default(),
        threshold: EVEN,
        grade: Some(grade),
        class_probabilities: Vec::new(),
    }
}

/// The grade of probabilities that it lies above `lowest`, `lowest + 1`, ...
pub(crate) fn grade(scale: &str, lowest: u8, exceeded: &[f64]) -> Grade {
    // No slide lies below the scale.
    let below = std::iter::repeat_n(1.0, usize::from(lowest));
    let exceedance: Vec<f64> = below.chain(exceeded.iter().copied()).collect();
    Grade {
        scale: scale.to_owned(),
        value: n_exceeded(&exceedance) as u8,
        expected: exceedance.iter().sum(),
        exceedance,
    }
}

/// One probability for each of [`Answers::names`]; they sum to 1.
pub(crate) fn of_each_answer(answers: &Answers, probabilities: &[f64]) -> Vec<f64> {
    match answers {
        Answers::Classes { .. } => probabilities.to_vec(),
        // A detection is the shortest scale: one threshold between two grades.
        Answers::Detection { .. } | Answers::Grades { .. } => {
            let above = probabilities.iter().copied().chain([0.0]);
            let from = [1.0].into_iter().chain(probabilities.iter().copied());
            from.zip(above).map(|(from, above)| from - above).collect()
        }
    }
}

/// How many of P(grade > k) for k = 1, 2, ... say that the grade lies above k.
pub(crate) fn n_exceeded(exceedance: &[f64]) -> usize {
    exceedance.iter().filter(|&&p| p >= EVEN).count()
}

fn likeliest(probabilities: &[f64]) -> usize {
    let indexed = probabilities.iter().enumerate().rev();
    indexed
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grades() -> Answers {
        Answers::Grades {
            scale: "grade group".to_owned(),
            lowest: 1,
            highest: 4,
        }
    }

    #[test]
    fn grades_are_read_off_their_exceedance() {
        let probabilities = probabilities(&grades(), &[2.0, 0.5, -1.0], 1.0);
        let verdict = graded("grade group", 1, n_exceeded(&probabilities), &probabilities);
        assert_eq!(verdict.call.label, "grade group 3");
        assert_eq!((verdict.answer, verdict.call.is_positive), (2, true));
        let grade = verdict.grade.expect("a grade");
        assert_eq!((grade.value, grade.exceedance.len()), (3, 4));
        assert_eq!(grade.exceedance[0], 1.0);
        let each = of_each_answer(&grades(), &probabilities);
        assert_eq!(each.len(), 4);
        assert!((each.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(each.iter().all(|&p| p > 0.0));
    }

    #[test]
    fn the_likeliest_class_is_called() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let answers = Answers::Classes {
            names: names.to_vec(),
        };
        let found = probabilities(&answers, &[0.0, 2.0, 1.0], 2.0);
        assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((found[1] / found[2] - 0.5_f64.exp()).abs() < 1e-9);
        let together = mean(&[found.clone(), vec![1.0, 0.0, 0.0]]);
        let verdict = classified(&names, likeliest(&together), &together);
        assert_eq!(verdict.call.label, "a");
        assert_eq!(verdict.class_probabilities.len(), 3);
        assert_eq!(of_each_answer(&answers, &found), found);
        assert_eq!(likeliest(&[0.4, 0.4, 0.2]), 0);
    }

    #[test]
    fn one_logit_or_two_detect() {
        let answers = Answers::Detection {
            negative: "no".to_owned(),
            positive: "yes".to_owned(),
            grade_scale: None,
        };
        let one = probabilities(&answers, &[1.5], 1.0);
        assert_eq!(one, probabilities(&answers, &[1.0, 2.5], 1.0));
        let each = of_each_answer(&answers, &one);
        assert!((each[1] - one[0]).abs() < 1e-12 && (each[0] + one[0] - 1.0).abs() < 1e-12);
    }
}

use serde::Serialize;

use crate::bootstrap::{Bootstrap, Units, bounds};
use crate::{Answers, Kind};

/// Sensitivity against the share of false alarms, over all thresholds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RocCurve {
    /// The class told from the rest.
    pub class: String,
    /// From (0, 0) to (1, 1).
    pub points: Vec<RocPoint>,
    /// Where sensitivity may lie, at one share of false alarms after another (pointwise).
    pub band: Vec<BandPoint>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RocPoint {
    pub false_positive_rate: f64,
    pub sensitivity: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BandPoint {
    pub false_positive_rate: f64,
    pub low: f64,
    pub high: f64,
}

/// Steps of the band from 0 to 1.
const N_STEPS: usize = 50;

/// One curve for each class that can be told from others; of two classes the positive one alone.
pub(crate) fn roc_curves(answers: &Answers, config: &Bootstrap, units: &Units) -> Vec<RocCurve> {
    let classes = match answers.kind {
        Kind::Binary { .. } => 1..2,
        Kind::Classes | Kind::Grades => 0..answers.classes.len(),
    };
    let resampled = config.each(answers, units, |resample| {
        let curves = classes.clone().map(|class| points(resample, class));
        curves
            .map(|curve| curve.map(|points| at_steps(&points)))
            .collect::<Vec<_>>()
    });
    let indexed = classes.enumerate();
    indexed
        .filter_map(|(at, class)| {
            let of_class = resampled.iter().filter_map(|curves| curves[at].as_ref());
            Some(RocCurve {
                class: answers.classes[class].clone(),
                points: points(answers, class)?,
                band: band(&of_class.collect::<Vec<_>>(), config.level),
            })
        })
        .collect()
}

/// `None` unless both kinds occur.
fn points(answers: &Answers, class: usize) -> Option<Vec<RocPoint>> {
    let is_positive = answers.is_truly(class);
    let n_positive = is_positive.iter().filter(|&&positive| positive).count();
    let n_negative = is_positive.len() - n_positive;
    if n_positive == 0 || n_negative == 0 {
        return None;
    }
    let mut sorted: Vec<(f64, bool)> = answers
        .probability_of(class)
        .into_iter()
        .zip(is_positive)
        .collect();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut found, mut alarms) = (0, 0);
    let mut points = vec![RocPoint {
        false_positive_rate: 0.0,
        sensitivity: 0.0,
    }];
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let positives = tied.iter().filter(|(_, positive)| *positive).count();
        found += positives;
        alarms += tied.len() - positives;
        points.push(RocPoint {
            false_positive_rate: alarms as f64 / n_negative as f64,
            sensitivity: found as f64 / n_positive as f64,
        });
    }
    Some(points)
}

/// The sensitivity reached at each step of the share of false alarms, on the lines between points;
/// where the curve rises straight up, its upper end.
fn at_steps(points: &[RocPoint]) -> Vec<f64> {
    let mut upper = 0;
    let step = |number: usize| {
        let wanted = number as f64 / N_STEPS as f64;
        while upper + 1 < points.len() && points[upper + 1].false_positive_rate <= wanted {
            upper += 1;
        }
        let below = points[upper];
        let Some(above) = points.get(upper + 1) else {
            return below.sensitivity;
        };
        let width = above.false_positive_rate - below.false_positive_rate;
        let share = (wanted - below.false_positive_rate) / width;
        below.sensitivity + share * (above.sensitivity - below.sensitivity)
    };
    (0..=N_STEPS).map(step).collect()
}

fn band(resampled: &[&Vec<f64>], level: f64) -> Vec<BandPoint> {
    let at = |number: usize| {
        let values = resampled.iter().map(|curve| curve[number]).collect();
        bounds(values, level).map(|(low, high)| BandPoint {
            false_positive_rate: number as f64 / N_STEPS as f64,
            low,
            high,
        })
    };
    (0..=N_STEPS).filter_map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_lines_between_points() {
        let points = [(0.0, 0.0), (0.0, 0.5), (0.5, 1.0), (1.0, 1.0)].map(|(x, y)| RocPoint {
            false_positive_rate: x,
            sensitivity: y,
        });
        let found = at_steps(&points);
        assert_eq!(found[0], 0.5);
        assert!((found[N_STEPS / 4] - 0.74).abs() < 1e-12, "{found:?}");
        assert_eq!(found[N_STEPS], 1.0);
    }
}

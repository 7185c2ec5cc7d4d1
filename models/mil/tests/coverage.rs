//! Conformal sets hold the truth as often as they promise, class by class.

use coverslip_mil::{CalibrationSlide, ClassQuantile, Conformal, Contiguity, fit_conformal};
use parameters::{Seed, seeded};
use rand::{Rng, RngExt};

const ALPHA: f64 = 0.1;
const N_CALIBRATION: usize = 24;
const N_SPLITS: usize = 4000;

/// A slide of a class: its logits lie around the class, in a spread of its own.
fn slide(random: &mut impl Rng, truth: usize) -> CalibrationSlide {
    let spread = [0.6, 1.2, 2.0][truth];
    let logits = [0, 1, 2].map(|class: usize| {
        // Twelve uniform numbers are nearly normal.
        let noise: f64 = (0..12).map(|_| random.random_range(-0.5..0.5)).sum();
        (spread * noise - 1.3 * class.abs_diff(truth) as f64).exp()
    });
    let total: f64 = logits.iter().sum();
    CalibrationSlide {
        truth,
        probabilities: logits.map(|share| share / total).to_vec(),
    }
}

fn labels() -> Vec<String> {
    ["low", "middle", "high"].map(str::to_owned).to_vec()
}

/// How many of one new slide a split and class have their truth in the set.
fn n_covered(
    contiguity: Contiguity,
    change: impl Fn(&[CalibrationSlide], &mut Conformal),
) -> [usize; 3] {
    let mut random = seeded(Seed(17), 0);
    let mut n_covered = [0; 3];
    for _ in 0..N_SPLITS {
        let calibration: Vec<CalibrationSlide> = (0..3 * N_CALIBRATION)
            .map(|number| slide(&mut random, number % 3))
            .collect();
        let fitted = fit_conformal(&calibration, &labels(), contiguity, ALPHA);
        let mut conformal = fitted.expect("slides that fit");
        change(&calibration, &mut conformal);
        for (class, label) in labels().into_iter().enumerate() {
            let set = conformal.set(&slide(&mut random, class).probabilities);
            n_covered[class] += usize::from(set.labels.contains(&label));
        }
    }
    n_covered
}

/// With 24 slides the rank is ceil(25 * 0.9) = 23, so a new slide is covered with a chance of
/// 23 / 25 exactly.
const CHANCE: f64 = 23.0 / 25.0;

/// Whether a count lies where 999 of 1,000 binomial ones do.
fn is_likely(n_covered: usize) -> bool {
    let n = N_SPLITS as f64;
    let spread = (n * CHANCE * (1.0 - CHANCE)).sqrt();
    (n_covered as f64 - n * CHANCE).abs() < 3.29 * spread
}

#[test]
fn each_class_is_covered_as_often_as_promised() {
    let found = n_covered(Contiguity::AnySubset, |_, _| ());
    assert!(found.into_iter().all(is_likely), "{found:?} of {N_SPLITS}");
}

/// Filling gaps only adds to a set.
#[test]
fn contiguous_sets_cover_no_less() {
    let found = n_covered(Contiguity::Contiguous, |_, _| ());
    let least =
        N_SPLITS as f64 * CHANCE - 3.29 * (N_SPLITS as f64 * CHANCE * (1.0 - CHANCE)).sqrt();
    assert!(found.iter().all(|&n| n as f64 > least), "{found:?}");
}

/// The test above can tell a rank too low or too high: 22 / 25 and 24 / 25 lie outside its bound.
#[test]
fn a_rank_beside_the_right_one_would_be_noticed() {
    for neighbour in [22, 24] {
        let shifted = |calibration: &[CalibrationSlide], conformal: &mut Conformal| {
            for (class, quantile) in conformal.classes.iter_mut().enumerate() {
                let of_class = calibration.iter().filter(|slide| slide.truth == class);
                let mut scores: Vec<f64> = of_class.map(|s| 1.0 - s.probabilities[class]).collect();
                scores.sort_by(f64::total_cmp);
                quantile.quantile = Some(scores[neighbour - 1]);
            }
        };
        let found = n_covered(Contiguity::AnySubset, shifted);
        assert!(
            !found.into_iter().any(is_likely),
            "rank {neighbour}: {found:?}"
        );
    }
}

#[test]
fn too_few_slides_are_said_to_be_too_few() {
    let mut random = seeded(Seed(1), 0);
    let slides: Vec<CalibrationSlide> = (0..8).map(|_| slide(&mut random, 0)).collect();
    let conformal = fit_conformal(&slides, &labels(), Contiguity::AnySubset, ALPHA);
    let conformal = conformal.expect("slides that fit");
    let n_slides = |class: &ClassQuantile| class.n_slides;
    assert_eq!(
        conformal.classes.iter().map(n_slides).collect::<Vec<_>>(),
        [8, 0, 0]
    );
    assert_eq!(conformal.set(&[1.0, 0.0, 0.0]).labels, labels());
}

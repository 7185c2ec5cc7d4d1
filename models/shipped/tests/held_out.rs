//! The shipped task on phantoms it was not trained on: the acceptance of the shipped models.
//!
//! The full form takes minutes, so it waits to be asked for: `make conformance`.

use std::error::Error;
use std::io::Write;

use coverslip_shipped::recipe::{Cohort, evaluate};
use encoder::Compute;
use mil::{Evaluation, Outcome};

/// Seeds that no recipe uses.
const FULL: Cohort = Cohort {
    first_seed: 900_000,
    n_benign: 20,
    n_per_grade: 4,
    side_px: (4096, 8192),
    tumour_fraction: (0.005, 0.3),
};

const SHORT: Cohort = Cohort {
    first_seed: 910_000,
    n_benign: 5,
    n_per_grade: 1,
    side_px: (3072, 4608),
    tumour_fraction: (0.02, 0.3),
};

#[test]
fn ten_phantoms_are_called_graded_and_located() -> Result<(), Box<dyn Error>> {
    let evaluation = Evaluation::of(&outcomes(&SHORT)?);
    assert_eq!(evaluation.n_bags, 10);
    // One slide a grade says little about grading.
    accept(&evaluation, 5, 0.5);
    Ok(())
}

#[test]
#[ignore = "takes minutes; `make conformance` runs it"]
fn forty_phantoms_are_called_graded_and_located() -> Result<(), Box<dyn Error>> {
    let outcomes = outcomes(&FULL)?;
    report(&outcomes)?;
    let evaluation = Evaluation::of(&outcomes);
    assert_eq!(evaluation.n_bags, 40);
    accept(&evaluation, 20, 0.80);
    sets_hold_the_truth_as_promised(&outcomes)
}

/// Class by class, as the sets promise. A bound as wide as one draw in a thousand leaves room for
/// chance: of 20 slides, 13 at least.
fn sets_hold_the_truth_as_promised(outcomes: &[Outcome]) -> Result<(), Box<dyn Error>> {
    for (label, is_positive) in [("benign", false), ("tumour", true)] {
        let of_class = |outcome: &&Outcome| outcome.truth.is_positive() == is_positive;
        let sets = outcomes.iter().filter(of_class).map(|outcome| {
            let set = outcome.scores.set.as_ref().ok_or("a set")?;
            Ok::<_, Box<dyn Error>>((set.labels.iter().any(|held| held == label), 1.0 - set.alpha))
        });
        let sets: Vec<(bool, f64)> = sets.collect::<Result<_, _>>()?;
        let promise = sets.first().ok_or("a slide of each class")?.1;
        let n_covered = sets.iter().filter(|(holds, _)| *holds).count();
        writeln!(
            std::io::stderr(),
            "sets hold `{label}` for {n_covered} of {} slides, promised for {promise}",
            sets.len()
        )?;
        assert!(
            at_most(n_covered, sets.len(), promise) > 0.001,
            "{label}: {n_covered} of {}",
            sets.len()
        );
    }
    Ok(())
}

/// P(X <= k) of a binomial number of `n` draws.
fn at_most(k: usize, n: usize, chance: f64) -> f64 {
    let mut exactly = (1.0 - chance).powi(n as i32);
    let mut sum = exactly;
    for drawn in 0..k {
        exactly *= (n - drawn) as f64 / (drawn + 1) as f64 * chance / (1.0 - chance);
        sum += exactly;
    }
    sum
}

#[test]
fn the_bound_is_that_of_the_binomial() {
    assert!((at_most(20, 20, 0.9) - 1.0).abs() < 1e-12);
    assert!((at_most(19, 20, 0.9) - (1.0 - 0.9_f64.powi(20))).abs() < 1e-12);
    assert!(at_most(12, 20, 0.9) < 0.001 && at_most(13, 20, 0.9) > 0.001);
}

fn outcomes(cohort: &Cohort) -> Result<Vec<Outcome>, Box<dyn Error>> {
    let encoder = coverslip_shipped::encoder(Compute::default())?;
    let tasks = coverslip_shipped::tasks()?;
    let task = tasks.first().ok_or("no task ships")?;
    Ok(evaluate(task, &encoder, cohort, |_| ())?)
}

fn accept(evaluation: &Evaluation, n_positive: usize, kappa: f64) {
    assert!(evaluation.auc >= Some(0.98), "{evaluation:?}");
    assert!(evaluation.grade_kappa >= Some(kappa), "{evaluation:?}");
    assert_eq!(
        evaluation.hottest_in_evidence,
        (n_positive, n_positive),
        "{evaluation:?}"
    );
}

/// The figures of the model card.
fn report(outcomes: &[Outcome]) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stderr().lock();
    for outcome in outcomes {
        let scores = &outcome.scores;
        writeln!(
            out,
            "{}: {:?}, probability {:.4}, grade {:?}, {} tiles, hottest in tumour {:?}",
            outcome.name,
            outcome.truth,
            scores.probability,
            scores.grade.as_ref().map(|grade| grade.value),
            scores.attention.len(),
            outcome.hottest_is_evidence,
        )?;
    }
    writeln!(out, "{:?}", Evaluation::of(outcomes))?;
    Ok(())
}

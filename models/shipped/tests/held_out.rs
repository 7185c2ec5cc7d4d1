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
    Ok(())
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

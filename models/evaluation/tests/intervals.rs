//! Intervals hold the truth as often as they say, and know whose slides are whose.

use std::fmt::Write;

use coverslip_evaluation::{
    Bootstrap, Estimate, GroupColumns, Measure, Report, TableConfig, from_csv,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

fn report(csv: &str, by: &[&str], config: &Bootstrap) -> Report {
    let table = TableConfig {
        positive: None,
        threshold: 0.5,
        by: GroupColumns::Named(by.iter().map(|&column| column.to_owned()).collect()),
    };
    let predictions = from_csv(csv.as_bytes(), &table).expect("a table");
    Report::of(&predictions, config).expect("a report")
}

fn bounds(report: &Report, measure: Measure) -> (f64, f64) {
    match &report.figures.figures[&measure] {
        Estimate::Measured { interval, .. } => (interval.low, interval.high),
        other => unreachable!("{other:?}"),
    }
}

/// `n` slides, half positive, called right with the chance `accuracy`.
fn table(random: &mut ChaCha8Rng, n: usize, accuracy: f64, slides_a_patient: usize) -> String {
    let mut text = "slide,label,probability,patient,site\n".to_owned();
    let mut is_right = true;
    for slide in 0..n {
        let patient = slide / slides_a_patient;
        if slide % slides_a_patient == 0 {
            is_right = random.random_bool(accuracy);
        }
        let label = patient % 2;
        let called = if is_right { label } else { 1 - label };
        let score = 0.3 + 0.4 * called as f64;
        let site = ["A", "B", "B", "B"][patient % 4];
        let _infallible = writeln!(text, "s{slide},{label},{score},p{patient},{site}");
    }
    text
}

/// Of 300 tables, a 95 % interval misses the truth in about 15; more than 35 or fewer than 3 would
/// come by chance less than once in 10,000.
#[test]
fn hold_the_truth_as_often_as_they_say() {
    let config = Bootstrap {
        resamples: 200,
        ..Bootstrap::default()
    };
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let missed = (0..300).filter(|_| {
        let report = report(&table(&mut random, 200, 0.8, 1), &[], &config);
        let (low, high) = bounds(&report, Measure::Accuracy);
        !(low..=high).contains(&0.8)
    });
    let n_missed = missed.count();
    assert!((3..=35).contains(&n_missed), "{n_missed} of 300");
}

/// Four slides of a patient that are right or wrong together say no more than one.
#[test]
fn slides_of_one_patient_are_not_independent() {
    let csv = table(&mut ChaCha8Rng::seed_from_u64(1), 400, 0.8, 4);
    let alone: String = csv.replace(",patient,", ",case,");
    let width = |csv: &str| {
        let (low, high) = bounds(&report(csv, &[], &Bootstrap::default()), Measure::Accuracy);
        high - low
    };
    let ratio = width(&csv) / width(&alone);
    assert!(
        (1.7..2.3).contains(&ratio),
        "{ratio}, should be the root of 4"
    );
}

#[test]
fn equal_seeds_give_equal_intervals() {
    let csv = table(&mut ChaCha8Rng::seed_from_u64(2), 60, 0.8, 1);
    let of = |seed| {
        let config = Bootstrap {
            seed,
            ..Bootstrap::default()
        };
        bounds(&report(&csv, &[], &config), Measure::Brier)
    };
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

/// Three positives among 60: plain resamples would lack them about once in twenty.
#[test]
fn a_rare_class_never_vanishes() {
    let mut csv = "slide,label,probability\n".to_owned();
    for slide in 0..60 {
        let score = f64::from(slide) / 100.0;
        let _infallible = writeln!(csv, "s{slide},{},{score}", u8::from(slide % 20 == 19));
    }
    let report = report(&csv, &[], &Bootstrap::default());
    assert!(report.method.is_stratified);
    let Estimate::Measured { interval, .. } = &report.figures.figures[&Measure::Auc] else {
        unreachable!("AUC is defined");
    };
    assert_eq!(interval.undefined_resamples, 0);
}

#[test]
fn small_groups_are_named_without_figures() {
    let csv = table(&mut ChaCha8Rng::seed_from_u64(3), 80, 0.8, 2)
        .lines()
        .map(|line| match line.contains(",p3,") {
            true => line.replace(",B", ",C") + "\n",
            false => line.to_owned() + "\n",
        })
        .collect::<String>();
    let report = report(&csv, &["site"], &Bootstrap::default());
    let groups = serde_json::to_value(&report.subgroups[0].groups).expect("JSON");
    let states = groups.as_array().into_iter().flatten().map(|group| {
        let text = |key: &str| group[key].as_str().map(str::to_owned);
        (text("value"), text("state"), text("reason"))
    });
    let some = |text: &str| Some(text.to_owned());
    let few = "fewer_than_five_cases_of_a_class";
    assert_eq!(
        states.collect::<Vec<_>>(),
        [
            (some("A"), some("suppressed"), some(few)),
            (some("B"), some("measured"), None),
            (some("C"), some("suppressed"), some("fewer_than_ten_cases")),
        ]
    );
    assert_eq!(groups[1]["n_patients"], Value::from(29));
    let whole = serde_json::to_string(&report).expect("JSON");
    assert!(
        !whole.contains("\"p3\"") && !whole.contains("s17"),
        "names a patient or a slide"
    );
}

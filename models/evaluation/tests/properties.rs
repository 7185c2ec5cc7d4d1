//! What holds of every table of predictions.

use std::fmt::Write;

use coverslip_evaluation::{
    Bootstrap, EvaluationError, GroupColumns, Report, TableConfig, from_csv,
};
use proptest::prelude::*;
use serde_json::Value;

/// A slide of a table: positive or not, its probability in thousandths, its patient.
type Row = (bool, u16, u8);

const QUICK: Bootstrap = Bootstrap {
    resamples: 100,
    level: 0.95,
    seed: 3,
};

fn csv(rows: &[(usize, Row)], shape: impl Fn(f64) -> f64) -> String {
    let mut text = "slide,label,probability,patient\n".to_owned();
    for (slide, (is_positive, thousandths, patient)) in rows {
        let probability = shape(f64::from(*thousandths) / 1000.0);
        let label = u8::from(*is_positive);
        let _infallible = writeln!(text, "s{slide},{label},{probability},p{patient}");
    }
    text
}

fn report(csv: &str) -> Result<Value, EvaluationError> {
    let config = TableConfig {
        positive: None,
        threshold: 0.5,
        by: GroupColumns::Usual,
    };
    let report = Report::of(&from_csv(csv.as_bytes(), &config)?, &QUICK)?;
    Ok(serde_json::to_value(report).expect("a report is JSON"))
}

/// Figures, recalls and group figures, each with its name.
fn figures(report: &Value) -> Vec<(String, Value)> {
    let named = report["figures"].as_object().into_iter().flatten();
    let recalls = report["recall"].as_array().into_iter().flatten();
    named
        .map(|(name, figure)| (name.clone(), figure.clone()))
        .chain(recalls.map(|figure| ("recall".to_owned(), figure.clone())))
        .collect()
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((any::<bool>(), 0..=1000_u16, 0..12_u8), 1..60)
}

fn numbered(rows: &[Row]) -> Vec<(usize, Row)> {
    rows.iter().copied().enumerate().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_figure_has_a_value_in_its_interval_or_a_reason(rows in rows()) {
        let report = report(&csv(&numbered(&rows), |p| p)).expect("a report");
        for (name, figure) in figures(&report) {
            match figure["state"].as_str() {
                Some("measured") => {
                    let [low, value, high] = ["low", "value", "high"]
                        .map(|key| figure[key].as_f64().expect("a number, never NaN"));
                    prop_assert!(low <= value && value <= high, "{}: {}", name, figure);
                    prop_assert!(low < high, "{} claims certainty: {}", name, figure);
                }
                Some("without_interval") => {
                    prop_assert!(figure["value"].is_number(), "{}: {}", name, figure);
                    prop_assert!(figure["withheld"].is_string(), "{}: {}", name, figure);
                }
                state => {
                    prop_assert_eq!(state, Some("undefined"));
                    prop_assert!(figure["reason"].is_string(), "{}: {}", name, figure);
                }
            }
        }
    }

    #[test]
    fn the_order_of_slides_is_nothing(rows in rows()) {
        let forward = numbered(&rows);
        let backward: Vec<_> = forward.iter().copied().rev().collect();
        let one = report(&csv(&forward, |p| p)).expect("a report");
        let other = report(&csv(&backward, |p| p)).expect("a report");
        for ((name, a), (_, b)) in figures(&one).into_iter().zip(figures(&other)) {
            prop_assert_eq!(&a["state"], &b["state"]);
            let apart = a["value"].as_f64().zip(b["value"].as_f64()).map(|(a, b)| (a - b).abs());
            prop_assert!(apart.is_none_or(|apart| apart < 1e-12), "{}: {} and {}", name, a, b);
        }
        prop_assert_eq!(&one["confusion"], &other["confusion"]);
        prop_assert_eq!(&one["histograms"], &other["histograms"]);
    }

    #[test]
    fn auc_knows_only_the_order_of_scores(rows in rows()) {
        let plain = report(&csv(&numbered(&rows), |p| p)).expect("a report");
        let bent = report(&csv(&numbered(&rows), |p| p.sqrt() * 0.7 + 0.1)).expect("a report");
        prop_assert_eq!(&plain["figures"]["auc"], &bent["figures"]["auc"]);
    }

    #[test]
    fn one_class_alone_has_no_auc(thousandths in prop::collection::vec(0..=1000_u16, 1..30)) {
        let rows: Vec<Row> = thousandths.into_iter().map(|score| (true, score, 0)).collect();
        let report = report(&csv(&numbered(&rows), |p| p)).expect("a report");
        let auc = &report["figures"]["auc"];
        prop_assert_eq!(auc, &serde_json::json!({"state": "undefined", "reason": "class_absent"}));
        prop_assert_eq!(&report["figures"]["specificity"]["reason"], "class_absent");
        prop_assert_eq!(report["roc"].as_array().map(Vec::len), Some(0));
    }
}

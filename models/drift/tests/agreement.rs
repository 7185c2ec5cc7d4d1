//! The figures are those of numpy and scipy (see `reference/make_reference.py`).

use std::error::Error;

use coverslip_drift::{
    ChartPoint, Counted, Histogram, PERMUTATIONS, chart, discrepancy, stability_index,
};
use flow::EmbeddingSketch;
use serde::Deserialize;

#[derive(Deserialize)]
struct Expected {
    sets: Vec<Sets>,
    stability: Stability,
    chart: Chart,
}

#[derive(Deserialize)]
struct Sets {
    recent: Vec<EmbeddingSketch>,
    reference: Vec<EmbeddingSketch>,
    mmd2: f64,
    /// Of all ways to deal, where there are few enough to try each.
    p_value: Option<f64>,
}

#[derive(Deserialize)]
struct Stability {
    reference: Vec<f64>,
    recent: Vec<f64>,
    index: f64,
}

#[derive(Deserialize)]
struct Chart {
    reference: (u64, u64),
    weeks: Vec<(u64, u64)>,
    points: Vec<Option<ChartPoint>>,
}

fn expected() -> serde_json::Result<Expected> {
    serde_json::from_str(include_str!("fixtures/expected.json"))
}

fn counted((part, whole): (u64, u64)) -> Counted {
    Counted { part, whole }
}

#[test]
fn of_embeddings() -> Result<(), Box<dyn Error>> {
    let mut n_exact = 0;
    for set in expected()?.sets {
        let found = discrepancy(&set.reference, &set.recent).ok_or("enough slides")?;
        let apart = (found.mmd2 - set.mmd2).abs();
        assert!(apart < 1e-9, "{found:?} and {}", set.mmd2);
        let Some(exact) = set.p_value else { continue };
        // Four deviations of a share of so many draws.
        let reach = 4.0 * (exact * (1.0 - exact) / f64::from(PERMUTATIONS)).sqrt() + 1e-3;
        let apart = (found.p_value - exact).abs();
        assert!(apart < reach, "{found:?} and {exact}");
        n_exact += 1;
    }
    assert_eq!(n_exact, 2);
    Ok(())
}

#[test]
fn of_scores() -> Result<(), Box<dyn Error>> {
    let Stability {
        reference,
        recent,
        index,
    } = expected()?.stability;
    let [reference, recent] = [reference, recent].map(Histogram::of);
    let found = stability_index(&reference, &recent).ok_or("scores")?;
    assert!((found - index).abs() < 1e-12, "{found} and {index}");
    Ok(())
}

#[test]
fn of_rates() -> Result<(), Box<dyn Error>> {
    let expected = expected()?.chart;
    let weeks: Vec<Counted> = expected.weeks.into_iter().map(counted).collect();
    let found = chart(counted(expected.reference), &weeks);
    assert_eq!(found.len(), expected.points.len());
    for (found, expected) in found.iter().zip(&expected.points) {
        let (Some(found), Some(expected)) = (found, expected) else {
            assert_eq!(found, expected);
            continue;
        };
        assert_eq!(found.is_within, expected.is_within);
        let pairs = [
            (found.mean, expected.mean),
            (found.low, expected.low),
            (found.high, expected.high),
        ];
        let is_close = pairs.iter().all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(is_close, "{found:?} and {expected:?}");
    }
    Ok(())
}

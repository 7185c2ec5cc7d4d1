//! How often something is told of where nothing has changed: on embeddings of real bags, and on rates.

use std::error::Error;

use coverslip_drift::{Counted, chart, discrepancy};
use flow::EmbeddingSketch;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The limit that weeks are told of by.
const UNLIKELY: f64 = 0.01;
const WEEKS: u64 = 200;

/// Of phantoms with and without a tumour, each stained as another batch: `reference/make_bags` paints
/// and embeds them.
fn bags() -> serde_json::Result<Vec<EmbeddingSketch>> {
    serde_json::from_str(include_str!("fixtures/bags.json"))
}

/// A week of 12 slides and a reference of all others, dealt from the same bags.
fn n_told(moved_by: f32) -> Result<usize, Box<dyn Error>> {
    let bags = bags()?;
    let mut n_told = 0;
    for seed in 0..WEEKS {
        let mut dealt = bags.clone();
        dealt.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let (recent, reference) = dealt.split_at(12);
        let spread = moved_by * deviation(&bags);
        let recent: Result<Vec<_>, _> = recent
            .iter()
            .map(|one| EmbeddingSketch::new(one.values().map(|value| value + spread)))
            .collect();
        let found = discrepancy(reference, &recent?).ok_or("enough slides")?;
        n_told += usize::from(found.p_value < UNLIKELY);
    }
    Ok(n_told)
}

/// Of one axis, over all slides and axes.
fn deviation(bags: &[EmbeddingSketch]) -> f32 {
    let n = bags.len() as f32;
    let axes = (0..EmbeddingSketch::AXES).map(|axis| {
        let values = bags.iter().map(|bag| bag.values()[axis]);
        let mean = values.clone().sum::<f32>() / n;
        values.map(|value| (value - mean).powi(2)).sum::<f32>() / n
    });
    (axes.sum::<f32>() / EmbeddingSketch::AXES as f32).sqrt()
}

/// Two of 200 are expected; six or fewer are seen in 995 of 1000 such runs.
#[test]
fn slides_that_are_alike_are_seldom_told_of() -> Result<(), Box<dyn Error>> {
    let n_told = n_told(0.0)?;
    assert!(n_told <= 6, "{n_told} of {WEEKS} weeks");
    Ok(())
}

#[test]
fn slides_that_moved_by_a_deviation_are_told_of() -> Result<(), Box<dyn Error>> {
    let n_told = n_told(1.0)?;
    assert!(n_told as u64 >= WEEKS * 9 / 10, "{n_told} of {WEEKS} weeks");
    Ok(())
}

/// Of 400 charts of half a year, each from a reference of its own: few ever leave their limits.
#[test]
fn rates_that_stay_seldom_leave_their_limits() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let n_charts = 400;
    for (rate, n_reference, n_week) in [
        (0.01, 100, 30),
        (0.05, 50, 10),
        (0.1, 50, 10),
        (0.1, 500, 100),
        (0.3, 100, 30),
    ] {
        let mut counted = |whole: u64| Counted {
            part: (0..whole).filter(|_| random.random_bool(rate)).count() as u64,
            whole,
        };
        let mut n_left = 0;
        for _ in 0..n_charts {
            let reference = counted(n_reference);
            let weeks: Vec<Counted> = (0..26).map(|_| counted(n_week)).collect();
            let points = chart(reference, &weeks);
            n_left += usize::from(points.iter().flatten().any(|point| !point.is_within));
        }
        let share = n_left as f64 / f64::from(n_charts);
        assert!(
            share <= 0.12,
            "{share} of charts at a rate of {rate} of {n_week} slides"
        );
    }
}

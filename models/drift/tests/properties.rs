//! What holds of all slides.

use coverslip_drift::{
    Counted, FEWEST_SLIDES, Histogram, chart, discrepancy, sketch, stability_index,
};
use flow::EmbeddingSketch;
use proptest::prelude::*;

fn sketches(n: std::ops::Range<usize>) -> impl Strategy<Value = Vec<EmbeddingSketch>> {
    let one = prop::collection::vec(-4.0_f32..4.0, EmbeddingSketch::AXES);
    let one = one.prop_map(|values| values.try_into().expect("64 finite values"));
    prop::collection::vec(one, n)
}

fn moved(slides: &[EmbeddingSketch], by: f32) -> Vec<EmbeddingSketch> {
    let moved = slides.iter().map(|slide| {
        let values = slide.values().map(|value| value + by);
        EmbeddingSketch::new(values).expect("finite values")
    });
    moved.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_chance_is_a_chance_and_the_same_each_time(
        reference in sketches(10..20),
        recent in sketches(10..20),
    ) {
        let found = discrepancy(&reference, &recent).expect("enough slides");
        prop_assert!(found.p_value > 0.0 && found.p_value <= 1.0);
        prop_assert!(found.mmd2 <= 2.0);
        prop_assert_eq!(discrepancy(&reference, &recent), Some(found));
    }

    #[test]
    fn slides_that_all_moved_far_are_told_from_the_rest(
        reference in sketches(12..20),
        recent in sketches(12..20),
    ) {
        let found = discrepancy(&reference, &moved(&recent, 20.0)).expect("enough slides");
        prop_assert!(found.p_value < 0.01, "{:?}", found);
    }

    #[test]
    fn where_everything_lies_says_nothing(
        reference in sketches(10..14),
        recent in sketches(10..14),
    ) {
        let here = discrepancy(&reference, &recent).expect("enough slides");
        let there = discrepancy(&moved(&reference, 1.0), &moved(&recent, 1.0));
        let there = there.expect("enough slides");
        prop_assert!((here.mmd2 - there.mmd2).abs() < 1e-4);
    }

    #[test]
    fn too_few_slides_say_nothing(
        reference in sketches(1..30),
        recent in sketches(1..FEWEST_SLIDES),
    ) {
        prop_assert_eq!(discrepancy(&reference, &recent), None);
        prop_assert_eq!(discrepancy(&recent, &reference), None);
    }
}

proptest! {
    #[test]
    fn bags_that_are_alike_have_the_same_sketch_and_moved_ones_move(
        values in prop::collection::vec(-2.0_f32..2.0, 6 * 8),
    ) {
        let twice = [values.clone(), values.clone()].concat();
        let once = sketch(&values, 8).expect("a sketch");
        let doubled: Vec<f32> = values.iter().map(|value| value * 2.0).collect();
        let doubled = sketch(&doubled, 8).expect("a sketch");
        let twice = sketch(&twice, 8).expect("a sketch");
        for at in 0..EmbeddingSketch::AXES {
            let value = once.values()[at];
            prop_assert!((twice.values()[at] - value).abs() < 1e-5);
            prop_assert!((doubled.values()[at] - 2.0 * value).abs() < 1e-5);
        }
    }

    #[test]
    fn equal_scores_are_stable_and_order_is_nothing(
        scores in prop::collection::vec(0.0..=1.0, 1..200),
    ) {
        let forward = Histogram::of(scores.iter().copied());
        let backward = Histogram::of(scores.iter().rev().copied());
        prop_assert_eq!(forward.n(), scores.len() as u64);
        prop_assert_eq!(&forward, &backward);
        prop_assert_eq!(stability_index(&forward, &backward), Some(0.0));
    }

    #[test]
    fn an_index_is_never_below_nothing(
        reference in prop::collection::vec(0.0..=1.0, 1..200),
        recent in prop::collection::vec(0.0..=1.0, 1..200),
    ) {
        let [reference, recent] = [reference, recent].map(Histogram::of);
        let index = stability_index(&reference, &recent).expect("scores");
        let back = stability_index(&recent, &reference).expect("scores");
        prop_assert!(index >= 0.0 && (index - back).abs() < 1e-9);
    }

    #[test]
    fn a_mean_lies_among_its_rates_and_limits_hold_the_centre(
        reference in (0..100_u64, 10..100_u64),
        weeks in prop::collection::vec((0..60_u64, 0..60_u64), 1..30),
    ) {
        let counted = |(part, whole): (u64, u64)| Counted { part: part.min(whole), whole };
        let reference = counted(reference);
        let weeks: Vec<Counted> = weeks.into_iter().map(counted).collect();
        let points = chart(reference, &weeks);
        prop_assert_eq!(points.len(), weeks.len());
        for (week, point) in weeks.iter().zip(points) {
            prop_assert_eq!(point.is_some(), week.whole >= FEWEST_SLIDES as u64);
            let Some(point) = point else { continue };
            prop_assert!((0.0..=1.0).contains(&point.mean));
            prop_assert!(0.0 <= point.low && point.low < point.high && point.high <= 1.0);
        }
    }
}

#[test]
fn what_stays_at_its_rate_stays_within_and_what_leaves_it_is_told() {
    let reference = Counted {
        part: 20,
        whole: 400,
    };
    let usual = [Counted { part: 2, whole: 40 }; 26];
    let points = chart(reference, &usual);
    assert!(points.iter().flatten().all(|point| point.is_within));
    let risen = [Counted {
        part: 10,
        whole: 40,
    }; 2];
    let last = chart(reference, &[&usual[..], &risen].concat())
        .pop()
        .flatten();
    assert!(last.is_some_and(|point| !point.is_within), "{last:?}");
}

//! Gated attention packed for this processor, against the same on candle.

use candle_core::Tensor;
use flow::HeadPrecision;
use parameters::{Parameters, Seed, Variables, seeded};
use rand::RngExt;

use super::abmil::Abmil;
use super::packed_abmil::ROWS;
use super::{BagOutput, HeadConfig};
use crate::MilError;
use crate::bag_embeddings::BagEmbeddings;

const DIMENSION: usize = 37;

fn head(n_classes: usize, highest_grade: Option<u8>) -> Result<(Abmil, Parameters), MilError> {
    let config = HeadConfig::GatedAbmil {
        dimension: DIMENSION as u32,
        hidden: 24,
        attention: 10,
        n_classes,
        highest_grade,
    };
    let variables = Variables::draw(&config.declarations(), &mut seeded(Seed(5), 0))?;
    let parameters = variables.parameters();
    Ok((Abmil::new(&config, &parameters)?, parameters))
}

fn bag(n_instances: usize) -> Vec<f32> {
    let mut random = seeded(Seed(n_instances as u64), 1);
    let values = (0..n_instances * DIMENSION).map(|_| random.random_range(-3.0..3.0_f32));
    values.collect()
}

/// How far values may be from those of candle in f32.
fn tolerance(precision: HeadPrecision) -> f32 {
    match precision {
        HeadPrecision::F32 => 5e-6,
        // Each value that is multiplied is off by 2^-9 of itself at most; logits here reach 8.
        HeadPrecision::Bf16 => 6e-2,
    }
}

fn assert_near(found: &Tensor, expected: &Tensor, tolerance: f32) -> candle_core::Result<()> {
    assert_eq!(found.dims(), expected.dims());
    let away = (found - expected)?.abs()?.flatten_all()?.max(0)?;
    let away = away.to_scalar::<f32>()?;
    assert!(away < tolerance, "{away}");
    Ok(())
}

fn assert_output_near(found: BagOutput, twin: BagOutput, tolerance: f32) -> Result<(), MilError> {
    assert_near(&found.logits, &twin.logits, tolerance)?;
    assert_near(&found.attention, &twin.attention, tolerance)?;
    let optional = [
        (found.instance_logits, twin.instance_logits),
        (found.scores, twin.scores),
        (found.grade_logits, twin.grade_logits),
    ];
    for (found, expected) in optional {
        assert_eq!(found.is_some(), expected.is_some());
        if let Some((found, expected)) = found.zip(expected) {
            assert_near(&found, &expected, tolerance)?;
        }
    }
    Ok(())
}

fn assert_packed_is_plain(precision: HeadPrecision) -> Result<(), MilError> {
    let tolerance = tolerance(precision);
    for (n_classes, highest_grade) in [(1, Some(5)), (1, None), (3, None)] {
        let (plain, parameters) = head(n_classes, highest_grade)?;
        let (mut packed, _) = head(n_classes, highest_grade)?;
        packed.pack(&parameters)?;
        for n_instances in [1, 2, 13, 15, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS + 5] {
            let values = bag(n_instances);
            let bag = BagEmbeddings::new(&values, DIMENSION, precision);
            assert_output_near(packed.score(&bag)?, plain.score(&bag)?, tolerance)?;
            let (found, expected) = (packed.terms(&bag)?, plain.terms(&bag)?);
            assert_near(&found.scores, &expected.scores, tolerance)?;
            assert_near(&found.logits, &expected.logits, tolerance)?;
            assert_eq!(found.severity.is_some(), expected.severity.is_some());
            if let Some((found, expected)) = found.severity.zip(expected.severity) {
                assert_near(&found, &expected, tolerance)?;
            }
        }
    }
    Ok(())
}

#[test]
fn packed_and_not_a_head_says_the_same() -> Result<(), MilError> {
    assert_packed_is_plain(HeadPrecision::F32)
}

#[test]
fn in_bf16_it_says_nearly_the_same() -> Result<(), MilError> {
    assert_packed_is_plain(HeadPrecision::Bf16)
}

/// Where products are rounded the values are others, and the sums of both precisions are f32: no
/// value has the places of bf16 alone.
#[test]
fn bf16_is_really_taken_and_what_comes_out_is_not_rounded() -> Result<(), MilError> {
    let (mut packed, parameters) = head(1, None)?;
    packed.pack(&parameters)?;
    let values = bag(ROWS);
    let logits = |precision| -> Result<Vec<f32>, MilError> {
        let terms = packed.terms(&BagEmbeddings::new(&values, DIMENSION, precision))?;
        Ok(terms.logits.flatten_all()?.to_vec1()?)
    };
    let (plain, half) = (logits(HeadPrecision::F32)?, logits(HeadPrecision::Bf16)?);
    assert_ne!(plain, half);
    let n_short = half.iter().filter(|x| x.to_bits() & 0xffff == 0).count();
    assert!(n_short < half.len() / 10, "{n_short}");
    Ok(())
}

//! Numbers of a safetensors file, and how close others are to them.

const TOLERANCE: f32 = 1e-4;

pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    let (words, _) = bytes.as_chunks::<4>();
    words.iter().map(|word| f32::from_le_bytes(*word)).collect()
}

pub(crate) fn every(stride: usize, values: &[f32]) -> Vec<f32> {
    values.iter().copied().step_by(stride).collect()
}

pub(crate) fn assert_close(what: &str, found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    let largest = differences.fold(0.0, f32::max);
    assert!(largest <= TOLERANCE, "{what}: {largest}");
}

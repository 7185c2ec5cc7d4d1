use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flow::{Heatmap, Mpp, ValueRange};
use serde::Serialize;

/// Values and where they lie, for a page that colours them itself.
#[derive(Debug, Serialize)]
pub(crate) struct Grid {
    /// Side of a cell in micrometres.
    cell_um: f64,
    columns: u32,
    rows: u32,
    /// Top left corner of the first cell, in pixels of the full resolution.
    origin: [f64; 2],
    /// Width and height of all cells together, in pixels of the full resolution.
    extent: [f64; 2],
    /// `null` where no tile was looked at.
    range: Option<ValueRange>,
    percentiles: Option<Percentiles>,
    /// Row by row, f32 little-endian in base64; NaN where no tile was looked at.
    values: String,
}

#[derive(Debug, PartialEq, Serialize)]
struct Percentiles {
    p1: f32,
    p5: f32,
    p50: f32,
    p95: f32,
    p99: f32,
}

impl Grid {
    pub(crate) fn new(heatmap: &Heatmap, base: Mpp) -> Self {
        let cell_px = heatmap.cell_um / base.get();
        let bytes: Vec<u8> = heatmap
            .values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        Self {
            cell_um: heatmap.cell_um,
            columns: heatmap.columns,
            rows: heatmap.rows,
            origin: [0.0; 2],
            extent: [heatmap.columns, heatmap.rows].map(|cells| f64::from(cells) * cell_px),
            range: heatmap.range(),
            percentiles: Percentiles::of(&heatmap.values),
            values: STANDARD.encode(bytes),
        }
    }
}

impl Percentiles {
    fn of(values: &[f32]) -> Option<Self> {
        let mut sorted: Vec<f32> = values
            .iter()
            .copied()
            .filter(|value| !value.is_nan())
            .collect();
        if sorted.is_empty() {
            return None;
        }
        sorted.sort_by(f32::total_cmp);
        let [p1, p5, p50, p95, p99] =
            [0.01, 0.05, 0.5, 0.95, 0.99].map(|share| percentile(&sorted, share));
        Some(Self {
            p1,
            p5,
            p50,
            p95,
            p99,
        })
    }
}

/// Mixes the two neighbours (type 7 quantile). `sorted` holds at least one value.
fn percentile(sorted: &[f32], share: f64) -> f32 {
    let position = share * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let (low, high) = (sorted[below], sorted[(below + 1).min(sorted.len() - 1)]);
    low + (high - low) * position.fract() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_leave_gaps_out() {
        let mut values: Vec<f32> = (0..=100).rev().map(|n| n as f32).collect();
        values.push(f32::NAN);
        let expected = Percentiles {
            p1: 1.0,
            p5: 5.0,
            p50: 50.0,
            p95: 95.0,
            p99: 99.0,
        };
        assert_eq!(Percentiles::of(&values), Some(expected));
        assert_eq!(Percentiles::of(&[f32::NAN]), None);
        assert_eq!(Percentiles::of(&[2.0]).map(|found| found.p99), Some(2.0));
    }
}

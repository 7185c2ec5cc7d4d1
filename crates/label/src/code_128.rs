use rxing::DecodeHints;
use rxing::common::BitArray;
use rxing::oned::{Code128Reader, OneDReader};

use crate::LabelPicture;

/// Rows that are taken together, against noise: bars are far longer than that.
const ROWS_TOGETHER: u32 = 5;
/// Lines looked at, spread over the picture.
const MOST_LINES: u32 = 320;
/// A symbol's checksum lets one misreading in a hundred through, so two lines must agree.
const LINES_NEEDED: usize = 2;

/// The text that two lines of the picture agree on, across or down, forwards or backwards.
pub(crate) fn read_code_128(picture: &LabelPicture) -> Option<String> {
    lines_agree(picture).or_else(|| lines_agree(&picture.turned()))
}

fn lines_agree(picture: &LabelPicture) -> Option<String> {
    let height = picture.size().height;
    let step = (height / MOST_LINES).max(1);
    let mut seen: Vec<String> = Vec::new();
    for row in (0..height).step_by(step as usize) {
        let Some(text) = read_line(&picture.mean_row(row, ROWS_TOGETHER)) else {
            continue;
        };
        seen.push(text);
        let newest = seen.last()?;
        if seen.iter().filter(|text| *text == newest).count() >= LINES_NEEDED {
            return seen.pop();
        }
    }
    None
}

fn read_line(grey: &[u8]) -> Option<String> {
    let mut bits = black(grey)?;
    let mut reader = Code128Reader;
    let hints = DecodeHints::default();
    for _direction in 0..2 {
        if let Ok(read) = reader.decode_row(0, &bits, &hints) {
            return Some(read.getText().to_owned());
        }
        bits.reverse();
    }
    None
}

/// Black is what is darker than the middle between the line's darkest and lightest twentieths;
/// `None` of a line without contrast.
fn black(grey: &[u8]) -> Option<BitArray> {
    let mut sorted = grey.to_vec();
    sorted.sort_unstable();
    let twentieth = sorted.len() / 20;
    let (dark, light) = (sorted[twentieth], sorted[sorted.len() - 1 - twentieth]);
    if light - dark < 40 {
        return None;
    }
    let middle = dark + (light - dark) / 2;
    let mut bits = BitArray::with_size(grey.len());
    for (at, _) in grey.iter().enumerate().filter(|(_, grey)| **grey < middle) {
        bits.set(at);
    }
    Some(bits)
}

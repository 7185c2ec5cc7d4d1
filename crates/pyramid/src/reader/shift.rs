use std::mem;

use super::region::{Cover, Frame};
use crate::RgbImage;
use crate::image::CHANNELS;

/// Weights are in 256ths, so a position is met to 1/512 of a pixel.
const WHOLE: u16 = 256;

/// Moves a picture by parts of a pixel without changing its scale: what a triangle filter does
/// then is to blend each pixel with its right and lower neighbours, always in the same proportion.
/// `frame` says where `image` lies; it must reach one pixel right of and below `cover`.
pub(super) fn shifted(image: &RgbImage, frame: Frame, cover: Cover, out: &mut RgbImage) {
    let row = out.size.width as usize * CHANNELS;
    let source_row = image.size.width as usize * CHANNELS;
    let (left, across) = split(cover.x, frame.left);
    let (top, down) = split(cover.y, frame.top);
    let line = |index: usize, to: &mut [u8]| {
        let pixels = &image.pixels[(top + index) * source_row + left * CHANNELS..];
        blend(&pixels[..row], &pixels[CHANNELS..][..row], across, to);
    };
    let (mut upper, mut lower) = (vec![0; row], vec![0; row]);
    line(0, &mut upper);
    for (index, to) in out.pixels.chunks_exact_mut(row).enumerate() {
        line(index + 1, &mut lower);
        blend(&upper, &lower, down, to);
        mem::swap(&mut upper, &mut lower);
    }
}

/// The pixel of the frame in which `position` lies, and how far in.
fn split(position: f64, start: i64) -> (usize, u16) {
    let whole = position.floor();
    let part = ((position - whole) * f64::from(WHOLE)).round() as u16;
    ((whole as i64 - start) as usize, part)
}

fn blend(first: &[u8], second: &[u8], weight: u16, out: &mut [u8]) {
    for ((out, &first), &second) in out.iter_mut().zip(first).zip(second) {
        let sum = u16::from(first) * (WHOLE - weight) + u16::from(second) * weight;
        *out = ((sum + WHOLE / 2) / WHOLE) as u8;
    }
}

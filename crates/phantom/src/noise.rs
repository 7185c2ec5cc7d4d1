//! Gradient noise (after Perlin 2002) on hashed lattices.

use crate::draw::Seed;
use crate::point::Point;

const GRADIENTS: [[f32; 2]; 16] = [
    [1.0, 0.0],
    [0.924, 0.383],
    [0.707, 0.707],
    [0.383, 0.924],
    [0.0, 1.0],
    [-0.383, 0.924],
    [-0.707, 0.707],
    [-0.924, 0.383],
    [-1.0, 0.0],
    [-0.924, -0.383],
    [-0.707, -0.707],
    [-0.383, -0.924],
    [0.0, -1.0],
    [0.383, -0.924],
    [0.707, -0.707],
    [0.924, -0.383],
];

/// Smooth noise from about -1 to 1 whose hills are about one unit wide.
#[inline(always)]
pub(crate) fn gradient(seed: Seed, x: f32, y: f32) -> f32 {
    let (column, fx) = split(x);
    let (row, fy) = split(y);
    let corner = |dx: i32, dy: i32| {
        let slope = GRADIENTS[(seed.hash(column + dx, row + dy) >> 28) as usize];
        slope[0] * (fx - dx as f32) + slope[1] * (fy - dy as f32)
    };
    let (wx, wy) = (fade(fx), fade(fy));
    let top = mix(corner(0, 0), corner(1, 0), wx);
    let bottom = mix(corner(0, 1), corner(1, 1), wx);
    1.5 * mix(top, bottom, wy)
}

/// Gradient noise with hills of `scale` micrometres plus `octaves - 1` finer, weaker copies.
pub(crate) fn fractal(seed: Seed, p: Point, scale: f32, octaves: u32) -> f32 {
    let mut sum = 0.0;
    let mut weight = 1.0;
    let mut frequency = 1.0 / scale;
    for octave in 0..octaves {
        sum += weight * gradient(seed.branch(octave), p.x * frequency, p.y * frequency);
        weight *= 0.5;
        frequency *= 2.03;
    }
    sum
}

/// Two independent noises as a step, to bend coordinates with.
pub(crate) fn wander(seed: Seed, p: Point, scale: f32) -> Point {
    Point::new(
        fractal(seed.branch(101), p, scale, 2),
        fractal(seed.branch(202), p, scale, 2),
    )
}

#[inline(always)]
pub(crate) fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// 0 below `low`, 1 above `high`, smooth between.
#[inline(always)]
pub(crate) fn smooth_step(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[inline(always)]
fn fade(t: f32) -> f32 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

/// Whole cell and the fraction within it. (`f32::floor` is a call without SSE 4.1.)
#[inline(always)]
pub(crate) fn split(x: f32) -> (i32, f32) {
    let truncated = x as i32;
    let cell = truncated - i32::from(x < truncated as f32);
    (cell, x - cell as f32)
}

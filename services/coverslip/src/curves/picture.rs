use std::fmt::Write;

use anyhow::{Context, Result};
use tiny_skia::{Color, Paint, PathBuilder, Pixmap, Stroke, Transform};

use super::strokes::strokes;

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour(pub(super) [u8; 3]);

/// Lines on white, text among them: it is drawn in strokes, so that no font is needed.
pub(crate) struct Picture {
    width: u32,
    height: u32,
    lines: Vec<Line>,
}

struct Line {
    points: Vec<(f32, f32)>,
    colour: Colour,
    width: f32,
}

impl Picture {
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            lines: Vec::new(),
        }
    }

    /// `points` in pixels from the top left.
    pub(super) fn line(&mut self, points: &[(f32, f32)], colour: Colour, width: f32) {
        if points.len() > 1 {
            self.lines.push(Line {
                points: points.to_vec(),
                colour,
                width,
            });
        }
    }

    /// `at` is the top left of the text.
    pub(super) fn text(&mut self, at: (f32, f32), text: &str, colour: Colour) {
        for stroke in strokes(text, at) {
            self.line(&stroke, colour, 0.9);
        }
    }

    pub(crate) fn svg(&self) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" \
             viewBox=\"0 0 {0} {1}\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
            self.width, self.height
        );
        for line in &self.lines {
            let Colour([red, green, blue]) = line.colour;
            let points = line.points.iter().map(|(x, y)| format!("{x:.1},{y:.1}"));
            let points = points.collect::<Vec<_>>().join(" ");
            // Writing to a string does not fail.
            let _infallible = writeln!(
                svg,
                "<polyline fill=\"none\" stroke=\"#{red:02x}{green:02x}{blue:02x}\" \
                 stroke-width=\"{}\" points=\"{points}\"/>",
                line.width
            );
        }
        svg + "</svg>\n"
    }

    pub(crate) fn png(&self) -> Result<Vec<u8>> {
        let mut pixels =
            Pixmap::new(self.width, self.height).context("a picture has a width and a height")?;
        pixels.fill(Color::WHITE);
        for line in &self.lines {
            line.paint(&mut pixels);
        }
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        // Nothing is transparent, so premultiplied pixels are plain ones.
        encoder.write_header()?.write_image_data(pixels.data())?;
        Ok(bytes)
    }
}

impl Line {
    fn paint(&self, pixels: &mut Pixmap) {
        let mut path = PathBuilder::new();
        for (number, &(x, y)) in self.points.iter().enumerate() {
            match number {
                0 => path.move_to(x, y),
                _ => path.line_to(x, y),
            }
        }
        let Some(path) = path.finish() else { return };
        let Colour([red, green, blue]) = self.colour;
        let mut paint = Paint::default();
        paint.set_color_rgba8(red, green, blue, 255);
        let stroke = Stroke {
            width: self.width,
            ..Stroke::default()
        };
        pixels.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
    }
}

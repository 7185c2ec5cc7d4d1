use crate::canvas::Canvas;
use crate::draw::Seed;
use crate::noise::{fractal, smooth_step};
use crate::point::Point;

/// A crease where the section lies double.
#[derive(Clone, Debug)]
pub(crate) struct Fold {
    seed: Seed,
    middle: Point,
    axis: Point,
    half_length: f32,
    half_width: f32,
}

impl Fold {
    /// On about every third slide.
    pub(crate) fn new(seed: Seed, side: f32) -> Option<Self> {
        let mut draws = seed.draws();
        draws.chance(0.33).then(|| Self {
            seed,
            middle: Point::new(draws.range(0.3, 0.7), draws.range(0.3, 0.7)) * side,
            axis: Point::towards(draws.angle()),
            half_length: draws.range(0.08, 0.2) * side,
            half_width: draws.range(6.0, 16.0),
        })
    }

    pub(crate) fn covers(&self, p: Point) -> bool {
        self.cover(p) > 0.5
    }

    /// Doubles the dyes where the section lies double.
    pub(crate) fn press(&self, canvas: &mut Canvas) {
        let frame = canvas.frame;
        if !frame
            .area()
            .touches_disc(self.middle, self.half_length + 40.0)
        {
            return;
        }
        for row in 0..frame.height {
            let y = frame.y_um(row);
            for (column, dyes) in canvas.row(row).iter_mut().enumerate() {
                let doubled = self.cover(Point::new(frame.x_um(column), y));
                if doubled > 0.0 {
                    *dyes = dyes.scaled(1.0 + 0.95 * doubled);
                }
            }
        }
    }

    fn cover(&self, p: Point) -> f32 {
        let at = (p - self.middle).along(self.axis);
        let taper = 1.0 - (at.x / self.half_length).powi(2);
        if taper <= 0.0 || at.y.abs() > 3.0 * self.half_width + 60.0 {
            return 0.0;
        }
        let bend = fractal(self.seed, Point::new(at.x, 0.0), 160.0, 3) * 22.0;
        let half_width = self.half_width * taper;
        smooth_step(half_width + 0.8, half_width - 0.8, (at.y - bend).abs())
    }
}

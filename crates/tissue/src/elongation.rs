use super::components::Labels;

/// Length and width of a component in pixels: the sides of the rectangle that has its second
/// moments, whichever way it lies.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Extent {
    pub(super) length: f64,
    pub(super) width: f64,
}

#[derive(Clone, Copy, Default)]
struct Moments {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
}

/// The extent of each component; entry 0 is the rest.
pub(super) fn extents(labels: &Labels, width: usize) -> Vec<Extent> {
    let mut moments = vec![Moments::default(); labels.n_components + 1];
    for (position, label) in labels.of_pixel.iter().enumerate() {
        if *label > 0 {
            moments[*label as usize].add((position % width) as f64, (position / width) as f64);
        }
    }
    moments.iter().map(Moments::extent).collect()
}

impl Moments {
    fn add(&mut self, x: f64, y: f64) {
        self.n += 1.0;
        self.x += x;
        self.y += y;
        self.xx += x * x;
        self.xy += x * y;
        self.yy += y * y;
    }

    fn extent(&self) -> Extent {
        if self.n == 0.0 {
            return Extent::default();
        }
        let (x, y) = (self.x / self.n, self.y / self.n);
        // A pixel is no point: it has the variance of a square of side 1.
        let xx = self.xx / self.n - x * x + 1.0 / 12.0;
        let yy = self.yy / self.n - y * y + 1.0 / 12.0;
        let xy = self.xy / self.n - x * y;
        let middle = (xx + yy) / 2.0;
        let half = ((xx - yy) / 2.0).hypot(xy);
        let side = |variance: f64| (12.0 * variance.max(1.0 / 12.0)).sqrt();
        Extent {
            length: side(middle + half),
            width: side(middle - half),
        }
    }
}

#[cfg(test)]
mod tests {
    use flow::PixelSize;

    use super::*;
    use crate::bitmap::Bitmap;
    use crate::components::label;

    #[test]
    fn a_bar_has_its_sides_whichever_way_it_lies() {
        let size = PixelSize::new(60, 60);
        let drawn = |is_set: &dyn Fn(f64, f64) -> bool| {
            let map = Bitmap::from_fn(size, |at| is_set((at % 60) as f64, (at / 60) as f64));
            extents(&label(&map), 60)[1]
        };
        let straight = drawn(&|x, y| (10.0..30.0).contains(&x) && (5.0..8.0).contains(&y));
        assert!((straight.length - 20.0).abs() < 1e-9 && (straight.width - 3.0).abs() < 1e-9);
        let across = |x: f64, y: f64| ((x - y) / 2_f64.sqrt(), (x + y - 60.0) / 2_f64.sqrt());
        let slanted = drawn(&|x, y| {
            let (aside, along) = across(x, y);
            aside.abs() <= 2.0 && along.abs() <= 15.0
        });
        assert!((slanted.length - 30.0).abs() < 1.5, "{slanted:?}");
        assert!((slanted.width - 4.0).abs() < 1.0, "{slanted:?}");
    }
}

use std::ops::{Add, Mul, Sub};

/// A place on the glass, or a step on it, in micrometres from the top left of level 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

impl Point {
    pub(crate) const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// The unit vector at `angle` radians.
    pub(crate) fn towards(angle: f32) -> Self {
        Self::new(angle.cos(), angle.sin())
    }

    pub(crate) fn length(self) -> f32 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    /// This vector in a frame whose x axis is the unit vector `axis`.
    pub(crate) fn along(self, axis: Self) -> Self {
        Self::new(
            self.x * axis.x + self.y * axis.y,
            self.y * axis.x - self.x * axis.y,
        )
    }

    /// The same direction with length 1, `None` for (almost) no length.
    pub(crate) fn unit(self) -> Option<Self> {
        let length = self.length();
        (length > 1e-6).then(|| self * (1.0 / length))
    }

    /// A quarter turn.
    pub(crate) const fn turned(self) -> Self {
        Self::new(-self.y, self.x)
    }
}

impl Add for Point {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Point {
    type Output = Self;

    fn mul(self, factor: f32) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }
}

/// A rectangle on the glass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    pub(crate) low: Point,
    pub(crate) high: Point,
}

impl Area {
    pub(crate) fn around(centre: Point, reach: f32) -> Self {
        Self {
            low: centre - Point::new(reach, reach),
            high: centre + Point::new(reach, reach),
        }
    }

    pub(crate) fn grown(self, margin: f32) -> Self {
        Self {
            low: self.low - Point::new(margin, margin),
            high: self.high + Point::new(margin, margin),
        }
    }

    pub(crate) fn touches_disc(self, centre: Point, radius: f32) -> bool {
        let grown = self.grown(radius);
        (grown.low.x..grown.high.x).contains(&centre.x)
            && (grown.low.y..grown.high.y).contains(&centre.y)
    }
}

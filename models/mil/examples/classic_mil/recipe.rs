/// How a network is trained on one set, one bag a step (Ilse et al. 2018, appendix).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipe {
    pub(crate) rate: f32,
    pub(crate) momentum: f32,
    /// Of the weights, not the biases: L2 as a part of the gradient.
    pub(crate) weight_decay: f32,
    pub(crate) epochs: u32,
}

impl Recipe {
    /// Moves one value by its gradient, with momentum.
    #[inline(always)]
    pub(crate) fn step(&self, value: &mut f32, speed: &mut f32, gradient: f32) {
        let slope = self.weight_decay.mul_add(*value, gradient);
        *speed = self.momentum.mul_add(*speed, -self.rate * slope);
        *value += *speed;
    }
}

/// A set, how the paper trains on it, and the accuracy it gives for attention and gated attention.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) name: &'static str,
    pub(crate) recipe: Recipe,
    pub(crate) attention: f64,
    pub(crate) gated: f64,
}

/// Their table of hyperparameters and their table of results on the classic sets, the longest last.
pub(crate) const PUBLISHED: [Published; 5] = [
    published("musk1", 5e-4, 0.005, (0.892, 0.900)),
    published("fox", 5e-4, 0.005, (0.615, 0.603)),
    published("tiger", 1e-4, 0.01, (0.839, 0.845)),
    published("elephant", 1e-4, 0.005, (0.868, 0.857)),
    published("musk2", 5e-4, 0.03, (0.858, 0.863)),
];

const fn published(
    name: &'static str,
    rate: f32,
    weight_decay: f32,
    (attention, gated): (f64, f64),
) -> Published {
    Published {
        name,
        recipe: Recipe {
            rate,
            momentum: 0.9,
            weight_decay,
            epochs: 100,
        },
        attention,
        gated,
    }
}

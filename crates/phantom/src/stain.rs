//! From amounts of dye to colour, by the law of Beer and Lambert in optical density space (the
//! model of Macenko et al., ISBI 2009).

use crate::canvas::Dyes;
use crate::draw::Seed;

/// Table entries per unit of optical density (natural logarithm), and the densities it spans.
const RESOLUTION: f32 = 512.0;
const DENSEST: usize = 6;

/// A slide's own staining and light.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stain {
    /// Optical densities (natural logarithm) of red, green and blue at full staining.
    pub haematoxylin: [f32; 3],
    pub eosin: [f32; 3],
    /// Colour of bare glass, 0 to 255.
    pub glass: [f32; 3],
}

/// How a slide is stained.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum StainChoice {
    /// Every seed is another laboratory's batch.
    #[default]
    FromSeed,
    Fixed(Stain),
}

impl Stain {
    /// What most laboratories do, after the reference vectors of Macenko et al.
    pub const TYPICAL: Self = Self {
        haematoxylin: [1.08, 1.22, 0.62],
        eosin: [0.28, 1.12, 0.66],
        glass: [242.0, 241.0, 243.0],
    };

    pub(crate) fn choose(choice: StainChoice, seed: Seed) -> Self {
        match choice {
            StainChoice::FromSeed => Self::from_seed(seed),
            StainChoice::Fixed(stain) => stain,
        }
    }

    /// As a scanner sees it that takes so much of the light in each colour.
    pub(crate) fn seen_by(self, light: [f32; 3]) -> Self {
        let glass =
            std::array::from_fn(|channel| (self.glass[channel] * light[channel]).min(255.0));
        Self { glass, ..self }
    }

    fn from_seed(seed: Seed) -> Self {
        let mut draws = seed.draws();
        let haematoxylin = draws.range(0.8, 1.22);
        let eosin = draws.range(0.7, 1.25);
        // Blue to violet haematoxylin, orange to magenta eosin.
        let violet = draws.range(-1.0, 1.0);
        let magenta = draws.range(-1.0, 1.0);
        let light = draws.range(234.0, 248.0);
        let tint = draws.range(-3.0, 3.0);
        Self {
            haematoxylin: [1.08 - 0.1 * violet, 1.22, 0.62 - 0.14 * violet]
                .map(|density| density * haematoxylin),
            eosin: [0.28 + 0.06 * magenta, 1.12, 0.66 - 0.16 * magenta]
                .map(|density| density * eosin),
            glass: [light + tint, light, light - tint],
        }
    }
}

impl Default for Stain {
    fn default() -> Self {
        Self::TYPICAL
    }
}

/// A stain with its table of transmissions.
#[derive(Clone, Debug)]
pub(crate) struct Developer {
    stain: Stain,
    transmissions: Vec<f32>,
}

impl Developer {
    /// Optical densities of blood at full strength.
    const HAEMOGLOBIN: [f32; 3] = [0.12, 0.72, 0.9];

    pub(crate) fn new(stain: Stain) -> Self {
        let entries = DENSEST * RESOLUTION as usize;
        Self {
            stain,
            transmissions: (0..entries)
                .map(|entry| (-(entry as f32) / RESOLUTION).exp())
                .collect(),
        }
    }

    pub(crate) const fn glass(&self) -> [f32; 3] {
        self.stain.glass
    }

    /// Light from 0 to 255 that passes the dyes.
    #[inline(always)]
    pub(crate) fn colour(&self, dyes: Dyes) -> [f32; 3] {
        std::array::from_fn(|channel| {
            let density = dyes.haematoxylin * self.stain.haematoxylin[channel]
                + dyes.eosin * self.stain.eosin[channel]
                + dyes.haemoglobin * Self::HAEMOGLOBIN[channel];
            let entry = (density * RESOLUTION) as usize;
            self.stain.glass[channel] * self.transmissions[entry.min(self.transmissions.len() - 1)]
        })
    }
}

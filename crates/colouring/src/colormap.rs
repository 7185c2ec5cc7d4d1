use serde::Deserialize;

/// Colours of the first value's palette entry to the last's; entry 0 is kept for "nothing here".
pub const N_COLOURS: usize = 255;

const N_STOPS: usize = 33;

/// The colour scales a heatmap can be shown in.
///
/// Each is 33 colours, evenly spaced, between which colours are mixed; that is at most 6 of 255 away
/// from the original 256 (cividis; the others 2). Viridis, magma and inferno are by Smith, van der
/// Walt and Firing, cividis by Nunez, Anderton and Renslow (all CC0), turbo by Mikhailov (Apache-2.0),
/// coolwarm is Moreland's diverging map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colormap {
    Viridis,
    Magma,
    Inferno,
    Cividis,
    Turbo,
    Coolwarm,
}

impl Colormap {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viridis => "viridis",
            Self::Magma => "magma",
            Self::Inferno => "inferno",
            Self::Cividis => "cividis",
            Self::Turbo => "turbo",
            Self::Coolwarm => "coolwarm",
        }
    }

    /// The colours from the lowest value to the highest.
    pub fn colours(self) -> [[u8; 3]; N_COLOURS] {
        let stops = self.stops();
        std::array::from_fn(|entry| {
            let position = entry as f32 / (N_COLOURS - 1) as f32 * (N_STOPS - 1) as f32;
            let below = (position as usize).min(N_STOPS - 2);
            mixed(stops[below], stops[below + 1], position - below as f32)
        })
    }

    const fn stops(self) -> &'static [u32; N_STOPS] {
        match self {
            Self::Viridis => &VIRIDIS,
            Self::Magma => &MAGMA,
            Self::Inferno => &INFERNO,
            Self::Cividis => &CIVIDIS,
            Self::Turbo => &TURBO,
            Self::Coolwarm => &COOLWARM,
        }
    }
}

fn mixed(low: u32, high: u32, weight: f32) -> [u8; 3] {
    let (low, high) = (low.to_be_bytes(), high.to_be_bytes());
    std::array::from_fn(|channel| {
        let (low, high) = (f32::from(low[channel + 1]), f32::from(high[channel + 1]));
        (low + (high - low) * weight).round() as u8
    })
}

#[rustfmt::skip]
const VIRIDIS: [u32; N_STOPS] = [
    0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453681, 0x424086, 0x3f4989,
    0x3b528b, 0x375a8d, 0x33638d, 0x2f6a8e, 0x2c728e, 0x297a8e, 0x26818e, 0x23898e,
    0x21908c, 0x1f988b, 0x1f9f88, 0x21a685, 0x28ae80, 0x31b57b, 0x3ebc74, 0x4cc26c,
    0x5dc963, 0x6ece58, 0x82d34c, 0x96d83f, 0xabdc32, 0xc0df24, 0xd5e21a, 0xeae51a,
    0xfde725,
];

#[rustfmt::skip]
const MAGMA: [u32; N_STOPS] = [
    0x000004, 0x030311, 0x0a0822, 0x130d33, 0x1d1146, 0x28115a, 0x36106a, 0x430f76,
    0x50127c, 0x5d177f, 0x691c81, 0x762181, 0x822681, 0x8f2a81, 0x9c2e7f, 0xa9327d,
    0xb63779, 0xc33b75, 0xcf4170, 0xdb486a, 0xe65163, 0xee5c5e, 0xf5695c, 0xf9785d,
    0xfb8761, 0xfd9668, 0xfea571, 0xfeb47b, 0xfec387, 0xfed194, 0xfde0a2, 0xfceeb0,
    0xfcfdbf,
];

#[rustfmt::skip]
const INFERNO: [u32; N_STOPS] = [
    0x000004, 0x040312, 0x0b0724, 0x150b37, 0x210c4a, 0x2e0a5a, 0x3c0965, 0x4a0c6b,
    0x57106d, 0x63146e, 0x70196e, 0x7d1e6d, 0x89226a, 0x962766, 0xa32b61, 0xaf315c,
    0xbb3755, 0xc63e4d, 0xd14644, 0xdb4f3b, 0xe35932, 0xeb6528, 0xf1711e, 0xf67f14,
    0xf98d0a, 0xfb9c06, 0xfcab0f, 0xfbba1f, 0xf9ca32, 0xf5d949, 0xf2e865, 0xf3f586,
    0xfcffa4,
];

#[rustfmt::skip]
const CIVIDIS: [u32; N_STOPS] = [
    0x00224e, 0x00285b, 0x002e6a, 0x043371, 0x1a386f, 0x273e6e, 0x32436d, 0x3b496c,
    0x434e6c, 0x4b546c, 0x52596d, 0x5a5f6e, 0x61656f, 0x686a71, 0x6f7073, 0x757676,
    0x7c7b78, 0x848179, 0x8b8778, 0x938d78, 0x9b9376, 0xa39a75, 0xaba072, 0xb3a670,
    0xbbad6c, 0xc3b469, 0xccba64, 0xd4c15f, 0xddc958, 0xe6d051, 0xefd748, 0xf8df3c,
    0xfee838,
];

#[rustfmt::skip]
const TURBO: [u32; N_STOPS] = [
    0x30123b, 0x392a73, 0x4040a1, 0x4456c7, 0x466be3, 0x467ff6, 0x4293ff, 0x37a7fa,
    0x29bbec, 0x1dcdd8, 0x18dcc3, 0x1ee8b0, 0x31f299, 0x4cf97e, 0x6bfd64, 0x8aff4d,
    0xa3fd3c, 0xb8f735, 0xcced34, 0xdee037, 0xedd03a, 0xf8c03a, 0xfdae35, 0xfe982c,
    0xfb8022, 0xf56817, 0xec520f, 0xe04009, 0xd23105, 0xc02302, 0xac1701, 0x950d01,
    0x7a0403,
];

#[rustfmt::skip]
const COOLWARM: [u32; N_STOPS] = [
    0x3b4cc0, 0x445acc, 0x4d68d7, 0x5775e1, 0x6282ea, 0x6c8ef1, 0x779af7, 0x82a5fb,
    0x8db0fe, 0x98b9ff, 0xa3c2fe, 0xaec9fc, 0xb8d0f9, 0xc2d5f4, 0xccd9ee, 0xd5dbe6,
    0xdddddd, 0xe5d8d1, 0xecd3c5, 0xf1ccb9, 0xf4c4ad, 0xf7bba0, 0xf7b194, 0xf7a687,
    0xf49a7b, 0xf18d6f, 0xec7f63, 0xe57058, 0xde604d, 0xd55042, 0xcb3e38, 0xc0282f,
    0xb40426,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_begin_and_end_as_published() {
        let ends = |map: Colormap| [map.colours()[0], map.colours()[N_COLOURS - 1]];
        assert_eq!(ends(Colormap::Viridis), [[68, 1, 84], [253, 231, 37]]);
        assert_eq!(ends(Colormap::Magma), [[0, 0, 4], [252, 253, 191]]);
        assert_eq!(ends(Colormap::Coolwarm), [[59, 76, 192], [180, 4, 38]]);
        assert_eq!(Colormap::Coolwarm.colours()[127], [221, 221, 221]);
    }

    #[test]
    fn sequential_scales_grow_steadily_lighter() {
        let lightness = |[r, g, b]: [u8; 3]| {
            0.2126 * f64::from(r) + 0.7152 * f64::from(g) + 0.0722 * f64::from(b)
        };
        for map in [
            Colormap::Viridis,
            Colormap::Magma,
            Colormap::Inferno,
            Colormap::Cividis,
        ] {
            let colours = map.colours().map(lightness);
            let steps = colours.iter().zip(&colours[8..]);
            assert!(
                steps.clone().all(|(dark, light)| dark < light),
                "{}",
                map.name()
            );
        }
    }
}

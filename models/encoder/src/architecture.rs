use serde::{Deserialize, Serialize};

use crate::EncoderError;
use crate::vit::declarations;

/// The switches of the generic vision transformer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Side of the square image the transformer sees, in pixels.
    pub image_px: u32,
    /// Side of a patch, in pixels.
    pub patch_px: u32,
    /// Values in a token.
    pub width: usize,
    /// Number of blocks.
    pub depth: usize,
    pub heads: usize,
    pub mlp: Mlp,
    /// Whether each residual branch is scaled by a learned vector.
    pub layer_scale: bool,
    /// Register tokens after the class token (Darcet et al. 2024).
    pub registers: usize,
    pub position_embedding: PositionEmbedding,
    /// Whether tokens are normalised before the first block, as CLIP does.
    pub pre_norm: bool,
    pub layer_norm_eps: f64,
    pub pooling: Pooling,
}

/// The feed-forward half of a block.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "activation", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Mlp {
    /// `fc2(gelu(fc1(x)))` with the exact (erf) GELU.
    GeluErf { ratio: f64 },
    /// `fc2(silu(a) * b)` where `fc1(x)` is `a` and `b` side by side; `ratio` counts both.
    SwigluPacked { ratio: f64 },
}

/// Which tokens have a learned position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PositionEmbedding {
    /// Class token, registers and patches.
    PrefixAndPatches,
    /// Patches only (timm's `no_embed_class`).
    Patches,
}

/// What of the last layer is the embedding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    Class,
    /// Class token, then the mean of the patch tokens.
    ClassAndMean,
}

impl Architecture {
    /// Values in an embedding.
    pub fn dimension(&self) -> usize {
        match self.pooling {
            Pooling::Class => self.width,
            Pooling::ClassAndMean => 2 * self.width,
        }
    }

    /// Name and shape of every parameter, by timm's names.
    pub fn parameters(&self) -> Vec<(String, Vec<usize>)> {
        let declared = declarations(self).into_iter();
        declared
            .map(|parameter| (parameter.name, parameter.shape))
            .collect()
    }

    pub fn patches_per_side(&self) -> usize {
        (self.image_px / self.patch_px) as usize
    }

    pub fn n_patches(&self) -> usize {
        self.patches_per_side().pow(2)
    }

    /// Tokens before the patches: the class token and the registers.
    pub fn n_prefix(&self) -> usize {
        1 + self.registers
    }

    /// Values in one patch of an image: channels, rows, columns.
    pub fn patch_values(&self) -> usize {
        3 * (self.patch_px as usize).pow(2)
    }

    /// The norm of a pre-norm model would undo a patch bias, so such models have none.
    pub(crate) fn has_patch_bias(&self) -> bool {
        !self.pre_norm
    }

    pub(crate) fn check(&self) -> Result<(), EncoderError> {
        let possible = [
            (self.patch_px > 0, "patch_px is 0"),
            (
                self.patch_px > 0 && self.image_px.is_multiple_of(self.patch_px),
                "image_px is not a multiple of patch_px",
            ),
            (
                (1..=4096).contains(&self.image_px),
                "image_px is not from 1 to 4096",
            ),
            (
                (1..=65_536).contains(&self.width),
                "width is not from 1 to 65536",
            ),
            (
                (1..=512).contains(&self.depth),
                "depth is not from 1 to 512",
            ),
            (self.registers <= 1024, "registers are more than 1024"),
            (
                self.heads > 0 && self.width.is_multiple_of(self.heads),
                "width is not a multiple of heads",
            ),
            (self.layer_norm_eps > 0.0, "layer_norm_eps is not above 0"),
            (
                self.mlp.is_possible(self.width),
                "the mlp ratio gives no whole hidden layer",
            ),
        ];
        match possible.into_iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, wrong)) => Err(EncoderError::Config(wrong.to_owned())),
        }
    }
}

impl Mlp {
    /// Outputs of `fc1`.
    pub(crate) fn outer(self, width: usize) -> usize {
        let (Self::GeluErf { ratio } | Self::SwigluPacked { ratio }) = self;
        (width as f64 * ratio) as usize
    }

    /// Inputs of `fc2`.
    pub(crate) fn inner(self, width: usize) -> usize {
        match self {
            Self::GeluErf { .. } => self.outer(width),
            Self::SwigluPacked { .. } => self.outer(width) / 2,
        }
    }

    fn is_possible(self, width: usize) -> bool {
        let outer = self.outer(width);
        let halves = matches!(self, Self::GeluErf { .. }) || outer.is_multiple_of(2);
        (1..=1_000_000).contains(&outer) && halves
    }
}

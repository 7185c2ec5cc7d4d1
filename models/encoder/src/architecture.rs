use serde::{Deserialize, Serialize};

use crate::EncoderError;
use crate::vit::{BlockShape, Operations, attention_scale, declarations};

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
    /// Values that a matrix without bias makes of what was pooled, in CLIP; else nothing follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projection: Option<usize>,
}

/// The feed-forward half of a block.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "activation", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Mlp {
    /// `fc2(gelu(fc1(x)))` with the exact (erf) GELU.
    GeluErf { ratio: f64 },
    /// `fc2(gelu(fc1(x)))` with OpenAI's approximation `x * sigmoid(1.702 x)` (CLIP).
    QuickGelu { ratio: f64 },
    /// `fc2(silu(a) * b)` where `fc1(x)` is `a` and `b` side by side; `ratio` counts both.
    SwigluPacked { ratio: f64 },
    /// The same by DINOv2's rule: `b` has two thirds of `ratio`, rounded up to a multiple of 8.
    SwigluAligned { ratio: f64 },
}

/// Which tokens have a learned position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PositionEmbedding {
    /// Class token, registers and patches.
    PrefixAndPatches,
    /// Class token and patches; registers come after and have none (DINOv2).
    ClassAndPatches,
    /// Patches only (timm's `no_embed_class`).
    Patches,
}

/// What of the last layer is the embedding, or is projected to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// Class token after the last norm: also what Hugging Face calls `pooler_output` of a DINOv2.
    Class,
    /// Class token, then the mean of the patch tokens.
    ClassAndMean,
    /// One learned query over all tokens, and a norm (CoCa, Yu et al. 2022).
    Attention(AttentionPooling),
}

/// The attention pooler of CONCH.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttentionPooling {
    /// Values in the query and in what is pooled.
    pub width: usize,
    pub heads: usize,
    /// Whether query, key, value and the layer after them have a bias.
    pub bias: bool,
    pub layer_norm_eps: f64,
}

impl Architecture {
    /// Values in an embedding.
    pub fn dimension(&self) -> usize {
        self.projection.unwrap_or_else(|| self.pooled_width())
    }

    /// Values in what is pooled, before a projection.
    pub(crate) fn pooled_width(&self) -> usize {
        match self.pooling {
            Pooling::Class => self.width,
            Pooling::ClassAndMean => 2 * self.width,
            Pooling::Attention(pooling) => pooling.width,
        }
    }

    /// Rows of `pos_embed`.
    pub(crate) fn n_positions(&self) -> usize {
        self.n_patches() + self.n_positions_before_patches()
    }

    pub(crate) fn n_positions_before_patches(&self) -> usize {
        match self.position_embedding {
            PositionEmbedding::PrefixAndPatches => self.n_prefix(),
            PositionEmbedding::ClassAndPatches => 1,
            PositionEmbedding::Patches => 0,
        }
    }

    pub(crate) fn block(&self) -> BlockShape {
        BlockShape {
            width: self.width,
            heads: self.heads,
            mlp: self.mlp,
            layer_scale: self.layer_scale,
            layer_norm_eps: self.layer_norm_eps,
            attention_scale: attention_scale(self.width, self.heads),
            operations: Operations::Fused,
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

    /// Floating-point operations of the products in one image's forward pass, the pooling left out.
    pub fn flops(&self) -> u64 {
        let n_tokens = self.n_prefix() + self.n_patches();
        let (outer, inner) = (self.mlp.outer(self.width), self.mlp.inner(self.width));
        let layers = n_tokens * self.width * (4 * self.width + outer + inner);
        let attention = 2 * n_tokens * n_tokens * self.width;
        let patches = self.n_patches() * self.patch_values() * self.width;
        2 * (self.depth * (layers + attention) + patches) as u64
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
            (
                self.pooling.is_possible(),
                "the pooling's width is not from 1 to 65536 and a multiple of its heads, or its \
                 layer_norm_eps is not above 0",
            ),
            (
                self.projection
                    .is_none_or(|values| (1..=65_536).contains(&values)),
                "projection is not from 1 to 65536",
            ),
        ];
        match possible.into_iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, wrong)) => Err(EncoderError::Config(wrong.to_owned())),
        }
    }
}

impl Pooling {
    fn is_possible(self) -> bool {
        let Self::Attention(pooling) = self else {
            return true;
        };
        (1..=65_536).contains(&pooling.width)
            && pooling.heads > 0
            && pooling.width.is_multiple_of(pooling.heads)
            && pooling.layer_norm_eps > 0.0
    }
}

impl Mlp {
    /// Outputs of `fc1`.
    pub(crate) fn outer(self, width: usize) -> usize {
        match self {
            Self::GeluErf { ratio } | Self::QuickGelu { ratio } | Self::SwigluPacked { ratio } => {
                (width as f64 * ratio) as usize
            }
            Self::SwigluAligned { .. } => 2 * self.inner(width),
        }
    }

    /// Inputs of `fc2`.
    pub(crate) fn inner(self, width: usize) -> usize {
        match self {
            Self::GeluErf { .. } | Self::QuickGelu { .. } => self.outer(width),
            Self::SwigluPacked { .. } => self.outer(width) / 2,
            Self::SwigluAligned { ratio } => {
                let two_thirds = (width as f64 * ratio).floor() * 2.0 / 3.0;
                (two_thirds as usize).next_multiple_of(8)
            }
        }
    }

    pub(crate) fn is_possible(self, width: usize) -> bool {
        let (Self::GeluErf { ratio }
        | Self::QuickGelu { ratio }
        | Self::SwigluPacked { ratio }
        | Self::SwigluAligned { ratio }) = self;
        if !(0.0..=1e4).contains(&ratio) {
            return false;
        }
        let outer = self.outer(width);
        let halves = !matches!(self, Self::SwigluPacked { .. }) || outer.is_multiple_of(2);
        (1..=1_000_000).contains(&outer) && halves
    }
}

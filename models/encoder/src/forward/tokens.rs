use kernels::{Ending, Machine, PackedMatrix, multiply};
use parameters::{Parameters, ParametersError};

use super::arithmetic::Arithmetic;
use super::layers::{Layer, values};
use super::workspace::Workspace;
use crate::{Architecture, PositionEmbedding};

/// From patches to the tokens before the first block.
#[derive(Debug)]
pub(super) struct Tokens<A: Arithmetic> {
    /// The convolution whose stride is its kernel, as a matrix.
    kernel: PackedMatrix<A::Value>,
    /// What every image begins with: class token, registers and positions, shape (tokens, width).
    start: Vec<f32>,
    width: usize,
    n_prefix: usize,
    n_patches: usize,
}

impl<A: Arithmetic> Tokens<A> {
    pub(super) fn new(
        machine: Machine,
        architecture: &Architecture,
        parameters: &Parameters,
    ) -> Result<Self, ParametersError> {
        let bias = || parameters.get("patch_embed.proj.bias");
        let bias = architecture.has_patch_bias().then(bias).transpose()?;
        let kernel = Layer::new(&parameters.get("patch_embed.proj.weight")?, bias.as_ref())?;
        Ok(Self {
            kernel: kernel.packed(machine),
            start: start(architecture, parameters)?,
            width: architecture.width,
            n_prefix: architecture.n_prefix(),
            n_patches: architecture.n_patches(),
        })
    }

    /// Makes the tokens of `n_images` images from the workspace's patches.
    pub(super) fn run(&self, workspace: &mut Workspace<A>, n_images: usize) {
        for image in 0..n_images {
            let first = image * workspace.n_tokens;
            for (token, values) in self.start.chunks_exact(self.width).enumerate() {
                workspace.x.set_row(first + token, values);
            }
            let patches = image * self.n_patches..(image + 1) * self.n_patches;
            let ending = Ending::Added {
                to: &mut workspace.x,
                first: first + self.n_prefix,
            };
            multiply(&workspace.patches, patches, &self.kernel, ending);
        }
    }
}

fn start(
    architecture: &Architecture,
    parameters: &Parameters,
) -> Result<Vec<f32>, ParametersError> {
    let width = architecture.width;
    let n_prefix = architecture.n_prefix();
    let mut start = values(&parameters.get("cls_token")?)?;
    if architecture.registers > 0 {
        start.extend(values(&parameters.get("reg_token")?)?);
    }
    start.resize((n_prefix + architecture.n_patches()) * width, 0.0);

    let positions = values(&parameters.get("pos_embed")?)?;
    let with_position: Vec<usize> = match architecture.position_embedding {
        PositionEmbedding::PrefixAndPatches => (0..n_prefix).collect(),
        PositionEmbedding::ClassAndPatches => vec![0],
        PositionEmbedding::Patches => Vec::new(),
    };
    let tokens = with_position.into_iter().chain(n_prefix..);
    for (position, token) in positions.chunks_exact(width).zip(tokens) {
        let values = &mut start[token * width..(token + 1) * width];
        for (value, position) in values.iter_mut().zip(position) {
            *value += position;
        }
    }
    Ok(start)
}

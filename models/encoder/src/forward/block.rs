use std::ops::Range;

use kernels::{Activation, Element, Ending, LayerNorm, Machine, PackedMatrix, multiply};
use parameters::{Parameters, ParametersError};

use super::heads::Heads;
use super::layers::{Layer, layer_norm, values};
use super::workspace::Workspace;
use crate::{Architecture, Mlp};

/// Rows that go through a layer together: few enough that what lies between two layers stays in
/// the second-level cache, and a multiple of every tile's height.
const ROWS: usize = 168;

/// One pre-norm transformer block.
#[derive(Debug)]
pub(super) struct Block<E> {
    norm1: LayerNorm,
    qkv: PackedMatrix<E>,
    projection: PackedMatrix<E>,
    norm2: LayerNorm,
    fc1: PackedMatrix<E>,
    activation: Activation,
    fc2: PackedMatrix<E>,
}

impl<E: Element> Block<E> {
    pub(super) fn new(
        machine: Machine,
        architecture: &Architecture,
        parameters: &Parameters,
        name: &str,
    ) -> Result<Self, ParametersError> {
        let norm = |part: &str| {
            let name = format!("{name}.{part}");
            layer_norm(machine, parameters, &name, architecture.layer_norm_eps)
        };
        let layer = |part: &str| Layer::read(parameters, &format!("{name}.{part}"));
        let end = |part: &str, scale: &str| {
            let layer = layer(part)?;
            if !architecture.layer_scale {
                return Ok::<_, ParametersError>(layer);
            }
            let gamma = parameters.get(&format!("{name}.{scale}.gamma"))?;
            Ok(layer.scaled(&values(&gamma)?))
        };
        let heads = Heads::of::<E>(machine, architecture);
        let fc1 = layer("mlp.fc1")?;
        let (fc1, activation) = match architecture.mlp {
            Mlp::GeluErf { .. } => (fc1.packed(machine), Activation::Gelu),
            Mlp::QuickGelu { .. } => (fc1.packed(machine), Activation::QuickGelu),
            Mlp::SwigluPacked { .. } | Mlp::SwigluAligned { .. } => {
                (fc1.packed_halves(machine), Activation::Swiglu)
            }
        };
        Ok(Self {
            norm1: norm("norm1")?,
            qkv: heads.qkv(layer("attn.qkv")?).packed(machine),
            projection: heads.projection(&end("attn.proj", "ls1")?).packed(machine),
            norm2: norm("norm2")?,
            fc1,
            activation,
            fc2: end("mlp.fc2", "ls2")?.packed(machine),
        })
    }

    /// Takes the tokens of `n_images` images through the block.
    pub(super) fn run(&self, workspace: &mut Workspace<E>, n_images: usize) {
        let n_rows = n_images * workspace.n_tokens;
        for rows in row_blocks(n_rows) {
            self.ask(workspace, rows);
        }
        for image in 0..n_images {
            let first = image * workspace.n_tokens;
            let attention = &mut workspace.attention;
            attention.mix(&workspace.qkv, &mut workspace.mixed, first);
        }
        for rows in row_blocks(n_rows) {
            self.transform(workspace, rows);
        }
    }

    /// Tokens to queries, keys and values.
    fn ask(&self, workspace: &mut Workspace<E>, rows: Range<usize>) {
        let (first, n_rows) = (rows.start, rows.len());
        let normed = &mut workspace.normed;
        self.norm1.write(&workspace.x, rows, normed, 0);
        let ending = Ending::Written {
            to: &mut workspace.qkv,
            first,
            activation: Activation::None,
        };
        multiply(normed, 0..n_rows, &self.qkv, ending);
    }

    /// Adds what was mixed to the tokens, and then what the feed-forward half makes of them.
    fn transform(&self, workspace: &mut Workspace<E>, rows: Range<usize>) {
        let (first, n_rows) = (rows.start, rows.len());
        let Workspace {
            x,
            normed,
            mixed,
            hidden,
            ..
        } = workspace;
        let ending = Ending::Added { to: x, first };
        multiply(mixed, rows.clone(), &self.projection, ending);
        self.norm2.write(x, rows, normed, 0);
        let ending = Ending::Written {
            to: hidden,
            first: 0,
            activation: self.activation,
        };
        multiply(normed, 0..n_rows, &self.fc1, ending);
        let ending = Ending::Added { to: x, first };
        multiply(hidden, 0..n_rows, &self.fc2, ending);
    }
}

/// The most rows in one of `row_blocks`, of `n_rows` at most.
pub(super) fn most_rows(n_rows: usize) -> usize {
    n_rows.min(ROWS)
}

fn row_blocks(n_rows: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..n_rows).step_by(ROWS);
    starts.map(move |start| start..(start + ROWS).min(n_rows))
}

use std::ops::Range;

use kernels::{Activation, Ending, LayerNorm, Machine};
use parameters::{Parameters, ParametersError};

use super::arithmetic::Arithmetic;
use super::heads::Heads;
use super::layers::{Layer, layer_norm, values};
use super::workspace::Workspace;
use crate::{Architecture, Mlp};

/// One pre-norm transformer block.
#[derive(Debug)]
pub(super) struct Block<A: Arithmetic> {
    norm1: LayerNorm,
    qkv: A::Matrix,
    projection: A::Matrix,
    norm2: LayerNorm,
    fc1: A::Matrix,
    activation: Activation,
    fc2: A::Matrix,
}

impl<A: Arithmetic> Block<A> {
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
        let heads = Heads::of::<A::Value>(machine, architecture);
        let fc1 = layer("mlp.fc1")?;
        let (fc1, activation) = match architecture.mlp {
            Mlp::GeluErf { .. } => (A::matrix(machine, fc1.linear()), Activation::Gelu),
            Mlp::QuickGelu { .. } => (A::matrix(machine, fc1.linear()), Activation::QuickGelu),
            Mlp::SwigluPacked { .. } | Mlp::SwigluAligned { .. } => {
                (A::halves(machine, fc1.linear()), Activation::Swiglu)
            }
        };
        let packed = |layer: Layer| A::matrix(machine, layer.linear());
        Ok(Self {
            norm1: norm("norm1")?,
            qkv: packed(heads.qkv(layer("attn.qkv")?)),
            projection: packed(heads.projection(&end("attn.proj", "ls1")?)),
            norm2: norm("norm2")?,
            fc1,
            activation,
            fc2: packed(end("mlp.fc2", "ls2")?),
        })
    }

    /// Takes the tokens of `n_images` images through the block.
    pub(super) fn run(&self, workspace: &mut Workspace<A>, n_images: usize) {
        let n_rows = n_images * workspace.n_tokens;
        for rows in row_blocks::<A>(n_rows) {
            self.ask(workspace, rows);
        }
        for image in 0..n_images {
            let first = image * workspace.n_tokens;
            let attention = &mut workspace.attention;
            attention.mix(&workspace.qkv, &mut workspace.mixed, first);
        }
        for rows in row_blocks::<A>(n_rows) {
            self.transform(workspace, rows);
        }
    }

    /// Tokens to queries, keys and values.
    fn ask(&self, workspace: &mut Workspace<A>, rows: Range<usize>) {
        let first = rows.start;
        let Workspace { x, room, qkv, .. } = workspace;
        let ending = Ending::Written {
            to: qkv,
            first,
            activation: Activation::None,
        };
        A::multiply_normed(&self.norm1, (x, rows), room, &self.qkv, ending);
    }

    /// Adds what was mixed to the tokens, and then what the feed-forward half makes of them.
    fn transform(&self, workspace: &mut Workspace<A>, rows: Range<usize>) {
        let (first, n_rows) = (rows.start, rows.len());
        let Workspace {
            x,
            room,
            mixed,
            hidden,
            ..
        } = workspace;
        let ending = Ending::Added { to: x, first };
        A::multiply((mixed, rows.clone()), room, &self.projection, ending);
        let ending = Ending::Written {
            to: hidden,
            first: 0,
            activation: self.activation,
        };
        A::multiply_normed(&self.norm2, (x, rows), room, &self.fc1, ending);
        let ending = Ending::Added { to: x, first };
        A::multiply((hidden, 0..n_rows), room, &self.fc2, ending);
    }
}

/// The most rows in one of `row_blocks`, of `n_rows` at most.
pub(super) fn most_rows<A: Arithmetic>(n_rows: usize) -> usize {
    n_rows.min(A::ROWS)
}

fn row_blocks<A: Arithmetic>(n_rows: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..n_rows).step_by(A::ROWS);
    starts.map(move |start| start..(start + A::ROWS).min(n_rows))
}

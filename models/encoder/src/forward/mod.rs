//! The transformer's forward pass on the kernels: weights packed once, tokens in place.
//!
//! `vit` is the same model on candle, which trains it and is what this is compared with.

mod arithmetic;
mod attention_pooling;
mod block;
mod heads;
mod layers;
mod pooling;
mod tokens;
mod workspace;

use std::sync::{Mutex, MutexGuard, PoisonError};

use kernels::{LayerNorm, Machine, Operand};
use parameters::{Parameters, ParametersError};

use self::arithmetic::Arithmetic;
pub(crate) use self::arithmetic::Int8;
use self::block::Block;
use self::layers::layer_norm;
use self::pooling::Pool;
use self::tokens::Tokens;
use self::workspace::Workspace;
use crate::{Architecture, Pooling};

/// Images in one forward pass at most.
pub(crate) const MOST_IMAGES: usize = 4;

/// Vision transformer (Dosovitskiy et al. 2021) whose blocks multiply as `A` does.
#[derive(Debug)]
pub(crate) struct Forward<A: Arithmetic> {
    machine: Machine,
    architecture: Architecture,
    tokens: Tokens<A>,
    pre_norm: Option<LayerNorm>,
    blocks: Vec<Block<A>>,
    norm: LayerNorm,
    pool: Pool,
    /// Those that no pass is using.
    workspaces: Mutex<Vec<Workspace<A>>>,
}

impl<A: Arithmetic> Forward<A> {
    pub(crate) fn new(
        machine: Machine,
        architecture: &Architecture,
        parameters: &Parameters,
    ) -> Result<Self, ParametersError> {
        let norm = |name| layer_norm(machine, parameters, name, architecture.layer_norm_eps);
        let block = |number| {
            let name = format!("blocks.{number}");
            Block::new(machine, architecture, parameters, &name)
        };
        Ok(Self {
            machine,
            architecture: architecture.clone(),
            tokens: Tokens::new(machine, architecture, parameters)?,
            pre_norm: architecture
                .pre_norm
                .then(|| norm("norm_pre"))
                .transpose()?,
            blocks: (0..architecture.depth)
                .map(block)
                .collect::<Result<_, _>>()?,
            norm: norm("norm")?,
            pool: Pool::new(machine, architecture, parameters)?,
            workspaces: Mutex::default(),
        })
    }

    /// The embeddings of `n_images` images, `MOST_IMAGES` at most, one after another.
    ///
    /// `write` is called once with room for all their patches, a row each.
    pub(crate) fn run(
        &self,
        n_images: usize,
        write: impl FnOnce(&mut Operand<A::Value>),
    ) -> Vec<f32> {
        let mut workspace = self.workspace();
        write(&mut workspace.patches);
        let embeddings = self.embeddings(&mut workspace, n_images);
        self.free().push(workspace);
        embeddings
    }

    fn workspace(&self) -> Workspace<A> {
        let free = self.free().pop();
        free.unwrap_or_else(|| Workspace::new(self.machine, &self.architecture, MOST_IMAGES))
    }

    /// A pass that panicked kept its workspace, so what is here is sound.
    fn free(&self) -> MutexGuard<'_, Vec<Workspace<A>>> {
        self.workspaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn embeddings(&self, workspace: &mut Workspace<A>, n_images: usize) -> Vec<f32> {
        let n_tokens = workspace.n_tokens;
        let n_rows = n_images * n_tokens;
        self.tokens.run(workspace, n_images);
        if let Some(norm) = &self.pre_norm {
            let Workspace { x, normed_x, .. } = workspace;
            norm.write(x, 0..n_rows, normed_x, 0);
            std::mem::swap(x, normed_x);
        }
        for block in &self.blocks {
            block.run(workspace, n_images);
        }
        let Workspace { x, normed_x, .. } = workspace;
        match self.architecture.pooling {
            Pooling::Class => {
                for first in (0..n_rows).step_by(n_tokens) {
                    self.norm.write(x, first..first + 1, normed_x, first);
                }
            }
            Pooling::ClassAndMean | Pooling::Attention(_) => {
                self.norm.write(x, 0..n_rows, normed_x, 0);
            }
        }
        self.pool.run(normed_x, n_images)
    }
}

#[cfg(test)]
mod twin_test;

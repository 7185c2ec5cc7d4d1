use candle_core::{Device, Tensor};

use super::dsmil_bag::DsmilBag;
use super::max_bag::MaxBag;
use super::pooled_bag::PooledBag;
use super::sub_bags::{HeadScore, SubBags};
use super::whole_bag::WholeBag;
use crate::MilError;
use crate::head::{Head, Terms};

/// Instances read at once: what the layers hold of a bag stays small however large it is.
const CHUNK: usize = 4096;

/// Readies a bag of `n * dimension` values for questions about its parts. One pass over the bag
/// keeps a few values an instance.
pub(super) fn prepare<'a>(
    head: &'a Head,
    embeddings: &'a [f32],
    dimension: usize,
) -> Result<Box<dyn SubBags<HeadScore> + 'a>, MilError> {
    let chunks = || {
        let chunks = embeddings.chunks(CHUNK * dimension);
        let rows = move |chunk: &[f32]| {
            let shape = (chunk.len() / dimension, dimension);
            Tensor::from_slice(chunk, shape, &Device::Cpu)
        };
        chunks.map(rows)
    };
    let pooled = |terms: &dyn Fn(&Tensor) -> candle_core::Result<Terms>| {
        let bag = PooledBag::gather(chunks().map(|rows| Ok(terms(&rows?)?)))?;
        Ok(Box::new(bag) as Box<dyn SubBags<HeadScore>>)
    };
    match head {
        Head::GatedAbmil(head) => pooled(&|rows| head.terms(rows)),
        Head::MeanPool(head) => pooled(&|rows| head.terms(rows)),
        Head::MeanMlp(head) => pooled(&|rows| head.terms(rows)),
        Head::PlainAbmil(head) => pooled(&|rows| head.terms(rows)),
        Head::ClamSb(head) => pooled(&|rows| head.terms(rows)),
        Head::ClamMb(head) => pooled(&|rows| head.terms(rows)),
        Head::MaxPool(head) => Ok(Box::new(MaxBag::new(head, embeddings, dimension)?)),
        Head::Dsmil(head) => {
            let chunks = chunks().map(|rows| Ok(head.terms(&rows?)?));
            Ok(Box::new(DsmilBag::gather(head.bias()?, chunks)?))
        }
        Head::TransMil(_) | Head::Dtfd(_) => Ok(Box::new(WholeBag {
            head,
            embeddings,
            dimension,
        })),
    }
}

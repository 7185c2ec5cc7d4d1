use super::dsmil_bag::DsmilBag;
use super::max_bag::MaxBag;
use super::pooled_bag::PooledBag;
use super::sub_bags::{HeadScore, SubBags};
use super::whole_bag::WholeBag;
use crate::MilError;
use crate::bag_embeddings::BagEmbeddings;
use crate::head::{Head, Terms};

/// Instances read at once: what the layers hold of a bag stays small however large it is.
const CHUNK: usize = 4096;

/// Readies a bag for questions about its parts. One pass over the bag keeps a few values an
/// instance.
pub(super) fn prepare<'a>(
    head: &'a Head,
    bag: &BagEmbeddings<'a>,
) -> Result<Box<dyn SubBags<HeadScore> + 'a>, MilError> {
    let pooled = |terms: &dyn Fn(&BagEmbeddings<'a>) -> candle_core::Result<Terms>| {
        let bag = PooledBag::gather(bag.chunks(CHUNK).map(|rows| Ok(terms(&rows)?)))?;
        Ok(Box::new(bag) as Box<dyn SubBags<HeadScore>>)
    };
    let BagEmbeddings {
        values: embeddings,
        dimension,
        ..
    } = *bag;
    match head {
        Head::GatedAbmil(head) => pooled(&|rows| head.terms(rows)),
        Head::MeanPool(head) => pooled(&|rows| head.terms(&rows.tensor()?)),
        Head::MeanMlp(head) => pooled(&|rows| head.terms(&rows.tensor()?)),
        Head::PlainAbmil(head) => pooled(&|rows| head.terms(&rows.tensor()?)),
        Head::ClamSb(head) => pooled(&|rows| head.terms(&rows.tensor()?)),
        Head::ClamMb(head) => pooled(&|rows| head.terms(&rows.tensor()?)),
        Head::MaxPool(head) => Ok(Box::new(MaxBag::new(head, embeddings, dimension)?)),
        Head::Dsmil(head) => {
            let chunks = bag
                .chunks(CHUNK)
                .map(|rows| Ok(head.terms(&rows.tensor()?)?));
            Ok(Box::new(DsmilBag::gather(head.bias()?, chunks)?))
        }
        Head::TransMil(_) | Head::Dtfd(_) => Ok(Box::new(WholeBag {
            head,
            embeddings,
            dimension,
        })),
    }
}

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog::{Catalog, CatalogError};
use dicom_objects::{ResultObject, Signature, Told};
use flow::{DicomUid, HeatmapLayer, Mpp, Prediction, Sha256Digest, SlideId, SlideUids};
use pyramid::PyramidReader;

use super::signatures::SlideSignatures;

/// A result of a slide, and what became of it.
pub(crate) struct SlideResult {
    pub(crate) prediction: Prediction,
    pub(crate) digest: Sha256Digest,
    /// Of the slide's level 0.
    mpp: Mpp,
    /// Of the slide.
    uids: SlideUids,
    pub(crate) signatures: Vec<Signature>,
    /// Whether there is no newer one of its task.
    is_latest: bool,
}

/// One instance that tells of a result. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ToldInstance {
    pub(crate) result: Arc<SlideResult>,
    pub(crate) object: ResultObject,
}

/// Every instance that tells of any of the slide's results.
pub(crate) async fn results_of(
    catalog: &Catalog,
    reader: &PyramidReader,
) -> Result<Vec<ToldInstance>, CatalogError> {
    let slide = reader.slide();
    let predictions = catalog.predictions(slide).await?;
    if predictions.is_empty() {
        return Ok(Vec::new());
    }
    let signatures = SlideSignatures::read(catalog, slide).await?;
    let mut seen = BTreeSet::new();
    let results = predictions.into_iter().map(|prediction| {
        Arc::new(SlideResult {
            digest: prediction.digest(),
            mpp: reader.mpp(),
            uids: reader.uids().clone(),
            signatures: signatures.of(&prediction),
            // They come by task, the latest of each first.
            is_latest: seen.insert(prediction.task.id.clone()),
            prediction,
        })
    });
    Ok(results.flat_map(|result| instances(&result)).collect())
}

fn instances(result: &Arc<SlideResult>) -> Vec<ToldInstance> {
    let objects = result.objects().into_iter();
    let instance = |object| ToldInstance {
        result: Arc::clone(result),
        object,
    };
    objects.map(instance).collect()
}

impl SlideResult {
    pub(crate) fn told(&self) -> Told<'_> {
        Told {
            prediction: &self.prediction,
            mpp: self.mpp,
            uids: &self.uids,
        }
    }

    /// By series. Results from before there was evidence do not say which layers are stored.
    fn objects(&self) -> Vec<ResultObject> {
        let evidence = self.prediction.evidence.iter();
        let layers: Vec<_> = evidence
            .flat_map(|evidence| evidence.layers.iter().map(|figures| figures.layer))
            .collect();
        let mut objects: Vec<_> = layers.iter().copied().map(ResultObject::Map).collect();
        if layers.contains(&HeatmapLayer::Tile) && self.told().shows_figures() {
            objects.push(ResultObject::Segmentation);
        }
        if !self.prediction.top_tiles.is_empty() {
            objects.push(ResultObject::Annotations);
        }
        objects.push(ResultObject::Report);
        let signed = self.signatures.iter();
        objects.extend(signed.map(|by| ResultObject::SignedReport(by.case, by.version)));
        objects
    }
}

impl ToldInstance {
    pub(crate) fn slide(&self) -> SlideId {
        self.result.prediction.slide
    }

    pub(crate) fn slide_uids(&self) -> &SlideUids {
        &self.result.uids
    }

    /// Whether the study shows it. Older results are given to whoever has their address.
    pub(crate) fn is_listed(&self) -> bool {
        self.result.is_latest
    }

    pub(crate) fn uid(&self) -> DicomUid {
        self.object.uid(&self.slide(), &self.result.digest)
    }

    pub(crate) fn series_uid(&self) -> DicomUid {
        let series = self.object.series();
        series.uid(&self.slide(), &self.result.digest)
    }

    /// The layer that it shows, where it is an image.
    pub(crate) const fn layer(&self) -> Option<HeatmapLayer> {
        match self.object {
            ResultObject::Map(layer) => Some(layer),
            ResultObject::Segmentation => Some(HeatmapLayer::Tile),
            ResultObject::Annotations | ResultObject::Report | ResultObject::SignedReport(..) => {
                None
            }
        }
    }
}

use catalog::{Catalog, CatalogError, Finding, ReviewRow, SignOffRow, standing_reviews};
use dicom_objects::{Signature, SignedFinding};
use flow::{Prediction, SlideId};
use serde::Deserialize;

/// What people said of a slide, and the signed versions of the case that it is in.
pub(super) struct SlideSignatures {
    slide: SlideId,
    sign_offs: Vec<SignOffRow>,
    reviews: Vec<ReviewRow>,
}

/// What a signature says of the slides that it is about.
#[derive(Deserialize)]
struct SignedSlides {
    slides: Vec<SlideId>,
}

impl SlideSignatures {
    pub(super) async fn read(catalog: &Catalog, slide: SlideId) -> Result<Self, CatalogError> {
        let place = catalog.known_slide(slide).await?.place;
        let sign_offs = match place {
            Some(place) => catalog.sign_offs(place.case).await?,
            None => Vec::new(),
        };
        let reviews = match sign_offs.is_empty() {
            true => Vec::new(),
            false => catalog.reviews(slide).await?,
        };
        Ok(Self {
            slide,
            sign_offs,
            reviews,
        })
    }

    /// The signatures of a person who had judged this very result before. Where nobody had, nobody
    /// vouched for it, and its report stays preliminary whoever signed the case.
    pub(super) fn of(&self, prediction: &Prediction) -> Vec<Signature> {
        let signed = self.sign_offs.iter().filter(|row| self.is_about(row));
        signed
            .filter_map(|row| {
                let Finding { call, grade } = self.judged(prediction, row)?;
                Some(Signature {
                    case: row.case,
                    version: row.version,
                    signer: row.signer.clone(),
                    signed_at: row.signed_at,
                    finding: SignedFinding {
                        label: call.label,
                        grade,
                    },
                })
            })
            .collect()
    }

    fn is_about(&self, row: &SignOffRow) -> bool {
        let slides = SignedSlides::deserialize(&row.body);
        slides.is_ok_and(|signed| signed.slides.contains(&self.slide))
    }

    /// What was last said of the result when it was signed.
    fn judged(&self, prediction: &Prediction, row: &SignOffRow) -> Option<Finding> {
        let before: Vec<ReviewRow> = self
            .reviews
            .iter()
            .filter(|review| review.reviewed_at <= row.signed_at)
            .cloned()
            .collect();
        let judgements = standing_reviews(&before).filter_map(|review| {
            let seen = review.opinion.result()?;
            let is_this = seen.task == prediction.task && seen.encoder == prediction.encoder;
            is_this.then(|| review.opinion.finding())?
        });
        judgements.last()
    }
}

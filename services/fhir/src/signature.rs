use catalog::{CatalogError, ReviewRow, SignOffRow, standing_reviews};
use chrono::{DateTime, Utc};
use flow::{SlideId, TaskId};
use reading::SignedBody;

use crate::code::FinalStatus;

/// One signed version of a case.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) version: u32,
    pub(crate) signer: String,
    pub(crate) signed_at: DateTime<Utc>,
    pub(crate) body: SignedBody,
}

/// What a person says of a slide in place of a task, and how far that is final.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finding<'a> {
    pub(crate) review: &'a ReviewRow,
    pub(crate) status: FinalStatus,
}

impl Signature {
    pub(crate) fn read(row: SignOffRow) -> Result<Self, CatalogError> {
        Ok(Self {
            body: SignedBody::of(&row)?,
            version: row.version,
            signer: row.signer,
            signed_at: row.signed_at,
        })
    }

    /// Of the slide's reviews, those that the signature is about.
    fn covers(&self, slide: SlideId, review: &ReviewRow) -> bool {
        self.body.slides.contains(&slide) && review.reviewed_at <= self.signed_at
    }
}

/// What people say of a slide, one finding a task.
///
/// Once a signature is about the slide, what was signed stands: what was said since is not shown
/// until it is signed as well. What a later signature changed is amended.
pub(crate) fn findings<'a>(
    slide: SlideId,
    reviews: &'a [ReviewRow],
    signatures: &[Signature],
) -> Vec<Finding<'a>> {
    let mut about = signatures.iter().filter(|s| s.body.slides.contains(&slide));
    let first = about.next();
    let last = about.next_back().or(first);
    let Some((first, last)) = first.zip(last) else {
        let judged = latest_judgements(reviews);
        let status = FinalStatus::Preliminary;
        return judged.map(|review| Finding { review, status }).collect();
    };
    let signed = reviews.iter().filter(|review| last.covers(slide, review));
    let n_signed = signed.count();
    // Reviews stand in the order in which they were made.
    let judged = latest_judgements(&reviews[..n_signed]);
    let finding = |review: &'a ReviewRow| Finding {
        review,
        status: match first.covers(slide, review) || !was_judged_by(first, slide, reviews, review) {
            true => FinalStatus::Final,
            false => FinalStatus::Amended,
        },
    };
    judged.map(finding).collect()
}

/// The last word on each task, in no order.
fn latest_judgements(reviews: &[ReviewRow]) -> impl Iterator<Item = &ReviewRow> {
    let judging = standing_reviews(reviews).filter(|review| task_of(review).is_some());
    let judging: Vec<_> = judging.collect();
    let is_last = {
        let judging = judging.clone();
        move |review: &&ReviewRow| {
            let of_task = judging.iter().filter(|r| task_of(r) == task_of(review));
            of_task.map(|r| r.number).max() == Some(review.number)
        }
    };
    judging.into_iter().filter(is_last)
}

/// Whether the first signature was about another judgement of the same task.
fn was_judged_by(
    first: &Signature,
    slide: SlideId,
    reviews: &[ReviewRow],
    later: &ReviewRow,
) -> bool {
    let mut signed = reviews.iter().filter(|review| first.covers(slide, review));
    signed.any(|review| task_of(review) == task_of(later))
}

fn task_of(review: &ReviewRow) -> Option<&TaskId> {
    review.opinion.result().map(|seen| &seen.task.id)
}

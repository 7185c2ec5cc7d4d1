use catalog::{CatalogError, ReviewRow, SignOffRow, standing_reviews};
use chrono::{DateTime, Utc};
use flow::{SlideId, TaskId};

use crate::SignedBody;

/// One signed version of a case.
#[derive(Debug)]
pub struct Signature {
    pub version: u32,
    pub signer: String,
    pub signed_at: DateTime<Utc>,
    pub body: SignedBody,
}

/// What a person says of a slide in place of a task, and how far that is final.
#[derive(Clone, Copy, Debug)]
pub struct ReaderFinding<'a> {
    pub review: &'a ReviewRow,
    pub status: Finality,
}

/// How final what is said of a slide or a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finality {
    /// No person signed it.
    Preliminary,
    /// A person signed it.
    Final,
    /// A person signed it, and another version before it.
    Amended,
}

impl Signature {
    pub fn read(row: SignOffRow) -> Result<Self, CatalogError> {
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
pub fn findings<'a>(
    slide: SlideId,
    reviews: &'a [ReviewRow],
    signatures: &[Signature],
) -> Vec<ReaderFinding<'a>> {
    let mut about = signatures.iter().filter(|s| s.body.slides.contains(&slide));
    let first = about.next();
    let last = about.next_back().or(first);
    let Some((first, last)) = first.zip(last) else {
        let judged = latest_judgements(reviews);
        let status = Finality::Preliminary;
        return judged
            .map(|review| ReaderFinding { review, status })
            .collect();
    };
    let signed = reviews.iter().filter(|review| last.covers(slide, review));
    let n_signed = signed.count();
    // Reviews stand in the order in which they were made.
    let judged = latest_judgements(&reviews[..n_signed]);
    let finding = |review: &'a ReviewRow| ReaderFinding {
        review,
        status: match first.covers(slide, review) || !was_judged_by(first, slide, reviews, review) {
            true => Finality::Final,
            false => Finality::Amended,
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

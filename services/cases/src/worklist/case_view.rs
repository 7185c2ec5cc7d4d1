use catalog::{CaseStanding, OrderRow, Priority, PrivateName, SignOffRow};
use chrono::{DateTime, Utc};
use flow::{CaseId, Sha256Digest, SlideId};
use http::{Access, ApiError};
use reading::{SignedBody, TaskResult};
use serde::Serialize;

use super::assembled::{Assembled, AssembledSlide};
use crate::CasesState;
use crate::orders::OrderView;
use crate::reviews::ReviewView;
use crate::slide_view::{Eyes, SlideView};

/// A case as the API shows it.
#[derive(Debug, Serialize)]
pub(crate) struct CaseView {
    pub(super) id: CaseId,
    accession: PrivateName,
    patient: Option<PrivateName>,
    /// The most pressing of its orders'.
    pub(super) priority: Priority,
    pub(super) opened_at: DateTime<Utc>,
    assignee: Option<String>,
    state: CaseState,
    orders: Vec<OrderView>,
    pub(super) slides: Vec<CaseSlide>,
    /// Whether results are kept back until whoever asks has recorded an impression of each slide;
    /// then all that follows is absent.
    pub(super) awaits_impression: bool,
    /// Preliminary: what holds is what was signed.
    pub(super) results: Option<Vec<TaskResult>>,
    /// Slides of which neither a task nor a person has an answer.
    unfinished: Option<Vec<SlideId>>,
    /// To be sent with a signature: it stands for all that the signature is about.
    seen: Option<Sha256Digest>,
    /// Every signed version, the newest first.
    signed: Option<Vec<SignedView>>,
}

/// Where a case stands on its way to a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum CaseState {
    /// There is no slide of it yet.
    AwaitingSlides,
    /// Some slide is still being analysed.
    Analysing,
    /// It may be read.
    Ready,
    /// Somebody has begun to review it.
    InReview,
    /// A person signed it.
    Signed,
}

#[derive(Debug, Serialize)]
pub(crate) struct CaseSlide {
    #[serde(flatten)]
    pub(super) slide: SlideView,
    part: Option<PrivateName>,
    block: Option<PrivateName>,
    stain: Option<PrivateName>,
    /// What a person said last of a result; absent while results are kept back.
    judgement: Option<ReviewView>,
}

#[derive(Debug, Serialize)]
pub(crate) struct SignedView {
    pub(crate) version: u32,
    pub(crate) signer: String,
    pub(crate) signed_at: DateTime<Utc>,
    /// Whether anything it is about has changed since.
    pub(crate) changed_since: bool,
    #[serde(flatten)]
    pub(crate) body: SignedBody,
}

impl CaseView {
    pub(crate) async fn of(
        state: &CasesState,
        access: &Access,
        case: &Assembled,
    ) -> Result<Self, ApiError> {
        let awaits_impression = case.withheld().is_some();
        let shown = !awaits_impression;
        let mut slides = Vec::with_capacity(case.slides.len());
        for slide in &case.slides {
            slides.push(CaseSlide::of(state, access, slide).await);
        }
        let seen = case.seen()?;
        let signed = case.sign_offs.iter().rev();
        let signed: Result<Vec<_>, _> = signed.map(|row| SignedView::of(row, seen)).collect();
        Ok(Self {
            id: case.row.id,
            accession: case.row.accession.clone(),
            patient: case.row.patient.clone(),
            priority: priority(&case.orders),
            opened_at: case.row.opened_at,
            assignee: case.row.assignee.clone(),
            state: CaseState::of(case),
            orders: case.orders.iter().cloned().map(OrderView::from).collect(),
            slides,
            awaits_impression,
            results: shown.then(|| case.results()),
            unfinished: shown.then(|| case.unfinished()),
            seen: shown.then_some(seen),
            signed: shown.then_some(signed?),
        })
    }
}

impl CaseState {
    fn of(case: &Assembled) -> Self {
        let is_under_way = |slide: &AssembledSlide| slide.row.status.is_unfinished();
        let was_reviewed = |slide: &AssembledSlide| !slide.reviews.is_empty();
        match case.row.standing {
            CaseStanding::Signed => Self::Signed,
            CaseStanding::Open if case.slides.is_empty() => Self::AwaitingSlides,
            CaseStanding::Open if case.slides.iter().any(was_reviewed) => Self::InReview,
            CaseStanding::Open if case.slides.iter().any(is_under_way) => Self::Analysing,
            CaseStanding::Open => Self::Ready,
        }
    }
}

impl CaseSlide {
    async fn of(state: &CasesState, access: &Access, slide: &AssembledSlide) -> Self {
        let (row, results) = (slide.row.clone(), &slide.results);
        let place = row.place.clone();
        let of_place =
            |name: fn(catalog::SlidePlace) -> Option<PrivateName>| place.clone().and_then(name);
        let judgement = slide.judgement().filter(|_| !results.is_withheld());
        Self {
            slide: SlideView::with(state, row, Eyes::of(access), results).await,
            part: of_place(|place| place.part),
            block: of_place(|place| place.block),
            stain: of_place(|place| place.stain),
            judgement: judgement.cloned().map(ReviewView::from),
        }
    }
}

impl SignedView {
    pub(crate) fn of(row: &SignOffRow, seen_now: Sha256Digest) -> Result<Self, ApiError> {
        let body = SignedBody::of(row)?;
        Ok(Self {
            version: row.version,
            signer: row.signer.clone(),
            signed_at: row.signed_at,
            changed_since: body.seen != seen_now,
            body,
        })
    }
}

fn priority(orders: &[OrderRow]) -> Priority {
    let priorities = orders.iter().map(|row| row.order.priority);
    priorities.max().unwrap_or_default()
}

use std::collections::BTreeMap;

use catalog::PrivateName;
use http::{Access, ApiError};
use reading::{BlockCount, SlideAnswers, TaskResult, counted, fused};
use serde::Serialize;

use crate::CasesState;
use crate::worklist::{Assembled, AssembledSlide, CaseView};

/// A patient as the API shows one.
#[derive(Debug, Serialize)]
pub(super) struct PatientView {
    patient: PrivateName,
    /// The newest first.
    cases: Vec<CaseView>,
    /// Whether results of some slide are kept back until whoever asks has recorded an impression of
    /// it; then all that follows is absent.
    awaits_impression: bool,
    /// Over all slides of all cases. Preliminary: what holds is what was signed of each case.
    results: Option<Vec<TaskResult>>,
    /// The same by blocks, as lymph nodes are counted.
    blocks: Option<Vec<BlockCount>>,
}

impl PatientView {
    pub(super) async fn of(
        state: &CasesState,
        access: &Access,
        patient: PrivateName,
        cases: &[Assembled],
    ) -> Result<Self, ApiError> {
        let awaits_impression = cases.iter().any(|case| case.withheld().is_some());
        let shown = !awaits_impression;
        let mut views = Vec::with_capacity(cases.len());
        for case in cases {
            views.push(CaseView::of(state, access, case).await?);
        }
        let blocks: Vec<_> = cases.iter().flat_map(blocks).collect();
        Ok(Self {
            patient,
            cases: views,
            awaits_impression,
            results: shown.then(|| fused(&blocks.concat())),
            blocks: shown.then(|| counted(&blocks)),
        })
    }
}

/// The answers of a case's slides by the block they were cut from; a slide that names none is cut
/// from one of its own.
fn blocks(case: &Assembled) -> Vec<Vec<SlideAnswers>> {
    let mut alone = Vec::new();
    let mut by_block: BTreeMap<_, Vec<SlideAnswers>> = BTreeMap::new();
    for slide in &case.slides {
        match block(slide) {
            Some(block) => by_block
                .entry(block)
                .or_default()
                .push(slide.answers.clone()),
            None => alone.push(vec![slide.answers.clone()]),
        }
    }
    by_block.into_values().chain(alone).collect()
}

/// Part and block: blocks of several parts may go by the same name.
fn block(slide: &AssembledSlide) -> Option<(&str, &str)> {
    let place = slide.row.place.as_ref()?;
    let part = place.part.as_ref().map_or("", PrivateName::reveal);
    Some((part, place.block.as_ref()?.reveal()))
}

use catalog::{NewOrder, OrderRow, PrivateName, SlidePlace};
use chrono::{DateTime, Utc};
use flow::TaskId;
use reading::{CaseRecord, Finality, ResearchResults, SlideRecord, TaskResult, findings};

use super::observation::{Observation, code_of, notes};
use super::vocabulary::{APPLICATION, BLOCK, EVERY_TASK, PART, STAINING, TASKS, filler};
use super::{read, scored};
use crate::message::{WrittenSegment, coded, composed, escaped, time};
use crate::placer::PlacerNumber;

/// What is told of a case, and how final that is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    pub(super) case: &'a CaseRecord,
    pub(super) slides: &'a [SlideRecord],
    /// What the slides say together, by task.
    pub(super) together: &'a [TaskResult],
    pub(super) finality: Finality,
    pub(super) research: ResearchResults,
    pub(super) at: DateTime<Utc>,
}

impl Told<'_> {
    /// The answer to one order: ORC, OBR, what was found, and of which slides. `None` where nothing was
    /// found yet.
    pub(super) fn answer(&self, number: usize, order: &OrderRow) -> Option<String> {
        let slides = self.slides_of(&order.order);
        let observations = self.observations(&order.order, &slides);
        if observations.is_empty() && self.finality == Finality::Preliminary {
            return None;
        }
        let mut text = self.request(number, order);
        for (number, observation) in (1..).zip(&observations) {
            text += &observation.written(number);
        }
        for (number, slide) in slides {
            text += &specimen(number, slide);
        }
        Some(text)
    }

    /// Those that may be what was ordered, by their number in the case; of a signature those that it is
    /// about.
    fn slides_of(&self, order: &NewOrder) -> Vec<(usize, &SlideRecord)> {
        let signed = self.case.signed_body();
        let numbered = (1..).zip(self.slides);
        let of_order = numbered.filter(|(_, slide)| {
            let is_signed = signed.is_none_or(|body| body.slides.contains(&slide.row.id));
            let place = slide.row.place.as_ref();
            is_signed && place.is_some_and(|place| is_meant(order, place))
        });
        of_order.collect()
    }

    fn observations(&self, order: &NewOrder, slides: &[(usize, &SlideRecord)]) -> Vec<Observation> {
        let is_asked = |task: &TaskId| order.task.as_ref().is_none_or(|asked| asked == task);
        let mut found = Vec::new();
        if let Some(signed) = self.case.signed() {
            found.extend(read::conclusion(signed, self.finality));
        }
        for result in self.together.iter().filter(|result| is_asked(&result.task)) {
            let finality = result.finality(self.case.signed());
            if self.is_told(finality) && self.research.let_out_of_case(result) {
                found.push(scored::of_case(result, finality, self.at));
            }
        }
        for (number, slide) in slides {
            if self.finality == Finality::Preliminary {
                let latest = slide.latest();
                let latest = latest.filter(|row| {
                    let said = &row.prediction;
                    is_asked(&said.task.id) && self.research.let_out(said.regulatory_status)
                });
                found.extend(latest.flat_map(|row| scored::of_result(row, *number)));
            }
            let read = findings(slide.row.id, &slide.reviews, &self.case.signatures);
            let read = read.into_iter().filter(|finding| {
                let judged = finding.review.opinion.result();
                judged.is_some_and(|seen| is_asked(&seen.task.id)) && self.is_told(finding.status)
            });
            found.extend(
                read.filter_map(|finding| read::of_finding(finding, *number))
                    .flatten(),
            );
        }
        found
    }

    /// Once it is signed, what is not final is no part of it.
    fn is_told(&self, finality: Finality) -> bool {
        self.finality == Finality::Preliminary || finality != Finality::Preliminary
    }

    /// ORC and OBR.
    fn request(&self, number: usize, row: &OrderRow) -> String {
        let placer = PlacerNumber::of(row);
        let placer = placer.map(|number| number.written()).unwrap_or_default();
        let numbered = |segment: WrittenSegment| {
            let segment = segment.field(2, placer.as_str());
            segment.field(3, filler(row.id))
        };
        let control = numbered(WrittenSegment::new("ORC").field(1, "RE"));
        let task = row.order.task.as_ref().map_or(EVERY_TASK, TaskId::as_str);
        let request = numbered(WrittenSegment::new("OBR").field(1, number.to_string()));
        let request = request.field(4, coded(task, task, TASKS));
        let request = request.field(7, time(self.at));
        let request = request.says(18, row.order.accession.reveal());
        // Of table 0074, surgical pathology.
        let request = request.field(22, time(self.at)).field(24, "SP");
        let request = request.field(25, code_of(self.finality));
        let signer = self.case.signed().map(|signed| escaped(&signed.signer));
        let signer = signer.map(|name| format!("&{name}")).unwrap_or_default();
        let request = request.field(32, signer);
        let marks = match (self.finality, self.research) {
            (Finality::Preliminary, ResearchResults::Withheld) => vec![UNSIGNED.to_owned()],
            (Finality::Preliminary, ResearchResults::Marked) => vec![PRELIMINARY.to_owned()],
            (Finality::Final | Finality::Amended, _) => Vec::new(),
        };
        control.text() + &request.text() + &notes(&marks)
    }
}

const UNSIGNED: &str = "Preliminary: no person signed this.";

const PRELIMINARY: &str =
    "Preliminary: no person signed this. What tasks say in it is for research use only.";

/// Whether a slide of the order's case may be what was ordered: where both say a part, block or stain,
/// they say the same.
fn is_meant(order: &NewOrder, place: &SlidePlace) -> bool {
    let pairs = [
        (&order.part, &place.part),
        (&order.block, &place.block),
        (&order.stain, &place.stain),
    ];
    let is_other = |(asked, is): &(&Option<PrivateName>, &Option<PrivateName>)| {
        asked.is_some() && is.is_some() && asked != is
    };
    !pairs.iter().any(is_other)
}

/// SPM with an OBX for each thing that is known of the slide's glass.
fn specimen(number: usize, slide: &SlideRecord) -> String {
    let ours = format!("^{}&{APPLICATION}", slide.row.id);
    let segment = WrittenSegment::new("SPM").field(1, number.to_string());
    let segment = segment.field(2, ours);
    let mut text = segment
        .field(4, composed(&["TISS", "Tissue", "HL70487"]))
        .text();
    let place = slide.row.place.as_ref();
    let known = [
        (PART, place.and_then(|place| place.part.as_ref())),
        (BLOCK, place.and_then(|place| place.block.as_ref())),
        (STAINING, place.and_then(|place| place.stain.as_ref())),
    ];
    let known = known
        .into_iter()
        .filter_map(|(what, name)| Some((what, name?)));
    for (n, ((code, said, system), name)) in (1_usize..).zip(known) {
        let segment = WrittenSegment::new("OBX").field(1, n.to_string());
        let segment = segment.field(2, "ST").field(3, coded(code, said, system));
        text += &segment.says(5, name.reveal()).field(11, "F").text();
    }
    text
}

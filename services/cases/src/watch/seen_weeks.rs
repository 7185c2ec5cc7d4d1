use std::collections::{BTreeMap, HashSet};

use catalog::{IsoWeek, Observation};
use drift::{Counted, Histogram};
use flow::SlideId;

use super::observed::Observed;
use super::reference::Reference;
use super::scanner_name;

/// Slides by scanner and week.
pub(super) type SeenWeeks = BTreeMap<String, BTreeMap<IsoWeek, SeenWeek>>;

/// The slides of a scanner and week that are not in the reference.
#[derive(Default)]
pub(super) struct SeenWeek {
    pub(super) slides: HashSet<SlideId>,
    pub(super) n_in_reference: u64,
    pub(super) abstentions: Counted,
    pub(super) overrides: Counted,
    pub(super) scores: Histogram,
}

pub(super) fn seen_weeks(observed: &Observed, reference: Option<&Reference>) -> SeenWeeks {
    let known = reference
        .into_iter()
        .flat_map(|reference| &reference.slides);
    let known: HashSet<SlideId> = known.map(|slide| slide.slide).collect();
    let mut grouped: BTreeMap<(String, IsoWeek), (Vec<&Observation>, u64)> = BTreeMap::new();
    for slide in &observed.slides {
        let scanner = scanner_name(slide.scanner.as_deref()).to_owned();
        let week = IsoWeek::of(slide.scored_at);
        let (fresh, n_in_reference) = grouped.entry((scanner, week)).or_default();
        match known.contains(&slide.slide) {
            true => *n_in_reference += 1,
            false => fresh.push(slide),
        }
    }
    let mut weeks = SeenWeeks::new();
    for ((scanner, week), (fresh, n_in_reference)) in grouped {
        let seen = SeenWeek::of(&fresh, n_in_reference, observed);
        weeks.entry(scanner).or_default().insert(week, seen);
    }
    weeks
}

impl SeenWeek {
    fn of(slides: &[&Observation], n_in_reference: u64, observed: &Observed) -> Self {
        let judged = slides.iter().map(|slide| observed.judged(slide.slide));
        let n_abstained = slides.iter().filter(|slide| slide.abstained).count();
        Self {
            slides: slides.iter().map(|slide| slide.slide).collect(),
            n_in_reference,
            abstentions: Counted {
                part: n_abstained as u64,
                whole: slides.len() as u64,
            },
            overrides: judged.fold(Counted::default(), Counted::plus),
            scores: Histogram::of(slides.iter().filter_map(|slide| slide.score)),
        }
    }
}

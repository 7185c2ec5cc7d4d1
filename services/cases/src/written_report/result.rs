use flow::{Abstention, ClassProbability, DecisiveTiles, Grade, Prediction, PredictionSet};
use report::{Block, Callout, Fact, Tone};

use super::words::{label, percent, probability};

/// The answer, or that there is none and why, as what is seen first.
pub(super) fn callout(prediction: &Prediction) -> Callout {
    if let Some(abstention) = &prediction.abstention {
        return Callout {
            tone: Tone::Open,
            lead: "No call".to_owned(),
            lines: vec![format!("{}: {abstention}.", prediction.task.id)],
        };
    }
    let call = label(&prediction.call.label);
    let grade = prediction.grade.as_ref().map(of_grade);
    Callout {
        tone: match prediction.call.is_positive {
            true => Tone::Alarming,
            false => Tone::Settled,
        },
        lead: match prediction.call.is_positive && prediction.class_probabilities.is_empty() {
            true => format!("{call} detected"),
            false => call,
        },
        lines: std::iter::once(format!(
            "By {} {}, calibrated probability {}.",
            prediction.task.id,
            prediction.task.version,
            probability(prediction.probability)
        ))
        .chain(grade)
        .collect(),
    }
}

/// The figures behind it; none where they are not the task's.
pub(super) fn facts(prediction: &Prediction) -> Vec<Fact> {
    if !shows_figures(prediction) {
        return Vec::new();
    }
    let classes = &prediction.class_probabilities;
    let mut facts = match classes.is_empty() {
        true => vec![Fact::new(
            "Calibrated probability",
            format!(
                "{}, called positive from {} on",
                probability(prediction.probability),
                probability(prediction.threshold)
            ),
        )],
        false => vec![Fact::new("Calibrated probabilities", of_classes(classes))],
    };
    facts.extend(prediction.set.as_ref().map(of_set));
    // Beside an abstention a grade is not the slide's.
    let grade = prediction.grade.as_ref();
    let grade = grade.filter(|_| prediction.abstention.is_none());
    facts.extend(grade.map(|grade| Fact::new("Grade", exceedance(grade))));
    let evidence = prediction.evidence.as_ref();
    facts
        .extend(evidence.map(|evidence| Fact::new("It rests on", of_decisive(&evidence.decisive))));
    facts
}

/// Whether the figures are those of the task, for a person to judge.
pub(super) fn shows_figures(prediction: &Prediction) -> bool {
    let abstention = prediction.abstention.as_ref();
    abstention.is_none_or(Abstention::leaves_figures)
}

/// What must be said with the figures of a result that is no answer.
pub(super) fn caution(prediction: &Prediction) -> Option<Block> {
    prediction.abstention.as_ref()?;
    let words = match shows_figures(prediction) {
        true => "The figures below are for a person to judge; none of them is an answer.",
        false => "No figure is shown but the map, which is of the tissue alone.",
    };
    Some(Block::Text(words.to_owned()))
}

fn of_grade(grade: &Grade) -> String {
    format!(
        "Grade {} of {} ({}), expected {:.1}.",
        grade.value,
        grade.exceedance.len(),
        grade.scale,
        grade.expected
    )
}

fn exceedance(grade: &Grade) -> String {
    let at_least = grade.exceedance.iter().enumerate();
    let at_least: Vec<String> = at_least
        .map(|(k, p)| format!("at least {}: {}", k + 1, probability(*p)))
        .collect();
    format!("{} ({}); {}", grade.value, grade.scale, at_least.join(", "))
}

fn of_classes(classes: &[ClassProbability]) -> String {
    let each: Vec<String> = classes
        .iter()
        .map(|class| format!("{} {}", label(&class.label), probability(class.probability)))
        .collect();
    each.join(", ")
}

fn of_set(set: &PredictionSet) -> Fact {
    let labels: Vec<String> = set.labels.iter().map(|name| label(name)).collect();
    let labels = match labels.is_empty() {
        true => "none".to_owned(),
        false => labels.join(", "),
    };
    let coverage = percent(1.0 - set.alpha);
    Fact::new(
        "Cannot be ruled out",
        format!("{labels} (at {coverage} coverage)"),
    )
}

fn of_decisive(decisive: &DecisiveTiles) -> String {
    match decisive {
        DecisiveTiles::SmallestSet {
            tiles,
            probability: alone,
        } => {
            let (n, p) = (tiles.len(), probability(*alone));
            let tiles = if n == 1 { "tile" } else { "tiles" };
            format!("{n} {tiles} that alone give the same call (p = {p})")
        }
        DecisiveTiles::NoSmallSet { most_tiles } => {
            format!("the slide as a whole: no {most_tiles} tiles alone give the same call")
        }
        DecisiveTiles::MostSuspicious { tile } => format!(
            "all of the slide; its most suspicious tile alone has p = {}",
            probability(tile.tile_probability)
        ),
        DecisiveTiles::NotTold => {
            "not told: the model is a service elsewhere, which was asked once".to_owned()
        }
    }
}

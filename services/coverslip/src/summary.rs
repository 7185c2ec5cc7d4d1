//! A slide's result as a person reads it on a terminal.

use std::fmt::Write;
use std::path::Path;

use cases::SlideReport;
use flow::{Abstention, DecisiveTiles, Prediction, StageTiming, TaskRef, UntrainedMpp};

use crate::commands::analyze::Answer;

/// A few lines, without the last line break.
pub(crate) fn of(file: &Path, answer: &Answer) -> String {
    let file = file.display();
    match answer {
        Answer::Refused { error, .. } => format!("{file}\n  refused: {error}"),
        Answer::Report(report) => format!("{file}\n{}", of_report(report)),
    }
}

fn of_report(report: &SlideReport) -> String {
    let mut text = format!(
        "  slide     {}\n  status    {}",
        report.slide,
        report.status.name()
    );
    if let Some(reason) = &report.reason {
        append(&mut text, "reason", reason);
    }
    if let Some(prediction) = &report.prediction {
        of_prediction(&mut text, prediction);
    }
    for failure in &report.task_failures {
        let TaskRef { id, version, .. } = &failure.task;
        append(
            &mut text,
            "missing",
            &format!("{id} {version}: {}", failure.reason),
        );
    }
    let timings = report.timings.iter().map(in_words);
    append(&mut text, "time", &timings.collect::<Vec<_>>().join(", "));
    text
}

fn in_words(timing: &StageTiming) -> String {
    let busy = timing.busy_share().map(|share| 100.0 * share);
    let busy = busy.map_or_else(String::new, |percent| {
        format!(" ({percent:.0} % computing)")
    });
    format!("{} {:.1} s{busy}", timing.stage, timing.wall_s)
}

fn of_prediction(text: &mut String, prediction: &Prediction) {
    let Prediction {
        call,
        probability,
        threshold,
        grade,
        set,
        abstention,
        encoder,
        encoder_terms,
        untrained_mpp,
        task,
        ..
    } = prediction;
    let figures = format!("probability {probability:.3}, positive from {threshold:.3}");
    match abstention {
        None => append(text, "call", &format!("{} ({figures})", call.label)),
        Some(why) if !why.leaves_figures() => append(text, "no call", &why.to_string()),
        Some(why) => append(text, "no call", &format!("{why} ({figures})")),
    }
    let has_figures = abstention.as_ref().is_none_or(Abstention::leaves_figures);
    if let (Some(set), true) = (set, has_figures) {
        append(text, "set", &set.labels.join(", "));
    }
    if let (Some(grade), None) = (grade, abstention) {
        let expected = grade.expected;
        append(
            text,
            "grade",
            &format!("{} on {} ({expected:.2})", grade.value, grade.scale),
        );
    }
    if let Some(top) = prediction.top_tiles.first() {
        let [x, y] = [top.rect_um.x, top.rect_um.y];
        append(
            text,
            "evidence",
            &format!(
                "hottest of {} tiles at {x:.0}, {y:.0} um with {:.1} % of the attention",
                prediction.n_instances,
                top.attention * 100.0
            ),
        );
    }
    if let (Some(evidence), true) = (&prediction.evidence, has_figures) {
        append(text, "decided", &of_decisive(&evidence.decisive));
    }
    append(
        text,
        "made by",
        &format!(
            "{} {} ({}) on {} ({})",
            task.id,
            task.version,
            task.hash.short(),
            encoder.name,
            encoder.hash.short()
        ),
    );
    if let Some(terms) = encoder_terms {
        append(
            text,
            "encoder",
            &format!("{}; {}", terms.licence, terms.intended_use),
        );
    }
    if let Some(UntrainedMpp { used, trained }) = untrained_mpp {
        append(
            text,
            "allowed",
            &format!("the encoder saw {used} um per pixel; it was trained at {trained}"),
        );
    }
    append(text, "use", "research use only; it assists, a human signs");
}

fn of_decisive(decisive: &DecisiveTiles) -> String {
    match decisive {
        DecisiveTiles::SmallestSet { tiles, probability } => format!(
            "{} of the tiles give the same call alone (probability {probability:.3})",
            tiles.len()
        ),
        DecisiveTiles::NoSmallSet { most_tiles } => {
            format!("no {most_tiles} tiles or fewer were found that give the same call alone")
        }
        DecisiveTiles::MostSuspicious { tile } => format!(
            "most suspicious tile at {:.0}, {:.0} um (probability {:.3} alone)",
            tile.rect_um.x, tile.rect_um.y, tile.tile_probability
        ),
        DecisiveTiles::NotTold => {
            "not told: the model is a service elsewhere, which was asked once".to_owned()
        }
    }
}

fn append(text: &mut String, name: &str, value: &str) {
    // Writing to a string does not fail.
    let _infallible = write!(text, "\n  {name:<9} {value}");
}

use std::collections::BTreeSet;

use catalog::{Finding, Impression, Opinion, OverrideReason, ReviewRow};
use report::{Block, Section, Table};

use super::words::{self, label, time};

/// What people said of the slide, in its order.
pub(super) fn section(reviews: &[ReviewRow]) -> Section {
    let amended: BTreeSet<u32> = reviews.iter().filter_map(|review| review.amends).collect();
    let block = match reviews.is_empty() {
        true => Block::Text("Nobody has reviewed the slide.".to_owned()),
        false => Block::Table(Table {
            head: ["When", "Who", "Said", "Remarks"].map(str::to_owned).into(),
            rows: reviews
                .iter()
                .map(|review| row(review, amended.contains(&review.number)))
                .collect(),
        }),
    };
    Section {
        heading: "Reviews".to_owned(),
        blocks: vec![block],
    }
}

fn row(review: &ReviewRow, is_amended: bool) -> Vec<String> {
    let (said, remark) = match &review.opinion {
        Opinion::Impression {
            impression,
            text,
            blind,
        } => (of_impression(*impression, *blind), text.as_ref()),
        Opinion::Accept { result, text } => {
            let finding = Finding {
                call: result.call.clone(),
                grade: result.grade,
            };
            let said = format!("{}: accepted, {}", result.task.id, found(&finding));
            (said, text.as_ref())
        }
        Opinion::Override {
            result,
            finding,
            reason,
            text,
        } => {
            let said = format!(
                "{}: overridden, {} ({})",
                result.task.id,
                found(finding),
                why(*reason)
            );
            (said, Some(text))
        }
    };
    let said = match is_amended {
        true => format!("{said}; amended later"),
        false => said,
    };
    let who = review.reviewer.clone();
    vec![time(review.reviewed_at), who, said, words::private(remark)]
}

/// A person's finding in words.
fn found(finding: &Finding) -> String {
    let call = label(&finding.call.label);
    match finding.grade {
        Some(grade) => format!("{call}, grade {grade}"),
        None => call,
    }
}

fn of_impression(impression: Impression, blind: bool) -> String {
    let words = match impression {
        Impression::Benign => "benign",
        Impression::Suspicious => "suspicious",
        Impression::Malignant => "malignant",
        Impression::Uncertain => "uncertain",
    };
    match blind {
        true => format!("First read, before the AI was shown: {words}"),
        false => format!("Impression: {words}"),
    }
}

const fn why(reason: OverrideReason) -> &'static str {
    match reason {
        OverrideReason::FalsePositive => "false positive",
        OverrideReason::FalseNegative => "false negative",
        OverrideReason::WrongClass => "wrong class",
        OverrideReason::WrongGrade => "wrong grade",
        OverrideReason::Artefact => "artefact",
        OverrideReason::OutOfScope => "out of scope",
        OverrideReason::NoAnswer => "no answer",
        OverrideReason::Other => "other reason",
    }
}

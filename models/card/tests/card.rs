//! The card stands alone, names nobody, and says what the report says.

use std::fmt::Write;

use coverslip_card::{Fact, Subject, TaskFacts, page};
use evaluation::{Bootstrap, GroupColumns, Report, TableConfig, from_csv};

fn report(csv: &str) -> Report {
    let config = TableConfig {
        positive: None,
        threshold: 0.5,
        by: GroupColumns::Usual,
    };
    let predictions = from_csv(csv.as_bytes(), &config).expect("a table");
    let bootstrap = Bootstrap {
        resamples: 200,
        ..Bootstrap::default()
    };
    Report::of(&predictions, &bootstrap).expect("a report")
}

/// 60 slides of 30 patients at a large and a small site with a name that HTML must escape.
fn binary() -> Report {
    let mut csv = "slide,label,probability,patient,site\n".to_owned();
    for slide in 0..60 {
        let label = u8::from(slide % 3 == 0);
        let score = (slide * 7 % 20 + 20 * usize::from(label)) as f64 / 50.0;
        let site = if slide < 56 { "large" } else { "<small>" };
        let patient = slide / 2;
        let _infallible = writeln!(
            csv,
            "slide-{slide},{label},{score},patient-{patient},{site}"
        );
    }
    report(&csv)
}

fn subject() -> Subject {
    Subject {
        title: "tumour & grade 1.0.0".to_owned(),
        task: Some(TaskFacts {
            intended_use: "Research on <tumours>.".to_owned(),
            training: vec![Fact::new("Data", "two sites")],
        }),
        made: "2026-11-21 09:30 UTC".to_owned(),
        provenance: vec![Fact::new("Task hash", "abcdef")],
    }
}

#[test]
fn it_stands_alone_and_names_nobody() {
    let page = page(&subject(), &binary());
    for foreign in [
        "<script", "http:", "https:", "url(", "src=", "<link", "@import",
    ] {
        assert!(!page.contains(foreign), "has {foreign}");
    }
    for named in ["patient-", "slide-"] {
        assert!(!page.contains(named), "names {named}");
    }
    assert!(
        !page.contains("NaN") && !page.contains("inf"),
        "holds no numbers"
    );
    assert!(page.contains("tumour &amp; grade") && page.contains("&lt;tumours&gt;"));
}

#[test]
fn it_says_what_the_report_says() {
    let report = binary();
    let page = page(&subject(), &report);
    let auc = report.figures.figures[&evaluation::Measure::Auc];
    let value = auc.value().expect("a value");
    assert!(page.contains(&format!("{value:.3}")), "{value}");
    for text in [
        "Research use only.",
        "60 slides of 30 patients.",
        "two sites",
        "abcdef",
        "&lt;small&gt;",
        "not shown: fewer than 10 patients",
        "2026-11-21",
    ] {
        assert!(page.contains(text), "lacks `{text}`");
    }
    for plot in [
        "ROC curve",
        "Reliability diagram",
        "Scores by true class",
        "Figure by group",
    ] {
        assert!(
            page.contains(&format!("aria-label=\"{plot}")),
            "lacks {plot}"
        );
    }
}

#[test]
fn one_class_alone_says_what_is_undefined() {
    let page = page(
        &subject(),
        &report("slide,label,probability\na,1,0.9\nb,1,0.2\n"),
    );
    assert!(page.contains("undefined: a class does not occur"));
    assert!(!page.contains("ROC curve"));
}

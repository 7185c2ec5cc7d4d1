//! Where the first read is required, no heatmap reaches a pathologist before it.

use axum::http::{StatusCode, header};
use catalog::{Impression, NewReview, Opinion};
use http::{FirstReadRule, Role};

use crate::heatmaps::scored_in;
use crate::lab::{Lab, TestResult};

#[tokio::test]
async fn heatmaps_come_after_the_impression_and_never_from_memory() -> TestResult {
    let lab = Lab::open_with(FirstReadRule::Required).await?;
    let (lab, painted, base) = scored_in(lab).await?;
    let reader = lab
        .access
        .issue_token("Dr. Gram", &[Role::Pathologist])
        .await?;
    let reader = format!("Bearer {}", reader.reveal());
    let first = lab.fetch(&format!("{base}.json")).await?;
    let version = first.json()?["version"]
        .as_str()
        .ok_or("version")?
        .to_owned();
    let tag = first.header(header::ETAG).to_owned();
    let addresses = [
        format!("{base}.json"),
        format!("{base}.png"),
        format!("{base}/10/0_0.png"),
        format!("{base}.json?v={version}"),
        format!("{base}.png?v={version}"),
        format!("{base}/10/0_0.png?max=2&v={version}"),
    ];
    for address in &addresses {
        // An engineer sees it first, so that it could be in memory.
        let seen = lab.fetch(address).await?;
        assert_eq!(
            seen.header(header::CACHE_CONTROL),
            "private, no-cache",
            "{address}"
        );
        let asked = lab.ask(address, &[("authorization", &reader)]).await?;
        let detail = asked.problem(StatusCode::FORBIDDEN)?;
        assert!(detail.contains("record your impression"), "{detail}");
        let headers = [("authorization", reader.as_str()), ("if-none-match", &tag)];
        let held = lab.ask(address, &headers).await?;
        held.problem(StatusCode::FORBIDDEN)?;
    }
    let impression = NewReview {
        slide: painted.slide,
        reviewer: "Dr. Gram".to_owned(),
        opinion: Opinion::Impression {
            impression: Impression::Benign,
            text: None,
            blind: true,
        },
        amends: None,
    };
    lab.catalog.add_review(&impression).await?;
    for address in &addresses {
        let asked = lab.ask(address, &[("authorization", &reader)]).await?;
        assert_eq!(asked.status, StatusCode::OK, "{address}");
    }
    Ok(())
}

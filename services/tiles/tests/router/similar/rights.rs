//! Who may search what, and what is on record of it.

use std::error::Error;

use axum::http::StatusCode;
use catalog::{Impression, NewReview, Opinion, PrivateName, SlidePlace};
use flow::SlideId;
use http::{FirstReadRule, Role};
use serde_json::json;

use super::bags::{encoder, path, places, point, search_config, with_tumour};
use crate::lab::{Lab, TestResult};

async fn bearer(lab: &Lab, role: Role) -> Result<String, Box<dyn Error>> {
    let token = lab.access.issue_token("Dr. Gram", &[role]).await?;
    Ok(format!("Bearer {}", token.reveal()))
}

async fn put_in_case(lab: &Lab, slides: &[SlideId]) -> TestResult {
    let accession = PrivateName::new("S26-1")?;
    let case = lab.catalog.open_case(&accession, None).await?.id;
    let place = SlidePlace {
        case,
        part: None,
        block: None,
        stain: None,
    };
    for slide in slides {
        lab.catalog.put_in_case("test", *slide, &place).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_slides_of_a_case_are_searched_by_those_who_see_cases() -> TestResult {
    let lab = Lab::open_searching(FirstReadRule::Off, search_config()).await?;
    let slide = with_tumour(&lab, 0, &[(0, 0)]).await?.slide;
    let sister = with_tumour(&lab, 1, &[(6, 4)]).await?.slide;
    let stranger = with_tumour(&lab, 2, &[(0, 0)]).await?.slide;
    put_in_case(&lab, &[slide, sister]).await?;
    let asked = json!({"region": point(0, 0), "scope": "case", "hits": 1});
    let engineer = lab.post(&path(slide), &asked, &[]).await?;
    engineer.problem(StatusCode::FORBIDDEN)?;
    let pathologist = bearer(&lab, Role::Pathologist).await?;
    let headers = [("authorization", pathologist.as_str())];
    let answer = lab.post(&path(slide), &asked, &headers).await?.json()?;
    assert_eq!(places(&answer), [(sister.to_string(), 6, 4)]);
    assert_eq!(answer["method"], "exact");
    let extent = json!({"tiles": 70, "of_tiles": 70, "slides": 2, "of_slides": 2});
    assert_eq!(answer["searched"], extent);
    let alone = lab.post(&path(stranger), &asked, &headers).await?;
    let detail = alone.problem(StatusCode::UNPROCESSABLE_ENTITY)?;
    assert!(detail.contains("in no case"), "{detail}");
    Ok(())
}

#[tokio::test]
async fn every_search_is_on_record_without_what_was_drawn() -> TestResult {
    let lab = Lab::open_searching(FirstReadRule::Off, search_config()).await?;
    let slide = with_tumour(&lab, 0, &[(0, 0), (6, 4)]).await?.slide;
    let asked = json!({"region": point(0, 0), "hits": 1});
    lab.post(&path(slide), &asked, &[]).await?;
    lab.post(&path(slide), &asked, &[]).await?;
    let trail = lab.catalog.audit_trail(None, 100).await?.into_iter();
    let sought: Vec<_> = trail
        .filter(|event| event.action == "similar_sought")
        .collect();
    assert_eq!(sought.len(), 2);
    assert_eq!(sought[0].actor, "engineer");
    assert_eq!(sought[0].slide, Some(slide));
    let expected = json!({
        "by": "region", "scope": "slide", "encoder": encoder().hash, "slides": [slide]
    });
    assert_eq!(sought[0].detail, expected);
    Ok(())
}

#[tokio::test]
async fn a_reader_searches_a_slide_after_the_first_read() -> TestResult {
    let lab = Lab::open_searching(FirstReadRule::Required, search_config()).await?;
    let slide = with_tumour(&lab, 0, &[(0, 0), (6, 4)]).await?.slide;
    let reader = bearer(&lab, Role::Pathologist).await?;
    let headers = [("authorization", reader.as_str())];
    let asked = json!({"region": point(0, 0), "hits": 1});
    let answer = lab.post(&path(slide), &asked, &headers).await?;
    let detail = answer.problem(StatusCode::FORBIDDEN)?;
    assert!(detail.contains("record your impression"), "{detail}");
    let impression = NewReview {
        slide,
        reviewer: "Dr. Gram".to_owned(),
        opinion: Opinion::Impression {
            impression: Impression::Benign,
            text: None,
            blind: true,
        },
        amends: None,
    };
    lab.catalog.add_review(&impression).await?;
    let answer = lab.post(&path(slide), &asked, &headers).await?;
    assert_eq!(places(&answer.json()?), [(slide.to_string(), 6, 4)]);
    Ok(())
}

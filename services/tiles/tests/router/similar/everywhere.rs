//! All slides of an encoder, gathered in the background.

use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use coverslip_tiles::{IndexConfig, SearchConfig};
use flow::{ObjectKey, SlideStatus};
use http::FirstReadRule;
use serde_json::json;

use super::bags::{
    embed, embedding, encoder, painted, path, places, point, search_config, searched, with_tumour,
};
use crate::lab::{Lab, TestResult};

#[tokio::test]
async fn a_tile_finds_its_like_in_other_slides_and_in_those_that_come_later() -> TestResult {
    let lab = Lab::open_searching(FirstReadRule::Off, search_config()).await?;
    let slide = with_tumour(&lab, 0, &[(0, 0)]).await?.slide;
    let other = with_tumour(&lab, 1, &[(6, 4)]).await?.slide;
    let asked = json!({"region": point(0, 0), "scope": "all", "hits": 1});
    let first = lab.post(&path(slide), &asked, &[]).await?;
    let detail = first.problem(StatusCode::SERVICE_UNAVAILABLE)?;
    assert!(detail.contains("ask again"), "{detail}");
    assert_eq!(first.header(header::RETRY_AFTER), "5");

    let answer = searched(&lab, slide, &asked).await?.json()?;
    assert_eq!(places(&answer), [(other.to_string(), 6, 4)]);
    assert_eq!(answer["method"], "approximate");
    let extent = json!({"tiles": 70, "of_tiles": 70, "slides": 2, "of_slides": 2});
    assert_eq!(answer["searched"], extent);
    lab.fetch(answer["hits"][0]["picture"].as_str().ok_or("a picture")?)
        .await?;

    // Nearer to the tile that is asked for than that of the other slide.
    let later = with_tumour(&lab, 2, &[(0, 0)]).await?.slide;
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let answer = searched(&lab, slide, &asked).await?.json()?;
        if places(&answer) == [(later.to_string(), 0, 0)] {
            assert_eq!(answer["searched"]["slides"], 3);
            return Ok(());
        }
        assert!(Instant::now() < deadline, "it is not found: {answer}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_few_slides_are_gathered_before_the_first_answer() -> TestResult {
    let index = IndexConfig {
        patience: Duration::from_secs(60),
        ..search_config().index
    };
    let config = SearchConfig {
        index,
        ..search_config()
    };
    let lab = Lab::open_searching(FirstReadRule::Off, config).await?;
    let slide = with_tumour(&lab, 0, &[(0, 0)]).await?.slide;
    let other = with_tumour(&lab, 1, &[(6, 4)]).await?.slide;
    let asked = json!({"region": point(0, 0), "scope": "all", "hits": 1});
    let answer = lab.post(&path(slide), &asked, &[]).await?;
    assert_eq!(places(&answer.json()?), [(other.to_string(), 6, 4)]);
    Ok(())
}

#[tokio::test]
async fn memory_is_bounded_and_the_answer_says_how_much_was_searched() -> TestResult {
    // A tile has 2,592 bytes with its 8 values: there is room for 20.
    let index = IndexConfig {
        n_bytes: 20 * 2_592,
        tiles_a_slide: 10,
        ..search_config().index
    };
    let config = SearchConfig {
        index,
        ..search_config()
    };
    let lab = Lab::open_searching(FirstReadRule::Off, config).await?;
    for number in 0..4 {
        with_tumour(&lab, number, &[(0, 0)]).await?;
    }
    let newest = with_tumour(&lab, 4, &[(0, 0)]).await?.slide;
    let asked = json!({"region": point(0, 0), "scope": "all"});
    let answer = searched(&lab, newest, &asked).await?.json()?;
    let extent = json!({"tiles": 20, "of_tiles": 175, "slides": 2, "of_slides": 5});
    assert_eq!(answer["searched"], extent);
    Ok(())
}

#[tokio::test]
async fn a_damaged_bag_leaves_the_others_searchable() -> TestResult {
    let lab = Lab::open_searching(FirstReadRule::Off, search_config()).await?;
    let slide = with_tumour(&lab, 0, &[(0, 0)]).await?.slide;
    let damaged = painted(&lab, 1).await?.slide;
    let key = ObjectKey::Bag(damaged, encoder().hash);
    lab.store.put(&key, "no bag".into()).await?;
    lab.catalog
        .set_status(damaged, &SlideStatus::Embedded)
        .await?;
    let other = with_tumour(&lab, 2, &[(6, 4)]).await?.slide;
    let asked = json!({"region": point(0, 0), "scope": "all", "hits": 1});
    let answer = searched(&lab, slide, &asked).await?.json()?;
    assert_eq!(places(&answer), [(other.to_string(), 6, 4)]);
    let extent = json!({"tiles": 70, "of_tiles": 70, "slides": 2, "of_slides": 3});
    assert_eq!(answer["searched"], extent);
    Ok(())
}

#[tokio::test]
async fn bags_of_another_encoder_are_not_compared() -> TestResult {
    let lab = Lab::open_searching(FirstReadRule::Off, search_config()).await?;
    let slide = with_tumour(&lab, 0, &[(0, 0)]).await?.slide;
    let foreign = painted(&lab, 1).await?.slide;
    let mut another = encoder();
    another.hash = flow::Sha256Digest::of(b"another");
    embed(&lab, foreign, another, |column, row| {
        embedding(1, column, row)
    })
    .await?;
    let asked = json!({"region": point(0, 0), "scope": "all", "hits": 100});
    let answer = searched(&lab, slide, &asked).await?.json()?;
    let strangers = places(&answer).into_iter();
    let strangers = strangers.filter(|(found, ..)| *found == foreign.to_string());
    assert_eq!(strangers.count(), 0);
    assert_eq!(answer["searched"]["of_slides"], 1);
    Ok(())
}

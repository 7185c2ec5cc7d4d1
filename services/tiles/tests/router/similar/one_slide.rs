//! Within a slide every tile is compared.

use axum::http::StatusCode;
use flow::{Sha256Digest, SlideId};
use http::FirstReadRule;
use serde_json::json;

use super::bags::{
    embed, embedding, encoder, painted, path, places, point, search_config, with_tumour,
};
use crate::lab::{Lab, TestResult};

async fn lab() -> Result<Lab, Box<dyn std::error::Error>> {
    Lab::open_searching(FirstReadRule::Off, search_config()).await
}

#[tokio::test]
async fn a_tile_finds_its_like_apart_from_itself_and_from_each_other() -> TestResult {
    let lab = lab().await?;
    // Two lie beside each other, and beside what is asked for lies one more.
    let tumour = [(0, 0), (1, 0), (4, 1), (5, 1), (3, 4)];
    let slide = with_tumour(&lab, 0, &tumour).await?.slide;
    let asked = json!({"region": point(0, 0), "hits": 2});
    let answer = lab.post(&path(slide), &asked, &[]).await?;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let answer = answer.json()?;
    let id = slide.to_string();
    // Of (4, 1) and (5, 1) the one whose column and row are more alike to 0 and 0.
    assert_eq!(places(&answer), [(id.clone(), 4, 1), (id.clone(), 3, 4)]);
    assert_eq!(answer["slide"], json!(slide));
    assert_eq!(
        (&answer["method"], &answer["scope"]),
        (&json!("exact"), &json!("slide"))
    );
    assert_eq!(answer["query_tiles"], 1);
    assert_eq!(answer["encoder"], json!(encoder()));
    assert_eq!(answer["precision"], "f32");
    let searched = json!({"tiles": 35, "of_tiles": 35, "slides": 1, "of_slides": 1});
    assert_eq!(answer["searched"], searched);
    let first = &answer["hits"][0];
    assert_eq!(first["rect"], json!([400, 100, 100, 100]));
    assert!(
        first["similarity"].as_f64().ok_or("a cosine")? > 0.99,
        "{first}"
    );
    let picture = first["picture"].as_str().ok_or("a picture")?;
    let picture = lab.fetch(picture).await?;
    assert_eq!(&picture.body[..2], [0xff, 0xd8]);

    let all = json!({"region": point(0, 0), "hits": 100});
    let all = lab.post(&path(slide), &all, &[]).await?.json()?;
    let cosines = all["hits"].as_array().ok_or("hits")?.iter();
    let cosines: Vec<f64> = cosines
        .filter_map(|hit| hit["similarity"].as_f64())
        .collect();
    assert!(cosines.is_sorted_by(|a, b| a >= b), "{cosines:?}");
    Ok(())
}

#[tokio::test]
async fn a_region_means_the_tiles_whose_middle_it_holds() -> TestResult {
    let lab = lab().await?;
    let slide = with_tumour(&lab, 0, &[(0, 0), (1, 0), (6, 4)]).await?.slide;
    let outline = json!([[0, 0], [199, 0], [199, 60], [0, 60], [0, 0]]);
    let region = json!({"type": "Polygon", "coordinates": [outline]});
    let drawn = json!({"region": region, "hits": 1});
    let drawn = lab.post(&path(slide), &drawn, &[]).await?.json()?;
    assert_eq!(drawn["query_tiles"], 2);
    assert_eq!(places(&drawn), [(slide.to_string(), 6, 4)]);
    let tiles = json!([{"column": 0, "row": 0}, {"column": 1, "row": 0}]);
    let named = json!({"tiles": tiles, "hits": 1});
    let named = lab.post(&path(slide), &named, &[]).await?.json()?;
    assert_eq!(named, drawn);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_searched_is_told_with_its_remedy() -> TestResult {
    let lab = lab().await?;
    let slide = with_tumour(&lab, 0, &[(0, 0)]).await?.slide;
    let refused = async |body, status| {
        let answer = lab.post(&path(slide), &body, &[]).await?;
        answer.problem(status)
    };
    // Between the middles of tiles.
    let speck = json!([[[10, 10], [20, 10], [20, 20], [10, 10]]]);
    let speck = json!({"region": {"type": "Polygon", "coordinates": speck}});
    let detail = refused(speck, StatusCode::UNPROCESSABLE_ENTITY).await?;
    assert!(detail.contains("draw over tissue"), "{detail}");
    let off = json!({"region": {"type": "Point", "coordinates": [5_000, 10]}});
    refused(off, StatusCode::UNPROCESSABLE_ENTITY).await?;
    let in_case = json!({"region": point(0, 0), "scope": "nowhere"});
    refused(in_case, StatusCode::UNPROCESSABLE_ENTITY).await?;
    let words = refused(json!({"text": "mitosis"}), StatusCode::UNPROCESSABLE_ENTITY).await?;
    assert!(words.contains("--text-encoder"), "{words}");
    let other = Sha256Digest::of(b"another");
    let other = json!({"region": point(0, 0), "encoder": other});
    let detail = refused(other, StatusCode::NOT_FOUND).await?;
    assert!(detail.contains("coverslip embed"), "{detail}");
    Ok(())
}

#[tokio::test]
async fn a_slide_says_by_whose_embeddings_it_can_be_searched() -> TestResult {
    let lab = lab().await?;
    let waiting = painted(&lab, 1).await?.slide;
    let answer = lab.fetch(&path(waiting)).await?.json()?;
    assert_eq!(answer, json!({"encoders": []}));
    let asked = json!({"region": point(0, 0)});
    let answer = lab.post(&path(waiting), &asked, &[]).await?;
    let detail = answer.problem(StatusCode::NOT_FOUND)?;
    assert!(detail.contains("wait until it is embedded"), "{detail}");

    embed(&lab, waiting, encoder(), |column, row| {
        embedding(0, column, row)
    })
    .await?;
    let answer = lab.fetch(&path(waiting)).await?.json()?;
    let known = json!({
        "encoder": encoder(), "precision": "f32", "n_tiles": 35, "reads_text": false
    });
    assert_eq!(answer, json!({"encoders": [known]}));

    let nobody = SlideId::from_digest(&Sha256Digest::of(b"nobody"));
    let answer = lab.get(&path(nobody)).await?;
    answer.problem(StatusCode::NOT_FOUND)?;
    let answer = lab.post(&path(nobody), &asked, &[]).await?;
    answer.problem(StatusCode::NOT_FOUND)?;
    Ok(())
}

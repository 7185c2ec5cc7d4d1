use axum::http::StatusCode;
use catalog::Role;
use flow::SlideStatus;
use serde_json::{Value, json};

use crate::lab::{Lab, Tested};

const ID: &str = "abababab-abab-4bab-abab-abababababab";

fn square(side: u32, name: &str) -> Value {
    let ring = json!([[10, 10], [10 + side, 10], [10 + side, 10 + side], [10, 10]]);
    json!({
        "type": "Feature",
        "id": ID,
        "geometry": { "type": "Polygon", "coordinates": [ring] },
        "properties": {
            "objectType": "annotation",
            "name": name,
            "classification": { "name": "Tumor", "color": [200, 0, 0] },
            "isLocked": false,
        },
    })
}

#[tokio::test]
async fn what_is_drawn_is_kept_with_author_time_and_every_version() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.slide(b"a", &SlideStatus::Tiled).await?;
    let all = format!("/api/v1/slides/{slide}/annotations");
    let one = format!("{all}/{ID}");
    let (status, _) = lab.ask(Role::Pathologist, "GET", &all, Value::Null).await?;
    assert_eq!(status, StatusCode::CONFLICT, "not tiled yet");
    lab.store_manifest(slide).await?;
    for (side, expected) in [(20, StatusCode::CREATED), (30, StatusCode::OK)] {
        let drawn = square(side, "focus");
        let (status, saved) = lab.ask(Role::Pathologist, "PUT", &one, drawn).await?;
        assert_eq!(status, expected, "{saved}");
        assert_eq!(saved["id"], ID);
    }
    let (_, listed) = lab.ask(Role::Lis, "GET", &all, Value::Null).await?;
    assert_eq!(listed["type"], "FeatureCollection");
    assert_eq!(
        listed["coverslip"]["coordinates"],
        "pixels of level 0 from its top left"
    );
    assert_eq!(listed["features"].as_array().map(Vec::len), Some(1));
    let feature = &listed["features"][0];
    assert_eq!(
        feature["geometry"]["coordinates"][0][1],
        json!([40.0, 10.0])
    );
    let properties = &feature["properties"];
    assert_eq!(properties["objectType"], "annotation");
    assert_eq!(
        properties["classification"],
        json!({"name": "Tumor", "color": [200, 0, 0]})
    );
    assert_eq!(properties["coverslip"]["version"], 2);
    assert_eq!(properties["coverslip"]["author"], "test");
    assert!(properties["coverslip"]["drawn_at"].is_string());

    for _ in 0..2 {
        let (status, _) = lab
            .ask(Role::Pathologist, "DELETE", &one, Value::Null)
            .await?;
        assert_eq!(status, StatusCode::NO_CONTENT);
    }
    let (status, _) = lab.ask(Role::Pathologist, "GET", &one, Value::Null).await?;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let versions = format!("{one}/versions");
    let (_, history) = lab
        .ask(Role::Pathologist, "GET", &versions, Value::Null)
        .await?;
    assert_eq!(history["features"].as_array().map(Vec::len), Some(2));
    let recorded = lab.recorded().await?;
    let n_of = |name: &str| recorded.iter().filter(|action| *action == name).count();
    assert_eq!(
        (n_of("annotation_saved"), n_of("annotation_removed")),
        (2, 1)
    );
    Ok(())
}

#[tokio::test]
async fn what_is_no_annotation_is_refused_with_its_reason() -> Tested {
    let lab = Lab::open().await?;
    let slide = lab.slide(b"a", &SlideStatus::Tiled).await?;
    lab.store_manifest(slide).await?;
    let one = format!("/api/v1/slides/{slide}/annotations/{ID}");
    let outside = square(2_000, "far");
    let (status, problem) = lab.ask(Role::Pathologist, "PUT", &one, outside).await?;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|d| d.contains("1000 x 500 pixels"))
    );
    let mut line = square(20, "line");
    line["geometry"]["type"] = json!("LineString");
    let mut nameless = square(20, " ");
    nameless["type"] = json!("Feature");
    let collection = json!({ "type": "FeatureCollection", "features": [] });
    for body in [line, nameless, collection, json!([])] {
        let (status, _) = lab
            .ask(Role::Pathologist, "PUT", &one, body.clone())
            .await?;
        assert!(status.is_client_error(), "{body} answered {status}");
    }
    let ring: Vec<[u32; 2]> = vec![[1, 1]; 50_001];
    let large = json!({
        "type": "Feature",
        "geometry": { "type": "Polygon", "coordinates": [ring] },
        "properties": null,
    });
    let (status, problem) = lab.ask(Role::Pathologist, "PUT", &one, large).await?;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    let huge = square(20, &"x".repeat(5 << 20));
    let (status, _) = lab.ask(Role::Pathologist, "PUT", &one, huge).await?;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    for role in [Role::Scanner, Role::Lis, Role::Engineer] {
        let (status, _) = lab.ask(role, "PUT", &one, square(20, "a")).await?;
        assert_eq!(status, StatusCode::FORBIDDEN, "{role}");
    }
    let path = one.replace(ID, "not-an-id");
    let (status, _) = lab
        .ask(Role::Pathologist, "PUT", &path, square(20, "a"))
        .await?;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    Ok(())
}

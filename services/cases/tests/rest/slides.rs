//! Slides: the list, the mpp, stopping, covariates, events.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use catalog::Role;
use flow::{HoldReason, SlideReceived, SlideStatus, SlideTiled};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::lab::{Lab, Tested};

fn held() -> SlideStatus {
    SlideStatus::Held {
        reason: HoldReason::MissingMpp,
    }
}

#[tokio::test]
async fn the_list_pages_and_hides_names_from_technicians() -> Tested {
    let lab = Lab::open().await?;
    for n in 0..3_u8 {
        lab.slide(&[n], &SlideStatus::Received).await?;
    }
    let (status, first) = lab
        .ask(
            Role::Pathologist,
            "GET",
            "/api/v1/slides?limit=2",
            Value::Null,
        )
        .await?;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(first["slides"].as_array().map(Vec::len), Some(2));
    assert_eq!(first["slides"][0]["file_name"], "Doe^Jane 1970.svs");
    let next = first["next"].as_str().ok_or("a next page")?;
    let path = format!("/api/v1/slides?limit=2&after={next}");
    let (_, second) = lab.ask(Role::Engineer, "GET", &path, Value::Null).await?;
    assert_eq!(second["slides"].as_array().map(Vec::len), Some(1));
    assert_eq!(second["slides"][0]["file_name"], Value::Null);
    assert_eq!(second["next"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn a_held_slide_takes_an_mpp_and_goes_on() -> Tested {
    let lab = Lab::open().await?;
    let id = lab.slide(b"held", &held()).await?;
    let path = format!("/api/v1/slides/{id}");
    let (_, before) = lab
        .ask(Role::Pathologist, "GET", &path, Value::Null)
        .await?;
    assert!(
        before["reason_text"]
            .as_str()
            .is_some_and(|text| text.contains("never guessed"))
    );

    let give = |role, body| lab.ask(role, "PATCH", &path, body);
    assert_eq!(
        give(Role::Lis, json!({"mpp": 0.25})).await?.0,
        StatusCode::FORBIDDEN
    );
    assert!(
        give(Role::Pathologist, json!({"mpp": -1}))
            .await?
            .0
            .is_client_error()
    );
    let (status, after) = give(Role::Pathologist, json!({"mpp": 0.25})).await?;
    assert_eq!(
        (status, &after["status"]["state"]),
        (StatusCode::OK, &json!("received"))
    );
    assert_eq!(
        give(Role::Pathologist, json!({"mpp": 0.5})).await?.0,
        StatusCode::CONFLICT
    );

    let announced = lab.deps.queue.subscribe::<SlideReceived>().next().await;
    assert_eq!(announced.message().slide, id);
    let row = lab.deps.catalog.slide(id).await?.ok_or("the slide")?;
    assert_eq!(row.mpp_override.map(flow::Mpp::get), Some(0.25));
    Ok(())
}

#[tokio::test]
async fn an_analysis_is_stopped_and_resumed() -> Tested {
    let lab = Lab::open().await?;
    let id = lab.slide(b"large", &SlideStatus::Tiled).await?;
    let post = async |role, what: &str| {
        let path = format!("/api/v1/slides/{id}/{what}");
        lab.ask(role, "POST", &path, Value::Null).await
    };
    assert_eq!(post(Role::Scanner, "stop").await?.0, StatusCode::FORBIDDEN);
    assert_eq!(
        post(Role::Pathologist, "resume").await?.0,
        StatusCode::CONFLICT
    );
    let (status, stopped) = post(Role::Pathologist, "stop").await?;
    assert_eq!(status, StatusCode::OK, "{stopped}");
    let expected = json!({"state": "held", "reason": {"code": "stopped"}});
    assert_eq!(stopped["status"], expected);
    assert_eq!(
        post(Role::Pathologist, "stop").await?.0,
        StatusCode::CONFLICT
    );

    let (status, resumed) = post(Role::Engineer, "resume").await?;
    assert_eq!(
        (status, &resumed["status"]["state"]),
        (StatusCode::OK, &json!("tiled"))
    );
    let announced = lab.deps.queue.subscribe::<SlideTiled>().next().await;
    assert_eq!(announced.message().slide, id);
    let trail = lab.deps.catalog.audit_trail(None, 9).await?;
    let actions: Vec<&str> = trail.iter().map(|row| row.action.as_str()).collect();
    assert!(actions.contains(&"analysis_stopped") && actions.contains(&"analysis_resumed"));
    Ok(())
}

#[tokio::test]
async fn unknown_slides_and_tasks_are_problems() -> Tested {
    let lab = Lab::open().await?;
    let id = lab.slide(b"x", &SlideStatus::Scored).await?;
    for path in [
        "/api/v1/slides/00000000000000000000000000000000".to_owned(),
        format!("/api/v1/slides/{id}/predictions/no-such-task"),
    ] {
        let (status, problem) = lab
            .ask(Role::Pathologist, "GET", &path, Value::Null)
            .await?;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(problem["detail"].is_string(), "{problem}");
    }
    let (status, _) = lab
        .ask(
            Role::Pathologist,
            "GET",
            "/api/v1/slides/..%2f",
            Value::Null,
        )
        .await?;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    Ok(())
}

#[tokio::test]
async fn covariates_are_given_by_those_who_know_patients_and_kept_out_of_the_trail() -> Tested {
    let lab = Lab::open().await?;
    let id = lab.slide(b"old", &SlideStatus::Scored).await?;
    let path = format!("/api/v1/slides/{id}/covariates");
    let age = json!({"age": 63, "sex": "f"});
    for role in [Role::Scanner, Role::Engineer] {
        let (status, _) = lab.ask(role, "PUT", &path, age.clone()).await?;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, _) = lab.ask(role, "GET", &path, Value::Null).await?;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
    let (_, none) = lab.ask(Role::Lis, "GET", &path, Value::Null).await?;
    assert_eq!(none, json!({"revision": 0, "values": {}}));
    let expected = json!({"revision": 1, "values": {"age": "63", "sex": "f"}});
    for role in [Role::Lis, Role::Pathologist] {
        let (status, given) = lab.ask(role, "PUT", &path, age.clone()).await?;
        assert_eq!((status, &given), (StatusCode::OK, &expected));
    }
    let (status, _) = lab
        .ask(Role::Lis, "PUT", &path, json!({"age": null}))
        .await?;
    assert!(status.is_client_error());
    let stranger = path.replace(&id.to_string(), &"0".repeat(32));
    let (status, _) = lab.ask(Role::Lis, "PUT", &stranger, age).await?;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let trail = lab.deps.catalog.audit_trail(None, 100).await?;
    let given = trail.iter().filter(|row| row.action == "covariates_given");
    let details: Vec<&Value> = given.map(|row| &row.detail).collect();
    let expected = json!({"revision": 1, "names": ["age", "sex"]});
    assert_eq!(details, [&expected, &expected]);
    Ok(())
}

#[tokio::test]
async fn events_tell_what_changes() -> Tested {
    use futures::StreamExt;
    let lab = Lab::open().await?;
    let id = lab.slide(b"live", &SlideStatus::Received).await?;
    let token = lab
        .access
        .issue_token("test", &[Role::Admin])
        .await
        .map_err(|e| format!("{e:?}"))?;
    let request = Request::builder()
        .uri(format!("/api/v1/slides/{id}/events"))
        .header("authorization", format!("Bearer {}", token.reveal()))
        .body(Body::empty())?;
    let mut events = lab
        .app
        .clone()
        .oneshot(request)
        .await?
        .into_body()
        .into_data_stream();
    let first = events.next().await.ok_or("an event")??;
    assert!(String::from_utf8_lossy(&first).contains("\"state\":\"received\""));
    lab.deps.catalog.set_status(id, &SlideStatus::Tiled).await?;
    let second = events.next().await.ok_or("an event")??;
    assert!(String::from_utf8_lossy(&second).contains("\"state\":\"tiled\""));
    Ok(())
}

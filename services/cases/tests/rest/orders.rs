use axum::http::StatusCode;
use catalog::Role;
use flow::{SlideReceived, SlideStatus, SlideTiled};
use serde_json::{Value, json};

use crate::lab::{Lab, Tested};

const PATH: &str = "/api/v1/orders";

fn order(block: &str) -> Value {
    json!({
        "accession": "CANARY-S26-1",
        "patient": "CANARY-P-77",
        "part": "A",
        "block": block,
        "stain": "H&E",
        "task": "phantom-tumour",
        "priority": "urgent",
    })
}

#[tokio::test]
async fn the_same_order_is_one_and_another_under_its_key_is_refused() -> Tested {
    let lab = Lab::open().await?;
    let key = [("idempotency-key", "k1")];
    let place = async |headers: &[(&str, &str)], body| {
        lab.ask_with(Role::Lis, "POST", PATH, headers, body).await
    };
    let (status, first) = place(&key, order("A1")).await?;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    for headers in [&key[..], &[("idempotency-key", "k2")], &[]] {
        let (status, again) = place(headers, order("A1")).await?;
        assert_eq!((status, &again["id"]), (StatusCode::OK, &first["id"]));
    }
    let (status, problem) = place(&key, order("A2")).await?;
    assert_eq!(status, StatusCode::CONFLICT);
    let mut stranger = order("A3");
    stranger["patient"] = json!("CANARY-P-78");
    let (status, other) = place(&[], stranger).await?;
    assert_eq!(status, StatusCode::CONFLICT);
    for problem in [problem, other] {
        assert!(!problem.to_string().contains("CANARY"), "{problem}");
    }
    let (_, listed) = lab.ask(Role::Lis, "GET", PATH, Value::Null).await?;
    assert_eq!(listed["orders"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["orders"][0]["accession"], "CANARY-S26-1");
    assert_eq!(listed["orders"][0]["priority"], "urgent");
    Ok(())
}

#[tokio::test]
async fn orders_are_for_the_laboratory_and_pathologists_and_on_record() -> Tested {
    let lab = Lab::open().await?;
    for role in [Role::Scanner, Role::Engineer] {
        for (method, body) in [("POST", order("A1")), ("GET", Value::Null)] {
            let (status, _) = lab.ask(role, method, PATH, body).await?;
            assert_eq!(status, StatusCode::FORBIDDEN, "{role} {method}");
        }
    }
    let (status, _) = lab.ask(Role::Lis, "POST", PATH, order("A1")).await?;
    assert_eq!(status, StatusCode::CREATED);
    let (status, _) = lab.ask(Role::Pathologist, "GET", PATH, Value::Null).await?;
    assert_eq!(status, StatusCode::OK);
    let recorded = lab.recorded().await?;
    assert!(
        recorded.contains(&"order_placed".to_owned()),
        "{recorded:?}"
    );
    assert!(recorded.contains(&"orders_seen".to_owned()), "{recorded:?}");
    let trail = lab.deps.catalog.audit_trail(None, 100).await?;
    assert!(!format!("{trail:?}").contains("CANARY"), "{trail:?}");
    Ok(())
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused() -> Tested {
    let lab = Lab::open().await?;
    let mut bad = Vec::new();
    for (field, value) in [
        ("accession", json!("")),
        ("patient", Value::Null),
        ("priority", json!("tomorrow")),
        ("block", json!("x".repeat(65))),
        ("unheard_of", json!(1)),
    ] {
        let mut order = order("A1");
        order[field] = value;
        bad.push(order);
    }
    for body in bad {
        let (status, _) = lab.ask(Role::Lis, "POST", PATH, body.clone()).await?;
        assert!(status.is_client_error(), "{body} answered {status}");
    }
    let key = "k".repeat(300);
    let (status, _) = lab
        .ask_with(
            Role::Lis,
            "POST",
            PATH,
            &[("idempotency-key", &key)],
            order("A1"),
        )
        .await?;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (_, listed) = lab.ask(Role::Lis, "GET", PATH, Value::Null).await?;
    assert_eq!(listed["orders"], json!([]));
    Ok(())
}

#[tokio::test]
async fn an_urgent_order_sends_the_slides_of_its_case_ahead() -> Tested {
    let lab = Lab::open().await?;
    let routine = lab.slide(b"routine", &SlideStatus::Tiled).await?;
    let wanted = lab.slide(b"wanted", &SlideStatus::Tiled).await?;
    let queue = &lab.deps.queue;
    for slide in [routine, wanted] {
        queue.publish(&SlideTiled { slide }).await?;
    }
    let mut order = order("A1");
    order["priority"] = json!("routine");
    lab.ask(Role::Lis, "POST", PATH, order.clone()).await?;
    lab.in_case(wanted, "CANARY-S26-1").await?;
    assert!(!queue.urgent_waits::<SlideTiled>().await?);

    order["block"] = json!("A2");
    order["priority"] = json!("stat");
    lab.ask(Role::Lis, "POST", PATH, order).await?;
    let mut consumer = queue.subscribe::<SlideTiled>();
    for slide in [wanted, routine] {
        let next = consumer.next().await;
        assert_eq!(next.message().slide, slide);
        next.ack();
    }
    let late = lab.slide(b"late", &SlideStatus::Received).await?;
    lab.in_case(late, "CANARY-S26-1").await?;
    assert!(queue.urgent_waits::<SlideReceived>().await?, "it came late");
    Ok(())
}

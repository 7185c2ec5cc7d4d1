//! Pushing files over HTTP, and what is left when a push fails.

use crate::lab::{Lab, Tested};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::{FileName, Page, Role};
use coverslip_ingest::{ReceiveConfig, router};
use flow::{Sha256Digest, SlideId, SlideReceived, SlideStatus};
use futures::stream;
use http::{AccessControl, Protected, Transport, protect};
use tower::ServiceExt;

struct Push {
    app: Protected,
    secret: String,
}

impl Push {
    async fn ready(lab: &Lab, role: Role) -> Result<Self, Box<dyn std::error::Error>> {
        Self::ready_for(lab, role, ReceiveConfig::default()).await
    }

    async fn ready_for(
        lab: &Lab,
        role: Role,
        config: ReceiveConfig,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let access = AccessControl::new(lab.deps.catalog.clone(), Transport::Http);
        let secret = access
            .issue_token("scanner 1", &[role])
            .await?
            .reveal()
            .to_owned();
        let app = protect(router(lab.deps.clone(), config), access);
        Ok(Self { app, secret })
    }

    async fn send(
        &self,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Result<(StatusCode, String), Box<dyn std::error::Error>> {
        let response = self.answer(headers, body).await?;
        let status = response.status();
        let text = to_bytes(response.into_body(), 1 << 20).await?;
        Ok((status, String::from_utf8(text.to_vec())?))
    }

    async fn answer(
        &self,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Result<Response<Body>, Box<dyn std::error::Error>> {
        let mut request = Request::post("/api/v1/slides")
            .header("authorization", format!("Bearer {}", self.secret));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Ok(self.app.clone().oneshot(request.body(body)?).await?)
    }
}

async fn n_slides(lab: &Lab) -> Result<usize, Box<dyn std::error::Error>> {
    let page = Page {
        after: None,
        limit: 10,
    };
    Ok(lab.deps.catalog.slides(page).await?.len())
}

fn content_digest(bytes: &[u8]) -> String {
    format!(
        "sha-256=:{}:",
        STANDARD.encode(Sha256Digest::of(bytes).as_bytes())
    )
}

#[tokio::test]
async fn the_same_bytes_are_one_slide() -> Tested {
    let lab = Lab::open().await?;
    let push = Push::ready(&lab, Role::Scanner).await?;
    let digest = content_digest(b"pretend slide");
    let headers = [
        ("content-digest", digest.as_str()),
        ("x-filename", "Doe%20J%C3%A4ne.svs"),
    ];
    let (status, first) = push.send(&headers, Body::from("pretend slide")).await?;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    let (status, second) = push.send(&[], Body::from("pretend slide")).await?;
    assert_eq!((status, &second), (StatusCode::OK, &first));

    let id = SlideId::from_digest(&Sha256Digest::of(b"pretend slide"));
    assert!(first.contains(&id.to_string()));
    assert_eq!(n_slides(&lab).await?, 1);
    let name = lab.row(id).await?.file_name;
    assert_eq!(name.as_ref().map(FileName::reveal), Some("Doe Jäne.svs"));
    let announced = lab.deps.queue.subscribe::<SlideReceived>().next().await;
    assert_eq!(announced.message().slide, id);
    let trail = lab.deps.catalog.audit_trail(None, 9).await?;
    let pushes = trail
        .iter()
        .filter(|row| row.action == "slide_received" && row.actor == "scanner 1");
    assert_eq!(pushes.count(), 2);
    Ok(())
}

#[tokio::test]
async fn a_failed_push_leaves_nothing() -> Tested {
    let lab = Lab::open().await?;
    let push = Push::ready(&lab, Role::Scanner).await?;
    let other = content_digest(b"something else");
    let torn = stream::iter([
        Ok(Bytes::from_static(b"half a sl")),
        Err(std::io::Error::other("the scanner was switched off")),
    ]);
    let cases = [
        (
            vec![("content-digest", other.as_str())],
            Body::from("slide"),
            422,
            "sha256",
        ),
        (
            vec![("content-digest", "md5=:x:")],
            Body::from("slide"),
            400,
            "Content-Digest",
        ),
        (vec![("x-mpp", "tiny")], Body::from("slide"), 400, "X-Mpp"),
        (vec![], Body::empty(), 400, "empty"),
        (vec![], Body::from_stream(torn), 400, "ended early"),
    ];
    for (headers, body, expected, word) in cases {
        let (status, text) = push.send(&headers, body).await?;
        assert_eq!(status.as_u16(), expected, "{text}");
        assert!(text.contains(word), "{text}");
    }
    assert_eq!(n_slides(&lab).await?, 0);
    assert_eq!(lab.files(), Vec::<std::path::PathBuf>::new());
    Ok(())
}

#[tokio::test]
async fn only_scanners_push() -> Tested {
    let lab = Lab::open().await?;
    let push = Push::ready(&lab, Role::Pathologist).await?;
    let (status, _) = push.send(&[], Body::from("slide")).await?;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(n_slides(&lab).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_full_installation_asks_to_come_again() -> Tested {
    let lab = Lab::open().await?;
    let config = ReceiveConfig {
        most_unfinished: 1,
        ..ReceiveConfig::default()
    };
    let push = Push::ready_for(&lab, Role::Scanner, config).await?;
    let (status, _) = push.send(&[], Body::from("first")).await?;
    assert_eq!(status, StatusCode::CREATED);
    let answer = push.answer(&[], Body::from("second")).await?;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers()["retry-after"], "60");
    assert_eq!(n_slides(&lab).await?, 1);

    let first = SlideId::from_digest(&Sha256Digest::of(b"first"));
    lab.deps
        .catalog
        .set_status(first, &SlideStatus::Scored)
        .await?;
    let (status, _) = push.send(&[], Body::from("second")).await?;
    assert_eq!(status, StatusCode::CREATED);
    Ok(())
}

#[tokio::test]
async fn a_push_names_its_case_and_never_moves_a_slide() -> Tested {
    let lab = Lab::open().await?;
    let push = Push::ready(&lab, Role::Scanner).await?;
    let to = |accession| [("x-accession", accession), ("x-stain", "H%26E")];
    let (status, _) = push.send(&to("S26-1"), Body::from("slide")).await?;
    assert_eq!(status, StatusCode::CREATED);
    let id = SlideId::from_digest(&Sha256Digest::of(b"slide"));
    let place = lab.row(id).await?.place.ok_or("a case")?;
    assert_eq!(place.stain.as_ref().map(|name| name.reveal()), Some("H&E"));
    let case = lab.deps.catalog.known_case(place.case).await?;
    assert_eq!(case.accession.reveal(), "S26-1");
    let (status, _) = push.send(&to("S26-1"), Body::from("slide")).await?;
    assert_eq!(status, StatusCode::OK);
    let (status, problem) = push.send(&to("CANARY-2"), Body::from("slide")).await?;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(!problem.contains("CANARY"), "{problem}");
    assert_eq!(lab.row(id).await?.place, Some(place));
    let (status, _) = push.send(&to("%00"), Body::from("another")).await?;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        n_slides(&lab).await?,
        1,
        "a bad header is refused before the body"
    );
    Ok(())
}

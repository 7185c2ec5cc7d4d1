//! Tokens that a task's service is lent: they read the tiles of one slide, for as long as a job takes.

use axum::http::Method;
use catalog::{AuditAction, AuditEvent, Catalog, CatalogError, NewToken, TokenKind};
use chrono::{DateTime, Utc};
use flow::SlideId;
use serde_json::json;

use super::Secret;

/// Makes such a token, on record. `name` says whose it is; `actor` lends it.
pub async fn lend_slide(
    catalog: &Catalog,
    actor: &str,
    name: &str,
    slide: SlideId,
    until: DateTime<Utc>,
) -> Result<Secret, CatalogError> {
    let event = AuditEvent {
        actor: actor.to_owned(),
        action: AuditAction::TokenAdded,
        slide: Some(slide),
        detail: json!({ "name": name, "roles": [], "until": until }),
    };
    catalog.remove_expired_tokens(Utc::now()).await?;
    catalog.audit(event).await?;
    let secret = Secret::random();
    let token = NewToken {
        kind: TokenKind::Job,
        name: name.to_owned(),
        hash: secret.hash(),
        roles: Vec::new(),
        slide: Some(slide),
        expires_at: Some(until),
    };
    catalog.add_token(token).await?;
    Ok(secret)
}

/// The job is done. Processes that saw the token may take it for half a minute more.
pub async fn take_back(catalog: &Catalog, secret: &Secret) -> Result<(), CatalogError> {
    catalog.remove_token(&secret.hash()).await
}

/// Whether an address is one of a slide's tiles or what describes them, by IIIF or Deep Zoom.
pub(super) fn is_tile_of(slide: SlideId, method: &Method, path: &str) -> bool {
    let places = [
        format!("/iiif/3/{slide}/"),
        format!("/slides/{slide}_files/"),
    ];
    let is_below = places.iter().any(|place| path.starts_with(place));
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    is_read && (is_below || path == format!("/slides/{slide}.dzi"))
}

#[cfg(test)]
mod tests {
    use flow::Sha256Digest;

    use super::*;

    #[test]
    fn tiles_of_the_slide_and_nothing_else() {
        let [mine, other] =
            [b"mine", b"them"].map(|name| SlideId::from_digest(&Sha256Digest::of(name)));
        let reads = |method: Method, path: String| is_tile_of(mine, &method, &path);
        for path in [
            format!("/iiif/3/{mine}/info.json"),
            format!("/iiif/3/{mine}/0,0,224,224/224,/0/default.jpg"),
            format!("/slides/{mine}.dzi"),
            format!("/slides/{mine}_files/3/0_0.jpeg"),
        ] {
            assert!(reads(Method::GET, path.clone()), "{path}");
            assert!(!reads(Method::POST, path.clone()), "{path}");
            assert!(!is_tile_of(other, &Method::GET, &path), "{path}");
        }
        for path in [
            format!("/api/v1/slides/{mine}"),
            format!("/api/v1/slides/{mine}/predictions"),
            format!("/slides/{mine}.dzi/"),
            format!("/dicomweb/studies/{mine}"),
            "/metrics".to_owned(),
        ] {
            assert!(!reads(Method::GET, path.clone()), "{path}");
        }
    }
}

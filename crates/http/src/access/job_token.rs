//! Tokens that a task's service is lent: they read the tiles of one slide, for as long as a job takes.

use axum::http::Method;
use catalog::{AuditAction, AuditEvent, Catalog, CatalogError, NewToken, TokenKind};
use chrono::{DateTime, Utc};
use flow::{SlideId, TenantName};
use serde_json::json;

use super::Secret;

/// A slide that somebody is lent.
#[derive(Clone, Copy, Debug)]
pub struct Loan<'a> {
    /// Whose the slide is, where several installations share processes.
    pub tenant: Option<&'a TenantName>,
    pub slide: SlideId,
    /// Who lends it.
    pub actor: &'a str,
    /// Who is lent it.
    pub name: &'a str,
    pub until: DateTime<Utc>,
}

/// Makes such a token, on record.
pub async fn lend_slide(catalog: &Catalog, loan: Loan<'_>) -> Result<Secret, CatalogError> {
    let Loan {
        slide, name, until, ..
    } = loan;
    let event = AuditEvent {
        actor: loan.actor.to_owned(),
        action: AuditAction::TokenAdded,
        slide: Some(slide),
        detail: json!({ "name": name, "roles": [], "until": until }),
    };
    catalog.remove_expired_tokens(Utc::now()).await?;
    catalog.audit(event).await?;
    let secret = Secret::random_of(loan.tenant);
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
    use catalog::NewSlide;
    use flow::Sha256Digest;

    use super::*;

    #[tokio::test]
    async fn a_tenants_slide_is_lent_until_it_is_taken_back()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let digest = Sha256Digest::of(b"slide");
        catalog.register(NewSlide::of(digest, 5)).await?;
        let (tenant, slide) = ("north".parse()?, SlideId::from_digest(&digest));
        let loan = Loan {
            tenant: Some(&tenant),
            slide,
            actor: "score",
            name: "service of task t",
            until: Utc::now() + chrono::TimeDelta::minutes(1),
        };
        let secret = lend_slide(&catalog, loan).await?;
        assert!(secret.reveal().starts_with("north~"));
        let lent = catalog.token_by_hash(&secret.hash()).await?;
        assert_eq!(lent.and_then(|row| row.slide), Some(slide));
        take_back(&catalog, &secret).await?;
        assert_eq!(catalog.token_by_hash(&secret.hash()).await?, None);
        Ok(())
    }

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

use chrono::{DateTime, Utc};
use flow::Sha256Digest;
use sqlx::sqlite::SqliteRow;

use crate::columns::{from_json, get, get_optional_time, get_time, parse, to_json};
use crate::{Catalog, CatalogError, Role};

/// What a secret is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Sent by machines with every request.
    Bearer,
    /// Kept by a browser in a cookie.
    Session,
    /// Turned into a session once.
    LoginCode,
}

/// A secret to be recognised from now on.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub kind: TokenKind,
    /// Who holds it; stands in the audit trail.
    pub name: String,
    /// sha256 of the secret, which itself is not kept.
    pub hash: Sha256Digest,
    pub roles: Vec<Role>,
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    pub kind: TokenKind,
    pub name: String,
    pub hash: Sha256Digest,
    pub roles: Vec<Role>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

impl Catalog {
    /// Fails if the hash is known already: secrets are random, so that is no coincidence.
    pub async fn add_token(&self, token: NewToken) -> Result<(), CatalogError> {
        sqlx::query(
            "INSERT INTO tokens (hash, kind, name, roles, created_at_ms, expires_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(token.hash.to_string())
        .bind(token.kind.name())
        .bind(token.name)
        .bind(to_json("roles", &token.roles)?)
        .bind(Utc::now().timestamp_millis())
        .bind(token.expires_at.map(|at| at.timestamp_millis()))
        .execute(&self.records)
        .await
        .map_err(CatalogError::database("add a token"))?;
        Ok(())
    }

    /// Also gives tokens that have expired.
    pub async fn token_by_hash(
        &self,
        hash: &Sha256Digest,
    ) -> Result<Option<TokenRow>, CatalogError> {
        let row = sqlx::query("SELECT * FROM tokens WHERE hash = $1")
            .bind(hash.to_string())
            .fetch_optional(&self.readers)
            .await
            .map_err(CatalogError::database("look up a token"))?;
        row.as_ref().map(read_token).transpose()
    }

    /// Uses up a login code that has not expired. Of two who come with the same code, one gets it.
    pub async fn take_login_code(
        &self,
        hash: &Sha256Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<TokenRow>, CatalogError> {
        let row = sqlx::query(
            "DELETE FROM tokens
             WHERE hash = $1 AND kind = 'login_code' AND expires_at_ms > $2 RETURNING *",
        )
        .bind(hash.to_string())
        .bind(now.timestamp_millis())
        .fetch_optional(&self.records)
        .await
        .map_err(CatalogError::database("use a login code"))?;
        row.as_ref().map(read_token).transpose()
    }

    /// Every bearer token, by name.
    pub async fn bearer_tokens(&self) -> Result<Vec<TokenRow>, CatalogError> {
        let rows = sqlx::query("SELECT * FROM tokens WHERE kind = 'bearer' ORDER BY name, hash")
            .fetch_all(&self.readers)
            .await
            .map_err(CatalogError::database("list tokens"))?;
        rows.iter().map(read_token).collect()
    }

    /// Forgets a token. It is fine if it is not there.
    pub async fn remove_token(&self, hash: &Sha256Digest) -> Result<(), CatalogError> {
        sqlx::query("DELETE FROM tokens WHERE hash = $1")
            .bind(hash.to_string())
            .execute(&self.records)
            .await
            .map_err(CatalogError::database("remove a token"))?;
        Ok(())
    }

    /// Forgets what expired before `now`.
    pub async fn remove_expired_tokens(&self, now: DateTime<Utc>) -> Result<(), CatalogError> {
        sqlx::query("DELETE FROM tokens WHERE expires_at_ms <= $1")
            .bind(now.timestamp_millis())
            .execute(&self.records)
            .await
            .map_err(CatalogError::database("remove expired tokens"))?;
        Ok(())
    }
}

impl TokenKind {
    const ALL: [Self; 3] = [Self::Bearer, Self::Session, Self::LoginCode];

    const fn name(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Session => "session",
            Self::LoginCode => "login_code",
        }
    }
}

fn read_token(row: &SqliteRow) -> Result<TokenRow, CatalogError> {
    let kind: String = get(row, "kind")?;
    let kind = TokenKind::ALL
        .into_iter()
        .find(|known| known.name() == kind);
    Ok(TokenRow {
        kind: kind
            .ok_or("there is no such kind of token")
            .map_err(CatalogError::damaged("kind"))?,
        name: get(row, "name")?,
        hash: parse(row, "hash")?,
        roles: from_json(row, "roles")?,
        created_at: get_time(row, "created_at_ms")?,
        expires_at: get_optional_time(row, "expires_at_ms")?,
    })
}

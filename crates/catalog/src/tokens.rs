use chrono::{DateTime, Utc};
use flow::{Sha256Digest, SlideId};

use crate::columns::{from_json, get, get_optional_time, get_time, parse, to_json};
use crate::row::Row;
use crate::statement::Statement;
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
    /// Good for nothing any more: what was used once and must not be again.
    Spent,
    /// Sent by a task's service with every request, to see the tiles of one slide.
    Job,
    /// Named by a scanner that signs every request: what is hashed is no secret.
    Signing,
}

/// A secret to be recognised from now on.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub kind: TokenKind,
    /// Who holds it; stands in the audit trail.
    pub name: String,
    /// sha256 of the secret, which itself is not kept; of a key that signs, of its id.
    pub hash: Sha256Digest,
    pub roles: Vec<Role>,
    /// The one whose tiles it reads, of a job's token.
    pub slide: Option<SlideId>,
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    pub kind: TokenKind,
    pub name: String,
    pub hash: Sha256Digest,
    pub roles: Vec<Role>,
    /// The one whose tiles it reads, of a job's token.
    pub slide: Option<SlideId>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

macro_rules! token_columns {
    () => {
        "hash, kind, name, roles, created_at_ms, expires_at_ms, slide"
    };
}

impl Catalog {
    /// Fails if the hash is known already: secrets are random, so that is no coincidence.
    pub async fn add_token(&self, token: NewToken) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "add a token",
            concat!(
                "INSERT INTO tokens (",
                token_columns!(),
                ") VALUES ($1, $2, $3, $4, $5, $6, $7)"
            ),
        )
        .bind(token.hash.to_string())
        .bind(token.kind.name())
        .bind(token.name)
        .bind(to_json("roles", &token.roles)?)
        .bind(Utc::now().timestamp_millis())
        .bind(token.expires_at.map(|at| at.timestamp_millis()))
        .bind(token.slide.map(|slide| slide.to_string()));
        self.records.execute(statement).await?;
        Ok(())
    }

    /// Also gives tokens that have expired.
    pub async fn token_by_hash(
        &self,
        hash: &Sha256Digest,
    ) -> Result<Option<TokenRow>, CatalogError> {
        let statement = Statement::to(
            "look up a token",
            concat!("SELECT ", token_columns!(), " FROM tokens WHERE hash = $1"),
        )
        .bind(hash.to_string());
        let row = self.readers.fetch_optional(statement).await?;
        row.as_ref().map(read_token).transpose()
    }

    /// Uses up a login code that has not expired. Of two who come with the same code, one gets it.
    pub async fn take_login_code(
        &self,
        hash: &Sha256Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<TokenRow>, CatalogError> {
        let statement = Statement::to(
            "use a login code",
            concat!(
                "DELETE FROM tokens
                 WHERE hash = $1 AND kind = 'login_code' AND expires_at_ms > $2 RETURNING ",
                token_columns!()
            ),
        )
        .bind(hash.to_string())
        .bind(now.timestamp_millis());
        let row = self.records.fetch_optional(statement).await?;
        row.as_ref().map(read_token).transpose()
    }

    /// Uses up what is good once, known again until `expires_at`: false where it was used before.
    /// Of two who come with the same, one gets it.
    pub async fn spend(
        &self,
        hash: &Sha256Digest,
        expires_at: DateTime<Utc>,
    ) -> Result<bool, CatalogError> {
        let statement = Statement::to(
            "spend what is good once",
            concat!(
                "INSERT INTO tokens (",
                token_columns!(),
                ") VALUES ($1, $2, '', '[]', $3, $4, NULL) ON CONFLICT (hash) DO NOTHING"
            ),
        )
        .bind(hash.to_string())
        .bind(TokenKind::Spent.name())
        .bind(Utc::now().timestamp_millis())
        .bind(expires_at.timestamp_millis());
        Ok(self.records.execute(statement).await? == 1)
    }

    /// Every bearer token and every key that signs, by name.
    pub async fn lasting_tokens(&self) -> Result<Vec<TokenRow>, CatalogError> {
        let statement = Statement::to(
            "list tokens",
            concat!(
                "SELECT ",
                token_columns!(),
                " FROM tokens WHERE kind IN ('bearer', 'signing') ORDER BY name, hash"
            ),
        );
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_token).collect()
    }

    /// Forgets a token. It is fine if it is not there.
    pub async fn remove_token(&self, hash: &Sha256Digest) -> Result<(), CatalogError> {
        let statement = Statement::to("remove a token", "DELETE FROM tokens WHERE hash = $1");
        let statement = statement.bind(hash.to_string());
        self.records.execute(statement).await?;
        Ok(())
    }

    /// Forgets what expired before `now`.
    pub async fn remove_expired_tokens(&self, now: DateTime<Utc>) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "remove expired tokens",
            "DELETE FROM tokens WHERE expires_at_ms <= $1",
        )
        .bind(now.timestamp_millis());
        self.records.execute(statement).await?;
        Ok(())
    }
}

impl TokenKind {
    const ALL: [Self; 6] = [
        Self::Bearer,
        Self::Session,
        Self::LoginCode,
        Self::Spent,
        Self::Job,
        Self::Signing,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Session => "session",
            Self::LoginCode => "login_code",
            Self::Spent => "spent",
            Self::Job => "job",
            Self::Signing => "signing",
        }
    }
}

fn read_token(row: &Row) -> Result<TokenRow, CatalogError> {
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
        slide: get_optional_slide(row)?,
        created_at: get_time(row, "created_at_ms")?,
        expires_at: get_optional_time(row, "expires_at_ms")?,
    })
}

fn get_optional_slide(row: &Row) -> Result<Option<SlideId>, CatalogError> {
    let slide: Option<String> = get(row, "slide")?;
    let slide = slide.map(|id| id.parse()).transpose();
    slide.map_err(CatalogError::damaged("slide"))
}

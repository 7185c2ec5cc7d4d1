use std::time::Duration;

use chrono::Utc;
use flow::{Sha256Digest, SlideId};
use uuid::Uuid;

use crate::columns::get;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// How several workers divide the chunks of one bag. Nothing here is a record: lost, it only makes
/// a chunk be embedded twice.
#[derive(Clone)]
pub struct ChunkClaims {
    catalog: Catalog,
    slide: SlideId,
    encoder: Sha256Digest,
    /// One worker's one go at the bag.
    holder: Uuid,
    lease: Duration,
}

impl Catalog {
    /// For a worker that has its share of the bag from now on; a chunk is left to others when it has
    /// said nothing more for as long as `lease`.
    ///
    /// Times are those of the workers' clocks: one that is wrong by more than a lease makes others
    /// embed what it is at, which costs their time and changes nothing, for a chunk comes out the
    /// same whoever embeds it.
    pub fn chunk_claims(
        &self,
        slide: SlideId,
        encoder: Sha256Digest,
        lease: Duration,
    ) -> ChunkClaims {
        ChunkClaims {
            catalog: self.clone(),
            slide,
            encoder,
            holder: Uuid::new_v4(),
            lease,
        }
    }
}

impl ChunkClaims {
    /// Takes a chunk that is nobody's; `false` where another worker is at it or has stored it.
    pub async fn claim(&self, chunk: u32) -> Result<bool, CatalogError> {
        let now = Utc::now().timestamp_millis();
        let statement = Statement::to(
            "claim a chunk",
            "INSERT INTO chunk_claims (slide, encoder, chunk, holder, until_ms)
             VALUES ($1, $2, $4, $3, $5)
             ON CONFLICT (slide, encoder, chunk) DO UPDATE
             SET holder = excluded.holder, until_ms = excluded.until_ms
             WHERE chunk_claims.until_ms < $6",
        );
        let statement = self
            .of_holder(statement)
            .bind(chunk)
            .bind(now + self.lease.as_millis() as i64)
            .bind(now)
            .about(self.slide);
        Ok(self.catalog.notes.execute(statement).await? == 1)
    }

    /// Keeps what this worker is at for another lease.
    pub async fn renew(&self) -> Result<(), CatalogError> {
        let until = Utc::now().timestamp_millis() + self.lease.as_millis() as i64;
        let statement = Statement::to(
            "keep claimed chunks",
            "UPDATE chunk_claims SET until_ms = $4
             WHERE slide = $1 AND encoder = $2 AND holder = $3 AND until_ms IS NOT NULL",
        );
        self.execute(self.of_holder(statement).bind(until)).await
    }

    /// Leaves what this worker is at to others, at once.
    pub async fn release(&self) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "leave claimed chunks",
            "DELETE FROM chunk_claims
             WHERE slide = $1 AND encoder = $2 AND holder = $3 AND until_ms IS NOT NULL",
        );
        self.execute(self.of_holder(statement)).await
    }

    /// Says that a chunk is in storage.
    pub async fn stored(&self, chunk: u32) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "note a stored chunk",
            "UPDATE chunk_claims SET until_ms = NULL
             WHERE slide = $1 AND encoder = $2 AND chunk = $3",
        );
        self.execute(self.of_bag(statement).bind(chunk)).await
    }

    /// Takes back that a chunk is in storage: it is nobody's again.
    pub async fn not_stored(&self, chunk: u32) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "note a lost chunk",
            "DELETE FROM chunk_claims
             WHERE slide = $1 AND encoder = $2 AND chunk = $3 AND until_ms IS NULL",
        );
        self.execute(self.of_bag(statement).bind(chunk)).await
    }

    /// The chunks that are in storage, whoever stored them.
    pub async fn stored_chunks(&self) -> Result<Vec<u32>, CatalogError> {
        let statement = Statement::to(
            "read stored chunks",
            "SELECT chunk FROM chunk_claims
             WHERE slide = $1 AND encoder = $2 AND until_ms IS NULL
             ORDER BY chunk",
        );
        let rows = self.of_bag(statement);
        let rows = self.catalog.readers.fetch_all(rows).await?;
        let chunks = rows.iter().map(|row| {
            let chunk: i64 = get(row, "chunk")?;
            u32::try_from(chunk).map_err(CatalogError::damaged("chunk"))
        });
        chunks.collect()
    }

    /// Forgets who embedded what: the bag is whole.
    pub async fn forget(&self) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "forget claimed chunks",
            "DELETE FROM chunk_claims WHERE slide = $1 AND encoder = $2",
        );
        self.execute(self.of_bag(statement)).await
    }

    fn of_bag(&self, statement: Statement) -> Statement {
        statement
            .bind(self.slide.to_string())
            .bind(self.encoder.to_string())
    }

    fn of_holder(&self, statement: Statement) -> Statement {
        self.of_bag(statement).bind(self.holder.to_string())
    }

    async fn execute(&self, statement: Statement) -> Result<(), CatalogError> {
        self.catalog.notes.execute(statement).await.map(drop)
    }
}

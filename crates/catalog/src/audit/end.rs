//! The end of the chain, which one transaction at a time holds.

use flow::Sha256Digest;

use super::chain::Entry;
use crate::columns::{get_count, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{Catalog, CatalogError};

/// Events that are taken into the chain in one transaction.
const BATCH: u32 = 500;

/// As the catalog has it.
pub(crate) struct End {
    /// Of the last event.
    pub(super) seq: u64,
    /// Of the last event that is in the chain.
    pub(super) chained: u64,
    pub(super) hash: Sha256Digest,
    /// Of the last event of the versions that knew no chain.
    pub(super) older: u64,
}

impl End {
    pub(super) fn read(row: &Row) -> Result<Self, CatalogError> {
        Ok(Self {
            seq: get_count(row, "seq")?,
            chained: get_count(row, "chained")?,
            hash: parse(row, "hash")?,
            older: get_count(row, "older")?,
        })
    }

    /// Takes hold of the end until `transaction` ends; others wait for as long.
    pub(crate) async fn hold(transaction: &mut Transaction) -> Result<Self, CatalogError> {
        let statement = Statement::to(
            "hold the end of the audit trail",
            "UPDATE audit_end SET seq = seq RETURNING seq, chained, hash, older",
        );
        Self::read(&transaction.fetch_one(statement).await?)
    }

    /// Takes the next events into the chain that lack in it: those of an older version.
    pub(super) async fn take_in_some(
        &mut self,
        transaction: &mut Transaction,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "read the older audit trail",
            "SELECT seq, at_ms, actor, action, slide, detail FROM audit WHERE seq > $1
             ORDER BY seq LIMIT $2",
        );
        let statement = statement.bind(self.chained.cast_signed()).bind(BATCH);
        for row in transaction.fetch_all(statement).await? {
            let entry = Entry::read(&row)?;
            let hash = entry.hash(&self.hash);
            let statement = Statement::to(
                "take the older audit trail into the chain",
                "UPDATE audit SET hash = $2 WHERE seq = $1",
            )
            .bind(entry.seq.cast_signed())
            .bind(hash.to_string());
            transaction.execute(statement).await?;
            (self.chained, self.hash) = (entry.seq, hash);
        }
        Ok(())
    }
}

/// Takes what versions without a chain have left into it, once: what is added later behind our back
/// shall show. Of several processes each takes what the others have not.
pub(crate) async fn take_in_older(catalog: &Catalog) -> Result<(), CatalogError> {
    let statement = Statement::to(
        "read the end of the audit trail",
        "SELECT seq, chained, hash, older FROM audit_end",
    );
    let mut end = End::read(&catalog.readers.fetch_one(statement).await?)?;
    while end.chained < end.older {
        let action = "take the older audit trail into the chain";
        let mut transaction = catalog.records.begin(action).await?;
        end = End::hold(&mut transaction).await?;
        if end.chained < end.older {
            end.take_in_some(&mut transaction).await?;
        }
        transaction.commit().await?;
    }
    Ok(())
}

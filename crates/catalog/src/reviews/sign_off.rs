use chrono::{DateTime, Utc};
use flow::CaseId;
use serde_json::{Value, json};

use super::review::number;
use crate::audit::append;
use crate::cases::CaseStanding;
use crate::columns::{from_json, get, get_time, parse, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// To be put on record as signed.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSignOff {
    pub case: CaseId,
    /// 1, or one more than the version that is amended.
    pub version: u32,
    pub signer: String,
    /// What was signed, whole: nothing that comes later changes it.
    pub body: Value,
}

/// One signed version of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct SignOffRow {
    pub case: CaseId,
    pub version: u32,
    pub signer: String,
    pub body: Value,
    pub signed_at: DateTime<Utc>,
}

impl Catalog {
    /// Whether it was put on record, in the audit trail too: of two who sign the same version one
    /// does. The case must be there.
    pub async fn add_sign_off(&self, new: &NewSignOff) -> Result<bool, CatalogError> {
        let action = "sign a case";
        let sign = Statement::to(
            action,
            "INSERT INTO sign_offs (case_id, version, signer, body, signed_at_ms)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(new.case.to_string())
        .bind(new.version)
        .bind(new.signer.as_str())
        .bind(to_json("signature", &new.body)?)
        .bind(Utc::now().timestamp_millis());
        let stand = Statement::to(action, "UPDATE cases SET standing = $2 WHERE id = $1")
            .bind(new.case.to_string())
            .bind(CaseStanding::Signed.name());
        let mut transaction = self.records.begin(action).await?;
        let is_done = transaction.execute(sign).await? > 0;
        if is_done {
            transaction.execute(stand).await?;
            append(&mut transaction, signed(new)).await?;
        }
        transaction.commit().await?;
        Ok(is_done)
    }

    /// Every signed version of a case, the first one first.
    pub async fn sign_offs(&self, case: CaseId) -> Result<Vec<SignOffRow>, CatalogError> {
        let statement = Statement::to(
            "read signatures",
            "SELECT case_id, version, signer, body, signed_at_ms FROM sign_offs
             WHERE case_id = $1 ORDER BY version",
        )
        .bind(case.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_sign_off).collect()
    }
}

fn signed(new: &NewSignOff) -> AuditEvent {
    AuditEvent {
        actor: new.signer.clone(),
        action: AuditAction::CaseSigned,
        slide: None,
        detail: json!({ "case": new.case, "version": new.version }),
    }
}

fn read_sign_off(row: &Row) -> Result<SignOffRow, CatalogError> {
    Ok(SignOffRow {
        case: parse(row, "case_id")?,
        version: number(row, "version")?,
        signer: get(row, "signer")?,
        body: from_json(row, "body")?,
        signed_at: get_time(row, "signed_at_ms")?,
    })
}

use chrono::{DateTime, Utc};
use flow::{ModelAlertId, Sha256Digest};
use serde_json::json;

use super::{AlertClosing, AlertSighting, ModelAlert, ModelAlertKind, NewModelAlert};
use crate::audit::append;
use crate::columns::{from_json, get, get_count, get_optional_time, get_time, parse, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// Who opens alerts, in the audit trail.
const ACTOR: &str = "watch";

/// What became of the wish to close an alert.
#[derive(Clone, Debug, PartialEq)]
pub enum ClosedAlert {
    Done(ModelAlert),
    /// Somebody did before; nothing changed.
    Before(ModelAlert),
}

macro_rules! alert_columns {
    () => {
        "id, model, kind, subject, week, detail, opened_at_ms, closed_by, closed_reason, closed_at_ms"
    };
}

macro_rules! listed_alerts {
    () => {
        " FROM model_alerts WHERE model = coalesce($1, model)
          ORDER BY CASE WHEN closed_at_ms IS NULL THEN 0 ELSE 1 END, opened_at_ms DESC, id LIMIT $2"
    };
}

impl Catalog {
    /// Opens an alert, and tells webhooks. Not where one of the same matter is open, or was of the same
    /// week: whether it did.
    pub async fn open_model_alert(&self, new: &NewModelAlert) -> Result<bool, CatalogError> {
        let id = ModelAlertId::from_bytes(rand::random());
        let statement = Statement::to(
            "open an alert",
            "INSERT INTO model_alerts (id, model, kind, subject, week, detail, opened_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        )
        .bind(id.to_string())
        .bind(new.model.to_string())
        .bind(new.kind.name())
        .bind(new.subject.as_str())
        .bind(new.week.to_string())
        .bind(to_json("alert", &new.detail)?)
        .bind(Utc::now().timestamp_millis());
        let detail = json!({ "alert": id, "model": new.model, "kind": new.kind, "week": new.week });
        let event = event(ACTOR, AuditAction::ModelAlertOpened, detail);
        Ok(self.records.execute_on_record(statement, event).await? == 1)
    }

    /// Open ones first, then the last that was opened first; of all models, or of one.
    pub async fn model_alerts(
        &self,
        model: Option<Sha256Digest>,
        limit: u32,
    ) -> Result<Vec<ModelAlert>, CatalogError> {
        let model = model.map(|hash| hash.to_string());
        let statement = Statement::to(
            "list alerts",
            concat!("SELECT ", alert_columns!(), listed_alerts!()),
        );
        let statement = statement.bind(model.as_deref()).bind(limit);
        let rows = self.readers.fetch_all(statement).await?;
        let alerts: Result<Vec<_>, _> = rows.iter().map(read_alert).collect();
        let statement = Statement::to(
            "read who saw alerts",
            concat!(
                "SELECT alert, person, seen_at_ms FROM model_alert_sightings
                 WHERE alert IN (SELECT id",
                listed_alerts!(),
                ") ORDER BY seen_at_ms, person"
            ),
        );
        let statement = statement.bind(model.as_deref()).bind(limit);
        let mut alerts = alerts?;
        for row in self.readers.fetch_all(statement).await? {
            let id: ModelAlertId = parse(&row, "alert")?;
            if let Some(alert) = alerts.iter_mut().find(|alert| alert.id == id) {
                alert.seen.push(read_sighting(&row)?);
            }
        }
        Ok(alerts)
    }

    pub async fn model_alert(&self, id: ModelAlertId) -> Result<ModelAlert, CatalogError> {
        let statement = Statement::to(
            "read an alert",
            concat!(
                "SELECT ",
                alert_columns!(),
                " FROM model_alerts WHERE id = $1"
            ),
        );
        let row = self.readers.fetch_optional(statement.bind(id.to_string()));
        let row = row.await?.ok_or(CatalogError::UnknownAlert { id })?;
        let statement = Statement::to(
            "read who saw an alert",
            "SELECT person, seen_at_ms FROM model_alert_sightings WHERE alert = $1
             ORDER BY seen_at_ms, person",
        );
        let seen = self.readers.fetch_all(statement.bind(id.to_string()));
        let seen: Result<_, _> = seen.await?.iter().map(read_sighting).collect();
        Ok(ModelAlert {
            seen: seen?,
            ..read_alert(&row)?
        })
    }

    /// How many are open, of each kind.
    pub async fn n_open_alerts(&self) -> Result<Vec<(ModelAlertKind, u64)>, CatalogError> {
        let statement = Statement::to(
            "count open alerts",
            "SELECT kind, count(*) AS n FROM model_alerts WHERE closed_at_ms IS NULL GROUP BY kind",
        );
        let rows = self.readers.fetch_all(statement).await?;
        let counted = |row: &Row| Ok((parse(row, "kind")?, get_count(row, "n")?));
        rows.iter().map(counted).collect()
    }

    /// Notes who saw an alert; again, it changes nothing.
    pub async fn see_model_alert(
        &self,
        person: &str,
        id: ModelAlertId,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "note who saw an alert",
            "INSERT INTO model_alert_sightings (alert, person, seen_at_ms) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
        )
        .bind(id.to_string())
        .bind(person)
        .bind(Utc::now().timestamp_millis());
        let event = event(person, AuditAction::ModelAlertSeen, json!({ "alert": id }));
        self.records.execute_on_record(statement, event).await?;
        Ok(())
    }

    /// # Errors
    /// Also if there is no such alert.
    pub async fn close_model_alert(
        &self,
        person: &str,
        id: ModelAlertId,
        reason: &str,
    ) -> Result<ClosedAlert, CatalogError> {
        let statement = Statement::to(
            "close an alert",
            "UPDATE model_alerts SET closed_by = $2, closed_reason = $3, closed_at_ms = $4
             WHERE id = $1 AND closed_at_ms IS NULL",
        )
        .bind(id.to_string())
        .bind(person)
        .bind(reason)
        .bind(Utc::now().timestamp_millis());
        let mut transaction = self.records.begin("close an alert").await?;
        let is_done = transaction.execute(statement).await? == 1;
        if is_done {
            let event = event(
                person,
                AuditAction::ModelAlertClosed,
                json!({ "alert": id }),
            );
            append(&mut transaction, event).await?;
        }
        transaction.commit().await?;
        let alert = self.model_alert(id).await?;
        Ok(match is_done {
            true => ClosedAlert::Done(alert),
            false => ClosedAlert::Before(alert),
        })
    }
}

fn event(actor: &str, action: AuditAction, detail: serde_json::Value) -> AuditEvent {
    AuditEvent {
        actor: actor.to_owned(),
        action,
        slide: None,
        detail,
    }
}

fn read_alert(row: &Row) -> Result<ModelAlert, CatalogError> {
    Ok(ModelAlert {
        id: parse(row, "id")?,
        model: parse(row, "model")?,
        kind: parse(row, "kind")?,
        subject: get(row, "subject")?,
        week: parse(row, "week")?,
        detail: from_json(row, "detail")?,
        opened_at: get_time(row, "opened_at_ms")?,
        seen: Vec::new(),
        closed: read_closing(row, get_optional_time(row, "closed_at_ms")?)?,
    })
}

fn read_sighting(row: &Row) -> Result<AlertSighting, CatalogError> {
    Ok(AlertSighting {
        person: get(row, "person")?,
        at: get_time(row, "seen_at_ms")?,
    })
}

fn read_closing(
    row: &Row,
    at: Option<DateTime<Utc>>,
) -> Result<Option<AlertClosing>, CatalogError> {
    let Some(at) = at else { return Ok(None) };
    Ok(Some(AlertClosing {
        by: get(row, "closed_by")?,
        reason: get(row, "closed_reason")?,
        at,
    }))
}

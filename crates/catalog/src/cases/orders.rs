use chrono::{SubsecRound, Utc};
use flow::{CaseId, OrderId};
use serde_json::json;

use super::case::open_case;
use super::order::{NewOrder, OrderConflict, OrderRow, OrderSender, Placed};
use crate::audit::append;
use crate::columns::{from_json, get, get_time, parse, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

macro_rules! order_columns {
    () => {
        "id, case_id, ordered_by, idempotency_key, body, ordered_at_ms"
    };
}

impl Catalog {
    /// Places an order, and opens its case if there is none. However often the same order comes, it
    /// is one, and stands in the audit trail as often.
    pub async fn place_order(
        &self,
        order: &NewOrder,
        sender: &OrderSender,
    ) -> Result<Placed, CatalogError> {
        let mut transaction = self.records.begin(PLACE).await?;
        let placed = place_order(&mut transaction, order, sender).await?;
        if let Placed::New(row) | Placed::Known(row) = &placed {
            append(&mut transaction, order_placed(row, &sender.name)).await?;
        }
        transaction.commit().await?;
        Ok(placed)
    }

    /// Newest first. An `after` that is not in the catalog gives an empty page.
    pub async fn orders(
        &self,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<OrderRow>, CatalogError> {
        let statement = Statement::to(
            "list orders",
            concat!(
                "SELECT ",
                order_columns!(),
                " FROM orders WHERE $1 IS NULL OR (ordered_at_ms, id) <
                     (SELECT earlier.ordered_at_ms, earlier.id FROM orders AS earlier
                      WHERE earlier.id = $1)
                 ORDER BY ordered_at_ms DESC, id DESC LIMIT $2"
            ),
        )
        .bind(after.map(|id| id.to_string()))
        .bind(limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_order).collect()
    }

    /// An order, if there is one of that id.
    pub async fn order(&self, id: OrderId) -> Result<Option<OrderRow>, CatalogError> {
        let statement = Statement::to(
            "read an order",
            concat!("SELECT ", order_columns!(), " FROM orders WHERE id = $1"),
        )
        .bind(id.to_string());
        let row = self.readers.fetch_optional(statement).await?;
        row.map(|row| read_order(&row)).transpose()
    }

    /// Whoever sent them; of one sender there is one at most.
    pub async fn orders_under_key(&self, key: &str) -> Result<Vec<OrderRow>, CatalogError> {
        let statement = Statement::to(
            "look up orders",
            concat!(
                "SELECT ",
                order_columns!(),
                " FROM orders WHERE idempotency_key = $1 ORDER BY ordered_at_ms DESC, id DESC"
            ),
        )
        .bind(key);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_order).collect()
    }

    /// Oldest first.
    pub async fn orders_of_case(&self, case: CaseId) -> Result<Vec<OrderRow>, CatalogError> {
        let statement = Statement::to(
            "list the orders of a case",
            concat!(
                "SELECT ",
                order_columns!(),
                " FROM orders WHERE case_id = $1 ORDER BY ordered_at_ms, id"
            ),
        )
        .bind(case.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_order).collect()
    }
}

const PLACE: &str = "place an order";

/// Places an order as a part of `transaction`, which is to be ended without effect where the order is
/// refused. Whoever commits it puts [`order_placed`] on record.
pub(crate) async fn place_order(
    transaction: &mut Transaction,
    order: &NewOrder,
    sender: &OrderSender,
) -> Result<Placed, CatalogError> {
    if let Some(known) = same_order(transaction, order, sender).await? {
        return Ok(known);
    }
    let case = open_case(transaction, &order.accession, Some(&order.patient)).await?;
    if case.patient.as_ref() != Some(&order.patient) {
        return Ok(Placed::Refused(OrderConflict::OtherPatient));
    }
    let row = OrderRow {
        id: OrderId::from_bytes(rand::random()),
        case: case.id,
        order: order.clone(),
        ordered_by: sender.name.clone(),
        idempotency_key: sender.idempotency_key.clone(),
        // As it is read back.
        ordered_at: Utc::now().trunc_subsecs(3),
    };
    if insert_order(transaction, &row).await? {
        return Ok(Placed::New(row));
    }
    // Somebody was quicker.
    let known = same_order(transaction, order, sender).await?;
    Ok(known.unwrap_or(Placed::Refused(OrderConflict::OtherUnderKey)))
}

pub(crate) fn order_placed(row: &OrderRow, by: &str) -> AuditEvent {
    AuditEvent {
        actor: by.to_owned(),
        action: AuditAction::OrderPlaced,
        slide: None,
        detail: json!({ "case": row.case, "order": row.id }),
    }
}

async fn insert_order(transaction: &mut Transaction, row: &OrderRow) -> Result<bool, CatalogError> {
    let statement = Statement::to(
        PLACE,
        "INSERT INTO orders
         (id, case_id, natural_key, ordered_by, idempotency_key, body, ordered_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING",
    )
    .bind(row.id.to_string())
    .bind(row.case.to_string())
    .bind(row.order.natural_key())
    .bind(row.ordered_by.as_str())
    .bind(row.idempotency_key.as_deref())
    .bind(to_json("order", &row.order)?)
    .bind(row.ordered_at.timestamp_millis());
    Ok(transaction.execute(statement).await? > 0)
}

/// The order that this one is, or claims to be.
async fn same_order(
    transaction: &mut Transaction,
    order: &NewOrder,
    sender: &OrderSender,
) -> Result<Option<Placed>, CatalogError> {
    if let Some(key) = &sender.idempotency_key {
        let statement = Statement::to(
            "look up an order",
            concat!(
                "SELECT ",
                order_columns!(),
                " FROM orders WHERE ordered_by = $1 AND idempotency_key = $2"
            ),
        )
        .bind(sender.name.as_str())
        .bind(key.as_str());
        if let Some(row) = transaction.fetch_optional(statement).await? {
            let conflict = OrderConflict::OtherUnderKey;
            return Ok(Some(compared(read_order(&row)?, order, conflict)));
        }
    }
    let statement = Statement::to(
        "look up an order",
        concat!(
            "SELECT ",
            order_columns!(),
            " FROM orders WHERE natural_key = $1"
        ),
    )
    .bind(order.natural_key());
    let row = transaction.fetch_optional(statement).await?;
    row.map(|row| {
        let known = read_order(&row)?;
        let conflict = match known.order.patient == order.patient {
            true => OrderConflict::OtherPriority,
            false => OrderConflict::OtherPatient,
        };
        Ok(compared(known, order, conflict))
    })
    .transpose()
}

fn compared(known: OrderRow, order: &NewOrder, conflict: OrderConflict) -> Placed {
    match known.order == *order {
        true => Placed::Known(known),
        false => Placed::Refused(conflict),
    }
}

fn read_order(row: &Row) -> Result<OrderRow, CatalogError> {
    Ok(OrderRow {
        id: parse(row, "id")?,
        case: parse(row, "case_id")?,
        order: from_json(row, "body")?,
        ordered_by: get(row, "ordered_by")?,
        idempotency_key: get(row, "idempotency_key")?,
        ordered_at: get_time(row, "ordered_at_ms")?,
    })
}

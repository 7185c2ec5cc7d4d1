use catalog::{
    AuditAction, AuditEvent, Catalog, CatalogError, NewOrder, OrderRow, OrderSender, Placed,
};
use serde_json::json;

/// Places an order and puts on record that somebody did; what is refused is not placed.
pub async fn place_order(
    catalog: &Catalog,
    order: &NewOrder,
    sender: &OrderSender,
) -> Result<Placed, CatalogError> {
    let placed = catalog.place_order(order, sender).await?;
    if let Placed::New(row) | Placed::Known(row) = &placed {
        catalog.audit(event(row, sender)).await?;
    }
    Ok(placed)
}

fn event(row: &OrderRow, sender: &OrderSender) -> AuditEvent {
    AuditEvent {
        actor: sender.name.clone(),
        action: AuditAction::OrderPlaced,
        slide: None,
        detail: json!({ "case": row.case }),
    }
}

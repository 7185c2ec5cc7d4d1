use catalog::{Catalog, NewOrder, OrderSender, Placed};
use flow::CaseId;
use queue::Queue;
use step::HurryError;

/// Places an order and, where it is urgent, sends the slides of its case ahead; what is refused is
/// not placed.
pub async fn place_order(
    catalog: &Catalog,
    queue: &Queue,
    order: &NewOrder,
    sender: &OrderSender,
) -> Result<Placed, HurryError> {
    let placed = catalog.place_order(order, sender).await?;
    // Known ones too: whoever placed it may have been cut off here.
    if let Placed::New(row) | Placed::Known(row) = &placed {
        hurry_case(catalog, queue, row.case).await?;
    }
    Ok(placed)
}

/// Sends the slides of a case ahead of those that are routine, if anything of it is urgent.
pub async fn hurry_case(catalog: &Catalog, queue: &Queue, case: CaseId) -> Result<(), HurryError> {
    for slide in catalog.slide_ids_of_case(case).await? {
        step::hurry(catalog, queue, slide).await?;
    }
    Ok(())
}

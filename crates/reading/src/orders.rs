use catalog::{Catalog, NewOrder, OrderSender, Placed};
use queue::Queue;
use step::HurryError;

/// Places an order, matches the slides to it that wait for it and, where it is urgent, sends the
/// slides of its case ahead; what is refused is not placed.
pub async fn place_order(
    catalog: &Catalog,
    queue: &Queue,
    order: &NewOrder,
    sender: &OrderSender,
) -> Result<Placed, HurryError> {
    let placed = catalog.place_order(order, sender).await?;
    // Known ones too: whoever placed it may have been cut off here.
    if let Placed::New(row) | Placed::Known(row) = &placed {
        step::match_waiting(catalog, queue, &order.accession).await?;
        for slide in catalog.slide_ids_of_case(row.case).await? {
            step::hurry(catalog, queue, slide).await?;
        }
    }
    Ok(placed)
}

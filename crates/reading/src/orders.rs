use catalog::{Catalog, NewOrder, OrderSender, Placed};
use flow::CaseId;
use queue::Queue;
use step::HurryError;

/// Places an order, and does what follows from it; what is refused is not placed.
pub async fn place_order(
    catalog: &Catalog,
    queue: &Queue,
    order: &NewOrder,
    sender: &OrderSender,
) -> Result<Placed, HurryError> {
    let placed = catalog.place_order(order, sender).await?;
    // Known ones too: whoever placed it may have been cut off here.
    if let Placed::New(row) | Placed::Known(row) = &placed {
        orders_came(catalog, queue, row.case).await?;
    }
    Ok(placed)
}

/// Matches the slides to a case that name it and wait for its orders, and sends its slides ahead of
/// those that are routine, if anything of it is urgent.
pub async fn orders_came(catalog: &Catalog, queue: &Queue, case: CaseId) -> Result<(), HurryError> {
    let accession = catalog.known_case(case).await?.accession;
    step::match_waiting(catalog, queue, &accession).await?;
    for slide in catalog.slide_ids_of_case(case).await? {
        step::hurry(catalog, queue, slide).await?;
    }
    Ok(())
}

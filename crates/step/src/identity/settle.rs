use catalog::{
    Advance, Catalog, CatalogError, IdentityStanding, PrivateName, SlideIdentity, SlidePlace,
};
use flow::{HoldReason, SlideId, SlideStatus, SlideTiled};
use queue::Queue;

use super::examine::{IdentityRule, examine_identity};
use crate::announce::{HurryError, hurry};
use crate::record::advance;

/// Why a slide must not be analysed as long as nobody says which it is; `None` where nothing is
/// against it.
pub async fn identity_hold(
    catalog: &Catalog,
    slide: SlideId,
) -> Result<Option<HoldReason>, CatalogError> {
    let identity = catalog.identity(slide).await?;
    Ok(identity.and_then(|row| row.identity.standing.hold()))
}

/// Puts a slide in a case for whoever says so, looks whether label and scanner agree, and sends it
/// ahead if it is urgent. The audit trail says that `actor` did.
pub async fn place_slide(
    catalog: &Catalog,
    queue: &Queue,
    actor: &str,
    slide: SlideId,
    place: &SlidePlace,
) -> Result<(), HurryError> {
    catalog.put_in_case(actor, slide, place).await?;
    if let Some(row) = catalog.identity(slide).await? {
        let rule = IdentityRule::behind(row.identity.standing);
        examine_again(catalog, queue, slide, row.identity, rule).await?;
    }
    hurry(catalog, queue, slide).await
}

/// Looks again at the slides that name a case of which an order has come.
pub async fn match_waiting(
    catalog: &Catalog,
    queue: &Queue,
    accession: &PrivateName,
) -> Result<(), HurryError> {
    for row in catalog.slides_naming(accession).await? {
        let rule = IdentityRule::behind(row.identity.standing);
        examine_again(catalog, queue, row.slide, row.identity, rule).await?;
    }
    Ok(())
}

/// Compares all that is said of a slide that may be tiled already; holds it, or lets it go on.
pub async fn examine_again(
    catalog: &Catalog,
    queue: &Queue,
    slide: SlideId,
    identity: SlideIdentity,
    rule: IdentityRule,
) -> Result<(), HurryError> {
    let standing = examine_identity(catalog, slide, identity, rule).await?;
    settle(catalog, queue, slide, standing).await
}

/// Stops a tiled slide that must not be analysed, or lets one go on that was stopped for that.
///
/// One that is not tiled yet is left to the tile step; one that is at rest for another reason stays
/// so, and the embed step looks at its standing before anything else.
pub(super) async fn settle(
    catalog: &Catalog,
    queue: &Queue,
    slide: SlideId,
    standing: IdentityStanding,
) -> Result<(), HurryError> {
    loop {
        let now = catalog.known_slide(slide).await?.status;
        let next = match (standing.hold(), &now) {
            (Some(reason), SlideStatus::Tiled | SlideStatus::Embedded | SlideStatus::Scored) => {
                SlideStatus::Held { reason }
            }
            (Some(reason), SlideStatus::Held { reason: before })
                if before.is_of_identity() && *before != reason =>
            {
                SlideStatus::Held { reason }
            }
            (None, now) if now.awaits_identity() => SlideStatus::Tiled,
            _ => return Ok(()),
        };
        // A step may have sent it on since.
        if advance(catalog, slide, &now, &next).await? == Advance::Elsewhere {
            continue;
        }
        if next == SlideStatus::Tiled {
            let urgency = catalog.urgency(slide).await?;
            queue.publish_as(urgency, &SlideTiled { slide }).await?;
        }
        return Ok(());
    }
}

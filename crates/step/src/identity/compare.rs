use catalog::{Catalog, CatalogError, IdentityStanding, PrivateName, SlideIdentity, SlidePlace};
use flow::SlideNames;

use super::ordered::{Expected, expected};

/// What the comparison comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// It stands so.
    Stands(IdentityStanding),
    /// Nobody contradicts, and the slide belongs there, where it is not yet.
    Belongs(SlidePlace),
    /// Nobody names a case that is known.
    Unknown,
    /// They name different slides, and the laboratory knows none of them.
    Disputed,
}

/// Compares what is said of a slide with the case that it is in, if it is in one, and with what was
/// ordered.
pub(super) async fn compare(
    catalog: &Catalog,
    identity: &SlideIdentity,
    place: Option<&SlidePlace>,
) -> Result<Compared, CatalogError> {
    let given = match place {
        Some(place) => Some(names_of(catalog, place).await?),
        None => None,
    };
    let Some(agreed) = identity.agreed() else {
        return Ok(match (identity.said().is_empty(), given) {
            (true, Some(_)) => Compared::Stands(IdentityStanding::Matched),
            (true, None) => Compared::Unknown,
            (false, Some(_)) => Compared::Stands(IdentityStanding::Contradicted),
            (false, None) => disputed(catalog, identity).await?,
        });
    };
    let all = match &given {
        Some(given) => agreed.together(given),
        None => Some(agreed),
    };
    let Some(all) = all else {
        return Ok(Compared::Stands(IdentityStanding::Contradicted));
    };
    let Some(case) = catalog.case_of_accession(&all.accession).await? else {
        return Ok(Compared::Unknown);
    };
    let orders = match identity.correction {
        // A person knows better than an order.
        Some(_) => Vec::new(),
        None => catalog.orders_of_case(case.id).await?,
    };
    Ok(match (expected(case.id, &all, &orders), place) {
        (Expected::Nowhere, _) => Compared::Stands(IdentityStanding::Contradicted),
        (Expected::At(_), Some(_)) => Compared::Stands(IdentityStanding::Matched),
        (Expected::At(place), None) => Compared::Belongs(place),
    })
}

/// Of a slide in no case, whose witnesses contradict each other.
async fn disputed(catalog: &Catalog, identity: &SlideIdentity) -> Result<Compared, CatalogError> {
    for accession in identity.accessions() {
        if catalog.case_of_accession(accession).await?.is_some() {
            return Ok(Compared::Stands(IdentityStanding::Contradicted));
        }
    }
    Ok(Compared::Disputed)
}

async fn names_of(catalog: &Catalog, place: &SlidePlace) -> Result<SlideNames, CatalogError> {
    let accession: PrivateName = catalog.known_case(place.case).await?.accession;
    Ok(SlideNames {
        accession,
        part: place.part.clone(),
        block: place.block.clone(),
    })
}

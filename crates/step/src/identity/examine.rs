use catalog::{Catalog, CatalogError, IdentityStanding, LabelReading, SlideIdentity};
use flow::SlideId;

use super::compare::{Compared, compare};

/// Who acts where a label puts a slide in its case, for the audit trail.
const ACTOR: &str = "slide label";

/// What becomes of a slide of which nobody says anything that the laboratory knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdentityRule {
    /// It goes on: research has slides without orders.
    #[default]
    GoesOn,
    /// It waits: every slide must be matched to a case.
    MustMatch,
}

impl IdentityRule {
    const fn of_disputed(self) -> IdentityStanding {
        match self {
            Self::GoesOn => IdentityStanding::Open,
            Self::MustMatch => IdentityStanding::Contradicted,
        }
    }

    const fn of_unknown(self) -> IdentityStanding {
        match self {
            Self::GoesOn => IdentityStanding::Open,
            Self::MustMatch => IdentityStanding::Unmatched,
        }
    }

    /// By which a slide was looked at that stands so.
    pub(super) fn behind(standing: IdentityStanding) -> Self {
        match standing {
            IdentityStanding::Unmatched => Self::MustMatch,
            _ => Self::GoesOn,
        }
    }
}

/// Compares all that is said of a slide, notes what came of it, and puts a slide that is in no case
/// into the one that is named, if that is known. The standing of `identity` itself counts for nothing.
///
/// Where nothing was found and nothing is asked for, nothing is noted. A case or an order that comes
/// meanwhile is not missed: it is compared until nothing changes.
pub async fn examine_identity(
    catalog: &Catalog,
    slide: SlideId,
    identity: SlideIdentity,
    rule: IdentityRule,
) -> Result<IdentityStanding, CatalogError> {
    let mut standing = compare_and_note(catalog, slide, identity.clone(), rule).await?;
    loop {
        let now = compare_and_note(catalog, slide, identity.clone(), rule).await?;
        if now == standing {
            return Ok(now);
        }
        standing = now;
    }
}

async fn compare_and_note(
    catalog: &Catalog,
    slide: SlideId,
    identity: SlideIdentity,
    rule: IdentityRule,
) -> Result<IdentityStanding, CatalogError> {
    let place = catalog.known_slide(slide).await?.place;
    let standing = match compare(catalog, &identity, place.as_ref()).await? {
        Compared::Stands(standing) => standing,
        Compared::Unknown => rule.of_unknown(),
        Compared::Disputed => rule.of_disputed(),
        Compared::Belongs(place) => {
            catalog.put_in_case(ACTOR, slide, &place).await?;
            IdentityStanding::Matched
        }
    };
    let is_silent = identity.witnesses.is_empty()
        && identity.label == LabelReading::Absent
        && identity.correction.is_none();
    if is_silent && standing.hold().is_none() && catalog.identity(slide).await?.is_none() {
        return Ok(standing);
    }
    let found = SlideIdentity {
        standing,
        ..identity
    };
    catalog.note_identity(slide, &found).await?;
    Ok(standing)
}

use flow::SlideId;
use serde_json::json;

use super::notes::noting;
use super::record::{IdentityCorrection, IdentityStanding, SlideIdentity};
use crate::audit::append;
use crate::cases::placing;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError, LabelReading, Witness};

/// A person's word on which slide it is.
#[derive(Clone, Debug)]
pub struct IdentityChange {
    pub slide: SlideId,
    /// The revision that the person saw.
    pub seen: u32,
    /// As it was, and so the witnesses; both are kept.
    pub label: LabelReading,
    pub witnesses: Vec<Witness>,
    pub correction: IdentityCorrection,
}

impl Catalog {
    /// Puts the slide where the person says, and keeps what they said; the audit trail says that they
    /// did, and names the cases before and after. `false` where somebody else was quicker, and
    /// nothing changed.
    pub async fn correct_identity(&self, change: &IdentityChange) -> Result<bool, CatalogError> {
        let IdentityChange {
            slide,
            seen,
            label,
            witnesses,
            correction,
        } = change;
        let action = "correct a slide's identity";
        let identity = SlideIdentity {
            standing: IdentityStanding::Matched,
            label: *label,
            witnesses: witnesses.clone(),
            correction: Some(correction.clone()),
        };
        let event = AuditEvent {
            actor: correction.by.clone(),
            action: AuditAction::IdentityCorrected,
            slide: Some(*slide),
            detail: json!({
                "case": correction.after.case,
                "before": correction.before.as_ref().map(|place| place.case),
                "revision": seen.saturating_add(1),
            }),
        };
        let mut transaction = self.records.begin(action).await?;
        let noted = noting(action, *slide, *seen, &identity)?;
        if transaction.execute(noted).await? == 0 {
            transaction.commit().await?;
            return Ok(false);
        }
        transaction
            .execute(placing(*slide, &correction.after))
            .await?;
        append(&mut transaction, event).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

use catalog::{Catalog, CatalogError, Role};
use flow::SlideId;

use crate::{Access, ApiError};

/// Whether pathologists see what the AI says of a slide before they have read it themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstReadRule {
    /// They see it at once.
    #[default]
    Off,
    /// They see it once their own impression of the slide is on record.
    Required,
}

/// Keeps the rule. Every route that shows anything of a result asks it first.
///
/// The rule binds whoever may judge slides: pathologists, and administrators, who may do all that
/// they may. It does not bind the laboratory's system, which passes results on, nor engineers. A
/// reader is the name on the login link.
#[derive(Clone)]
pub struct FirstRead {
    rule: FirstReadRule,
    catalog: Catalog,
}

impl FirstRead {
    pub fn new(rule: FirstReadRule, catalog: Catalog) -> Self {
        Self { rule, catalog }
    }

    /// Whether the same answer may be given to everyone with a token.
    pub fn is_off(&self) -> bool {
        self.rule == FirstReadRule::Off
    }

    /// Whether what the AI says of the slide is kept from whoever asks.
    pub async fn hides(&self, access: &Access, slide: SlideId) -> Result<bool, CatalogError> {
        if self.is_off() || !access.has(Role::Pathologist) {
            return Ok(false);
        }
        let has_read = self.catalog.has_impression(slide, access.name()).await?;
        Ok(!has_read)
    }

    /// 403, with the remedy, where it is kept from whoever asks.
    pub async fn require(&self, access: &Access, slide: SlideId) -> Result<(), ApiError> {
        match self.hides(access, slide).await? {
            false => Ok(()),
            true => Err(ApiError::forbidden(format!(
                "here the AI is shown after the first read: record your impression of slide \
                 {slide} (POST /api/v1/slides/{slide}/reviews with kind `impression`), then ask \
                 again"
            ))),
        }
    }
}

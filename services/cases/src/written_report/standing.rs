use http::ApiError;
use report::{Callout, Fact, Tone};

use super::words::{self, time};
use crate::worklist::{Assembled, SignedView};

/// Whether a person signed what a report says.
pub(super) enum Standing {
    /// The slide is of no case, so nothing of it was signed.
    WithoutCase,
    NotSigned,
    /// The reader has not yet read every slide of the case.
    Withheld,
    Signed(Box<SignedView>),
}

impl Standing {
    pub(super) fn of(case: Option<&Assembled>) -> Result<Self, ApiError> {
        let Some(case) = case else {
            return Ok(Self::WithoutCase);
        };
        if case.withheld().is_some() {
            return Ok(Self::Withheld);
        }
        let Some(last) = case.sign_offs.last() else {
            return Ok(Self::NotSigned);
        };
        Ok(Self::Signed(Box::new(SignedView::of(last, case.seen()?)?)))
    }

    pub(super) fn callout(&self) -> Callout {
        match self {
            Self::WithoutCase => {
                preliminary("The slide is of no case, and nothing of it was signed.")
            }
            Self::NotSigned => preliminary("Nobody has signed the case."),
            Self::Withheld => preliminary(
                "Whether the case is signed is said after your first read of all its slides.",
            ),
            Self::Signed(signed) => of_signature(signed),
        }
    }

    /// What was signed with the signature.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let Self::Signed(signed) = self else {
            return Vec::new();
        };
        let facts = [
            ("Statement", &signed.body.statement),
            ("Signed though unfinished", &signed.body.despite_unfinished),
            ("Why it was amended", &signed.body.amendment),
        ];
        let said = facts.into_iter().filter(|(_, text)| text.is_some());
        said.map(|(name, text)| Fact::new(name, words::private(text.as_ref())))
            .collect()
    }
}

fn preliminary(why: &str) -> Callout {
    Callout {
        tone: Tone::Open,
        lead: "PRELIMINARY, not signed".to_owned(),
        lines: vec![why.to_owned(), "No result here is final.".to_owned()],
    }
}

fn of_signature(signed: &SignedView) -> Callout {
    let by = format!(
        "Version {}, by {} at {}.",
        signed.version,
        signed.signer,
        time(signed.signed_at)
    );
    match signed.changed_since {
        false => Callout {
            tone: Tone::Settled,
            lead: "Signed".to_owned(),
            lines: vec![by],
        },
        true => Callout {
            tone: Tone::Open,
            lead: "Signed, but changed since".to_owned(),
            lines: vec![
                by,
                "Results, reviews or slides of the case have changed after the signature: what \
                 stands here is not what was signed, and is preliminary."
                    .to_owned(),
            ],
        },
    }
}

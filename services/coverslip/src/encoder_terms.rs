//! Licence and intended use of an encoder of which only its reference is at hand.

use anyhow::Result;
use encoder::Published;
use flow::{EncoderRef, EncoderTerms, Precision};

/// Those of the encoder that ships, known by its hash, or of a published one, known by its name;
/// `None` of any other.
pub(crate) fn known_terms(encoder: &EncoderRef) -> Result<Option<EncoderTerms>> {
    let shipped = shipped::encoder_config()?;
    for precision in [Precision::F32, Precision::Bf16] {
        if shipped.hash_in(precision)? == encoder.hash {
            return Ok(Some(shipped.terms()));
        }
    }
    let published = Published::all()?.into_iter();
    let mut named = published.filter(|published| published.name == encoder.name);
    Ok(named.next().map(|published| EncoderTerms {
        licence: published.licence,
        intended_use: published.intended_use,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_ship_and_those_that_are_published_are_known() -> Result<()> {
        let task = shipped::tasks()?.remove(0);
        let ours = known_terms(task.encoder())?;
        assert_eq!(ours, Some(shipped::encoder_config()?.terms()));
        let uni = known_terms(&EncoderRef::of_name("uni"))?;
        assert!(uni.is_some_and(|terms| terms.licence.contains("NC-ND")));
        assert_eq!(known_terms(&EncoderRef::of_name("own"))?, None);
        Ok(())
    }
}

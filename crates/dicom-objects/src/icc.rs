use std::sync::{Arc, OnceLock};

/// Where an ICC profile keeps its own date (ICC.1:2022 section 7.2.1, table 17).
const DATE: std::ops::Range<usize> = 24..36;
/// 1 January 2000, midnight, so that the same slide always gives the same bytes.
const FIXED_DATE: [u8; 12] = [0x07, 0xd0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];

/// The sRGB profile that stands in where the scanner gave none.
pub fn srgb_profile() -> Result<Arc<[u8]>, moxcms::CmsError> {
    static PROFILE: OnceLock<Arc<[u8]>> = OnceLock::new();
    if let Some(profile) = PROFILE.get() {
        return Ok(Arc::clone(profile));
    }
    let mut bytes = moxcms::ColorProfile::new_srgb().encode()?;
    bytes[DATE].copy_from_slice(&FIXED_DATE);
    Ok(Arc::clone(PROFILE.get_or_init(|| bytes.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stand_in_is_a_valid_profile_and_never_changes() -> Result<(), moxcms::CmsError> {
        let profile = srgb_profile()?;
        assert_eq!(profile[DATE], FIXED_DATE);
        assert!(moxcms::ColorProfile::new_from_slice(&profile).is_ok());
        Ok(())
    }
}

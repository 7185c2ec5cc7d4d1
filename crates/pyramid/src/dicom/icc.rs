use std::sync::{Arc, OnceLock};

use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use crate::PyramidError;

/// Where an ICC profile keeps its own date (ICC.1:2022 section 7.2.1, table 17).
const DATE: std::ops::Range<usize> = 24..36;
/// 1 January 2000, midnight, so that the same slide always gives the same bytes.
const FIXED_DATE: [u8; 12] = [0x07, 0xd0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];

/// The sRGB profile that stands in where the scanner gave none.
pub(crate) fn srgb() -> Result<Arc<[u8]>, PyramidError> {
    static PROFILE: OnceLock<Arc<[u8]>> = OnceLock::new();
    if let Some(profile) = PROFILE.get() {
        return Ok(Arc::clone(profile));
    }
    let mut bytes = moxcms::ColorProfile::new_srgb().encode()?;
    bytes[DATE].copy_from_slice(&FIXED_DATE);
    Ok(Arc::clone(PROFILE.get_or_init(|| bytes.into())))
}

/// The profile inside the header of a level.
pub(crate) fn profile_in(header: &[u8]) -> Result<Vec<u8>, PyramidError> {
    let object = dicom_object::OpenFileOptions::new()
        .from_reader(header)
        .map_err(PyramidError::dicom("read"))?;
    let mut profile = optical_path_profile(&object).map_err(PyramidError::dicom("read"))?;
    trim_padding(&mut profile);
    Ok(profile)
}

fn optical_path_profile(
    object: &InMemDicomObject,
) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let value = object.value_at((tags::OPTICAL_PATH_SEQUENCE, tags::ICC_PROFILE))?;
    Ok(value.to_bytes()?.into_owned())
}

/// DICOM pads to an even length; a profile starts with its true one.
fn trim_padding(profile: &mut Vec<u8>) {
    if let Some((size, _)) = profile.split_first_chunk() {
        profile.truncate(u32::from_be_bytes(*size) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stand_in_is_a_valid_profile_and_never_changes() -> Result<(), PyramidError> {
        let profile = srgb()?;
        assert_eq!(profile[DATE], FIXED_DATE);
        assert!(moxcms::ColorProfile::new_from_slice(&profile).is_ok());
        Ok(())
    }
}

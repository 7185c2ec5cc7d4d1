use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use crate::PyramidError;

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

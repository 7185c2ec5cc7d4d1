use dicom_dictionary_std::uids;
use http::Offer;

/// The transfer syntax that all frames of slides are stored in.
pub(crate) const JPEG_BASELINE: &str = uids::JPEG_BASELINE8_BIT;
/// That of results, which are not compressed.
pub(crate) const EXPLICIT_LITTLE_ENDIAN: &str = uids::EXPLICIT_VR_LITTLE_ENDIAN;

/// The forms of what is told about instances.
pub(crate) const JSON: [Offer<&str>; 2] = [
    Offer::made("application/dicom+json", "application/dicom+json"),
    Offer::made("application/json", "application/json"),
];

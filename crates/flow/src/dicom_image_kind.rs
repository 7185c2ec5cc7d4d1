use std::fmt;

/// What an instance of whole-slide microscopy shows, as its Image Type says (PS3.3 section C.8.12.4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DicomImageKind {
    /// The slide as it was scanned.
    FullResolution,
    /// The same, made smaller.
    Resampled,
    Thumbnail,
    /// May show the patient's name.
    Label,
    /// The whole glass; may show the patient's name.
    Overview,
    Other,
}

impl DicomImageKind {
    /// Of the values of Image Type. One that does not say that it was resampled was not.
    pub fn of_image_type(values: &str) -> Self {
        let mut values = values.split('\\').map(str::trim).skip(2);
        match (values.next(), values.next()) {
            (Some("VOLUME"), Some("RESAMPLED")) => Self::Resampled,
            (Some("VOLUME"), _) => Self::FullResolution,
            (Some("THUMBNAIL"), _) => Self::Thumbnail,
            (Some("LABEL"), _) => Self::Label,
            (Some("OVERVIEW"), _) => Self::Overview,
            _ => Self::Other,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::FullResolution => "full_resolution",
            Self::Resampled => "resampled",
            Self::Thumbnail => "thumbnail",
            Self::Label => "label",
            Self::Overview => "overview",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for DicomImageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_volume_that_was_not_resampled_is_the_slide() {
        let kinds = [
            (
                r"ORIGINAL\PRIMARY\VOLUME\NONE",
                DicomImageKind::FullResolution,
            ),
            (
                r"DERIVED\PRIMARY\VOLUME\NONE ",
                DicomImageKind::FullResolution,
            ),
            (r"ORIGINAL\PRIMARY\VOLUME", DicomImageKind::FullResolution),
            (
                r"DERIVED\PRIMARY\VOLUME\RESAMPLED",
                DicomImageKind::Resampled,
            ),
            (
                r"DERIVED\PRIMARY\THUMBNAIL\RESAMPLED",
                DicomImageKind::Thumbnail,
            ),
            (r"ORIGINAL\PRIMARY\LABEL\NONE", DicomImageKind::Label),
            (r"ORIGINAL\PRIMARY\OVERVIEW\NONE", DicomImageKind::Overview),
            (r"ORIGINAL\PRIMARY", DicomImageKind::Other),
            ("", DicomImageKind::Other),
        ];
        for (image_type, kind) in kinds {
            assert_eq!(
                DicomImageKind::of_image_type(image_type),
                kind,
                "{image_type}"
            );
        }
    }
}

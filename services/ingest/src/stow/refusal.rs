use telemetry::ErrorKind;

/// Why an instance was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// It is no DICOM file, or a damaged one.
    CannotUnderstand,
    SopClass,
    TransferSyntax,
    /// Its file meta information and its data set disagree.
    Contradiction,
    /// The address names another study.
    OtherStudy,
    /// It is of full resolution, but no slide that can be read here.
    NoSlide,
    /// Other bytes were stored under its UID.
    OtherBytes,
    /// Whoever stores it has brought all slides that they may on one day.
    TooManySlides,
    /// Whoever stores it asks for its label to be removed, and it came before without that.
    LabelKept,
}

/// An instance that was not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) reason: Reason,
    /// `None` where it does not say what it is.
    pub(super) name: Option<InstanceName>,
}

/// As an instance names itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InstanceName {
    pub(super) sop_class: String,
    pub(super) sop_instance: String,
}

impl Reason {
    /// The Failure Reason (PS3.18 table I.2-2, PS3.4 table GG.4-1). The standard has none for another study
    /// or for other bytes under the same UID: these are the numbers that other servers answer with.
    pub(super) const fn code(self) -> u16 {
        match self {
            Self::CannotUnderstand => 0xc000,
            Self::SopClass => 0x0122,
            Self::TransferSyntax => 0xc122,
            Self::Contradiction => 0xa900,
            Self::OtherStudy => 0xa901,
            Self::NoSlide => 0x0110,
            Self::OtherBytes => 0xb00e,
            Self::TooManySlides => 0xa700,
            Self::LabelKept => 0xa902,
        }
    }

    /// For a person to read, in at most 64 characters.
    pub(super) const fn comment(self) -> &'static str {
        match self {
            Self::CannotUnderstand => "it is no DICOM file, or damaged: export it again",
            Self::SopClass => "only VL Whole Slide Microscopy Images are stored",
            Self::TransferSyntax => "send it as JPEG baseline or as explicit VR little-endian",
            Self::Contradiction => "file meta information and data set name different instances",
            Self::OtherStudy => "it is of another study than the address names",
            Self::NoSlide => "no slide that can be read: it must be one TILED_FULL RGB level",
            Self::OtherBytes => "other bytes were stored under its UID: give it a new one",
            Self::LabelKept => "it came before without X-Deidentify and has its label",
            Self::TooManySlides => "this token's slides of one day are used up: send it later",
        }
    }

    /// What was at fault.
    pub(super) const fn kind(self) -> ErrorKind {
        match self {
            Self::TooManySlides => ErrorKind::Full,
            _ => ErrorKind::Upload,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_have_the_numbers_of_the_standard_and_fit_a_long_string() {
        let reasons = [
            (Reason::CannotUnderstand, 49152),
            (Reason::SopClass, 290),
            (Reason::TransferSyntax, 49442),
            (Reason::Contradiction, 43264),
            (Reason::OtherStudy, 43265),
            (Reason::NoSlide, 272),
            (Reason::OtherBytes, 45070),
            (Reason::TooManySlides, 42752),
            (Reason::LabelKept, 43266),
        ];
        for (reason, code) in reasons {
            assert_eq!(reason.code(), code);
            assert!(reason.comment().len() <= 64, "{}", reason.comment());
        }
    }
}

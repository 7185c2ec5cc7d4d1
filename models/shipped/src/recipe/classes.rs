use phantom::TissueClass;

/// Classes the encoder learns to tell: seven tissues, pen, and tumour of five grades.
pub(super) const N_CLASSES: usize = 12;

pub(super) fn class_index(class: TissueClass) -> u8 {
    match class {
        TissueClass::Background => 0,
        TissueClass::Stroma => 1,
        TissueClass::BenignEpithelium => 2,
        TissueClass::Lumen => 3,
        TissueClass::Fat => 4,
        TissueClass::Lymphocytes => 5,
        TissueClass::Pen => 6,
        TissueClass::Tumour(grade) => 6 + grade.get(),
    }
}

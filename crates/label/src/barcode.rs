use flow::LabelText;
use rxing::BarcodeFormat;

/// A barcode that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barcode {
    pub symbology: Symbology,
    pub text: LabelText,
}

/// The kinds of barcode that laboratories print on labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Symbology {
    DataMatrix,
    QrCode,
    Code128,
}

impl Symbology {
    pub const ALL: [Self; 3] = [Self::DataMatrix, Self::QrCode, Self::Code128];

    pub(crate) const fn format(self) -> BarcodeFormat {
        match self {
            Self::DataMatrix => BarcodeFormat::DATA_MATRIX,
            Self::QrCode => BarcodeFormat::QR_CODE,
            Self::Code128 => BarcodeFormat::CODE_128,
        }
    }
}

/// `None` where nothing is left, or more than a label's barcode holds. Separators of fields (GS1's
/// group separator) become spaces.
pub(crate) fn label_text(read: &str) -> Option<LabelText> {
    let plain: String = read
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    LabelText::new(&plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_become_spaces_and_what_is_no_label_is_nothing() {
        let text = label_text("\u{1d}S26-1\u{1d}A1\r\n").expect("a text");
        assert_eq!(text.reveal(), "S26-1 A1");
        assert_eq!(label_text("\u{4}\n"), None);
        assert_eq!(label_text(&"x".repeat(513)), None);
    }
}

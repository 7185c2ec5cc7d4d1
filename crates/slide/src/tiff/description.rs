use flow::{AssociatedName, LabelText};

/// What an Aperio ImageDescription says: lines of text, then `key = value` pairs between bars.
#[derive(Debug, Default, PartialEq)]
pub(super) struct AperioDescription {
    pub(super) mpp: Option<f64>,
    pub(super) objective_power: Option<f64>,
    pub(super) scanner: String,
    pub(super) barcode: Option<LabelText>,
}

pub(super) fn is_aperio(description: &str) -> bool {
    description.starts_with("Aperio")
}

impl AperioDescription {
    pub(super) fn parse(description: &str) -> Self {
        let value = |wanted: &str| {
            description
                .split('|')
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| key.trim() == wanted)
                .map(|(_, value)| value.trim())
        };
        let number = |wanted| value(wanted).and_then(|value| value.parse().ok());
        // `ScanScope ID` is the serial number of one machine, so only its presence is told.
        let scanner = match (value("ScannerType"), value("ScanScope ID")) {
            (Some(model), _) => format!("Aperio {model}"),
            (None, Some(_)) => "Aperio ScanScope".to_owned(),
            (None, None) => "Aperio".to_owned(),
        };
        Self {
            mpp: number("MPP"),
            objective_power: number("AppMag"),
            scanner,
            barcode: value("Barcode").and_then(|barcode| LabelText::new(barcode).ok()),
        }
    }
}

/// The name of an Aperio page that is not a level: its second line starts with `label` or
/// `macro`; the thumbnail is the one page with neither that is made of strips.
pub(super) fn aperio_associated(description: &str) -> AssociatedName {
    match description.lines().nth(1) {
        Some(line) if line.starts_with("label") => AssociatedName::Label,
        Some(line) if line.starts_with("macro") => AssociatedName::Macro,
        _ => AssociatedName::Thumbnail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVS: &str = "Aperio Image Library v11.2.1 \r\n46000x32914 (240x240) JPEG/RGB Q=30\
                       |AppMag = 20|StripeWidth = 2040|ScanScope ID = CPAPERIOCS|MPP = 0.4990";

    #[test]
    fn magnification_and_mpp_are_read_and_the_serial_number_is_not() {
        let parsed = AperioDescription::parse(SVS);
        assert_eq!(parsed.mpp, Some(0.499));
        assert_eq!(parsed.objective_power, Some(20.0));
        assert_eq!(parsed.scanner, "Aperio ScanScope");
        let gt450 = AperioDescription::parse("Aperio Leica\r\n1x1|ScannerType = GT450");
        assert_eq!(gt450.scanner, "Aperio GT450");
        assert_eq!(gt450.barcode, None);
        let read = AperioDescription::parse("Aperio\r\n1x1|Barcode = S26-1 A1|MPP = 0.5");
        let barcode = read.barcode.expect("it has one");
        assert_eq!(barcode.reveal(), "S26-1 A1");
        assert!(
            AperioDescription::parse("Aperio|Barcode = |")
                .barcode
                .is_none()
        );
    }

    #[test]
    fn pages_are_named_by_their_second_line() {
        let name = |second: &str| aperio_associated(&format!("Aperio Image Library\n{second}"));
        assert_eq!(name("label 387x463"), AssociatedName::Label);
        assert_eq!(name("macro 1280x431"), AssociatedName::Macro);
        assert_eq!(name("2220x2967 -> 574x768 - "), AssociatedName::Thumbnail);
    }
}

use catalog::{LabelReading, PrivateName, Witness, WitnessSource};
use flow::{AssociatedName, LabelText, SlideNames};
use label::{LabelPattern, LabelPicture, Symbology, read_barcodes};
use slide::ScannerNames;

use super::associated::StoredPicture;

/// What tells of a slide which one it is.
pub(super) struct Found {
    pub(super) label: LabelReading,
    /// None where there is no barcode that can be read and the scanner says nothing.
    pub(super) witnesses: Vec<Witness>,
}

/// Looks for barcodes on the picture of the label, and at what the scanner wrote into the file.
pub(super) fn found(
    pattern: &LabelPattern,
    named: &ScannerNames,
    pictures: &[StoredPicture],
) -> Found {
    let barcodes = label_of(pictures).map(read_barcodes).unwrap_or_default();
    let has_label = picture(pictures, AssociatedName::Label).is_some();
    let label = match (barcodes.is_empty(), has_label) {
        (false, _) => LabelReading::Read,
        (true, true) => LabelReading::Unread,
        // On the picture of the whole glass none was to be expected.
        (true, false) => LabelReading::Absent,
    };
    let on_label = barcodes.into_iter().map(|barcode| Witness {
        source: source(barcode.symbology),
        names: pattern.names(&barcode.text),
        text: barcode.text,
    });
    let by_scanner = named.barcode.iter().map(|text| Witness {
        source: WitnessSource::ScannerBarcode,
        names: pattern.names(text),
        text: text.clone(),
    });
    let told = named.accession.iter().map(|text| Witness {
        source: WitnessSource::ScannerAccession,
        names: accession_alone(text),
        text: text.clone(),
    });
    Found {
        label,
        witnesses: on_label.chain(by_scanner).chain(told).collect(),
    }
}

/// Some scanners have the label on the macro image alone.
fn label_of(pictures: &[StoredPicture]) -> Option<LabelPicture> {
    let picture = picture(pictures, AssociatedName::Label)
        .or_else(|| picture(pictures, AssociatedName::Macro))?;
    // It was decoded a moment ago; one that cannot be any more says nothing.
    let decoded = pyramid::decode_jpeg(&picture.jpeg).ok()?;
    LabelPicture::of_rgb(decoded.size, &decoded.pixels)
}

fn picture(pictures: &[StoredPicture], name: AssociatedName) -> Option<&StoredPicture> {
    pictures.iter().find(|picture| picture.facts.name == name)
}

const fn source(symbology: Symbology) -> WitnessSource {
    match symbology {
        Symbology::DataMatrix => WitnessSource::DataMatrix,
        Symbology::QrCode => WitnessSource::QrCode,
        Symbology::Code128 => WitnessSource::Code128,
    }
}

fn accession_alone(text: &LabelText) -> Option<SlideNames> {
    Some(SlideNames {
        accession: PrivateName::new(text.reveal()).ok()?,
        part: None,
        block: None,
    })
}

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
    let (label, on_label) = match picture(pictures, AssociatedName::Label) {
        Some(picture) => read_label(pattern, picture),
        None => read_glass(pattern, pictures),
    };
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
        witnesses: on_label.into_iter().chain(by_scanner).chain(told).collect(),
    }
}

/// What the barcodes on the picture of a label say. Takes some seconds at most.
pub(super) fn read_label(
    pattern: &LabelPattern,
    picture: &StoredPicture,
) -> (LabelReading, Vec<Witness>) {
    let barcodes = decoded(picture).map(read_barcodes).unwrap_or_default();
    let said = barcodes.into_iter().map(|barcode| Witness {
        source: source(barcode.symbology),
        names: pattern.names(&barcode.text),
        text: barcode.text,
    });
    let said: Vec<Witness> = said.collect();
    let reading = match said.is_empty() {
        true => LabelReading::Unread,
        false => LabelReading::Read,
    };
    (reading, said)
}

/// Some scanners have the label on the picture of the whole glass alone; where nothing is read there,
/// no label was to be expected.
fn read_glass(pattern: &LabelPattern, pictures: &[StoredPicture]) -> (LabelReading, Vec<Witness>) {
    let glass = picture(pictures, AssociatedName::Macro);
    match glass.map(|glass| read_label(pattern, glass)) {
        Some((LabelReading::Read, said)) => (LabelReading::Read, said),
        _ => (LabelReading::Absent, Vec::new()),
    }
}

fn picture(pictures: &[StoredPicture], name: AssociatedName) -> Option<&StoredPicture> {
    pictures.iter().find(|picture| picture.facts.name == name)
}

fn decoded(picture: &StoredPicture) -> Option<LabelPicture> {
    // It was decoded a moment ago; one that cannot be any more says nothing.
    let decoded = pyramid::decode_jpeg(&picture.jpeg).ok()?;
    LabelPicture::of_rgb(decoded.size, &decoded.pixels)
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

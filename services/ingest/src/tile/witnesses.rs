use catalog::{PrivateName, Witness, WitnessSource};
use flow::{AssociatedName, LabelText, SlideNames};
use label::{LabelPattern, LabelPicture, Symbology, read_barcodes};
use slide::ScannerNames;

use super::associated::StoredPicture;

/// Who says of a slide which one it is: the barcodes of its label and what the scanner wrote into the
/// file. None where it has no label and the scanner says nothing.
pub(super) fn witnesses(
    pattern: &LabelPattern,
    named: &ScannerNames,
    pictures: &[StoredPicture],
) -> Vec<Witness> {
    let barcodes = label_of(pictures).map(read_barcodes).unwrap_or_default();
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
    on_label.chain(by_scanner).chain(told).collect()
}

/// Some scanners have the label on the macro image alone.
fn label_of(pictures: &[StoredPicture]) -> Option<LabelPicture> {
    let named = |name| pictures.iter().find(|picture| picture.facts.name == name);
    let picture = named(AssociatedName::Label).or_else(|| named(AssociatedName::Macro))?;
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

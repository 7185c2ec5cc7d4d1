use std::collections::HashSet;
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use rxing::common::{GlobalHistogramBinarizer, HybridBinarizer};
use rxing::{
    Binarizer, BinaryBitmap, DecodeHints, Luma8LuminanceSource, MultiFormatReader, Reader,
};

use crate::barcode::label_text;
use crate::code_128::read_code_128;
use crate::{Barcode, LabelPicture, Symbology};

/// Labels are scanned with 400 to 1,600 pixels a side; more only takes time.
const LONGEST_SIDE: u32 = 1_600;
/// No attempt is begun after that; one takes some tenths of a second.
const MOST_TIME: Duration = Duration::from_secs(5);

/// The barcodes of a label, at most one of each kind; none where there is none that can be read.
///
/// Finds them however they are turned. Noise is what makes it look twice: at the pixels as they are
/// and at means of four, with one threshold for all and with one for each neighbourhood. Takes about
/// five seconds at most; a reader that panics has read nothing.
pub fn read_barcodes(picture: LabelPicture) -> Vec<Barcode> {
    let began = Instant::now();
    let whole = picture.at_most(LONGEST_SIDE);
    let half = whole.shrunk(2);
    let sizes: Vec<&LabelPicture> = [Some(&whole), half.as_ref()]
        .into_iter()
        .flatten()
        .collect();
    let mut found = Vec::new();
    for symbology in Symbology::ALL {
        let attempts = sizes
            .iter()
            .flat_map(|size| Threshold::ALL.map(|t| (*size, t)));
        let in_time = attempts.take_while(|_| began.elapsed() < MOST_TIME);
        let text = in_time.into_iter().find_map(|(picture, threshold)| {
            // rxing indexes and unwraps in hundreds of places, on pictures that anybody may send.
            let read = catch_unwind(|| attempt(symbology, picture, threshold));
            read.ok().flatten()
        });
        let text = text.and_then(|text| label_text(&text));
        found.extend(text.map(|text| Barcode { symbology, text }));
    }
    found
}

/// What is black.
#[derive(Clone, Copy, Debug)]
enum Threshold {
    /// One grey for the whole picture: noise on white stays white.
    Global,
    /// One for each neighbourhood: for labels with a shadow across.
    Local,
}

impl Threshold {
    const ALL: [Self; 2] = [Self::Global, Self::Local];
}

fn attempt(symbology: Symbology, picture: &LabelPicture, threshold: Threshold) -> Option<String> {
    match (symbology, threshold) {
        (Symbology::Code128, Threshold::Global) => read_code_128(picture),
        // Each row has a threshold of its own already.
        (Symbology::Code128, Threshold::Local) => None,
        (_, Threshold::Global) => {
            read_square(symbology, GlobalHistogramBinarizer::new(source(picture)?))
        }
        (_, Threshold::Local) => read_square(symbology, HybridBinarizer::new(source(picture)?)),
    }
}

fn read_square(symbology: Symbology, binarizer: impl Binarizer) -> Option<String> {
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([symbology.format()])),
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let mut bitmap = BinaryBitmap::new(binarizer);
    let read = MultiFormatReader::default().decode_with_hints(&mut bitmap, &hints);
    read.ok().map(|read| read.getText().to_owned())
}

fn source(picture: &LabelPicture) -> Option<Luma8LuminanceSource> {
    let size = picture.size();
    Luma8LuminanceSource::new(picture.grey().to_vec(), size.width, size.height).ok()
}

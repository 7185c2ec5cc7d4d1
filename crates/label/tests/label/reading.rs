use coverslip_label::{Barcode, LabelPicture, Symbology, draw, read_barcodes};
use flow::{LabelText, PixelSize};
use proptest::prelude::*;

use crate::paper::{noisy, turned};

const TEXT: &str = "S26-4711 A1";

fn barcode(symbology: Symbology, text: &str) -> Barcode {
    let text = LabelText::new(text).expect("a text");
    Barcode { symbology, text }
}

fn label(symbology: Symbology, text: &str) -> LabelPicture {
    draw(symbology, text, 4).expect("it fits")
}

#[test]
fn every_symbology_is_read_however_it_is_turned_and_through_noise() {
    for symbology in Symbology::ALL {
        let label = label(symbology, TEXT);
        for (seed, degrees) in [0.0, 7.0, 90.0, 97.0, 180.0, 187.0, 270.0]
            .into_iter()
            .enumerate()
        {
            let seen = noisy(&turned(&label, degrees), 20.0, seed as u64);
            let read = read_barcodes(seen);
            assert_eq!(
                read,
                [barcode(symbology, TEXT)],
                "{symbology:?} at {degrees}"
            );
        }
    }
}

#[test]
fn a_label_with_two_barcodes_is_read_twice() {
    let (above, below) = (
        label(Symbology::DataMatrix, "S26-1"),
        label(Symbology::Code128, "S26-2"),
    );
    let width = above.size().width.max(below.size().width);
    let rows = |label: &LabelPicture| {
        let side = label.size().width as usize;
        let widened = label.grey().chunks(side).map(|row| {
            let mut row = row.to_vec();
            row.resize(width as usize, 240);
            row
        });
        widened.flatten().collect::<Vec<u8>>()
    };
    let grey = [rows(&above), rows(&below)].concat();
    let size = PixelSize::new(width, above.size().height + below.size().height);
    let read = read_barcodes(LabelPicture::of_grey(size, grey).expect("whole"));
    let wanted = [
        barcode(Symbology::DataMatrix, "S26-1"),
        barcode(Symbology::Code128, "S26-2"),
    ];
    assert_eq!(read, wanted);
}

#[test]
fn a_huge_picture_is_read_too() {
    let label = draw(Symbology::DataMatrix, TEXT, 90).expect("it fits");
    assert!(label.size().width > 3_000);
    assert_eq!(read_barcodes(label), [barcode(Symbology::DataMatrix, TEXT)]);
}

#[test]
fn paper_and_noise_say_nothing() {
    let paper = LabelPicture::of_grey(PixelSize::new(400, 300), vec![240; 120_000]).expect("whole");
    assert_eq!(read_barcodes(paper.clone()), []);
    for seed in 0..4 {
        assert_eq!(read_barcodes(noisy(&paper, 80.0, seed)), [], "seed {seed}");
    }
}

#[test]
fn a_barcode_that_is_mostly_scratched_off_says_nothing() {
    for symbology in Symbology::ALL {
        let label = label(symbology, TEXT);
        let (width, height) = (label.size().width, label.size().height);
        let spoilt = |(at, grey): (usize, &u8)| {
            let (x, y) = (at as u32 % width, at as u32 / width);
            let is_scratched = (x / 6 + y / 5).is_multiple_of(2) && x > width / 5;
            if is_scratched { 255 } else { *grey }
        };
        let grey = label.grey().iter().enumerate().map(spoilt).collect();
        let size = PixelSize::new(width, height);
        let read = read_barcodes(LabelPicture::of_grey(size, grey).expect("whole"));
        assert_eq!(read, [], "{symbology:?}");
    }
}

#[test]
fn nothing_of_what_was_read_prints() {
    let read = read_barcodes(label(Symbology::QrCode, "CANARY-1"));
    assert_eq!(read.len(), 1);
    assert!(!format!("{read:?}").contains("CANARY"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_picture_is_read_without_a_panic(
        width in 1_u32..90,
        height in 1_u32..90,
        bytes in prop::collection::vec(any::<u8>(), 1..600),
    ) {
        let size = PixelSize::new(width, height);
        let grey = bytes.iter().copied().cycle().take(size.area() as usize).collect();
        let _ = read_barcodes(LabelPicture::of_grey(size, grey).expect("whole"));
    }

    #[test]
    fn any_text_of_a_laboratory_is_read_as_drawn(text in "[A-Z]{1,3}[0-9]{2}-[0-9]{3,6}( [A-Z][0-9]{1,2})?") {
        for symbology in Symbology::ALL {
            prop_assert_eq!(read_barcodes(label(symbology, &text)), [barcode(symbology, &text)]);
        }
    }
}

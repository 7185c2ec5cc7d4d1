//! One report in both forms.

use std::io::Cursor;

use bytes::Bytes;
use coverslip_report::{
    Block, Callout, Fact, Figure, Figures, Fonts, Made, Report, ReportError, Section, Table, Tone,
    html, pdf,
};

type Tested = Result<(), Box<dyn std::error::Error>>;

fn jpeg() -> Result<Bytes, image::ImageError> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(48, 32, image::Rgb([200, 120, 180]));
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg)?;
    Ok(bytes.into_inner().into())
}

fn report(remark: &str) -> Result<Report, image::ImageError> {
    let figure = |number: usize| -> Result<Figure, image::ImageError> {
        Ok(Figure {
            jpeg: jpeg()?,
            width: 48,
            height: 32,
            alt: format!("Region {number}"),
            caption: vec![format!("{number}: weighs 2.1 average tiles")],
        })
    };
    let callout = |lead: &str| Callout {
        tone: Tone::Open,
        lead: lead.to_owned(),
        lines: vec!["Nobody has signed the case.".to_owned()],
    };
    Ok(Report {
        title: "Slide report".to_owned(),
        subject: format!("Slide {}", "ab".repeat(16)),
        made: Made {
            at: chrono::DateTime::UNIX_EPOCH,
            by: "Dr. Żółć".to_owned(),
            with: "Coverslip".to_owned(),
        },
        notice: "Research use only. Not for diagnosis.".to_owned(),
        standing: callout("PRELIMINARY, not signed"),
        sections: vec![
            Section {
                heading: "Result".to_owned(),
                blocks: vec![
                    Block::Facts(vec![Fact::new("sha256", "0123456789abcdef".repeat(4))]),
                    Block::Figures(Figures {
                        columns: 4,
                        figures: (1..=40).map(figure).collect::<Result<_, _>>()?,
                    }),
                ],
            },
            Section {
                heading: "Reviews".to_owned(),
                blocks: vec![Block::Table(Table {
                    head: vec!["Who".to_owned(), "Remarks".to_owned()],
                    rows: vec![vec!["Γιάννης Иванов".to_owned(), remark.to_owned()]],
                })],
            },
        ],
    })
}

#[test]
fn the_page_stands_alone() -> Tested {
    let page = html(&report("<script>alert(1)</script> & more")?);
    for word in [
        "PRELIMINARY, not signed",
        "Dr. Żółć",
        "Research use only",
        "Made 1970-01-01 00:00 UTC",
        "Region 40",
    ] {
        assert!(page.contains(word), "{word}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; more"));
    for outside in ["<script", "http:", "https:", "url(", "<link", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let n_pictures = page.matches("src=\"data:image/jpeg;base64,").count();
    assert_eq!((n_pictures, page.matches("src=").count()), (40, 40));
    Ok(())
}

#[test]
fn the_pdf_has_pages_and_each_picture_once() -> Tested {
    let file = pdf(&report(&"A long remark. ".repeat(900))?, &Fonts::default())?;
    assert!(file.starts_with(b"%PDF-1."));
    let text = String::from_utf8_lossy(&file);
    assert!(text.contains("pdfaid:part"), "it says which PDF/A it is");
    let n_pages = lopdf::Document::load_mem(&file)?.get_pages().len();
    assert!(n_pages > 3, "{n_pages} pages");
    // The pictures are equal, so one is stored.
    assert_eq!(text.matches("/DCTDecode").count(), 1);
    Ok(())
}

#[test]
fn what_cannot_be_printed_is_refused_and_not_left_out() -> Tested {
    let refused = pdf(&report("患者 王小明")?, &Fonts::default());
    let Err(ReportError::NoGlyph { characters }) = &refused else {
        return Err("it was printed".into());
    };
    assert_eq!(characters.len(), 5);
    let words = refused.err().ok_or("refused")?.to_string();
    assert!(
        words.contains("\"王\"") && words.contains("--report-font"),
        "{words}"
    );
    let no_font = Fonts::with(vec![("lab.ttf".to_owned(), b"no font".to_vec())]);
    assert!(matches!(no_font, Err(ReportError::Font { name }) if name == "lab.ttf"));
    Ok(())
}

use chrono::{DateTime, Datelike, Timelike, Utc};
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime as PdfDate, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::text::TextDirection;
use krilla::{Document, SerializeSettings};

use super::ReportError;
use super::flow::{MARGIN, PAGE_HEIGHT, PAGE_WIDTH, WIDTH};
use super::fonts::{Fonts, Weight};
use super::ink::{Block, Colour, Ink, Picture, Text};
use crate::Report;

const NOTICE_SIZE: f32 = 10.0;
const FOOT_SIZE: f32 = 8.0;

/// Draws what was laid out, and on every page the notice, what it is about, and its number.
pub(super) fn document(
    report: &Report,
    pages: &[Vec<Ink>],
    fonts: &Fonts,
) -> Result<Vec<u8>, ReportError> {
    let mut document = Document::new_with(settings()?);
    document.set_metadata(
        Metadata::new()
            .title(format!("{}, {}", report.title, report.subject))
            .creator(report.made.with.clone())
            .creation_date(date(report.made.at))
            .language("en".to_owned()),
    );
    for (at, inks) in pages.iter().enumerate() {
        let foot = format!("{}  ·  page {} of {}", report.subject, at + 1, pages.len());
        let mut page = document.start_page_with(page_settings()?);
        let mut surface = page.surface();
        let mut pen = Pen {
            surface: &mut surface,
            fonts,
        };
        pen.notice(&report.notice);
        pen.foot(&foot);
        for ink in inks {
            pen.draw(ink)?;
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(ReportError::Write)
}

/// PDF/A wants the date; years before 0 and after 65,535 are none of its own.
fn date(at: DateTime<Utc>) -> PdfDate {
    let part = |value: u32| u8::try_from(value).unwrap_or_default();
    PdfDate::new(u16::try_from(at.year()).unwrap_or_default())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn settings() -> Result<SerializeSettings, ReportError> {
    let archival = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U);
    let configuration = archival.finish();
    Ok(SerializeSettings {
        configuration: configuration
            .map_err(|error| ReportError::Standard(format!("{error:?}")))?,
        ..SerializeSettings::default()
    })
}

fn page_settings() -> Result<PageSettings, ReportError> {
    PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT)
        .ok_or_else(|| ReportError::Standard("a page has no size".to_owned()))
}

struct Pen<'a, 'b> {
    surface: &'a mut Surface<'b>,
    fonts: &'a Fonts,
}

impl Pen<'_, '_> {
    fn draw(&mut self, ink: &Ink) -> Result<(), ReportError> {
        match ink {
            Ink::Text(text) => self.text(text),
            Ink::Block(block) => self.block(block),
            Ink::Picture(picture) => return self.picture(picture),
        }
        Ok(())
    }

    /// In the middle of the page's head, between two lines.
    fn notice(&mut self, notice: &str) {
        let width = self.fonts.width(notice, Weight::Bold, NOTICE_SIZE);
        self.text(&Text {
            text: notice.to_owned(),
            x: (PAGE_WIDTH - width) / 2.0,
            baseline: MARGIN + NOTICE_SIZE + 2.0,
            size: NOTICE_SIZE,
            weight: Weight::Bold,
            colour: Colour::Open,
        });
        for y in [MARGIN - 3.0, MARGIN + NOTICE_SIZE + 8.0] {
            self.rule(y, Colour::Open);
        }
    }

    fn foot(&mut self, words: &str) {
        self.rule(PAGE_HEIGHT - MARGIN - FOOT_SIZE - 7.0, Colour::Line);
        self.text(&Text {
            text: words.to_owned(),
            x: MARGIN,
            baseline: PAGE_HEIGHT - MARGIN,
            size: FOOT_SIZE,
            weight: Weight::Regular,
            colour: Colour::Soft,
        });
    }

    fn rule(&mut self, y: f32, colour: Colour) {
        self.block(&Block {
            x: MARGIN,
            y,
            width: WIDTH,
            height: 0.8,
            colour,
        });
    }

    fn text(&mut self, text: &Text) {
        self.fill(text.colour);
        let mut x = text.x;
        for run in self.fonts.runs(&text.text, text.weight, text.size) {
            let at = Point::from_xy(x, text.baseline);
            let (font, size) = (run.font, text.size);
            self.surface
                .draw_text(at, font, size, run.text, false, TextDirection::Auto);
            x += run.width;
        }
    }

    fn block(&mut self, block: &Block) {
        let rect = Rect::from_xywh(block.x, block.y, block.width, block.height);
        let mut path = PathBuilder::new();
        if let Some(rect) = rect {
            path.push_rect(rect);
        }
        if let Some(path) = path.finish() {
            self.fill(block.colour);
            self.surface.draw_path(&path);
        }
    }

    fn picture(&mut self, picture: &Picture) -> Result<(), ReportError> {
        let bytes = picture.jpeg.to_vec();
        let image = Image::from_jpeg(bytes.into(), false).map_err(ReportError::Picture)?;
        let size = Size::from_wh(picture.width, picture.height);
        let size = size.ok_or_else(|| ReportError::Picture("it has no size".to_owned()))?;
        let place = Transform::from_translate(picture.x, picture.y);
        self.surface.push_transform(&place);
        self.surface.draw_image(image, size);
        self.surface.pop();
        Ok(())
    }

    fn fill(&mut self, colour: Colour) {
        let [r, g, b] = colour.rgb();
        self.surface.set_fill(Some(Fill {
            paint: rgb::Color::new(r, g, b).into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::default(),
        }));
    }
}

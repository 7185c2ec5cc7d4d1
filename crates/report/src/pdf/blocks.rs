use std::collections::BTreeSet;

use super::ReportError;
use super::flow::{BOTTOM, Flow, MARGIN, TOP, WIDTH};
use super::fonts::{Fonts, Weight};
use super::ink::{self, Colour, Ink, Picture};
use super::lines::broken;
use crate::{Block, Callout, Fact, Figure, Figures, Report, Section, Table, Tone};

const BODY: Style = Style::new(9.5, Weight::Regular, Colour::Ink);
const SOFT: Style = Style::new(9.5, Weight::Regular, Colour::Soft);
const SMALL: Style = Style::new(8.0, Weight::Regular, Colour::Soft);
const TITLE: Style = Style::new(20.0, Weight::Bold, Colour::Ink);
const SUBJECT: Style = Style::new(10.5, Weight::Bold, Colour::Ink);
const HEADING: Style = Style::new(13.0, Weight::Bold, Colour::Ink);

/// Of a list of facts, the part that the names take.
const NAMES: f32 = 0.27;
const GUTTER: f32 = 9.0;
/// Whatever the picture, half a page is left for the rest.
const HIGHEST_PICTURE: f32 = (BOTTOM - TOP) * 0.5;

/// The report on pages, without what stands on each of them.
pub(super) fn laid_out(report: &Report, fonts: &Fonts) -> Result<Vec<Vec<Ink>>, ReportError> {
    let mut page = Layout {
        flow: Flow::new(),
        fonts,
        lacking: BTreeSet::new(),
    };
    page.check(&report.notice);
    page.paragraph(&report.title, TITLE);
    page.paragraph(&report.subject, SUBJECT);
    page.paragraph(&report.made.words(), SMALL);
    page.callout(&report.standing);
    for section in &report.sections {
        page.section(section);
    }
    match page.lacking.is_empty() {
        true => Ok(page.flow.pages()),
        false => Err(ReportError::NoGlyph {
            characters: page.lacking.into_iter().collect(),
        }),
    }
}

/// How letters look.
#[derive(Clone, Copy)]
struct Style {
    size: f32,
    weight: Weight,
    colour: Colour,
}

impl Style {
    const fn new(size: f32, weight: Weight, colour: Colour) -> Self {
        Self {
            size,
            weight,
            colour,
        }
    }

    /// From one line to the next.
    fn leading(self) -> f32 {
        self.size * 1.4
    }
}

struct Layout<'a> {
    flow: Flow,
    fonts: &'a Fonts,
    /// Characters that cannot be printed.
    lacking: BTreeSet<char>,
}

impl Layout<'_> {
    fn section(&mut self, section: &Section) {
        self.flow.gap(14.0);
        // A heading does not stand alone at the foot of a page.
        self.flow.ensure(HEADING.leading() + 60.0);
        self.paragraph(&section.heading, HEADING);
        let rule = self.flow.take(6.0);
        self.flow
            .put(block(MARGIN, rule + 1.0, WIDTH, 0.7, Colour::Line));
        for part in &section.blocks {
            self.block(part);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Text(text) => self.paragraph(text, BODY),
            Block::Callout(callout) => self.callout(callout),
            Block::Facts(facts) => facts.iter().for_each(|fact| self.fact(fact)),
            Block::Table(table) => self.table(table),
            Block::Figures(figures) => self.figures(figures),
        }
        self.flow.gap(4.0);
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        for line in self.lines(text, style, WIDTH) {
            let y = self.flow.take(style.leading());
            self.line(line, MARGIN, y, style);
        }
    }

    fn callout(&mut self, callout: &Callout) {
        let colour = match callout.tone {
            Tone::Alarming => Colour::Alarming,
            Tone::Settled => Colour::Settled,
            Tone::Open => Colour::Open,
        };
        let lead = Style::new(12.0, Weight::Bold, colour);
        let inside = WIDTH - 14.0;
        let mut lines: Vec<(String, Style)> = Vec::new();
        let text = std::iter::once((&callout.lead, lead));
        for (text, style) in text.chain(callout.lines.iter().map(|line| (line, BODY))) {
            lines.extend(
                self.lines(text, style, inside)
                    .into_iter()
                    .map(|l| (l, style)),
            );
        }
        self.flow.gap(4.0);
        let height: f32 = lines.iter().map(|(_, style)| style.leading()).sum();
        // Remarks that people wrote may be longer than a page.
        if height < BOTTOM - TOP {
            self.flow.ensure(height);
        }
        for (line, style) in lines {
            let y = self.flow.take(style.leading());
            self.flow
                .put(block(MARGIN, y, 3.0, style.leading(), colour));
            self.line(line, MARGIN + 14.0, y, style);
        }
        self.flow.gap(4.0);
    }

    fn fact(&mut self, Fact { name, value }: &Fact) {
        self.row(&[(name, SOFT, NAMES), (value, BODY, 1.0 - NAMES)]);
    }

    fn table(&mut self, table: &Table) {
        let share = 1.0 / table.head.len().max(1) as f32;
        let cells = |row: &[String], style: Style| -> Vec<(String, Style, f32)> {
            row.iter()
                .map(|cell| (cell.clone(), style, share))
                .collect()
        };
        let rows = table.rows.iter().map(|row| cells(row, BODY));
        for row in std::iter::once(cells(&table.head, SMALL)).chain(rows) {
            let row: Vec<(&str, Style, f32)> = row
                .iter()
                .map(|(text, style, share)| (text.as_str(), *style, *share))
                .collect();
            self.row(&row);
            let rule = self.flow.take(4.0);
            self.flow
                .put(block(MARGIN, rule + 1.5, WIDTH, 0.5, Colour::Line));
        }
    }

    /// Texts beside each other, each with its share of the width.
    fn row(&mut self, cells: &[(&str, Style, f32)]) {
        let broken: Vec<Vec<String>> = cells
            .iter()
            .map(|(text, style, share)| self.lines(text, *style, share * WIDTH - GUTTER))
            .collect();
        let leading = cells.iter().map(|(_, style, _)| style.leading());
        let leading = leading.fold(0.0, f32::max);
        let n_lines = broken.iter().map(Vec::len).max().unwrap_or_default();
        for at in 0..n_lines {
            let y = self.flow.take(leading);
            let mut x = MARGIN;
            for ((_, style, share), lines) in cells.iter().zip(&broken) {
                if let Some(line) = lines.get(at) {
                    self.line(line.clone(), x, y, *style);
                }
                x += share * WIDTH;
            }
        }
    }

    fn figures(&mut self, figures: &Figures) {
        let columns = figures.columns.max(1);
        let width = (WIDTH - GUTTER * (columns - 1) as f32) / columns as f32;
        for row in figures.figures.chunks(columns) {
            self.row_of_figures(row, width);
        }
    }

    fn row_of_figures(&mut self, row: &[Figure], width: f32) {
        let sizes: Vec<[f32; 2]> = row.iter().map(|figure| fitted(figure, width)).collect();
        let captions: Vec<Vec<String>> = row
            .iter()
            .map(|figure| {
                let lines = figure.caption.iter();
                lines
                    .flat_map(|line| self.lines(line, SMALL, width))
                    .collect()
            })
            .collect();
        let highest = sizes.iter().map(|[_, height]| *height).fold(0.0, f32::max);
        let n_lines = captions.iter().map(Vec::len).max().unwrap_or_default();
        self.flow.gap(4.0);
        let y = self
            .flow
            .take(highest + SMALL.leading() * n_lines as f32 + 4.0);
        for (at, (figure, [width_pt, height])) in row.iter().zip(sizes).enumerate() {
            let x = MARGIN + at as f32 * (width + GUTTER);
            self.flow.put(Ink::Picture(Picture {
                x,
                y,
                width: width_pt,
                height,
                jpeg: figure.jpeg.clone(),
            }));
            for (number, line) in captions[at].iter().enumerate() {
                let below = y + highest + 2.0 + SMALL.leading() * number as f32;
                self.line(line.clone(), x, below, SMALL);
            }
        }
    }

    fn lines(&mut self, text: &str, style: Style, width: f32) -> Vec<String> {
        self.fonts.lacking(text, style.weight, &mut self.lacking);
        broken(text, self.fonts, style.weight, style.size, width)
    }

    /// Notes what of a text on every page cannot be printed.
    fn check(&mut self, text: &str) {
        self.fonts.lacking(text, Weight::Bold, &mut self.lacking);
    }

    fn line(&mut self, text: String, x: f32, y: f32, style: Style) {
        if text.is_empty() {
            return;
        }
        self.flow.put(Ink::Text(ink::Text {
            text,
            x,
            baseline: y + style.size * 1.07,
            size: style.size,
            weight: style.weight,
            colour: style.colour,
        }));
    }
}

/// As large as the width and the page allow; never larger than 72 pixels an inch make it.
fn fitted(figure: &Figure, width: f32) -> [f32; 2] {
    let [across, down] = [figure.width.max(1), figure.height.max(1)].map(|pixels| pixels as f32);
    let scale = (width / across).min(HIGHEST_PICTURE / down).min(1.0);
    [across * scale, down * scale]
}

fn block(x: f32, y: f32, width: f32, height: f32, colour: Colour) -> Ink {
    Ink::Block(ink::Block {
        x,
        y,
        width,
        height,
        colour,
    })
}

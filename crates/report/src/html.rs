use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use crate::{Block, Callout, Fact, Figure, Figures, Report, Section, Table, Tone};

/// The whole page, from the doctype on.
pub fn html(report: &Report) -> String {
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (report.title) ", " (report.subject) }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                header.notice { p role="note" { (report.notice) } }
                main {
                    header {
                        h1 { (report.title) }
                        p.subject { (report.subject) }
                        p.made { (report.made.words()) }
                        (callout(&report.standing))
                    }
                    @for part in &report.sections { (section(part)) }
                }
                footer.notice { p role="note" { (report.notice) } }
            }
        }
    };
    page.into_string()
}

fn section(section: &Section) -> Markup {
    markup! {
        section {
            h2 { (section.heading) }
            @for part in &section.blocks { (block(part)) }
        }
    }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Text(text) => markup! { p { (text) } },
        Block::Callout(part) => callout(part),
        Block::Facts(facts) => markup! { dl { @for fact in facts { (of_fact(fact)) } } },
        Block::Table(part) => table(part),
        Block::Figures(part) => figures(part),
    }
}

fn callout(callout: &Callout) -> Markup {
    let tone = match callout.tone {
        Tone::Alarming => "alarming",
        Tone::Settled => "settled",
        Tone::Open => "open",
    };
    markup! {
        div class={ "callout " (tone) } {
            strong { (callout.lead) }
            @for line in &callout.lines { p { (line) } }
        }
    }
}

fn of_fact(Fact { name, value }: &Fact) -> Markup {
    markup! { dt { (name) } dd { (value) } }
}

fn table(table: &Table) -> Markup {
    markup! {
        div.wide tabindex="0" role="region" aria-label=(table.head.join(", ")) {
            table {
                thead { tr { @for name in &table.head { th scope="col" { (name) } } } }
                tbody {
                    @for row in &table.rows { tr { @for cell in row { td { (cell) } } } }
                }
            }
        }
    }
}

fn figures(figures: &Figures) -> Markup {
    markup! {
        div.figures style={ "--columns:" (figures.columns.max(1)) } {
            @for part in &figures.figures { (figure(part)) }
        }
    }
}

fn figure(figure: &Figure) -> Markup {
    markup! {
        figure {
            img width=(figure.width) height=(figure.height) alt=(figure.alt)
                src={ "data:image/jpeg;base64," (STANDARD.encode(&figure.jpeg)) };
            figcaption { @for line in &figure.caption { span { (line) } } }
        }
    }
}

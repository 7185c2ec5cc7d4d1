use evaluation::Confusion;
use maud::{Markup, html};

/// One row a true class, one column a called one.
pub(crate) fn confusion(confusion: &Confusion) -> Markup {
    html! {
        table.confusion {
            thead {
                tr {
                    td {}
                    th scope="colgroup" colspan=(confusion.classes.len()) { "Called" }
                }
                tr {
                    th scope="col" { "Truly" }
                    @for class in &confusion.classes { th scope="col" { (class) } }
                }
            }
            tbody {
                @for (truth, (class, counts)) in confusion.classes.iter().zip(&confusion.counts).enumerate() {
                    tr {
                        th scope="row" { (class) }
                        @for (called, count) in counts.iter().enumerate() {
                            td class=(if truth == called { "right" } else { "wrong" })
                                style={ "--share:" (share(*count, counts)) } {
                                (count)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Of a row, in hundredths.
fn share(count: usize, row: &[usize]) -> String {
    let total: usize = row.iter().sum();
    format!("{:.2}", count as f64 / total.max(1) as f64)
}

use catalog::{NewOrder, OrderRow, SlidePlace};
use flow::{CaseId, SlideNames};

/// Where the laboratory expects the slide, by what was ordered for its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// Orders were placed, and none of them is for such a slide.
    Nowhere,
    /// There; part, block and stain as the one order that fits has them, else as far as the names tell.
    At(SlidePlace),
}

pub(super) fn expected(case: CaseId, names: &SlideNames, orders: &[OrderRow]) -> Expected {
    let fitting = |row: &&OrderRow| named(&row.order).together(names).is_some();
    let fitting: Vec<&OrderRow> = orders.iter().filter(fitting).collect();
    if fitting.is_empty() && !orders.is_empty() {
        return Expected::Nowhere;
    }
    let only = match fitting.as_slice() {
        [only] => Some(&only.order),
        _ => None,
    };
    let from_order =
        |field: fn(&NewOrder) -> &Option<_>| only.and_then(|order| field(order).clone());
    Expected::At(SlidePlace {
        case,
        part: from_order(|order| &order.part).or_else(|| names.part.clone()),
        block: from_order(|order| &order.block).or_else(|| names.block.clone()),
        stain: from_order(|order| &order.stain),
    })
}

fn named(order: &NewOrder) -> SlideNames {
    SlideNames {
        accession: order.accession.clone(),
        part: order.part.clone(),
        block: order.block.clone(),
    }
}

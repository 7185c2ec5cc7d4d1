use super::ink::Ink;

/// A4, in points.
pub(super) const PAGE_WIDTH: f32 = 595.28;
pub(super) const PAGE_HEIGHT: f32 = 841.89;
pub(super) const MARGIN: f32 = 45.0;
/// What the notice above and the line below need.
const HEAD: f32 = 34.0;
const FOOT: f32 = 26.0;
pub(super) const TOP: f32 = MARGIN + HEAD;
pub(super) const BOTTOM: f32 = PAGE_HEIGHT - MARGIN - FOOT;
/// Of what stands between the margins.
pub(super) const WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;

/// Puts one thing below the other, page after page.
pub(super) struct Flow {
    pages: Vec<Vec<Ink>>,
    y: f32,
}

impl Flow {
    pub(super) fn new() -> Self {
        Self {
            pages: vec![Vec::new()],
            y: TOP,
        }
    }

    /// Goes to the next page unless `height` is left on this one. What is higher than a page begins
    /// one.
    pub(super) fn ensure(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    /// Takes `height` from the page; where it begins.
    pub(super) fn take(&mut self, height: f32) -> f32 {
        self.ensure(height);
        let y = self.y;
        self.y += height;
        y
    }

    /// Leaves room, but not at the top of a page.
    pub(super) fn gap(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    pub(super) fn put(&mut self, ink: Ink) {
        if let Some(page) = self.pages.last_mut() {
            page.push(ink);
        }
    }

    pub(super) fn pages(self) -> Vec<Vec<Ink>> {
        self.pages
    }
}

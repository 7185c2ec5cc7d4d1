use flow::Mpp;

use crate::artefact::Artefacts;
use crate::canvas::Canvas;
use crate::descent::TILE;
use crate::draw::Seed;
use crate::frame::Frame;
use crate::layout::Layout;
use crate::paint::RgbPixels;
use crate::point::{Area, Point};
use crate::stain::{Developer, Stain};
use crate::terrain::Terrain;
use crate::tumour::Tumour;
use crate::zone::Anatomy;
use crate::{Grade, PhantomError, PhantomSpec};

/// One slide's tissue, stain and flaws, ready to be asked or painted anywhere.
#[derive(Clone, Debug)]
pub struct Scene {
    mpp: Mpp,
    side_um: f32,
    pub(crate) anatomy: Anatomy,
    pub(crate) artefacts: Artefacts,
    developer: Developer,
}

/// What lies at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TissueClass {
    /// Bare glass.
    Background,
    Stroma,
    BenignEpithelium,
    /// The hollow of a gland or a vessel.
    Lumen,
    Fat,
    /// Stroma crowded with lymphocytes.
    Lymphocytes,
    /// Epithelium of a tumour of this grade.
    Tumour(Grade),
    /// Pen on the coverslip.
    Pen,
}

impl Scene {
    /// Lays out the tissue and grows the tumour; some tens of milliseconds.
    pub fn new(spec: &PhantomSpec) -> Result<Self, PhantomError> {
        spec.check()?;
        let seed = Seed::new(spec.seed);
        let side_um = spec.side_um() as f32;
        let layout = Layout::new(seed.branch(1), side_um);
        let tumour = Tumour::grow(seed.branch(2), &layout, side_um, spec.tumour_fraction);
        let artefacts = Artefacts::new(seed.branch(3), &layout, side_um);
        let stain = Stain::choose(spec.stain, seed.branch(5)).seen_by(spec.scanner.light);
        Ok(Self {
            mpp: spec.mpp,
            side_um,
            anatomy: Anatomy::new(seed.branch(4), layout, tumour, spec.grade),
            artefacts,
            developer: Developer::new(stain),
        })
    }

    /// Micrometres per pixel of level 0.
    pub const fn mpp(&self) -> Mpp {
        self.mpp
    }

    /// Side of the slide in micrometres.
    pub const fn side_um(&self) -> f64 {
        self.side_um as f64
    }

    /// Is there tissue at this place (micrometres from the top left)?
    pub fn tissue_at(&self, x_um: f64, y_um: f64) -> bool {
        self.anatomy.layout.depth(place(x_um, y_um)) > 0.0
    }

    /// Is this place inside the tumour's outline, as a pathologist would draw it (stroma between
    /// tumour glands included)?
    pub fn tumour_at(&self, x_um: f64, y_um: f64) -> bool {
        self.anatomy.tumour_depth(place(x_um, y_um)) > 0.0
    }

    /// What lies at this place.
    pub fn class_at(&self, x_um: f64, y_um: f64) -> TissueClass {
        let p = place(x_um, y_um);
        if self.artefacts.pen.as_ref().is_some_and(|pen| pen.covers(p)) {
            return TissueClass::Pen;
        }
        Terrain::survey(&self.anatomy, Area::around(p, 1.0))
            .map_or(TissueClass::Background, |terrain| terrain.class_at(p))
    }

    /// How far the scanner's focus smears this place: the deviation in micrometres, 0 where it is sharp.
    pub fn blur_um_at(&self, x_um: f64, y_um: f64) -> f64 {
        f64::from(self.artefacts.focus.blur(place(x_um, y_um)))
    }

    /// Does the section lie double at this place?
    pub fn fold_at(&self, x_um: f64, y_um: f64) -> bool {
        let fold = self.artefacts.fold.as_ref();
        fold.is_some_and(|fold| fold.covers(place(x_um, y_um)))
    }

    /// A frame without tissue.
    pub(crate) fn bare_glass(&self, frame: &Frame) -> RgbPixels {
        let glass = self.developer.glass();
        self.expose(frame, |_| glass)
    }

    /// A tile beyond the slide's edge.
    pub(crate) fn blank_tile(&self) -> RgbPixels {
        let mut tile = RgbPixels::new(TILE as usize, TILE as usize);
        let glass = self.developer.glass().map(|value| value as u8);
        for pixel in tile.pixels.chunks_exact_mut(3) {
            pixel.copy_from_slice(&glass);
        }
        tile
    }

    /// Turns dyes into colour.
    pub(crate) fn develop(&self, canvas: &Canvas) -> RgbPixels {
        self.expose(&canvas.frame, |index| {
            self.developer.colour(canvas.dyes[index])
        })
    }

    /// A picture of the light `passed` by each pixel, under this slide's lamp.
    fn expose(&self, frame: &Frame, passed: impl Fn(usize) -> [f32; 3]) -> RgbPixels {
        let mut picture = RgbPixels::new(frame.width, frame.height);
        let glass = &self.artefacts.glass;
        let columns: Vec<f32> = (0..frame.width)
            .map(|column| glass.light(frame.x_um(column)))
            .collect();
        let rows = picture.pixels.chunks_exact_mut(3 * frame.width);
        for (row, pixels) in rows.enumerate() {
            let row_light = glass.light(frame.y_um(row));
            for (column, pixel) in pixels.chunks_exact_mut(3).enumerate() {
                let light = row_light * columns[column];
                let colour = passed(row * frame.width + column);
                for (value, passed) in pixel.iter_mut().zip(colour) {
                    *value = (passed * light + 0.5) as u8;
                }
            }
        }
        picture
    }
}

fn place(x_um: f64, y_um: f64) -> Point {
    Point::new(x_um as f32, y_um as f32)
}

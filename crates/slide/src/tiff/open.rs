use flow::{AssociatedName, Mpp, PixelSize, TileGrid};

use crate::error::SlideError;
use crate::facts::{ScannerNames, SlideFacts, SourceLevel};
use crate::source_file::SourceFile;
use crate::tiff::codestreams::Codestreams;
use crate::tiff::description::{AperioDescription, aperio_associated};
use crate::tiff::directory::read_directories;
use crate::tiff::native::{NativeFrames, NativeLevel};
use crate::tiff::page::{MAX_CHUNKS, Page, Reader};
use crate::tiff::pyramid::level_pages;
use crate::tiff::resolution::{mpp_of_resolution, plausible_mpp};
use crate::tiff::vendor::{Vendor, vendor_of};

mod tag {
    pub(super) const DESCRIPTION: u16 = 270;
    pub(super) const MAKE: u16 = 271;
    pub(super) const MODEL: u16 = 272;
    pub(super) const X_RESOLUTION: u16 = 282;
    pub(super) const Y_RESOLUTION: u16 = 283;
    pub(super) const RESOLUTION_UNIT: u16 = 296;
    pub(super) const SOFTWARE: u16 = 305;
    pub(super) const XMP: u16 = 700;
    pub(super) const ICC: u16 = 34675;
}

/// A TIFF that is whole, and how its tiles can be had.
pub(crate) enum Opened {
    Native {
        facts: Box<SlideFacts>,
        levels: Vec<SourceLevel>,
        frames: NativeFrames,
    },
    NeedsDecoder(Hints),
}

/// What our index knows of a file that OpenSlide 3.4 would not tell.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    pub(crate) icc: Option<Vec<u8>>,
    pub(crate) scanner: Option<String>,
    pub(crate) codestreams: Option<Codestreams>,
    pub(crate) is_tiff: bool,
    /// Why it is no slide, should OpenSlide not take it.
    pub(crate) refusal: Option<&'static str>,
}

/// A classic TIFF cannot address more; Hamamatsu's larger NDPI files bend the format in their own
/// way, which OpenSlide knows.
const MAX_CLASSIC_BYTES: u64 = u32::MAX as u64;

/// Indexes the file. Every tile and strip of every page is checked to lie inside it.
pub(crate) fn open(file: SourceFile) -> Result<Opened, SlideError> {
    let mut version = [0; 4];
    file.bytes("the TIFF header", 0, 8)
        .map(|header| version.copy_from_slice(&header[..4]))?;
    if file.n_bytes() > MAX_CLASSIC_BYTES && version.contains(&42) {
        return Ok(Opened::NeedsDecoder(Hints {
            is_tiff: true,
            ..Hints::default()
        }));
    }
    let (layout, directories) = read_directories(&file)?;
    let first = Reader {
        file: &file,
        layout,
        directory: &directories[0],
    };
    let origin = Origin::read(&first)?;
    let mut budget = MAX_CHUNKS;
    let pages = directories
        .iter()
        .map(|directory| Page::read(&Reader { directory, ..first }, &mut budget))
        .collect::<Result<Vec<_>, _>>()?;
    if origin.vendor == Vendor::NeedsDecoder || pages[0].tile.is_none() {
        return Ok(Opened::NeedsDecoder(origin.hints(&pages)));
    }
    origin.native(file, pages)
}

/// What the first page says about where the file comes from.
struct Origin {
    vendor: Vendor,
    description: String,
    make: String,
    model: String,
    mpp: Option<Mpp>,
    icc: Option<Vec<u8>>,
}

impl Origin {
    fn read(first: &Reader<'_>) -> Result<Self, SlideError> {
        let description = first.text(tag::DESCRIPTION)?;
        let software = first.text(tag::SOFTWARE)?;
        let xmp = first.text(tag::XMP)?;
        let x = first.fraction(tag::X_RESOLUTION)?;
        let y = first.fraction(tag::Y_RESOLUTION)?;
        let unit = first.number(tag::RESOLUTION_UNIT, 2)?;
        Ok(Self {
            vendor: vendor_of(&description, &software, &xmp),
            description,
            make: first.text(tag::MAKE)?,
            model: first.text(tag::MODEL)?,
            mpp: x.zip(y).and_then(|(x, y)| mpp_of_resolution(x, y, unit)),
            icc: first.blob(tag::ICC)?,
        })
    }

    fn native(self, file: SourceFile, pages: Vec<Page>) -> Result<Opened, SlideError> {
        let associated = self.associated(&pages);
        let hints = self.hints(&pages);
        let pages = level_pages(pages);
        for (grid, page) in &pages {
            check_tiles(grid, page)?;
        }
        let natives = match native_levels(&file, pages)? {
            Levels::Native(natives) => natives,
            Levels::NeedDecoder(codestreams) => {
                return Ok(Opened::NeedsDecoder(Hints {
                    codestreams,
                    ..hints
                }));
            }
        };
        let grids: Vec<TileGrid> = natives.iter().map(|level| level.grid).collect();
        let full = grids[0].level;
        Ok(Opened::Native {
            facts: Box::new(self.facts(full, associated)),
            levels: grids
                .into_iter()
                .map(|grid| SourceLevel::new(grid, full))
                .collect(),
            frames: NativeFrames::new(file, natives),
        })
    }

    fn facts(self, size: PixelSize, associated: Vec<AssociatedName>) -> SlideFacts {
        let aperio =
            (self.vendor == Vendor::Aperio).then(|| AperioDescription::parse(&self.description));
        let scanner = match &aperio {
            Some(aperio) => Some(aperio.scanner.clone()),
            None => self.scanner(),
        };
        let mpp = match &aperio {
            Some(aperio) => aperio.mpp.and_then(|mpp| plausible_mpp(mpp, mpp)),
            None => self.mpp,
        };
        SlideFacts {
            format: match aperio {
                Some(_) => "aperio".to_owned(),
                None => "generic-tiff".to_owned(),
            },
            scanner,
            mpp,
            objective_power: aperio.as_ref().and_then(|aperio| aperio.objective_power),
            size,
            icc: self.icc,
            associated,
            background: [255; 3],
            named: ScannerNames {
                barcode: aperio.and_then(|aperio| aperio.barcode),
                accession: None,
            },
            confinement: None,
            dicom: None,
        }
    }

    fn hints(&self, pages: &[Page]) -> Hints {
        let tiled = pages.iter().any(|page| page.tile.is_some());
        Hints {
            is_tiff: true,
            icc: self.icc.clone(),
            scanner: match self.vendor {
                Vendor::Aperio => Some(AperioDescription::parse(&self.description).scanner),
                _ => self.scanner(),
            },
            codestreams: None,
            refusal: (!tiled).then_some("it is a plain TIFF picture without tiles or a pyramid"),
        }
    }

    /// Maker and model from the tags of that name.
    fn scanner(&self) -> Option<String> {
        let name = format!("{} {}", self.make.trim(), self.model.trim());
        let name = name.trim();
        (!name.is_empty()).then(|| name.chars().take(100).collect())
    }

    fn associated(&self, pages: &[Page]) -> Vec<AssociatedName> {
        if self.vendor != Vendor::Aperio {
            return Vec::new();
        }
        let mut names: Vec<AssociatedName> = pages
            .iter()
            .filter(|page| page.tile.is_none())
            .map(|page| aperio_associated(&page.description))
            .collect();
        names.dedup();
        names
    }
}

enum Levels {
    /// At least one.
    Native(Vec<NativeLevel>),
    NeedDecoder(Option<Codestreams>),
}

/// The levels whose tiles can be copied, from level 0 on to the first one whose cannot.
fn native_levels(file: &SourceFile, pages: Vec<(TileGrid, Page)>) -> Result<Levels, SlideError> {
    let mut natives = Vec::new();
    for (level, (grid, page)) in pages.into_iter().enumerate() {
        if page.format.is_rgb_jpeg_2000() {
            if level > 0 {
                break;
            }
            let codestreams = Codestreams::new(grid, page.chunks);
            return Ok(Levels::NeedDecoder(Some(codestreams)));
        }
        match NativeLevel::new(file, level, grid, page)? {
            Some(native) => natives.push(native),
            None if level == 0 => return Ok(Levels::NeedDecoder(None)),
            None => break,
        }
    }
    Ok(Levels::Native(natives))
}

fn check_tiles(grid: &TileGrid, page: &Page) -> Result<(), SlideError> {
    if grid.n_tiles() > MAX_CHUNKS {
        return Err(SlideError::unsupported(format!(
            "a level of {} pixels has {} tiles, at most {MAX_CHUNKS} are read",
            grid.level,
            grid.n_tiles()
        )));
    }
    if (page.chunks.len() as u64) < grid.n_tiles() {
        return Err(SlideError::corrupt(format!(
            "a level of {} pixels needs {} tiles but its table has {}",
            grid.level,
            grid.n_tiles(),
            page.chunks.len()
        )));
    }
    Ok(())
}

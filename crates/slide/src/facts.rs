use flow::{
    AssociatedName, DicomImageKind, LabelText, Mpp, PixelSize, SlideId, SlideUids, TileGrid,
};
use serde::{Deserialize, Serialize};

/// What a file says about itself. Holds no file name, date or serial number, and of patients nothing
/// that prints.
#[derive(Clone, Debug, PartialEq)]
pub struct SlideFacts {
    /// `aperio`, `generic-tiff`, `dicom`, or OpenSlide's name for the vendor (`hamamatsu`, ...).
    pub format: String,
    /// The scanner's maker and model as far as the file says.
    pub scanner: Option<String>,
    /// Micrometres per pixel of level 0, the mean of both axes; never guessed.
    pub mpp: Option<Mpp>,
    pub objective_power: Option<f64>,
    /// Width and height of level 0 in pixels.
    pub size: PixelSize,
    /// The ICC profile of the pixels, as found in the file.
    pub icc: Option<Vec<u8>>,
    pub associated: Vec<AssociatedName>,
    /// RGB of places the scanner did not scan.
    pub background: [u8; 3],
    pub named: ScannerNames,
    /// How far the decoder child could be locked in; `None` where opening needed no child.
    pub confinement: Option<Confinement>,
    /// What a DICOM file is as an instance; `None` where it is another format, or its UIDs are none.
    pub dicom: Option<DicomInstance>,
}

/// An instance of whole-slide microscopy, as its header names it. Nothing of the patient is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct DicomInstance {
    /// Of the study, the series and the instance itself.
    pub uids: SlideUids,
    pub kind: DicomImageKind,
    /// Its container, where that is one of our slides: then the instance was made here.
    pub container: Option<SlideId>,
}

/// By which names the scanner knew the slide, as it wrote them into the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScannerNames {
    /// What it read of the label, or the container identifier of a DICOM slide.
    pub barcode: Option<LabelText>,
    /// What it was told.
    pub accession: Option<LabelText>,
}

/// What the kernel enforces on the decoder child. Where one of these is false the kernel lacks the
/// feature, and only the limits on memory, time and file size hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Landlock: it can read the slide and system libraries, and nothing else.
    pub file_system: bool,
    /// seccomp: it can make no sockets, run no programs, trace no processes.
    pub system_calls: bool,
}

/// One level of the file, largest first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceLevel {
    /// Tiles may differ in size from level to level.
    pub grid: TileGrid,
    /// How many pixels of level 0 lie along one pixel of this level: 1 for level 0. Need not be a
    /// power of two.
    pub downsample: f64,
}

impl SourceLevel {
    pub(crate) fn new(grid: TileGrid, full: PixelSize) -> Self {
        let ratio = |full: u32, here: u32| f64::from(full) / f64::from(here);
        let downsample =
            (ratio(full.width, grid.level.width) + ratio(full.height, grid.level.height)) / 2.0;
        Self { grid, downsample }
    }
}

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, InMemDicomObject, OpenFileOptions};
use flow::{DicomImageKind, DicomUid, LabelText, Mpp, PixelSize, SlideId, SlideUids, TileGrid};

use crate::error::SlideError;
use crate::facts::{DicomInstance, ScannerNames};

/// A frame beyond this is no tile; the largest label and thumbnail frames stay below it.
const MAX_TILE_SIDE: u32 = 8192;
const VL_WHOLE_SLIDE: &str = "1.2.840.10008.5.1.4.1.1.77.1.6";

/// What is read of the header. Nothing of the patient is that prints.
#[derive(Debug)]
pub(super) struct Attributes {
    pub(super) transfer_syntax: String,
    pub(super) grid: TileGrid,
    pub(super) photometric: String,
    pub(super) samples: u32,
    pub(super) planar: u32,
    pub(super) mpp: Option<Mpp>,
    pub(super) objective_power: Option<f64>,
    pub(super) scanner: Option<String>,
    pub(super) icc: Option<Vec<u8>>,
    pub(super) named: ScannerNames,
    pub(super) instance: Option<DicomInstance>,
}

impl Attributes {
    /// `header` is a DICOM file up to its pixels. Refuses what is no tiled whole-slide image.
    pub(super) fn parse(header: &[u8]) -> Result<Self, SlideError> {
        Self::checked(header, check_kind)
    }

    /// The same of the pictures beside a slide.
    pub(super) fn of_picture(header: &[u8]) -> Result<Self, SlideError> {
        Self::checked(header, check_class)
    }

    fn checked(
        header: &[u8],
        check: fn(Attribute<'_>) -> Result<(), SlideError>,
    ) -> Result<Self, SlideError> {
        let object = read(header)?;
        let transfer_syntax = object.meta().transfer_syntax().to_owned();
        let root = Attribute(&object);
        check(root)?;
        let grid = grid(root)?;
        check_layout(root, &grid)?;
        Ok(Self {
            transfer_syntax,
            mpp: mpp(root, grid.level),
            objective_power: root
                .first_item(tags::OPTICAL_PATH_SEQUENCE)
                .and_then(|path| path.float(tags::OBJECTIVE_LENS_POWER)),
            photometric: root.text(tags::PHOTOMETRIC_INTERPRETATION),
            samples: root.number(tags::SAMPLES_PER_PIXEL, 0),
            planar: root.number(tags::PLANAR_CONFIGURATION, 0),
            scanner: scanner(root),
            named: scanner_names(root),
            icc: root
                .first_item(tags::OPTICAL_PATH_SEQUENCE)
                .and_then(|path| path.bytes(tags::ICC_PROFILE)),
            instance: instance(root),
            grid,
        })
    }
}

/// What the header of any instance of whole-slide microscopy names it.
pub(super) fn named(header: &[u8]) -> Result<DicomInstance, SlideError> {
    let object = read(header)?;
    let root = Attribute(&object);
    check_class(root)?;
    instance(root).ok_or_else(|| {
        SlideError::corrupt("its DICOM header lacks a study, series or instance UID")
    })
}

fn read(header: &[u8]) -> Result<DefaultDicomObject, SlideError> {
    OpenFileOptions::new()
        .from_reader(header)
        .map_err(|error| SlideError::corrupt(format!("its DICOM header: {error}")))
}

fn instance(root: Attribute<'_>) -> Option<DicomInstance> {
    let uid = |tag| root.text(tag).parse::<DicomUid>().ok();
    Some(DicomInstance {
        uids: SlideUids {
            study: uid(tags::STUDY_INSTANCE_UID)?,
            series: uid(tags::SERIES_INSTANCE_UID)?,
            level_zero: uid(tags::SOP_INSTANCE_UID)?,
        },
        kind: DicomImageKind::of_image_type(&root.text(tags::IMAGE_TYPE)),
        container: root.text(tags::CONTAINER_IDENTIFIER).parse().ok(),
    })
}

/// A data set, read leniently: what is absent or unreadable is `None` or the default.
#[derive(Clone, Copy)]
struct Attribute<'a>(&'a InMemDicomObject);

impl<'a> Attribute<'a> {
    fn text(self, tag: Tag) -> String {
        let text = self.0.get(tag).and_then(|element| element.to_str().ok());
        text.map(|text| text.trim_matches(['\0', ' ']).to_owned())
            .unwrap_or_default()
    }

    fn number(self, tag: Tag, default: u32) -> u32 {
        let number = self.0.get(tag).and_then(|element| element.to_int().ok());
        number.unwrap_or(default)
    }

    fn float(self, tag: Tag) -> Option<f64> {
        self.0.get(tag)?.to_float64().ok()
    }

    fn floats(self, tag: Tag) -> Option<Vec<f64>> {
        self.0.get(tag)?.to_multi_float64().ok()
    }

    fn bytes(self, tag: Tag) -> Option<Vec<u8>> {
        let bytes = self.0.get(tag)?.to_bytes().ok()?.into_owned();
        (!bytes.is_empty()).then_some(bytes)
    }

    fn first_item(self, tag: Tag) -> Option<Attribute<'a>> {
        self.0.get(tag)?.items()?.first().map(Attribute)
    }
}

fn check_kind(root: Attribute<'_>) -> Result<(), SlideError> {
    check_class(root)?;
    match DicomImageKind::of_image_type(&root.text(tags::IMAGE_TYPE)) {
        kind @ (DicomImageKind::Label | DicomImageKind::Overview) => Err(SlideError::not_a_slide(
            format!("it is the {kind} picture of a DICOM slide; give the file of a level"),
        )),
        _ => Ok(()),
    }
}

fn check_class(root: Attribute<'_>) -> Result<(), SlideError> {
    match root.text(tags::SOP_CLASS_UID) == VL_WHOLE_SLIDE {
        true => Ok(()),
        false => Err(SlideError::not_a_slide(
            "it is a DICOM file of another kind than whole-slide microscopy",
        )),
    }
}

fn grid(root: Attribute<'_>) -> Result<TileGrid, SlideError> {
    let level = PixelSize::new(
        root.number(tags::TOTAL_PIXEL_MATRIX_COLUMNS, 0),
        root.number(tags::TOTAL_PIXEL_MATRIX_ROWS, 0),
    );
    let tile = PixelSize::new(root.number(tags::COLUMNS, 0), root.number(tags::ROWS, 0));
    if level.area() == 0 || tile.area() == 0 {
        return Err(SlideError::corrupt("its DICOM header gives no image size"));
    }
    if level.width.max(level.height) > 1 << 31 || tile.width.max(tile.height) > MAX_TILE_SIDE {
        return Err(SlideError::unsupported(format!(
            "it claims {level} pixels in frames of {tile}"
        )));
    }
    Ok(TileGrid::new(level, tile))
}

fn check_layout(root: Attribute<'_>, grid: &TileGrid) -> Result<(), SlideError> {
    let organisation = root.text(tags::DIMENSION_ORGANIZATION_TYPE);
    if organisation != "TILED_FULL" {
        let found = match organisation.as_str() {
            "" => "not given",
            other => other,
        };
        return Err(SlideError::unsupported(format!(
            "its DICOM tiles must be TILED_FULL, but their organisation is {found}"
        )));
    }
    if root.number(tags::TOTAL_PIXEL_MATRIX_FOCAL_PLANES, 1) > 1
        || root.number(tags::NUMBER_OF_OPTICAL_PATHS, 1) > 1
    {
        return Err(SlideError::unsupported(
            "it has several focal planes or optical paths",
        ));
    }
    if root.number(tags::BITS_ALLOCATED, 8) != 8 {
        return Err(SlideError::unsupported("it has more than 8 bits a sample"));
    }
    let n_frames = u64::from(root.number(tags::NUMBER_OF_FRAMES, 1));
    if n_frames == grid.n_tiles() {
        return Ok(());
    }
    match root.text(tags::CONCATENATION_UID).as_str() {
        "" => Err(SlideError::corrupt(format!(
            "it needs {} DICOM frames but has {n_frames}",
            grid.n_tiles()
        ))),
        _ => Err(SlideError::unsupported(
            "it is one part of a DICOM concatenation",
        )),
    }
}

/// Pixel spacing in millimetres, else the imaged width in millimetres over the columns.
fn mpp(root: Attribute<'_>, level: PixelSize) -> Option<Mpp> {
    let spacing = root
        .first_item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE)
        .and_then(|groups| groups.first_item(tags::PIXEL_MEASURES_SEQUENCE))
        .and_then(|measures| measures.floats(tags::PIXEL_SPACING));
    let millimetres = match spacing.as_deref() {
        Some([row, column]) => (row + column) / 2.0,
        _ => root.float(tags::IMAGED_VOLUME_WIDTH)? / f64::from(level.width),
    };
    Mpp::new(millimetres * 1000.0).ok()
}

/// A container without an accession number is what a converter made up, or ours.
fn scanner_names(root: Attribute<'_>) -> ScannerNames {
    let text = |tag| LabelText::new(&root.text(tag)).ok();
    let accession = text(tags::ACCESSION_NUMBER);
    let container = text(tags::CONTAINER_IDENTIFIER);
    let is_of_lab = |container: &LabelText| {
        container.reveal().parse::<SlideId>().is_err() && accession.is_some()
    };
    ScannerNames {
        barcode: container.filter(is_of_lab),
        accession,
    }
}

fn scanner(root: Attribute<'_>) -> Option<String> {
    let maker = root.text(tags::MANUFACTURER);
    let model = root.text(tags::MANUFACTURER_MODEL_NAME);
    let name = format!("{maker} {model}");
    let name = name.trim();
    (!name.is_empty()).then(|| name.chars().take(100).collect())
}

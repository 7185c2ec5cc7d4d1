use serde::{Deserialize, Serialize};

use crate::{
    AssociatedName, Deidentification, LevelNumber, Mpp, PixelSize, Sha256Digest, SlideId,
    SlideUids, TissueMask,
};

/// What is known of a slide once it is tiled. Written last: when it exists, the pyramid is whole.
///
/// Holds nothing that identifies a patient: no file name, no barcode, no scanner serial number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlideManifest {
    pub slide: SlideId,
    /// sha256 of the file as pushed.
    pub original: Sha256Digest,
    /// sha256 of the pyramid's index, which in turn holds the sha256 of every level.
    pub pyramid: Sha256Digest,
    /// The format, for example `aperio`, `hamamatsu`, `generic-tiff`, `dicom`.
    pub format: String,
    /// The scanner's maker and model as far as the file says.
    pub scanner: Option<String>,
    pub mpp: Mpp,
    pub mpp_source: MppSource,
    pub objective_power: Option<f64>,
    pub size: PixelSize,
    pub tile: PixelSize,
    pub levels: Vec<LevelSummary>,
    pub associated: Vec<AssociatedImage>,
    /// Of a slide whose label and macro were removed on request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deidentification: Option<Deidentification>,
    /// The source's colour profile, if it had one; it lies in the pyramid's DICOM headers.
    pub icc: Option<IccProfile>,
    pub tissue: TissueMask,
    /// Under which the pyramid is stored; a slide that did not come with any has derived ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uids: Option<SlideUids>,
}

/// Where the micrometres per pixel come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MppSource {
    /// The scanner wrote it into the file.
    File,
    /// A person gave it.
    Operator,
}

/// How the frames of a level came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TileOrigin {
    /// The scanner's own compressed tiles, bit for bit.
    Copied,
    /// Decoded from a format browsers cannot show, compressed once more.
    Transcoded,
    /// Made by halving the level above.
    Halved,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelSummary {
    pub level: LevelNumber,
    pub size: PixelSize,
    pub mpp: Mpp,
    pub n_frames: u64,
    pub origin: TileOrigin,
    pub bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssociatedImage {
    pub name: AssociatedName,
    pub size: PixelSize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IccProfile {
    pub sha256: Sha256Digest,
    pub bytes: u64,
}

impl SlideManifest {
    pub fn dicom_uids(&self) -> SlideUids {
        let own = self.uids.clone();
        own.unwrap_or_else(|| SlideUids::derived(&self.slide))
    }

    /// Width and height of level 0 in micrometres.
    pub fn size_um(&self) -> (f64, f64) {
        (
            f64::from(self.size.width) * self.mpp.get(),
            f64::from(self.size.height) * self.mpp.get(),
        )
    }
}

use std::path::PathBuf;
use std::time::Duration;

use catalog::UploadQuota;
use flow::PatientPictures;
use label::LabelPattern;
use step::IdentityRule;

/// How this service runs.
#[derive(Clone, Debug)]
pub struct IngestConfig {
    pub tiling: TilingConfig,
    /// Time between two announcements of everything that is unfinished.
    pub sweep_every: Duration,
    pub uploads: UploadConfig,
    /// Of slides whose senders do not say.
    pub patient_pictures: PatientPictures,
    /// The folder that a scanner drops slides into, if there is one.
    pub watch: Option<WatchConfig>,
}

impl Default for IngestConfig {
    /// Without a watched folder; a sweep every half minute.
    fn default() -> Self {
        Self {
            tiling: TilingConfig::default(),
            sweep_every: Duration::from_secs(30),
            uploads: UploadConfig::default(),
            patient_pictures: PatientPictures::Kept,
            watch: None,
        }
    }
}

/// What is taken from scanners.
#[derive(Clone, Copy, Debug)]
pub struct ReceiveConfig {
    /// While so many slides wait for their analysis, scanners are asked to come again later.
    pub most_unfinished: u64,
    pub quota: UploadQuota,
    pub uploads: UploadConfig,
    /// Of slides whose senders do not say.
    pub patient_pictures: PatientPictures,
    pub stow: StowConfig,
}

impl Default for ReceiveConfig {
    /// Some days of work.
    fn default() -> Self {
        Self {
            most_unfinished: 10_000,
            quota: UploadQuota {
                most_unfinished_bytes: Some(4 << 40),
                most_slides_a_day: None,
            },
            uploads: UploadConfig::default(),
            patient_pictures: PatientPictures::Kept,
            stow: StowConfig::default(),
        }
    }
}

/// Uploads that go on where they stood.
#[derive(Clone, Copy, Debug)]
pub struct UploadConfig {
    /// Of the whole file.
    pub most_bytes: u64,
    /// One to which nothing was added for so long is given up.
    pub idle: Duration,
    /// What is stored at once, and held in memory meanwhile; what a crash may cost.
    pub part_bytes: usize,
}

impl Default for UploadConfig {
    /// 256 GiB, a week, and 8 MiB.
    fn default() -> Self {
        Self {
            most_bytes: 256 << 30,
            idle: Duration::from_secs(7 * 24 * 3600),
            part_bytes: 8 << 20,
        }
    }
}

/// What is taken in one request that stores DICOM instances: all of it lies on the disk of this machine
/// before any is kept.
#[derive(Clone, Copy, Debug)]
pub struct StowConfig {
    pub most_bytes: u64,
    pub most_instances: usize,
}

impl Default for StowConfig {
    /// The largest slides have some 10 GB and a dozen instances.
    fn default() -> Self {
        Self {
            most_bytes: 64 << 30,
            most_instances: 1000,
        }
    }
}

#[derive(Clone, Debug)]
pub struct TilingConfig {
    /// Slides tiled at once. One keeps all cores busy.
    pub n_slides_at_once: usize,
    /// From 1 to 100, for levels that the file lacks.
    pub jpeg_quality: u8,
    /// Where there is none, labels are not read and nothing is compared.
    pub identity: Option<IdentityConfig>,
}

/// How a slide is told from others.
#[derive(Clone, Debug, Default)]
pub struct IdentityConfig {
    /// What the barcodes of this laboratory mean.
    pub pattern: LabelPattern,
    pub rule: IdentityRule,
}

impl Default for TilingConfig {
    fn default() -> Self {
        Self {
            n_slides_at_once: 1,
            jpeg_quality: 85,
            identity: None,
        }
    }
}

/// When files of a watched folder are taken.
#[derive(Clone, Debug)]
pub struct WatchConfig {
    pub folder: PathBuf,
    /// Time between two looks.
    pub every: Duration,
    /// A file is whole once its size and date were the same for so long.
    pub settle: Duration,
}

impl WatchConfig {
    /// Looks each second and waits for five quiet ones.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            every: Duration::from_secs(1),
            settle: Duration::from_secs(5),
        }
    }
}

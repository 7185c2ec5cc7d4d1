use std::io;
use std::path::PathBuf;

/// Why a phantom could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PhantomError {
    #[error("grade {0} is not on the scale; give a grade from 1 to 5")]
    Grade(u8),
    #[error("a slide of {0} px is not possible; give a side from 256 to 1000000 px")]
    Size(u32),
    #[error("tumour fraction {0} is not possible; give a share of the tissue from 0 to 0.9")]
    TumourFraction(f64),
    #[error("JPEG quality {0} is not possible; give a quality from 1 to 100")]
    JpegQuality(u8),
    #[error("a scanner sees from 0.2 to 1.2 of the light in red, green and blue")]
    Light,
    #[error("cannot write {}; check the folder, its permissions and the free space", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("a tile could not be compressed as JPEG")]
    Compress(#[from] turbojpeg::Error),
    #[error("the compressed tile has no {0} segment; this JPEG library cannot be used")]
    JpegSegment(&'static str),
    #[error(transparent)]
    Label(#[from] label::DrawError),
    #[error("the ground truth could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

use std::fmt;
use std::str::FromStr;

/// The tool whose files a bag looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BagFormat {
    /// HDF5 with `features` and `coords`, the tile's side on level 0 beside these.
    Trident,
    /// HDF5 with `features` and `coords`, or a PyTorch file with the embeddings alone.
    Clam,
    /// HDF5 with `feats` and `coords` in micrometres.
    Stamp,
}

impl fmt::Display for BagFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trident => "TRIDENT",
            Self::Clam => "CLAM",
            Self::Stamp => "STAMP",
        })
    }
}

impl FromStr for BagFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "trident" => Ok(Self::Trident),
            "clam" => Ok(Self::Clam),
            "stamp" => Ok(Self::Stamp),
            other => Err(format!(
                "`{other}` is no format of bags: trident, clam or stamp"
            )),
        }
    }
}

//! Reading: what a file is follows from its content, never from its name.

mod attributes;
mod beside;
mod clam;
mod hdf5_file;
mod stamp;
mod table;
mod torch_file;
mod trident;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use self::hdf5_file::Hdf5File;
use crate::{BagError, BagFile, BagFormat, TilePlaces};

/// What an HDF5 file of these tools starts with.
const HDF5_START: &[u8] = b"\x89HDF\r\n\x1a\n";

/// Reads a bag of TRIDENT, CLAM or STAMP.
///
/// A PyTorch file of CLAM holds embeddings alone; where it lies in `pt_files`, the places come from
/// the file of its name in `h5_files` beside that folder, if there is one.
///
/// # Errors
/// If the file is none of theirs or damaged, if it does not say in which unit its tiles lie and
/// that cannot be inferred, or if an embedding is not finite.
pub fn read(path: &Path) -> Result<BagFile, BagError> {
    if !starts_like_hdf5(path)? {
        return torch_file::read(path);
    }
    let file = Hdf5File::open(path)?;
    let (format, name) = if file.holds("feats") {
        (BagFormat::Stamp, "feats")
    } else if file.holds("features") {
        (format_of_features(&file)?, "features")
    } else {
        return Err(BagError::NoEmbeddings(file.contents()));
    };
    let (embeddings, dimension) = file.embeddings(name)?;
    let n_embeddings = embeddings.len().checked_div(dimension).unwrap_or(0);
    Ok(BagFile {
        format,
        embeddings,
        dimension,
        places: places(&file, format, n_embeddings)?,
        encoder: encoder(&file, format, name)?,
    })
}

fn starts_like_hdf5(path: &Path) -> Result<bool, BagError> {
    let mut start = Vec::new();
    let file = File::open(path).map_err(BagError::Read)?;
    file.take(HDF5_START.len() as u64)
        .read_to_end(&mut start)
        .map_err(BagError::Read)?;
    Ok(start == HDF5_START)
}

/// TRIDENT and CLAM call their datasets alike; TRIDENT always says how large a tile is on level 0.
fn format_of_features(file: &Hdf5File) -> Result<BagFormat, BagError> {
    if !file.holds("coords") {
        return Ok(BagFormat::Clam);
    }
    let says_side = file.attributes("coords")?.number("patch_size_level0");
    let says_encoder = file.attributes("features")?.text("encoder");
    Ok(match (says_side, says_encoder) {
        (None, None) => BagFormat::Clam,
        _ => BagFormat::Trident,
    })
}

/// `None` where the file has none.
fn places(
    file: &Hdf5File,
    format: BagFormat,
    n_embeddings: usize,
) -> Result<Option<TilePlaces>, BagError> {
    let Some(corners) = file.corners(n_embeddings)? else {
        return Ok(None);
    };
    let places = match format {
        BagFormat::Trident => trident::places(file, corners)?,
        BagFormat::Clam => clam::places(file, corners)?,
        BagFormat::Stamp => stamp::places(file, corners)?,
    };
    Ok(Some(places))
}

fn encoder(file: &Hdf5File, format: BagFormat, name: &str) -> Result<Option<String>, BagError> {
    Ok(match format {
        BagFormat::Trident | BagFormat::Clam => file.attributes(name)?.text("encoder"),
        BagFormat::Stamp => file.file_attributes()?.text("extractor"),
    })
}

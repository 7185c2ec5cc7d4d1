use std::fs;
use std::path::{Path, PathBuf};

use hdf5_pure::AttrValue;

use super::OutgoingBag;
use super::pixels::{datasets, level0_px, text};
use super::whole_file::write_whole;
use crate::BagError;

/// `h5_files` and `pt_files`, one file of the slide's name in each. Tiles are those of level 0.
pub(super) fn write(bag: &OutgoingBag<'_>, folder: &Path) -> Result<Vec<PathBuf>, BagError> {
    let folders = ["h5_files", "pt_files"].map(|name| folder.join(name));
    for folder in &folders {
        fs::create_dir_all(folder).map_err(BagError::Write)?;
    }
    let [h5_files, pt_files] = folders;
    let size = bag.slide.size;
    let level_dim = AttrValue::I64Array(vec![size.width.into(), size.height.into()]);
    let of_coords = vec![
        (
            "patch_size",
            AttrValue::I64(level0_px(bag, bag.header.tile_um)),
        ),
        ("patch_level", AttrValue::I64(0)),
        ("downsample", AttrValue::F64Array(vec![1.0, 1.0])),
        ("downsampled_level_dim", level_dim.clone()),
        ("level_dim", level_dim),
        ("name", text(bag.name)),
        ("save_path", text(&folder.to_string_lossy())),
        ("tile_size_um", AttrValue::F64(bag.header.tile_um)),
    ];
    let h5 = h5_files.join(format!("{}.h5", bag.name));
    let file = datasets(bag, Vec::new(), of_coords);
    write_whole(&h5, |out| Ok(file.finish_to(out)?))?;

    let pt = pt_files.join(format!("{}.pt", bag.name));
    let shape = bag.shape().map(|side| side as usize);
    write_whole(&pt, |out| {
        Ok(weights::write_tensor(out, &shape, bag.embeddings)?)
    })?;
    Ok(vec![h5, pt])
}

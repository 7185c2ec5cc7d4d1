use std::fs;
use std::path::Path;

use weights::{Container, WeightsError};

use crate::{Tested, fixture, read_bytes, refusal};

const INDEX: &str = "model.safetensors.index.json";

#[test]
fn shards_are_one_model() -> Tested {
    let found = weights::read(&fixture("shards"))?;
    assert_eq!(found.container(), Container::ShardedSafetensors);
    let names: Vec<&str> = found.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a.bias", "a.weight", "b.weight"]);
    let last = found.get("b.weight").ok_or("listed")?;
    assert_eq!(last.shape(), [2, 3]);
    assert_eq!(last.to_f32()?, [-1.0, -0.875, -0.75, -0.625, -0.5, -0.375]);
    Ok(())
}

#[test]
fn a_folder_is_read_by_the_file_in_it() -> Tested {
    let folder = tempfile::tempdir()?;
    let empty = weights::read(folder.path());
    assert!(matches!(empty, Err(WeightsError::EmptyFolder(_))));
    // Content decides, not the name.
    for (file, container) in [
        ("every_kind.legacy.pth", Container::TorchLegacy),
        (
            "shards/model-00001-of-00002.safetensors",
            Container::Safetensors,
        ),
    ] {
        fs::copy(fixture(file), folder.path().join("pytorch_model.bin"))?;
        assert_eq!(weights::read(folder.path())?.container(), container);
    }
    Ok(())
}

fn with_index(folder: &Path, tensor: &str, shard: &str) -> Result<(), std::io::Error> {
    let json = format!(r#"{{"weight_map": {{"{tensor}": "{shard}"}}}}"#);
    fs::write(folder.join(INDEX), json)
}

#[test]
fn an_index_points_nowhere_else() -> Tested {
    let folder = tempfile::tempdir()?;
    let shard = "model-00001-of-00002.safetensors";
    fs::copy(fixture("shards").join(shard), folder.path().join(shard))?;
    for elsewhere in ["../shard", "/etc/passwd", "a/b", "..", "", "."] {
        with_index(folder.path(), "a.bias", elsewhere)?;
        let read = weights::read(folder.path());
        assert!(matches!(read, Err(WeightsError::ShardName(_))), "{read:?}");
    }
    with_index(folder.path(), "a.bias", "absent")?;
    let read = weights::read(folder.path());
    assert!(matches!(read, Err(WeightsError::Read { .. })), "{read:?}");
    with_index(folder.path(), "c.bias", shard)?;
    let read = weights::read(folder.path());
    assert!(
        matches!(read, Err(WeightsError::NotInShard { .. })),
        "{read:?}"
    );
    with_index(folder.path(), "a.bias", shard)?;
    assert_eq!(weights::read(folder.path())?.len(), 1);
    Ok(())
}

#[test]
fn other_files_are_named_as_unknown() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    for bytes in [b"".as_slice(), b"\x89HDF", pointer, b"\x80\x02]."] {
        let read = read_bytes(bytes);
        assert!(
            matches!(read, Err(WeightsError::UnknownFormat(_))),
            "{read:?}"
        );
    }
}

#[test]
fn damaged_archives_are_refused_with_the_reason() {
    for (file, reason) in [
        ("compressed.zip.pth", "data.pkl` is compressed"),
        ("short.zip.pth", "should hold"),
        ("lacking.zip.pth", "it has no `"),
    ] {
        let text = refusal(weights::read(&fixture(file)));
        assert!(text.contains(reason), "{text}");
    }
}

//! What storage on the local disk does about crashes, other processes and a cold page cache.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use coverslip_store::{Store, StoreError};
use flow::{LevelNumber, ObjectKey};
use rustix::fs::{Advice, fadvise};

use crate::sample::{noise, slide};

type TestResult = Result<(), Box<dyn Error>>;

fn key() -> ObjectKey {
    ObjectKey::Original(slide(1))
}

/// Everything under `folder` but folders.
fn files_under(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_under(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

#[tokio::test]
async fn an_object_outlives_the_process_that_wrote_it() -> TestResult {
    let folder = tempfile::tempdir()?;
    Store::local(folder.path())?.put(&key(), noise(100)).await?;
    let later = Store::local(folder.path())?;
    assert_eq!(later.get(&key()).await?, noise(100));
    assert_eq!(
        files_under(folder.path())?.len(),
        1,
        "and nothing else is left"
    );
    Ok(())
}

#[tokio::test]
async fn what_a_crash_left_is_cleared_and_what_is_in_use_is_not() -> TestResult {
    let folder = tempfile::tempdir()?;
    let store = Store::local(folder.path())?;
    let root = folder.path();
    let crashed = root.join("scratch/run-crashed/deep");
    fs::create_dir_all(&crashed)?;
    fs::write(crashed.join("half"), b"half a file")?;
    fs::write(root.join("scratch/stray"), b"a file where folders are")?;
    let in_use = store.scratch()?;
    fs::write(in_use.path().join("level"), noise(50))?;

    let other = Store::local(root)?;
    assert_eq!(files_under(root)?, [in_use.path().join("level")]);
    store.put_file(&key(), &in_use.path().join("level")).await?;
    assert_eq!(other.get(&key()).await?, noise(50));
    Ok(())
}

#[tokio::test]
async fn uploads_that_were_given_up_leave_nothing() -> TestResult {
    let folder = tempfile::tempdir()?;
    let store = Store::local(folder.path())?;
    let mut broken_off = store.receive().await?;
    broken_off.write(&noise(1_500_000)).await?;
    assert_eq!(files_under(folder.path())?.len(), 1);
    drop(broken_off);
    let mut unwanted = store.receive().await?;
    unwanted.write(b"refused by its digest").await?;
    drop(unwanted.finish().await?);
    assert!(files_under(folder.path())?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_write_that_fails_leaves_nothing() -> TestResult {
    let folder = tempfile::tempdir()?;
    let store = Store::local(folder.path())?;
    // A file where the folder of all slides should be.
    fs::write(folder.path().join("slides"), b"")?;
    let failed = store.put(&key(), noise(100)).await;
    assert!(matches!(
        failed,
        Err(StoreError::Object {
            action: "write",
            ..
        })
    ));
    assert_eq!(files_under(folder.path())?, [folder.path().join("slides")]);
    Ok(())
}

#[tokio::test]
async fn reads_wait_for_the_disk_when_they_must() -> TestResult {
    let folder = tempfile::tempdir()?;
    let store = Store::local(folder.path())?;
    let bytes = noise(400_000);
    store.put(&key(), bytes.clone()).await?;
    let file = File::open(store.local_file(&key()).await?.path())?;
    for start in (0..400_000).step_by(50_000) {
        fadvise(&file, 0, None, Advice::DontNeed)?;
        let range = start as u64..start as u64 + 20_000;
        let read = store.get_range(&key(), range).await?;
        assert!(read == bytes[start..start + 20_000]);
    }
    Ok(())
}

#[tokio::test]
async fn more_objects_are_read_than_files_may_be_open() -> TestResult {
    let folder = tempfile::tempdir()?;
    let store = Store::local(folder.path())?;
    let keys: Vec<_> = (0..200)
        .flat_map(|level| [1, 2].map(|n| ObjectKey::PyramidLevel(slide(n), LevelNumber(level))))
        .collect();
    // At once: each waits for the disk.
    let puts = keys.iter().cloned().map(|key| {
        let store = store.clone();
        tokio::spawn(async move { store.put(&key, noise(16)).await })
    });
    for put in puts.collect::<Vec<_>>() {
        put.await??;
    }
    for key in keys.iter().chain(&keys) {
        assert_eq!(store.get_range(key, 0..16).await?, noise(16));
    }
    let open = fs::read_dir("/proc/self/fd")?.filter_map(|fd| fs::read_link(fd.ok()?.path()).ok());
    let n_open = open.filter(|path| path.starts_with(folder.path())).count();
    assert!((1..300).contains(&n_open), "{n_open} files are open");
    Ok(())
}

#[test]
fn a_root_that_cannot_be_is_refused() -> TestResult {
    let file = tempfile::NamedTempFile::new()?;
    let refused = Store::local(&file.path().join("below"));
    assert!(matches!(refused.map(|_| ()), Err(StoreError::Disk { .. })));
    Ok(())
}

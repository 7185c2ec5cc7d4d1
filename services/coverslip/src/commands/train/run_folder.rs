use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use flow::Sha256Digest;

/// What decided the training whose states lie in the folder.
const FINGERPRINT: &str = "fingerprint";

/// Where an unfinished training keeps its state: `OUT.training`, beside the folder it is to make.
///
/// It becomes `OUT` by a rename at the very end, so that no half of a task is ever there.
pub(crate) struct RunFolder {
    out: PathBuf,
    states: PathBuf,
}

/// What becomes of an earlier training of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// An unfinished one is gone on with, a finished one stays.
    Kept,
    Replaced,
}

impl RunFolder {
    /// Goes on with an unfinished training of the same fingerprint, or begins one.
    ///
    /// # Errors
    /// If there is a finished training, or an unfinished one of another configuration, and it is
    /// not to be replaced.
    pub(crate) fn open(out: &Path, earlier: Earlier, fingerprint: &Sha256Digest) -> Result<Self> {
        let mut states = out.as_os_str().to_owned();
        states.push(".training");
        let run = Self {
            out: out.to_owned(),
            states: states.into(),
        };
        match earlier {
            Earlier::Replaced => remove(&run.states)?,
            Earlier::Kept => ensure!(
                !out.exists(),
                "{} is there already: give another --out, or --restart to replace it",
                out.display()
            ),
        }
        run.claim(fingerprint)?;
        Ok(run)
    }

    fn claim(&self, fingerprint: &Sha256Digest) -> Result<()> {
        let states = self.states.display();
        fs::create_dir_all(&self.states).with_context(|| format!("cannot create {states}"))?;
        match fs::read_to_string(self.states.join(FINGERPRINT)) {
            Ok(found) if found == fingerprint.to_string() => Ok(()),
            Ok(_) => bail!(
                "{states} holds an unfinished training on other labels, bags or settings: bring \
                 them back to go on with it, or give --restart to forget it"
            ),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.put(FINGERPRINT, fingerprint.to_string().as_bytes())
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {states}")),
        }
    }

    /// How far a head has come; `None` before its first epoch.
    pub(crate) fn state(&self, head: usize) -> Result<Option<Vec<u8>>> {
        let path = self.states.join(state_name(head));
        match fs::read(&path) {
            Ok(state) => Ok(Some(state)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    pub(crate) fn keep_state(&self, head: usize, state: &[u8]) -> Result<()> {
        self.put(&state_name(head), state)
    }

    /// Lets `write` fill a folder, which then becomes the finished one; the state goes.
    pub(crate) fn finish(&self, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        let made = self.states.join("made");
        remove(&made)?;
        fs::create_dir(&made).with_context(|| format!("cannot create {}", made.display()))?;
        write(&made)?;
        if self.out.exists() {
            fs::rename(&self.out, self.states.join("replaced"))
                .with_context(|| format!("cannot replace {}", self.out.display()))?;
        }
        fs::rename(&made, &self.out)
            .with_context(|| format!("cannot put {} in place", self.out.display()))?;
        remove(&self.states)
    }

    /// Whole or not at all.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let (path, part) = (self.states.join(name), self.states.join("part"));
        let write = || {
            let mut file = fs::File::create(&part)?;
            std::io::Write::write_all(&mut file, bytes)?;
            file.sync_all()?;
            fs::rename(&part, &path)
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }
}

fn state_name(head: usize) -> String {
    format!("head-{}.state", head + 1)
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_only_with_the_same_configuration() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let out = folder.path().join("task");
        let (one, other) = (Sha256Digest::of(b"one"), Sha256Digest::of(b"other"));
        let run = RunFolder::open(&out, Earlier::Kept, &one)?;
        assert_eq!(run.state(0)?, None);
        run.keep_state(0, b"epoch 1")?;
        let again = RunFolder::open(&out, Earlier::Kept, &one)?;
        assert_eq!(again.state(0)?.as_deref(), Some(&b"epoch 1"[..]));
        let refused = RunFolder::open(&out, Earlier::Kept, &other)
            .err()
            .context("refused")?;
        assert!(refused.to_string().contains("--restart"), "{refused}");
        let restarted = RunFolder::open(&out, Earlier::Replaced, &other)?;
        assert_eq!(restarted.state(0)?, None);

        restarted.finish(|made| Ok(fs::write(made.join("task.json"), "{}")?))?;
        assert!(out.join("task.json").is_file());
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        let refused = RunFolder::open(&out, Earlier::Kept, &other)
            .err()
            .context("refused")?;
        assert!(refused.to_string().contains("there already"), "{refused}");
        RunFolder::open(&out, Earlier::Replaced, &one)?.finish(|_| Ok(()))?;
        assert!(!out.join("task.json").exists());
        Ok(())
    }
}

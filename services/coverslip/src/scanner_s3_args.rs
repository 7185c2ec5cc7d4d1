//! What scanners that speak S3 sign with.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;
use http::{Secret, SigningSecret};

/// In a data folder.
const FILE: &str = "scanner-s3.secret";

#[derive(Clone, Debug, Args)]
pub(crate) struct ScannerS3Args {
    /// What the secrets of all access keys for /incoming follow from, 32 characters or more: the same for
    /// every process of the installation. Without it there is one in the data folder, made where it is not
    /// there; with the catalog on PostgreSQL there is none, and no /incoming.
    #[arg(
        long,
        env = "COVERSLIP_SCANNER_S3_SECRET",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    scanner_s3_secret: Option<String>,
}

impl ScannerS3Args {
    /// The one given, or that of the data folder if the installation keeps its secrets there.
    pub(crate) fn secret(&self, data: Option<&Path>) -> Result<Option<SigningSecret>> {
        let text = match (&self.scanner_s3_secret, data) {
            (Some(given), _) => given.clone(),
            (None, Some(data)) => kept_in(data)?,
            (None, None) => return Ok(None),
        };
        let secret = SigningSecret::parse(&text);
        Ok(Some(
            secret.context("the secret for /incoming cannot be used")?,
        ))
    }
}

/// Nobody else on the machine can read it.
fn kept_in(data: &Path) -> Result<String> {
    let path = data.join(FILE);
    let cannot = || format!("cannot keep the secret for /incoming in {}", path.display());
    fs::create_dir_all(data).with_context(cannot)?;
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    match made {
        Ok(mut file) => {
            let secret = Secret::random().reveal().to_owned();
            file.write_all(secret.as_bytes())
                .and_then(|()| file.sync_all())
                .with_context(cannot)?;
            Ok(secret)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::set_permissions(&path, Permissions::from_mode(0o600)).with_context(cannot)?;
            fs::read_to_string(&path).with_context(cannot)
        }
        Err(error) => Err(error).with_context(cannot),
    }
}

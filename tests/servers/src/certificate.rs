use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

pub(crate) const CERTIFICATE: &str = "server.crt";
pub(crate) const KEY: &str = "server.key";

/// Makes a certificate of 127.0.0.1 that vouches for itself, where `openssl` runs.
pub(crate) fn make_certificate(mut openssl: Command) -> Result<()> {
    openssl.args(["req", "-x509", "-nodes", "-subj", "/CN=test", "-days", "2"]);
    openssl.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    openssl.args(["-addext", "subjectAltName=IP:127.0.0.1"]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    finish(openssl.args(["-keyout", KEY, "-out", CERTIFICATE]))
}

/// The same in a folder: the certificate and its key, in PEM.
pub fn certificate_in(folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let mut openssl = Command::new("openssl");
    openssl.current_dir(folder);
    make_certificate(openssl)?;
    Ok((folder.join(CERTIFICATE), folder.join(KEY)))
}

/// Runs a command that must end well.
pub(crate) fn finish(command: &mut Command) -> Result<()> {
    let status = command.status();
    let status = status.with_context(|| format!("{:?} cannot be run", command.get_program()))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}

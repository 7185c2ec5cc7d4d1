use std::path::Path;

use anyhow::{Context, Result, ensure};
use harness::{Person, Server, run};
use tempfile::TempDir;

/// The tenant that has something to lose.
pub(crate) const NORTH: &str = "north-clinic";
/// The one that has nothing, and asks.
pub(crate) const SOUTH: &str = "south-clinic";

/// `coverslip up` for both. What is asked through `server` itself is asked as north's admin.
pub(crate) struct Deployment {
    pub(crate) server: Server,
    folder: TempDir,
}

impl Deployment {
    pub(crate) fn start(arguments: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let data = data.to_str().context("a path of text")?;
        let server = Server::start_part(
            &["up"],
            &["--data", data, "--tenant", NORTH],
            [&["--tenant", SOUTH], arguments].concat(),
        )?;
        Ok(Self { server, folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn token(&self, tenant: &str, role: &str) -> Result<String> {
        let made = self.coverslip(tenant, &["token", "create", "--json", "--role", role])?;
        let made: serde_json::Value = serde_json::from_str(&made)?;
        Ok(made["token"].as_str().context("a token")?.to_owned())
    }

    /// Somebody who opened a link of that tenant.
    pub(crate) fn person(&self, tenant: &str, role: &str) -> Result<Person> {
        let link = [
            "token", "link", "--role", role, "--name", "Dr. Gram", "--at",
        ];
        let link = self.coverslip(tenant, &[&link[..], &[self.server.base()]].concat())?;
        Person::log_in_by(&self.server, link.trim())
    }

    /// What a command about one tenant prints.
    pub(crate) fn coverslip(&self, tenant: &str, words: &[&str]) -> Result<String> {
        let data = self.folder().join("data");
        let data = data.to_str().context("a path of text")?;
        let finished = run([words, &["--data", data, "--tenant", tenant]].concat())?;
        ensure!(finished.code == Some(0), "{words:?}: {finished:?}");
        Ok(finished.stdout)
    }
}

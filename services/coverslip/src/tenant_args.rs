//! Whose installation a command is about.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use clap::Args;
use flow::TenantName;

/// In a data folder.
const TENANTS: &str = "tenants";

#[derive(Clone, Debug, Args)]
pub(crate) struct TenantArgs {
    /// The tenant whose installation it is, of several that share processes. `up`, `serve` and `work`
    /// serve all that are named, after commas or given again; other commands are about one.
    #[arg(
        id = "tenant",
        long = "tenant",
        env = "COVERSLIP_TENANTS",
        value_name = "NAME",
        value_delimiter = ','
    )]
    names: Vec<TenantName>,
}

/// Whose an installation is, and which folder is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// `None` where there is no other.
    pub(crate) tenant: Option<TenantName>,
    pub(crate) folder: PathBuf,
}

impl TenantArgs {
    /// One for each tenant, in the order in which they were named; one of nobody's if none was.
    pub(crate) fn places(&self, data: &Path) -> Result<Vec<Place>> {
        for (at, name) in self.names.iter().enumerate() {
            let is_new = !self.names[..at].contains(name);
            ensure!(is_new, "--tenant {name} is given twice");
        }
        if self.names.is_empty() {
            return Ok(vec![Place::of(data, None)]);
        }
        let names = self.names.iter().cloned();
        Ok(names.map(|name| Place::of(data, Some(name))).collect())
    }

    /// The only tenant, if there are any.
    pub(crate) fn one(&self) -> Result<Option<&TenantName>> {
        match self.names.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            [one, ..] => bail!(
                "this is about one tenant, and {} are named: give --tenant once, such as --tenant {one}",
                self.names.len()
            ),
        }
    }

    /// That of the only tenant, or of nobody.
    pub(crate) fn place(&self, data: &Path) -> Result<Place> {
        Ok(Place::of(data, self.one()?.cloned()))
    }
}

impl Place {
    fn of(data: &Path, tenant: Option<TenantName>) -> Self {
        let folder = match &tenant {
            Some(tenant) => data.join(TENANTS).join(tenant.as_str()),
            None => data.to_owned(),
        };
        Self { tenant, folder }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        tenants: TenantArgs,
    }

    fn line(words: &str) -> Result<TenantArgs> {
        let words = std::iter::once("coverslip").chain(words.split_whitespace());
        Ok(Line::try_parse_from(words)?.tenants)
    }

    #[test]
    fn each_tenant_has_a_folder_of_its_own_and_nobody_the_whole() -> Result<()> {
        let data = Path::new("data");
        let alone = Place {
            tenant: None,
            folder: data.to_owned(),
        };
        assert_eq!(line("")?.place(data)?, alone);
        assert_eq!(line("")?.places(data)?, [alone]);
        let several = line("--tenant north,south --tenant east")?.places(data)?;
        let folders: Vec<_> = several.iter().map(|place| &place.folder).collect();
        let expected = ["north", "south", "east"].map(|name| data.join("tenants").join(name));
        assert_eq!(folders, expected.iter().collect::<Vec<_>>());
        Ok(())
    }

    #[test]
    fn what_is_ambiguous_is_refused() -> Result<()> {
        let twice = line("--tenant north,south,north")?.places(Path::new("data"));
        let twice = twice.expect_err("named twice").to_string();
        assert!(twice.contains("--tenant north"), "{twice}");
        let several = line("--tenant north,south")?.one().map(drop);
        let several = several.expect_err("two").to_string();
        assert!(several.contains("--tenant north"), "{several}");
        for wrong in ["North", "../x", "a~b"] {
            assert!(line(&format!("--tenant {wrong}")).is_err(), "{wrong}");
        }
        Ok(())
    }
}

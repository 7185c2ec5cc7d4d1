use std::fmt;
use std::str::FromStr;

use flow::TenantName;
use sqlx::postgres::PgConnectOptions;
use thiserror::Error;

use super::Schema;

/// Where the catalog is on PostgreSQL:
/// `postgres://USER[:PASSWORD]@HOST[:PORT]/DATABASE[?sslmode=…&sslrootcert=…]`.
///
/// `sslmode` is that of PostgreSQL: `disable`, `prefer` (TLS where the server speaks it, which is
/// what goes without saying), `require`, `verify-ca` or `verify-full`. A password may also lie in
/// `~/.pgpass`.
///
/// Prints without user and password.
#[derive(Clone)]
pub struct PostgresUrl {
    options: PgConnectOptions,
    /// The server's usual one if there is none.
    schema: Option<Schema>,
}

/// Text that is no URL of PostgreSQL. It is not repeated: there may be a password in it.
#[derive(Debug, Error)]
pub enum NoPostgresUrl {
    #[error(
        "this is no URL of PostgreSQL: it should look like postgres://USER:PASSWORD@HOST:5432/DATABASE, \
         with %40 and the like for what is special in a password"
    )]
    Form,
    #[error("the URL names no database: it should end like /coverslip")]
    NoDatabase,
    #[error(
        "the URL has a parameter that is not known: there are sslmode, sslrootcert, sslcert, \
         sslkey, host, options and application_name"
    )]
    Parameter,
}

/// The driver would log others with their values, and go on without them.
const PARAMETERS: [&str; 7] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "options",
    "application_name",
];

impl PostgresUrl {
    /// The tenant's own schema of the database, beside which its connections see nothing.
    #[must_use]
    pub fn of_tenant(&self, tenant: &TenantName) -> Self {
        let schema = Schema::of(tenant);
        let path = [("search_path", schema.as_str())];
        Self {
            options: self.options.clone().options(path),
            schema: Some(schema),
        }
    }

    pub(super) fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    pub(super) const fn schema(&self) -> Option<&Schema> {
        self.schema.as_ref()
    }
}

impl FromStr for PostgresUrl {
    type Err = NoPostgresUrl;

    fn from_str(text: &str) -> Result<Self, NoPostgresUrl> {
        let (address, parameters) = text.split_once('?').unwrap_or((text, ""));
        if !address.starts_with("postgres://") && !address.starts_with("postgresql://") {
            return Err(NoPostgresUrl::Form);
        }
        let mut names = parameters.split('&').map(|pair| pair.split('=').next());
        let is_known = |name: &str| name.is_empty() || PARAMETERS.contains(&name);
        if !names.all(|name| name.is_none_or(is_known)) {
            return Err(NoPostgresUrl::Parameter);
        }
        // What the driver says of it may repeat a part of it.
        let options: Result<PgConnectOptions, _> = text.parse();
        let Ok(options) = options else {
            return Err(NoPostgresUrl::Form);
        };
        if options.get_database().is_none_or(str::is_empty) {
            return Err(NoPostgresUrl::NoDatabase);
        }
        Ok(Self {
            options: match options.get_application_name() {
                Some(_) => options,
                None => options.application_name("coverslip"),
            },
            schema: None,
        })
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = &self.options;
        let database = options.get_database().unwrap_or_default();
        match options.get_socket() {
            Some(folder) => write!(f, "{database} on the socket in {}", folder.display())?,
            None => {
                let (host, port) = (options.get_host(), options.get_port());
                write!(f, "postgres://{host}:{port}/{database}")?;
            }
        }
        match &self.schema {
            Some(schema) => write!(f, " (schema {schema})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use sqlx::postgres::PgSslMode;

    use super::*;

    #[test]
    fn never_prints_user_and_password() -> Result<(), NoPostgresUrl> {
        let url: PostgresUrl = "postgres://alice:hunter2@pg.lab:6432/slides".parse()?;
        assert_eq!(url.to_string(), "postgres://pg.lab:6432/slides");
        let printed = format!("{url:?}");
        assert!(printed.contains("pg.lab"), "{printed}");
        assert!(!printed.contains("hunter2") && !printed.contains("alice"));
        Ok(())
    }

    #[test]
    fn the_mode_of_tls_is_that_of_the_url() -> Result<(), NoPostgresUrl> {
        let mode = |text: &str| {
            text.parse()
                .map(|url: PostgresUrl| url.options().get_ssl_mode())
        };
        let plain = mode("postgres://a@lab/slides?sslmode=disable")?;
        assert!(matches!(plain, PgSslMode::Disable));
        let strict = mode("postgres://a@lab/slides?sslmode=verify-full&sslrootcert=/ca.pem")?;
        assert!(matches!(strict, PgSslMode::VerifyFull));
        Ok(())
    }

    #[test]
    fn what_is_no_url_is_refused_without_being_repeated() {
        for wrong in [
            "",
            "hunter2",
            "http://a:hunter2@lab/slides",
            "mysql://a:hunter2@lab/slides",
            "postgres://a:hunter2@lab",
            "postgres://a:hunter2@lab:99999/slides",
            "postgres://a:b@hunter2@lab:x/slides",
            "postgres://a@lab/slides?sslmode=hunter2",
            "postgres://a@lab/slides?pasword=hunter2",
            "postgres://a@lab/slides?hunter2",
        ] {
            let error = wrong.parse::<PostgresUrl>().expect_err("it is wrong");
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            let said = format!("{error} {cause} {error:?}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}

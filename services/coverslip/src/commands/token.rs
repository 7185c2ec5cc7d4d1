//! `coverslip token`: who may use the server.

use anyhow::{Context, Result, bail};
use catalog::{Role, TokenRow};
use clap::{Args, Subcommand};
use http::AccessControl;
use serde_json::json;

use crate::catalog_args::CatalogArgs;
use crate::exit::Outcome;
use crate::print;
use crate::scanner_s3_args::ScannerS3Args;

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token and print it, once.
    Create(Create),
    /// Make a link by which somebody logs in with a browser; it works once, within 15 minutes.
    Link(Link),
    /// List the tokens there are: names, roles and hashes, never the secrets.
    List(List),
    /// Withdraw a token; a running server forgets it within half a minute.
    Withdraw(Withdraw),
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    catalog: CatalogArgs,
    /// What the bearer may do: admin, pathologist, scanner, lis or engineer.
    #[arg(long)]
    role: Role,
    /// Who it is for, as it will stand in the audit trail.
    #[arg(long, default_value = "command line")]
    name: String,
    /// Make an access key for a scanner that speaks S3 (bucket `incoming`) in place of a token.
    #[arg(long)]
    s3: bool,
    #[command(flatten)]
    scanner_s3: ScannerS3Args,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Link {
    #[command(flatten)]
    catalog: CatalogArgs,
    /// What they may do: admin, pathologist, scanner, lis or engineer.
    #[arg(long)]
    role: Role,
    /// Who it is for, as it will stand in the audit trail.
    #[arg(long)]
    name: String,
    /// Where browsers reach the installation, as https://HOST.
    #[arg(long, value_name = "URL")]
    at: String,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    catalog: CatalogArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    #[command(flatten)]
    catalog: CatalogArgs,
    /// The token's hash as listed, or its first digits.
    hash: String,
}

impl Token {
    pub(crate) async fn run(self) -> Result<Outcome> {
        match self {
            Self::Create(create) => create.run().await,
            Self::Link(link) => link.run().await,
            Self::List(list) => list.run().await,
            Self::Withdraw(withdraw) => withdraw.run().await,
        }
    }
}

impl Create {
    async fn run(self) -> Result<Outcome> {
        let access = self.catalog.access_control().await?;
        if self.s3 {
            return self.create_access_key(&access).await;
        }
        let secret = access.issue_token(&self.name, &[self.role]).await?;
        if self.json {
            let hash = secret.hash().to_string();
            print::json(&json!({ "token": secret.reveal(), "role": self.role, "hash": hash }))?;
        } else {
            print::line(secret.reveal())?;
        }
        Ok(Outcome::Done)
    }
}

impl Create {
    async fn create_access_key(&self, access: &AccessControl) -> Result<Outcome> {
        if self.role != Role::Scanner {
            bail!("an access key brings slides and does nothing else: give it --role scanner");
        }
        let secret = self.scanner_s3.secret(self.catalog.secrets())?;
        let secret = secret.context(
            "give --scanner-s3-secret (COVERSLIP_SCANNER_S3_SECRET), the one that the processes of the \
             installation have",
        )?;
        let (id, secret_access_key) = access
            .issue_signing_key(&self.name, &[self.role], &secret)
            .await?;
        if self.json {
            let hash = id.hash().to_string();
            print::json(&json!({
                "access_key_id": id.reveal(),
                "secret_access_key": secret_access_key,
                "role": self.role,
                "hash": hash,
            }))?;
        } else {
            print::line(&format!("AWS_ACCESS_KEY_ID={}", id.reveal()))?;
            print::line(&format!("AWS_SECRET_ACCESS_KEY={secret_access_key}"))?;
        }
        Ok(Outcome::Done)
    }
}

impl Link {
    async fn run(self) -> Result<Outcome> {
        let access = self.catalog.access_control().await?;
        let code = access.issue_login_code(&self.name, &[self.role]).await?;
        let at = self.at.trim_end_matches('/');
        print::line(&format!("{at}/login?code={}", code.reveal()))?;
        Ok(Outcome::Done)
    }
}

impl List {
    async fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.open().await?;
        for TokenRow {
            hash,
            roles,
            name,
            created_at,
            ..
        } in catalog.lasting_tokens().await?
        {
            let roles: Vec<&str> = roles.iter().map(|role| role.name()).collect();
            let made = created_at.format("%Y-%m-%d");
            print::line(&format!(
                "{}  {made}  {}  {name}",
                hash.short(),
                roles.join("+")
            ))?;
        }
        Ok(Outcome::Done)
    }
}

impl Withdraw {
    async fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.open().await?;
        let tokens = catalog.lasting_tokens().await?;
        let token = only_match(&tokens, &self.hash)?;
        let access = self.catalog.access_control().await?;
        let withdrawn = access.withdraw_token(token).await;
        withdrawn.context("cannot withdraw the token")?;
        Ok(Outcome::Done)
    }
}

fn only_match<'t>(tokens: &'t [TokenRow], start: &str) -> Result<&'t TokenRow> {
    let mut matches = tokens
        .iter()
        .filter(|token| token.hash.to_string().starts_with(start));
    match (matches.next(), matches.next()) {
        (Some(token), None) => Ok(token),
        (None, _) => bail!("no token's hash starts with `{start}`: see `coverslip token list`"),
        (Some(_), Some(_)) => bail!("several tokens' hashes start with `{start}`: give more of it"),
    }
}

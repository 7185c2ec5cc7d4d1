//! Generated from the API's description: every operation, asked without a token, with a wrong role, and
//! with good credentials of the other tenant.

use anyhow::{Context, Result, ensure};
use harness::{Asked, Description, Operation};
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::redirect::Policy;
use serde_json::Value;

use crate::deployment::{Deployment, NORTH, SOUTH};
use crate::hospital::{Hospital, looking_for_norths};

const ROLES: [&str; 5] = ["admin", "pathologist", "scanner", "lis", "engineer"];

/// What a phantom does not have, or what its examples alone do not ask for.
const NOT_THERE: [&str; 6] = [
    "get /fhir/R4/Provenance",
    "get /api/v1/slides/{id}/associated/thumbnail",
    "get /api/v1/slides/{id}/associated/{name}",
    "get /api/v1/slides/{id}/icc",
    "get /assets/{file}",
    "get /dicomweb/studies/{study}/series/{series}/instances/{instance}/bulkdata/{attribute}",
];

struct Asking {
    deployment: Deployment,
    hospital: Hospital,
    client: Client,
}

#[test]
fn no_operation_shows_one_tenant_anything_of_the_other() -> Result<()> {
    let deployment =
        Deployment::start(&["--most-failed-logins", "0", "--research-results", "marked"])?;
    let hospital = Hospital::found(&deployment)?;
    let asking = Asking {
        client: Client::builder().redirect(Policy::none()).build()?,
        hospital,
        deployment,
    };
    let description = Description::of(&asking.deployment.server)?;
    let operations = description.operations()?;
    asking.as_who_may(&operations)?;
    let counts = Counts {
        n_open: operations
            .iter()
            .filter(|one| one.roles().is_empty())
            .count(),
        n_strangers: asking.as_strangers(&operations)?,
        n_wrong_roles: asking.with_wrong_roles(&operations)?,
        n_others: asking.as_the_other_tenant(&operations)?,
    };
    let written = n_written(&description)?;
    ensure!(written > 130, "the document is read wrongly: {written}");
    ensure!(counts.n_strangers == written - counts.n_open, "{counts:?}");
    ensure!(counts.n_others == written, "{counts:?} of {written}");
    ensure!(counts.n_wrong_roles > 200, "{counts:?}");
    Ok(())
}

#[derive(Debug)]
struct Counts {
    n_open: usize,
    n_strangers: usize,
    n_wrong_roles: usize,
    n_others: usize,
}

/// The operations of the document, counted in another way than they are asked.
fn n_written(description: &Description) -> Result<usize> {
    let paths = description.0["paths"].as_object().context("paths")?;
    let ids = paths.values().filter_map(Value::as_object).flatten();
    Ok(ids
        .filter(|(_, said)| said["operationId"].is_string())
        .count())
}

impl Asking {
    /// Leads to what is north's.
    fn asked(&self, operation: &Operation<'_>) -> Result<Asked> {
        let mut asked = operation.asked(|name| self.hospital.known(&operation.address, name))?;
        let is_search = operation.address.ends_with("_search")
            || operation.address.ends_with("/results")
            || operation.address.ends_with("/worklist");
        if let Some(body) = asked.body.as_mut().filter(|_| is_search) {
            *body = looking_for_norths(body);
        }
        Ok(asked)
    }

    fn request(&self, asked: &Asked) -> Result<RequestBuilder> {
        asked.request(&self.client, self.deployment.server.base())
    }

    /// That what is asked for is there: whoever may see it does.
    fn as_who_may(&self, operations: &[Operation<'_>]) -> Result<()> {
        let (mut n_seen, mut unseen) = (0, Vec::new());
        for operation in operations {
            let is_read = matches!(operation.method, "get" | "head");
            let is_there = !NOT_THERE.contains(&operation.name().as_str());
            if !is_read || operation.roles().is_empty() || !is_there {
                continue;
            }
            let request = self.request(&self.asked(operation)?)?;
            let request = request.bearer_auth(self.deployment.server.token());
            // Twice, so that what can be kept is.
            for request in [request.try_clone().context("no stream")?, request] {
                let status = request.send()?.status();
                if !status.is_success() && !status.is_redirection() {
                    unseen.push(format!("{}: {status}", operation.name()));
                }
            }
            n_seen += 1;
        }
        ensure!(
            unseen.is_empty(),
            "of north's own is not there: {unseen:#?}"
        );
        ensure!(n_seen > 70, "only {n_seen} operations read anything");
        Ok(())
    }

    /// The number of operations that refused strangers.
    fn as_strangers(&self, operations: &[Operation<'_>]) -> Result<usize> {
        let mut n_refused = 0;
        for operation in operations {
            if operation.roles().is_empty() {
                continue;
            }
            let asked = self.asked(operation)?;
            let (name, random) = self
                .deployment
                .server
                .token()
                .split_once('~')
                .context("a mark")?;
            ensure!(name == NORTH, "{name}");
            let strangers = [
                None,
                Some(random.to_owned()),
                Some(format!("{SOUTH}~{random}")),
                Some(format!("east~{random}")),
            ];
            for stranger in strangers {
                let request = self.request(&asked)?;
                let request = match stranger {
                    Some(token) => request.bearer_auth(token),
                    None => request,
                };
                let answer = request.send()?;
                ensure!(
                    answer.status() == 401,
                    "{}: {}",
                    operation.name(),
                    answer.status()
                );
                self.ensure_silent(operation, &asked, &Told::by(answer)?)?;
            }
            n_refused += 1;
        }
        Ok(n_refused)
    }

    /// The number of refusals.
    fn with_wrong_roles(&self, operations: &[Operation<'_>]) -> Result<usize> {
        let tokens = ROLES.map(|role| Ok((role, self.deployment.token(NORTH, role)?)));
        let tokens = tokens.into_iter().collect::<Result<Vec<_>>>()?;
        let mut n_refused = 0;
        for operation in operations {
            let roles = operation.roles();
            let is_let_in = |role: &&str| roles.is_empty() || roles.contains(role);
            let asked = self.asked(operation)?;
            for (role, token) in &tokens {
                if is_let_in(role) && !operation.is_for_persons() {
                    continue;
                }
                let answer = self.request(&asked)?.bearer_auth(token).send()?;
                let status = answer.status();
                ensure!(
                    status == 403,
                    "{} with the role {role}: {status}",
                    operation.name()
                );
                n_refused += 1;
            }
        }
        Ok(n_refused)
    }

    /// The number of operations that were asked with all the rights there are at the other tenant.
    fn as_the_other_tenant(&self, operations: &[Operation<'_>]) -> Result<usize> {
        let admin = self.deployment.token(SOUTH, "admin")?;
        let person = self.deployment.person(SOUTH, "admin")?;
        let mut n_asked = 0;
        for operation in operations {
            let asked = self.asked(operation)?;
            // The session would be over for all that follow.
            if operation.address != "/auth/logout" {
                self.ensure_unknown(operation, &asked, |request| person.asks(request))?;
            }
            if !operation.is_for_persons() {
                self.ensure_unknown(operation, &asked, |request| request.bearer_auth(&admin))?;
            }
            n_asked += 1;
        }
        Ok(n_asked)
    }

    /// Whoever asks so is answered as if north were not there.
    fn ensure_unknown(
        &self,
        operation: &Operation<'_>,
        asked: &Asked,
        as_south: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<()> {
        let told = Told::by(as_south(self.request(asked)?).send()?)?;
        let (name, status) = (operation.name(), told.status);
        let is_open = operation.roles().is_empty();
        ensure!(
            is_open || (status != 401 && status != 403),
            "{name} tells the other tenant {status}"
        );
        ensure!(status < 500, "{name}: {status}");
        self.ensure_silent(operation, asked, &told)?;
        let mut made_up = asked.clone();
        made_up.path = self.hospital.made_up(&asked.path);
        if made_up.path == asked.path {
            return Ok(());
        }
        // What is north's is as unknown as what nobody has.
        let unknown = Told::by(as_south(self.request(&made_up)?).send()?)?;
        let expected = self.hospital.made_up(&told.body_alone());
        ensure!(
            (status, expected) == (unknown.status, unknown.body_alone()),
            "{name} tells what is north's from what nobody has: {told:?}, {unknown:?}"
        );
        let is_nothing = matches!(status, 400..=499) || matches!(told.body.as_str(), "" | "[]");
        ensure!(
            is_nothing,
            "{name} shows the other tenant something: {told:?}"
        );
        Ok(())
    }

    /// Nothing of north's stands in the answer but what whoever asked knew.
    fn ensure_silent(&self, operation: &Operation<'_>, asked: &Asked, told: &Told) -> Result<()> {
        let asked = format!(
            "{} {}",
            asked.path,
            asked.body.as_deref().unwrap_or_default()
        );
        for secret in self.hospital.secrets() {
            let is_told = told.body.contains(secret) || told.headers.contains(secret);
            ensure!(
                !is_told || asked.contains(secret),
                "{} tells {secret}: {told:?}",
                operation.name()
            );
        }
        Ok(())
    }
}

/// What somebody was answered.
#[derive(Debug)]
struct Told {
    status: u16,
    headers: String,
    /// Empty where it has no end.
    body: String,
    id: String,
}

impl Told {
    fn by(answer: Response) -> Result<Self> {
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap_or_default())
        };
        let is_endless = header("content-type") == "text/event-stream";
        Ok(Self {
            status: answer.status().as_u16(),
            headers: format!("{:?}", answer.headers()),
            id: header("x-request-id").to_owned(),
            body: match is_endless {
                true => String::new(),
                false => String::from_utf8_lossy(&answer.bytes()?).into_owned(),
            },
        })
    }

    /// The body without the request's id, which is another one's in each answer.
    fn body_alone(&self) -> String {
        self.body.replace(&self.id, "")
    }
}

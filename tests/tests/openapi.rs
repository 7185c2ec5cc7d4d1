//! The API's description against the real binary: whole, with an example of everything, and true about
//! who may do what.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use harness::{Description, Server, run};
use reqwest::blocking::Client;
use reqwest::redirect::Policy;

const ROLES: [&str; 5] = ["admin", "pathologist", "scanner", "lis", "engineer"];

#[test]
fn each_operation_is_for_the_roles_it_names_and_for_nobody_else() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().context("a path of text")?;
    let server = Server::start(folder.path(), ["--most-failed-logins", "0"])?;
    let description = Description::of(&server)?;
    let client = Client::builder().redirect(Policy::none()).build()?;
    let tokens = ROLES.map(|role| Ok((role, token(role, data)?)));
    let tokens = tokens.into_iter().collect::<Result<Vec<_>>>()?;
    let mut n_asked = 0;
    for operation in description.operations()? {
        let (name, roles) = (operation.name(), operation.roles());
        let asked = operation.asked(|_| None)?;
        let ask = |token: Option<&str>| {
            let request = asked.request(&client, server.base())?;
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            request.send().with_context(|| name.clone())
        };
        if roles.is_empty() {
            continue;
        }
        for stranger in [None, Some("of-nobody")] {
            let status = ask(stranger)?.status();
            ensure!(status == 401, "{name} answered a stranger {status}");
        }
        for (role, token) in &tokens {
            let status = ask(Some(token))?.status();
            n_asked += 1;
            if roles.contains(role) && !operation.is_for_persons() {
                let is_let_in = status != 401 && status != 403 && !status.is_server_error();
                ensure!(is_let_in, "{name} answered the role {role} {status}");
            } else {
                ensure!(status == 403, "{name} answered the role {role} {status}");
            }
        }
    }
    ensure!(n_asked > 500, "only {n_asked} requests were made");
    Ok(())
}

#[test]
fn each_operation_has_a_name_of_its_own_and_examples() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(folder.path(), [""; 0])?;
    let stranger = server.get_as_stranger("/api/openapi.json")?.status();
    ensure!(
        stranger == 401,
        "the document is given to strangers: {stranger}"
    );
    let description = Description::of(&server)?;
    let version = description.0["openapi"].as_str().context("a version")?;
    ensure!(version.starts_with("3.1."), "it is of OpenAPI {version}");
    let mut ids = BTreeSet::new();
    for operation in description.operations()? {
        let (name, said) = (operation.name(), operation.said);
        let id = said["operationId"].as_str().context(name.clone())?;
        ensure!(ids.insert(id), "{name} has another one's id {id}");
        ensure!(said["summary"].is_string(), "{name} has no summary");
        let known = operation.roles().iter().all(|role| ROLES.contains(role));
        ensure!(known, "{name} names a role that there is not");
        for parameter in &operation.parameters {
            let is_said = parameter["required"] != true || !parameter["example"].is_null();
            ensure!(is_said, "{name} has no example of {parameter}");
        }
        description.ensure_examples(&name, operation.body)?;
        let responses = said["responses"].as_object().context(name.clone())?;
        let is_success = |status: &String| status.starts_with(['2', '3']);
        ensure!(responses.keys().any(is_success), "{name} never succeeds");
        for response in responses.values() {
            description.ensure_examples(&name, description.meant(response)?)?;
        }
    }
    Ok(())
}

fn token(role: &str, data: &str) -> Result<String> {
    let made = run(["token", "create", "--role", role, "--json", "--data", data])?.json()?;
    Ok(made["token"].as_str().context("a token")?.to_owned())
}

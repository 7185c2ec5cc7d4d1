//! The API's description against the real binary: whole, with an example of everything, and true about
//! who may do what.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use harness::{Server, run};
use reqwest::blocking::{Client, Response};
use reqwest::redirect::Policy;
use serde_json::Value;

const METHODS: [&str; 7] = ["get", "head", "put", "post", "delete", "patch", "options"];
const ROLES: [&str; 5] = ["admin", "pathologist", "scanner", "lis", "engineer"];

/// The document that the binary answers with.
struct Document(Value);

/// One operation, and how to ask for it by the examples.
struct Operation<'a> {
    document: &'a Document,
    name: String,
    method: &'static str,
    address: String,
    parameters: Vec<&'a Value>,
    body: &'a Value,
    said: &'a Value,
}

#[test]
fn each_operation_is_for_the_roles_it_names_and_for_nobody_else() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().context("a path of text")?;
    let server = Server::start(folder.path(), ["--most-failed-logins", "0"])?;
    let document = Document(server.get_json("/api/openapi.json")?);
    let client = Client::builder().redirect(Policy::none()).build()?;
    let tokens = ROLES.map(|role| Ok((role, token(role, data)?)));
    let tokens = tokens.into_iter().collect::<Result<Vec<_>>>()?;
    let mut n_asked = 0;
    for operation in document.operations()? {
        let name = &operation.name;
        let roles: Vec<_> = texts(&operation.said["x-roles"]).collect();
        let ask = |token: Option<&str>| operation.ask(&client, server.base(), token);
        if roles.is_empty() {
            continue;
        }
        for stranger in [None, Some("of-nobody")] {
            let status = ask(stranger)?.status();
            ensure!(status == 401, "{name} answered a stranger {status}");
        }
        let is_for_persons = operation.said["x-person"] == true;
        for (role, token) in &tokens {
            let status = ask(Some(token))?.status();
            n_asked += 1;
            if roles.contains(role) && !is_for_persons {
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
    let document = Document(server.get_json("/api/openapi.json")?);
    let version = document.0["openapi"].as_str().context("a version")?;
    ensure!(version.starts_with("3.1."), "it is of OpenAPI {version}");
    let mut ids = BTreeSet::new();
    for operation in document.operations()? {
        let (name, said) = (&operation.name, operation.said);
        let id = said["operationId"].as_str().context(name.clone())?;
        ensure!(ids.insert(id), "{name} has another one's id {id}");
        ensure!(said["summary"].is_string(), "{name} has no summary");
        let known = texts(&said["x-roles"]).all(|role| ROLES.contains(&role));
        ensure!(known, "{name} names a role that there is not");
        for parameter in &operation.parameters {
            let is_said = parameter["required"] != true || !parameter["example"].is_null();
            ensure!(is_said, "{name} has no example of {parameter}");
        }
        document.ensure_examples(name, operation.body)?;
        let responses = said["responses"].as_object().context(name.clone())?;
        let is_success = |status: &String| status.starts_with(['2', '3']);
        ensure!(responses.keys().any(is_success), "{name} never succeeds");
        for response in responses.values() {
            document.ensure_examples(name, document.meant(response)?)?;
        }
    }
    Ok(())
}

fn token(role: &str, data: &str) -> Result<String> {
    let made = run(["token", "create", "--role", role, "--json", "--data", data])?.json()?;
    Ok(made["token"].as_str().context("a token")?.to_owned())
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

impl Document {
    fn operations(&self) -> Result<Vec<Operation<'_>>> {
        let mut operations = Vec::new();
        for (address, item) in self.0["paths"].as_object().context("paths")? {
            for method in METHODS {
                let Some(said) = item.get(method) else {
                    continue;
                };
                let shared = item["parameters"].as_array().into_iter().flatten();
                let own = said["parameters"].as_array().into_iter().flatten();
                let parameters = shared.chain(own).map(|one| self.meant(one));
                operations.push(Operation {
                    document: self,
                    name: format!("{method} {address}"),
                    method,
                    address: address.clone(),
                    parameters: parameters.collect::<Result<_>>()?,
                    body: &said["requestBody"],
                    said,
                });
            }
        }
        Ok(operations)
    }

    /// What a reference refers to; anything else is meant itself.
    fn meant<'a>(&'a self, value: &'a Value) -> Result<&'a Value> {
        let Some(reference) = value["$ref"].as_str() else {
            return Ok(value);
        };
        let found = reference.strip_prefix('#');
        let found = found.and_then(|pointer| self.0.pointer(pointer));
        found.with_context(|| format!("{reference} is not in the document"))
    }

    /// Of every body that is JSON or a form; pictures and files have none.
    fn ensure_examples(&self, name: &str, sent: &Value) -> Result<()> {
        for (kind, body) in sent["content"].as_object().into_iter().flatten() {
            let is_text = kind.contains("json") || kind.contains("form");
            ensure!(
                !is_text || !body["example"].is_null(),
                "{name} has no example in {kind}"
            );
            self.meant(&body["schema"])?;
        }
        Ok(())
    }
}

impl Operation<'_> {
    /// By the examples that the document gives.
    fn ask(&self, client: &Client, base: &str, token: Option<&str>) -> Result<Response> {
        let mut address = self.address.clone();
        for parameter in self.parameters.iter().filter(|p| p["in"] == "path") {
            let name = parameter["name"].as_str().context("a name")?;
            address = address.replace(&format!("{{{name}}}"), &text(&parameter["example"]));
        }
        let method = self.method.to_uppercase().parse()?;
        let mut request = client.request(method, format!("{base}{address}"));
        let is_needed = |p: &&&Value| p["in"] == "header" && p["required"] == true;
        for parameter in self.parameters.iter().filter(is_needed) {
            let name = parameter["name"].as_str().context("a name")?;
            request = request.header(name, text(&parameter["example"]));
        }
        let body = self.document.meant(self.body)?;
        if let Some((kind, body)) = body["content"]
            .as_object()
            .and_then(|all| all.iter().next())
        {
            request = request.header("Content-Type", kind);
            request = match kind.contains("form") {
                true => request.body(form(&body["example"])),
                false if kind.contains("json") => request.body(body["example"].to_string()),
                false => request.body(text(&body["example"])),
            };
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().with_context(|| self.name.clone())
    }
}

fn text(example: &Value) -> String {
    example
        .as_str()
        .map_or_else(|| example.to_string(), str::to_owned)
}

/// The examples of forms need no escapes.
fn form(example: &Value) -> String {
    let pairs = example.as_object().into_iter().flatten();
    let pairs: Vec<_> = pairs
        .map(|(name, value)| format!("{name}={}", text(value)))
        .collect();
    pairs.join("&")
}

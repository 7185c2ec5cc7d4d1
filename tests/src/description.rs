use anyhow::{Context, Result, ensure};
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::Value;

use crate::Server;

const METHODS: [&str; 7] = ["get", "head", "put", "post", "delete", "patch", "options"];

/// The API's description that a server answers with.
pub struct Description(pub Value);

/// One operation, and how to ask for it by the examples.
pub struct Operation<'a> {
    description: &'a Description,
    pub method: &'static str,
    /// With the names of parameters in braces.
    pub address: String,
    pub parameters: Vec<&'a Value>,
    pub body: &'a Value,
    /// All that is said of it.
    pub said: &'a Value,
}

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    method: &'static str,
    pub path: String,
    headers: Vec<(String, String)>,
    pub body: Option<String>,
}

impl Description {
    pub fn of(server: &Server) -> Result<Self> {
        Ok(Self(server.get_json("/api/openapi.json")?))
    }

    pub fn operations(&self) -> Result<Vec<Operation<'_>>> {
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
                    description: self,
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
    pub fn meant<'a>(&'a self, value: &'a Value) -> Result<&'a Value> {
        let Some(reference) = value["$ref"].as_str() else {
            return Ok(value);
        };
        let found = reference.strip_prefix('#');
        let found = found.and_then(|pointer| self.0.pointer(pointer));
        found.with_context(|| format!("{reference} is not in the document"))
    }

    /// Of every body that is JSON or a form; pictures and files have none.
    pub fn ensure_examples(&self, name: &str, sent: &Value) -> Result<()> {
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
    /// Method and address.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.address)
    }

    /// Those that may; none where no token is needed.
    pub fn roles(&self) -> Vec<&str> {
        let roles = self.said["x-roles"].as_array().into_iter().flatten();
        roles.filter_map(Value::as_str).collect()
    }

    pub fn is_for_persons(&self) -> bool {
        self.said["x-person"] == true
    }

    /// By the examples that the document gives, but for parameters of the address that `known` knows.
    pub fn asked(&self, known: impl Fn(&str) -> Option<String>) -> Result<Asked> {
        let mut path = self.address.clone();
        for parameter in self.parameters.iter().filter(|p| p["in"] == "path") {
            let name = parameter["name"].as_str().context("a name")?;
            let value = known(name).unwrap_or_else(|| text(&parameter["example"]));
            path = path.replace(&format!("{{{name}}}"), &value);
        }
        let mut headers = Vec::new();
        let is_needed = |p: &&&Value| p["in"] == "header" && p["required"] == true;
        for parameter in self.parameters.iter().filter(is_needed) {
            let name = parameter["name"].as_str().context("a name")?;
            headers.push((name.to_owned(), text(&parameter["example"])));
        }
        let contents = self.description.meant(self.body)?["content"].as_object();
        let mut body = None;
        if let Some((kind, content)) = contents.and_then(|all| all.iter().next()) {
            headers.push(("Content-Type".to_owned(), kind.clone()));
            let example = &content["example"];
            body = Some(match kind.contains("form") {
                true => form(example),
                false if kind.contains("json") => example.to_string(),
                false => text(example),
            });
        }
        Ok(Asked {
            method: self.method,
            path,
            headers,
            body,
        })
    }
}

impl Asked {
    /// For the test to say who asks.
    pub fn request(&self, client: &Client, base: &str) -> Result<RequestBuilder> {
        let method = self.method.to_uppercase().parse()?;
        let mut request = client.request(method, format!("{base}{}", self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        Ok(match &self.body {
            Some(body) => request.body(body.clone()),
            None => request,
        })
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

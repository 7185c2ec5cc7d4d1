use anyhow::{Context, Result, ensure};
use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::redirect::Policy;
use serde_json::Value;

use crate::Server;

/// A browser that opened the login link.
pub struct Person {
    base: String,
    cookie: String,
    client: Client,
}

impl Person {
    /// By the link that the server printed, which works once.
    pub fn log_in(server: &Server) -> Result<Self> {
        let link = server.login_link().context("a login link")?;
        Self::log_in_by(server, link)
    }

    /// By a link that somebody was given.
    pub fn log_in_by(server: &Server, link: &str) -> Result<Self> {
        let client = Client::builder().redirect(Policy::none()).build()?;
        let answer = client.get(link).send()?;
        let cookie = answer.headers().get("set-cookie").context("a cookie")?;
        let cookie = cookie.to_str()?.split(';').next().context("a cookie")?;
        Ok(Self {
            base: server.base().to_owned(),
            cookie: cookie.to_owned(),
            client,
        })
    }

    fn asking(&self, method: Method, path: &str) -> RequestBuilder {
        self.asks(self.client.request(method, format!("{}{path}", self.base)))
    }

    /// As the server's own pages have this browser ask.
    pub fn asks(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.header("cookie", &self.cookie);
        request.header("sec-fetch-site", "same-origin")
    }

    /// Status and answer, where that is JSON.
    pub fn read(&self, path: &str) -> Result<(u16, Value)> {
        let answer = self.asking(Method::GET, path).send()?;
        let status = answer.status().as_u16();
        Ok((
            status,
            serde_json::from_str(&answer.text()?).unwrap_or_default(),
        ))
    }

    /// Says something new; the answer.
    pub fn say(&self, path: &str, body: &Value) -> Result<Value> {
        self.say_for(path, body, 201)
    }

    /// Says something that is answered with `status`; the answer.
    pub fn say_for(&self, path: &str, body: &Value, status: u16) -> Result<Value> {
        let answer = self.asking(Method::POST, path).json(body).send()?;
        let (found, text) = (answer.status().as_u16(), answer.text()?);
        ensure!(found == status, "POST {path} answered {found}: {text}");
        Ok(serde_json::from_str(&text)?)
    }
}

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use bytes::Buf;
use tokio::time::Instant;

use super::head::PlainHead;
use super::pass::Pass;
use super::tail::Tail;
use crate::access_log::AccessLog;
use crate::kept::Answer;
use crate::{Protected, RequestId};

/// Answers from memory, without a request or a response in between.
pub(super) struct Express {
    protected: Protected,
    pass: Option<Pass>,
    tail: Tail,
}

/// An answer, ready to be written.
pub(super) struct Ready<'e> {
    /// Bytes of the request it answers.
    pub(super) n_read: usize,
    answer: Arc<Answer>,
    tail: &'e [u8],
}

impl Express {
    pub(super) fn new(protected: Protected) -> Self {
        Self {
            protected,
            pass: None,
            tail: Tail::new(),
        }
    }

    /// The answer to the first request in `unread`; `None` where it takes more than this.
    pub(super) fn answer(&mut self, unread: &[u8], now: Instant) -> Option<Ready<'_>> {
        let head = PlainHead::parse(unread)?;
        let pass = self.pass.as_ref();
        let covering = pass.filter(|pass| pass.covers(head.credential, now));
        let gate = match covering {
            Some(pass) => pass.gate(),
            None => self.protected.gate(head.credential)?,
        };
        let answer = gate.kept().find(head.target, now)?;
        if covering.is_none() {
            let leave = gate.may_read(head.credential, now)?;
            let pass = Pass::new(head.credential, gate.clone(), leave);
            self.pass = Some(pass);
        }
        let pass = self.pass.as_ref()?;
        pass.spend(now)?;
        let id = RequestId::next();
        let log = AccessLog::start(&Method::GET, path(head.target));
        pass.gate().kept().count_given();
        if let Some(log) = log {
            log.finish(StatusCode::OK, id);
        }
        Some(Ready {
            n_read: head.n_bytes,
            answer,
            tail: self.tail.of(id, now),
        })
    }
}

impl Ready<'_> {
    /// Head and body, which one system call writes.
    pub(super) fn bytes(&self) -> impl Buf {
        let head = self.answer.head().chain(self.tail);
        head.chain(self.answer.body())
    }
}

fn path(target: &str) -> &str {
    target.split_once('?').map_or(target, |(path, _)| path)
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::time::Duration;

    use axum::Router;
    use axum::http::Uri;
    use axum::response::{IntoResponse, Response};
    use bytes::Bytes;
    use catalog::{Catalog, NewToken, TokenKind};
    use chrono::{TimeDelta, Utc};
    use tempfile::TempDir;

    use super::*;
    use crate::access::{AccessControl, Secret, Transport};
    use crate::gate::Gate;
    use crate::kept::Immutable;
    use crate::protected::Site;

    type TestResult = Result<(), Box<dyn Error>>;

    const TARGET: &str = "/picture?size=1";

    /// Express lanes of one server, which has a picture in memory.
    struct Lab {
        gate: Gate,
        protected: Protected,
        access: AccessControl,
        catalog: Catalog,
        _folder: TempDir,
    }

    impl Lab {
        async fn open() -> Result<Self, Box<dyn Error>> {
            let folder = tempfile::tempdir()?;
            let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
            let access = AccessControl::new(catalog.clone(), Transport::Http);
            let gate = Gate::new(access.clone());
            let mut picture: Response = "a picture".into_response();
            let body = Bytes::from_static(b"a picture");
            picture.extensions_mut().insert(Immutable(body));
            gate.kept().keep(&Uri::from_static(TARGET), &mut picture);
            Ok(Self {
                protected: Protected::one(Site::new(Router::new(), gate.clone())),
                gate,
                access,
                catalog,
                _folder: folder,
            })
        }

        /// As the router does.
        async fn grant(&self, kind: TokenKind, secret: &Secret) {
            let (hash, presented) = (secret.hash(), secret.reveal());
            let granted = self.access.grant(kind, hash, presented).await;
            granted.expect("good");
        }

        /// A token for that long, and the request of whoever holds it.
        async fn issue(
            &self,
            kind: TokenKind,
            life: TimeDelta,
        ) -> Result<(Secret, String), Box<dyn Error>> {
            let secret = Secret::random();
            let token = NewToken {
                slide: None,
                kind,
                name: "a test".to_owned(),
                hash: secret.hash(),
                roles: Vec::new(),
                expires_at: Some(Utc::now() + life),
            };
            self.catalog.add_token(token).await?;
            let presented = secret.reveal();
            let line = match kind {
                TokenKind::Bearer => format!("authorization: bearer {presented}"),
                _ => format!("cookie: a=b; coverslip_session={presented}"),
            };
            let request = format!("GET {TARGET} HTTP/1.1\r\n{line}\r\n\r\n");
            Ok((secret, request))
        }
    }

    /// The answer to the first of two requests.
    fn answer(express: &mut Express, request: &str, now: Instant) -> Option<String> {
        let pipelined = [request, request].concat();
        let ready = express.answer(pipelined.as_bytes(), now)?;
        assert_eq!(ready.n_read, request.len());
        let mut bytes = ready.bytes();
        let bytes = bytes.copy_to_bytes(bytes.remaining());
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn is_answered(express: &mut Express, request: &str, now: Instant) -> bool {
        answer(express, request, now).is_some()
    }

    #[tokio::test]
    async fn answers_whom_the_router_let_in_a_moment_ago() -> TestResult {
        let lab = Lab::open().await?;
        let now = Instant::now();
        for kind in [TokenKind::Bearer, TokenKind::Session] {
            let mut express = Express::new(lab.protected.clone());
            let (secret, request) = lab.issue(kind, TimeDelta::hours(1)).await?;
            let (_, other) = lab.issue(kind, TimeDelta::hours(1)).await?;
            assert!(!is_answered(&mut express, &request, now), "not seen before");
            lab.grant(kind, &secret).await;
            for _ in 0..2 {
                let said = answer(&mut express, &request, now).ok_or("refused")?;
                assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{said}");
                assert!(said.contains("\r\ncontent-length: 9\r\nx-request-id: "));
                assert!(said.ends_with(" GMT\r\n\r\na picture"), "{said}");
                assert!(!is_answered(&mut express, &other, now), "somebody else");
            }
            let elsewhere = request.replace("size=1", "size=2");
            assert!(!is_answered(&mut express, &elsewhere, now));
        }
        Ok(())
    }

    #[tokio::test]
    async fn refuses_a_withdrawn_token_once_the_catalog_would_be_asked() -> TestResult {
        let lab = Lab::open().await?;
        let mut express = Express::new(lab.protected.clone());
        let kind = TokenKind::Bearer;
        let (secret, request) = lab.issue(kind, TimeDelta::hours(1)).await?;
        lab.grant(kind, &secret).await;
        lab.catalog.remove_token(&secret.hash()).await?;
        let now = Instant::now();
        for seconds in [0, 10, 20, 29] {
            let now = now + Duration::from_secs(seconds);
            assert!(is_answered(&mut express, &request, now), "{seconds}");
        }
        // The use of it has not kept it.
        let later = now + Duration::from_secs(30);
        assert!(!is_answered(&mut express, &request, later));
        Ok(())
    }

    #[tokio::test]
    async fn refuses_a_session_that_is_over() -> TestResult {
        let lab = Lab::open().await?;
        let mut express = Express::new(lab.protected.clone());
        let kind = TokenKind::Session;
        let life = TimeDelta::milliseconds(300);
        let (secret, request) = lab.issue(kind, life).await?;
        lab.grant(kind, &secret).await;
        assert!(is_answered(&mut express, &request, Instant::now()));
        tokio::time::sleep(life.to_std()?).await;
        assert!(!is_answered(&mut express, &request, Instant::now()));
        Ok(())
    }

    #[tokio::test]
    async fn a_kept_answer_is_not_kept_for_ever() -> TestResult {
        let lab = Lab::open().await?;
        let now = Instant::now();
        assert!(lab.gate.kept().find(TARGET, now).is_some());
        let later = now + Duration::from_secs(301);
        assert!(lab.gate.kept().find(TARGET, later).is_none());
        Ok(())
    }
}

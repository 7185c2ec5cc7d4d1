use axum::extract::{Request, State};
use axum::http::{self, HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use flow::Sha256Digest;
use tokio::time::Instant;

use crate::access::{
    Access, AccessControl, Audience, Claim, ClientAddress, Credential, FrontDoor, is_signed_at,
    unknown_token,
};
use crate::access_log::AccessLog;
use crate::content_policy::CONTENT_POLICY;
use crate::kept::KeptAnswers;
use crate::{ApiError, RequestId};
use crate::{operation_outcome, s3_error};

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What every request passes on its way in, and its answer on the way out. Clones are cheap.
#[derive(Clone)]
pub(crate) struct Gate {
    front: FrontDoor,
    /// At the reception of tenants there is none, for it knows nobody.
    access: Option<AccessControl>,
    kept: KeptAnswers,
}

impl Gate {
    pub(crate) fn new(access: AccessControl) -> Self {
        Self {
            front: access.front().clone(),
            access: Some(access),
            kept: KeptAnswers::new(),
        }
    }

    /// Lets nobody past but to what is open to all.
    pub(crate) fn of_reception(front: FrontDoor) -> Self {
        Self {
            front,
            access: None,
            kept: KeptAnswers::new(),
        }
    }

    /// The answer if it is in memory and whoever asks was let in a moment ago.
    pub(crate) fn kept_answer<B>(&self, request: &http::Request<B>) -> Option<Response> {
        let now = Instant::now();
        let answer = self.kept.find_for(request, now)?;
        let claim = Claim::read(request, self.front.transport()).ok()?;
        let leave = self.leave(claim, now)?;
        self.spend(&leave.hash, now)?;
        self.kept.count_given();
        let id = RequestId::next();
        let log = AccessLog::start(request.method(), request.uri().path());
        let mut response = answer.response();
        name(&mut response, id);
        if let Some(log) = log {
            log.finish(response.status(), id);
        }
        Some(response)
    }

    pub(crate) const fn kept(&self) -> &KeptAnswers {
        &self.kept
    }

    /// What whoever sends this may do, where he was let in a moment ago.
    pub(crate) fn may_read(&self, credential: Credential<'_>, now: Instant) -> Option<Leave> {
        self.leave(credential.claim(self.front.transport())?, now)
    }

    /// Counts one request of whoever has this secret; `None` where that is one too many, which the
    /// router then says.
    pub(crate) fn spend(&self, hash: &Sha256Digest, now: Instant) -> Option<()> {
        self.front.limits().spend(hash, now).ok()
    }

    fn leave(&self, claim: Claim<'_>, now: Instant) -> Option<Leave> {
        match claim {
            Claim::Token { kind, hash, .. } => {
                let end = self.access.as_ref()?.good_until(kind, &hash, now)?;
                Some(Leave { end, hash })
            }
            Claim::Open => None,
        }
    }

    async fn admit(&self, mut request: Request, next: Next) -> Response {
        let address = self.front.limits().address(&request);
        request.extensions_mut().insert(address);
        let claim = Claim::read(&request, self.front.transport());
        let granted = self.granted(claim, address).await;
        let granted = granted.and_then(|granted| within_reach(granted, &request));
        match granted {
            Ok(Some(granted)) => {
                request.extensions_mut().insert(granted);
                next.run(request).await
            }
            Ok(None) => next.run(request).await,
            Err(refused) => {
                let audience = Audience::of(request.method(), request.headers());
                audience.tell(refused, self.front.openid(), request.uri())
            }
        }
    }

    /// `None` where the address is open to all.
    async fn granted(
        &self,
        claim: Result<Claim<'_>, ApiError>,
        address: ClientAddress,
    ) -> Result<Option<Access>, ApiError> {
        let Claim::Token {
            kind,
            hash,
            presented,
        } = claim?
        else {
            return Ok(None);
        };
        let limits = self.front.limits();
        let granted = match &self.access {
            Some(access) => access.grant(kind, hash, presented).await,
            None => Err(unknown_token()),
        };
        let granted = granted.map_err(|refused| limits.failed(address, refused))?;
        limits.spend(&hash, Instant::now())?;
        Ok(Some(granted))
    }
}

/// 403 where what is asked for is beyond what the token was lent for.
fn within_reach(granted: Option<Access>, request: &Request) -> Result<Option<Access>, ApiError> {
    let reaches = |granted: &Access| granted.reaches(request.method(), request.uri().path());
    match granted.as_ref().is_none_or(reaches) {
        true => Ok(granted),
        false => Err(ApiError::forbidden(
            "this credential is good for other addresses: a job's token for those below the `iiif` that came \
             with it, an access key for `/incoming`",
        )),
    }
}

/// Somebody was let in a moment ago.
#[derive(Clone, Copy)]
pub(crate) struct Leave {
    /// Until when that holds.
    pub(crate) end: Instant,
    /// Of his secret.
    pub(crate) hash: Sha256Digest,
}

/// One layer for all of it: every layer costs each request a boxed future.
pub(crate) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let id = RequestId::next();
    let log = AccessLog::start(request.method(), request.uri().path());
    let keepable = (request.method() == Method::GET).then(|| request.uri().clone());
    let is_fhir = operation_outcome::is_spoken_at(request.uri().path());
    let is_signed = is_signed_at(request.uri().path());
    let mut response = id.within(gate.admit(request, next)).await;
    if is_fhir {
        response = operation_outcome::in_its_form(response);
    }
    if is_signed {
        response = s3_error::in_its_form(response);
    }
    dress(response.headers_mut());
    if let Some(address) = keepable {
        gate.kept.keep(&address, &mut response);
    }
    name(&mut response, id);
    if let Some(log) = log {
        log.finish(response.status(), id);
    }
    response
}

fn dress(headers: &mut HeaderMap) {
    let policy = headers.entry(header::CONTENT_SECURITY_POLICY);
    policy.or_insert(HeaderValue::from_static(CONTENT_POLICY));
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    let no_referrer = HeaderValue::from_static("no-referrer");
    headers.insert(header::REFERRER_POLICY, no_referrer);
}

fn name(response: &mut Response, id: RequestId) {
    if let Some(value) = id.header() {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
}

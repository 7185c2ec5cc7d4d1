//! Several tenants behind one front door: each credential opens its own tenant's routes, and nothing
//! that is kept for one is given to another.

use std::error::Error;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use bytes::Bytes;
use catalog::Catalog;
use coverslip_http::{
    Access, AccessControl, AccessRules, FrontDoor, Immutable, LimitRules, Protected, Rate,
    Readiness, Role, Secret, Transport, protect_tenants, serve,
};
use flow::TenantName;
use serde_json::json;
use servers::{CLIENT, OpenIdProvider};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use url::Url;

use crate::provided::{AUDIENCE, believed, claims};
use crate::server::{TestResult, header, problem, text};

const NAMES: [&str; 2] = ["north", "south"];

/// Two tenants with the same routes, each of which says whose it is.
struct House {
    router: Protected,
    /// In the order of their names.
    tenants: Vec<Tenant>,
    _folder: TempDir,
}

struct Tenant {
    catalog: Catalog,
    access: AccessControl,
    /// How often its picture was made.
    n_made: Arc<AtomicUsize>,
}

impl House {
    async fn open() -> Result<Self, Box<dyn Error>> {
        Self::ruled(AccessRules::default()).await
    }

    async fn ruled(rules: AccessRules) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let front = FrontDoor::new(Transport::Http, rules);
        let (mut tenants, mut sites) = (Vec::new(), Vec::new());
        for name in NAMES {
            let tenant: TenantName = name.parse()?;
            let catalog = Catalog::open(&folder.path().join(name)).await?;
            let n_made = Arc::new(AtomicUsize::new(0));
            sites.push((tenant.clone(), routes(name, &n_made), catalog.clone()));
            tenants.push(Tenant {
                access: AccessControl::behind(front.clone(), catalog.clone(), Some(tenant)),
                catalog,
                n_made,
            });
        }
        let open = coverslip_http::health(Readiness::default());
        Ok(Self {
            router: protect_tenants(&front, open, sites),
            tenants,
            _folder: folder,
        })
    }

    async fn ask(
        &self,
        method: &str,
        uri: &str,
        headers: &[(&str, &str)],
    ) -> Result<Response<Body>, Box<dyn Error>> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty())?;
        let answer = self.router.clone().oneshot(request).await;
        Ok(answer.unwrap_or_else(|never| match never {}))
    }

    /// What whoever sends this is told of whose the routes are; the status where nothing.
    async fn whose(&self, name: &str, value: &str) -> Result<String, Box<dyn Error>> {
        let answer = self.ask("GET", "/whose", &[(name, value)]).await?;
        match answer.status().as_u16() {
            200 => text(answer).await,
            status => Ok(status.to_string()),
        }
    }

    async fn whose_bearer(&self, token: &str) -> Result<String, Box<dyn Error>> {
        self.whose("authorization", &format!("Bearer {token}"))
            .await
    }

    /// A token of each tenant.
    async fn tokens(&self) -> Result<[Secret; 2], Box<dyn Error>> {
        let [north, south] = [0, 1].map(|at| &self.tenants[at].access);
        Ok([
            north.issue_token("a test", &[Role::Pathologist]).await?,
            south.issue_token("a test", &[Role::Pathologist]).await?,
        ])
    }
}

fn routes(name: &'static str, n_made: &Arc<AtomicUsize>) -> Router {
    let n_made = Arc::clone(n_made);
    let picture = async move || {
        n_made.fetch_add(1, Ordering::Relaxed);
        let mut answer = name.into_response();
        let body = Bytes::from_static(name.as_bytes());
        answer.extensions_mut().insert(Immutable(body));
        answer
    };
    Router::new()
        .route("/whose", get(async move || name))
        .route("/who", get(async |access: Access| access.name().to_owned()))
        .route("/change", post(async || "changed"))
        .route("/picture", get(picture))
}

/// The random part of a tenant's secret.
fn random_part(secret: &Secret) -> &str {
    let secret = secret.reveal();
    secret.split_once('~').map_or(secret, |(_, random)| random)
}

#[tokio::test]
async fn a_token_opens_its_own_tenant_and_no_other() -> TestResult {
    let house = House::open().await?;
    let [north, south] = house.tokens().await?;
    assert_eq!(house.whose_bearer(north.reveal()).await?, "north");
    assert_eq!(house.whose_bearer(south.reveal()).await?, "south");

    let random = random_part(&north);
    // One that was made for the catalog as if there were no tenants says of none that it is its.
    let nobodys = AccessControl::new(house.tenants[0].catalog.clone(), Transport::Http);
    let nobodys = nobodys.issue_token("a test", &[Role::Admin]).await?;
    for wrong in [
        random,
        &format!("south~{random}"),
        &format!("east~{random}"),
        &format!("~{random}"),
        &format!("north~north~{random}"),
        &format!("south~{}", north.reveal()),
        nobodys.reveal(),
        &format!("north~{}", nobodys.reveal()),
        "north~",
        "north",
    ] {
        assert_eq!(house.whose_bearer(wrong).await?, "401", "{wrong}");
    }
    let stranger = house.ask("GET", "/whose", &[]).await?;
    assert_eq!(stranger.status(), 401);
    problem(stranger).await?;
    Ok(())
}

#[tokio::test]
async fn addresses_are_open_to_all_or_to_a_tenants_own() -> TestResult {
    let house = House::open().await?;
    let [north, _] = house.tokens().await?;
    let north = format!("Bearer {}", north.reveal());
    for headers in [&[][..], &[("authorization", north.as_str())]] {
        for path in ["/health/live", "/health/ready"] {
            assert_eq!(
                house.ask("GET", path, headers).await?.status(),
                204,
                "{path}"
            );
        }
        let methods = house.ask("GET", "/auth/methods", headers).await?;
        assert_eq!(text(methods).await?, "{\"sign_in\":null}");
    }
    // A stranger is not told which addresses there are.
    for path in ["/whose", "/nowhere", "/auth/logout"] {
        assert_eq!(house.ask("GET", path, &[]).await?.status(), 401, "{path}");
    }
    let known = [("authorization", north.as_str())];
    assert_eq!(house.ask("GET", "/nowhere", &known).await?.status(), 404);
    Ok(())
}

#[tokio::test]
async fn a_login_link_leads_to_its_own_tenant_and_out_again() -> TestResult {
    let house = House::open().await?;
    for (name, tenant) in NAMES.iter().zip(&house.tenants) {
        let code = tenant
            .access
            .issue_login_code("Dr. Gram", &[Role::Pathologist]);
        let code = code.await?;
        let other = if *name == "north" { "south" } else { "north" };
        let elsewhere = format!("/login?code={other}~{}", random_part(&code));
        assert_eq!(house.ask("GET", &elsewhere, &[]).await?.status(), 401);

        let link = format!("/login?code={}", code.reveal());
        let answer = house.ask("GET", &link, &[]).await?;
        assert_eq!(answer.status(), 303);
        let cookie = header(&answer, "set-cookie").split(';').next();
        let cookie = cookie.ok_or("a cookie")?.to_owned();
        assert!(cookie.starts_with(&format!("coverslip_session={name}~")));
        assert_eq!(house.whose("cookie", &cookie).await?, *name);
        let moved = cookie.replace(name, other);
        assert_eq!(house.whose("cookie", &moved).await?, "401");

        let session = ("cookie", cookie.as_str());
        assert_eq!(
            house.ask("POST", "/change", &[session]).await?.status(),
            403
        );
        let own_page = [session, ("sec-fetch-site", "same-origin")];
        assert_eq!(house.ask("POST", "/change", &own_page).await?.status(), 200);
        let left = house.ask("POST", "/auth/logout", &own_page).await?;
        assert_eq!(left.status(), 200);
        assert_eq!(house.whose("cookie", &cookie).await?, "401");
        let trail = tenant.catalog.audit_trail(None, 1).await?;
        assert_eq!(trail[0].action.as_str(), "logged_out");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_kept_for_one_tenant_is_never_given_to_another() -> TestResult {
    let house = House::open().await?;
    let tokens = house.tokens().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let stop = CancellationToken::new();
    let _stop = stop.clone().drop_guard();
    tokio::spawn(serve(listener, house.router.clone(), stop));
    // A proxy may send requests of both tenants over one connection.
    let mut connection = TcpStream::connect(address).await?;
    for _ in 0..5 {
        for (name, token) in NAMES.iter().zip(&tokens) {
            let said = exchange(&mut connection, token.reveal()).await?;
            assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{said}");
            assert!(said.ends_with(&format!("\r\n\r\n{name}")), "{said}");
        }
        let wrong = format!("south~{}", random_part(&tokens[0]));
        let said = exchange(&mut connection, &wrong).await?;
        assert!(said.starts_with("HTTP/1.1 401 "), "{said}");
        for (name, token) in NAMES.iter().zip(&tokens) {
            let bearer = format!("Bearer {}", token.reveal());
            let headers = [("authorization", bearer.as_str())];
            let answer = house.ask("GET", "/picture", &headers).await?;
            assert_eq!(text(answer).await?, *name);
        }
    }
    for Tenant { n_made, .. } in &house.tenants {
        assert_eq!(n_made.load(Ordering::Relaxed), 1, "it was not kept");
    }
    Ok(())
}

/// The answer to one request for the picture.
async fn exchange(connection: &mut TcpStream, token: &str) -> Result<String, Box<dyn Error>> {
    let request =
        format!("GET /picture HTTP/1.1\r\nauthorization: Bearer {token}\r\nhost: lab\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut said = Vec::new();
    loop {
        let mut buffer = [0; 1024];
        let n_read = connection.read(&mut buffer).await?;
        said.extend_from_slice(&buffer[..n_read]);
        let text = String::from_utf8_lossy(&said).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        if n_read == 0 || body.len() >= length.ok_or("a length")?.parse()? {
            return Ok(text);
        }
    }
}

#[tokio::test]
async fn one_tenants_flood_is_refused_and_the_other_is_answered() -> TestResult {
    let requests = Rate::per_second(NonZeroU32::MIN);
    let house = House::ruled(AccessRules {
        limits: LimitRules {
            requests: Some(requests),
            ..LimitRules::default()
        },
        ..AccessRules::default()
    });
    let house = house.await?;
    let [north, south] = house.tokens().await?;
    let mut n_refused = 0;
    for _ in 0..100 {
        n_refused += usize::from(house.whose_bearer(north.reveal()).await? == "429");
    }
    assert!(n_refused > 80, "{n_refused}");
    assert_eq!(house.whose_bearer(south.reveal()).await?, "south");
    Ok(())
}

#[tokio::test]
async fn a_provider_says_which_tenant_somebody_is_of() -> TestResult {
    let provider = OpenIdProvider::start().await?;
    let openid = believed(&provider, Some("organization".parse()?))?;
    let house = House::ruled(AccessRules {
        openid: Some(openid),
        ..AccessRules::default()
    });
    let house = house.await?;

    let machine = |tenant: serde_json::Value| {
        let mut claims = claims(&provider, AUDIENCE, &["scanners"]);
        claims["client_id"] = json!("scanner-2");
        claims["jti"] = json!("t-1");
        claims["organization"] = tenant;
        provider.key.token("at+jwt", &claims)
    };
    for name in NAMES {
        assert_eq!(house.whose_bearer(&machine(json!(name))?).await?, name);
    }
    for nobodys in [
        json!("east"),
        json!(null),
        json!(["north", "south"]),
        json!(""),
    ] {
        let token = machine(nobodys.clone())?;
        assert_eq!(house.whose_bearer(&token).await?, "401", "{nobodys}");
    }
    // What is not signed is a hint to the tenant that refuses it.
    let forged = machine(json!("north"))?;
    let (signed, _) = forged.rsplit_once('.').ok_or("three parts")?;
    assert_eq!(house.whose_bearer(&format!("{signed}.AAAA")).await?, "401");

    for (tenant, expected) in [("north", 200), ("south", 200), ("east", 403)] {
        let away = house.ask("GET", "/auth/login", &[]).await?;
        let url: Url = header(&away, "location").parse()?;
        let attempt = header(&away, "set-cookie").split(';').next();
        let attempt = attempt.ok_or("a cookie")?.to_owned();
        let back = provider.log_in(&url, |nonce| {
            let mut claims = claims(&provider, CLIENT, &["readers"]);
            claims["nonce"] = json!(nonce);
            claims["organization"] = json!(tenant);
            provider.key.token("JWT", &claims)
        })?;
        let callback = format!("/auth/callback?{back}");
        let answer = house.ask("GET", &callback, &[("cookie", &attempt)]).await?;
        assert_eq!(answer.status(), expected, "{tenant}");
        if expected == 200 {
            let session = header(&answer, "set-cookie").split(';').next();
            let session = session.ok_or("a session")?.to_owned();
            assert_eq!(house.whose("cookie", &session).await?, tenant);
        }
    }
    Ok(())
}

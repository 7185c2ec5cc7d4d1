//! Addresses that lead into our own network are not reached, however they are written.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use catalog::{NewWebhook, WebhookKind, WebhookMessagePage};
use egress::{Egress, Target};
use serde_json::json;
use tokio::net::TcpListener;

use crate::lab::{Failure, Lab, Tested};

/// `PORT` is the canary's. Most lead to it, were they followed; the others to where secrets are kept.
const FORBIDDEN: [&str; 43] = [
    "https://127.0.0.1:PORT/",
    "https://127.1:PORT/",
    "https://127.0.1:PORT/",
    "https://127.255.255.254:PORT/",
    "https://2130706433:PORT/",
    "https://0x7f000001:PORT/",
    "https://0x7f.1:PORT/",
    "https://0177.0.0.1:PORT/",
    "https://017700000001:PORT/",
    "https://0:PORT/",
    "https://0.0.0.0:PORT/",
    "https://[::1]:PORT/",
    "https://[0:0:0:0:0:0:0:1]:PORT/",
    "https://[::]:PORT/",
    "https://[::ffff:127.0.0.1]:PORT/",
    "https://[::ffff:7f00:1]:PORT/",
    "https://[::127.0.0.1]:PORT/",
    "https://[64:ff9b::7f00:1]:PORT/",
    "https://[2002:7f00:1::]:PORT/",
    "https://[fe80::1]:PORT/",
    "https://[fc00::1]:PORT/",
    "https://[fd12:3456:789a::1]:PORT/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://[ff02::1]:PORT/",
    "https://[2001:db8::1]:PORT/",
    "https://localhost:PORT/",
    "https://LOCALHOST:PORT/",
    "https://127.0.0.1.:PORT/",
    "https://１２７.０.０.１:PORT/",
    "https://169.254.169.254/latest/meta-data/",
    "https://169.254.170.2/v2/credentials",
    "https://2852039166/latest/meta-data/",
    "https://168.63.129.16/",
    "https://100.100.100.200/latest/meta-data/",
    "https://100.64.0.1:PORT/",
    "https://10.1.2.3:PORT/",
    "https://172.16.0.1:PORT/",
    "https://192.168.1.1:PORT/",
    "https://255.255.255.255:PORT/",
    "http://127.0.0.1:PORT/",
    "http://localhost:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "file:///etc/passwd",
];

/// Counts who comes, on this machine's own addresses.
struct Canary {
    port: u16,
    n_seen: Arc<AtomicUsize>,
}

impl Canary {
    async fn listen() -> Result<Self, Failure> {
        let n_seen = Arc::new(AtomicUsize::new(0));
        let first = TcpListener::bind("0.0.0.0:0").await?;
        let port = first.local_addr()?.port();
        let second = TcpListener::bind(("::1", port)).await;
        for listener in [Some(first), second.ok()].into_iter().flatten() {
            let n_seen = Arc::clone(&n_seen);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    n_seen.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Ok(Self { port, n_seen })
    }

    fn urls(&self) -> Vec<String> {
        let port = self.port.to_string();
        let urls = FORBIDDEN.iter().map(|url| url.replace("PORT", &port));
        urls.collect()
    }

    fn n_seen(&self) -> usize {
        self.n_seen.load(Ordering::SeqCst)
    }
}

/// A network is allowed that is none of theirs, so that plain HTTP is not what refuses them.
fn egress() -> Result<Egress, Failure> {
    Ok(Egress::allowing(
        "--webhook-allow",
        ["198.51.100.0/24".parse()?],
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_into_our_own_network() -> Tested {
    let canary = Canary::listen().await?;
    let lab = Lab::reaching(egress()?).await?;
    let urls = canary.urls();
    let mut webhooks = Vec::new();
    for url in &urls {
        // As if they had been public when they were added.
        let new = NewWebhook {
            url: url.clone(),
            kinds: vec![WebhookKind::SlideReceived],
        };
        webhooks.push(lab.catalog.add_webhook("test", &new).await?.0);
    }
    lab.slide(b"a").await?;
    let _sending = lab.dispatch();
    for (url, webhook) in urls.iter().zip(webhooks) {
        let page = WebhookMessagePage {
            webhook,
            state: None,
            after: None,
            limit: 1,
        };
        let mut last = None;
        for _ in 0..500 {
            last = lab.catalog.webhook_messages(page).await?[0].last.clone();
            if last.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let error = last.ok_or_else(|| format!("{url} was not tried"))?.error;
        let error = error.ok_or("a reason")?;
        assert_eq!(error, "the address is not one that may be reached", "{url}");
    }
    assert_eq!(canary.n_seen(), 0);
    Ok(())
}

/// The canary sings: the same, where the network is allowed.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_allowed_is_reached() -> Tested {
    let canary = Canary::listen().await?;
    let lab = Lab::reaching(Egress::allowing(
        "--webhook-allow",
        ["127.0.0.0/8".parse()?],
    ))
    .await?;
    for host in ["127.0.0.1", "2130706433", "localhost", "[::ffff:127.0.0.1]"] {
        let before = canary.n_seen();
        let url = format!("http://{host}:{}/", canary.port);
        let (webhook, _) = lab.webhook(&url).await?;
        lab.slide(host.as_bytes()).await?;
        let _sending = lab.dispatch();
        for _ in 0..500 {
            if canary.n_seen() > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(canary.n_seen() > before, "{url}");
        lab.ask("DELETE", &webhook, json!(null)).await?;
    }
    Ok(())
}

/// Names are looked up when they are connected to; what is an address is refused at once.
#[tokio::test]
async fn what_is_clearly_ours_is_refused_when_it_is_added() -> Tested {
    let canary = Canary::listen().await?;
    let egress = egress()?;
    let refused = |url: &&String| Target::parse(url, &egress).is_err();
    let n_refused = canary.urls().iter().filter(refused).count();
    let n_names = FORBIDDEN
        .iter()
        .filter(|url| url.to_lowercase().contains("localhost"));
    assert_eq!(n_refused, FORBIDDEN.len() - n_names.count());
    for url in [
        "https://lis.example/told",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
    ] {
        assert!(Target::parse(url, &egress).is_ok(), "{url}");
    }
    for torn in ["https://lis.example/to\nld", "\0https://lis.example/told"] {
        assert!(Target::parse(torn, &egress).is_err(), "{torn:?}");
    }
    Ok(())
}

//! Requests of all kinds, each answered as hyper does.

use super::twins::{LAST, Twins};
use crate::server::TestResult;

const KEPT: &str = "/picture/still";

#[tokio::test]
async fn requests_one_after_the_other_and_all_at_once() -> TestResult {
    let twins = Twins::start().await?;
    let mut requests = vec![
        twins.get(KEPT, ""),
        twins.get("/picture/new", ""),
        twins.get("/picture/new", ""),
        twins.get(KEPT, "if-none-match: \"e\"\r\n"),
        twins.get(KEPT, "range: bytes=0-3\r\n"),
        twins.get(KEPT, "connection: keep-alive\r\naccept: image/*\r\n"),
        twins.get(KEPT, "").replacen("GET", "HEAD", 1),
        twins.get("/parts", ""),
        twins.get("/parts", "").replacen("GET", "HEAD", 1),
        twins.get("/nothing", ""),
        twins.get("/no/such/thing", ""),
        twins.get("/echo", ""),
        twins.get("http://lab/things", ""),
        twins.get(KEPT, "content-length: 0\r\n"),
        twins.get(KEPT, ""),
        format!("GET {KEPT} HTTP/1.1\r\nhost: lab\r\n\r\n"),
        format!("{}hello", twins.get("/echo", "content-length: 5\r\n")).replacen("GET", "POST", 1),
        twins.get(KEPT, ""),
    ];
    requests.push(LAST.to_owned());
    let pieces: Vec<_> = requests.iter().map(String::as_bytes).collect();
    let at_once = pieces.concat();
    for pieces in [pieces, vec![&at_once]] {
        let said = twins.assert_alike(&pieces).await?;
        assert_eq!(said.matches("HTTP/1.1 ").count(), requests.len());
    }
    Ok(())
}

#[tokio::test]
async fn a_request_split_anywhere() -> TestResult {
    let twins = Twins::start().await?;
    let requests = [
        twins.get(KEPT, ""),
        twins.get("/things", ""),
        LAST.to_owned(),
    ]
    .concat();
    let whole = twins.assert_alike(&[requests.as_bytes()]).await?;
    for end in 1..requests.len() {
        let (first, second) = requests.as_bytes().split_at(end);
        assert_eq!(twins.ours.say(&[first, second]).await?, whole, "{end}");
    }
    Ok(())
}

#[tokio::test]
async fn requests_that_end_the_connection() -> TestResult {
    let twins = Twins::start().await?;
    let post = |lines: &str| twins.get("/unread", lines).replacen("GET", "POST", 1);
    for last in [
        twins.get(KEPT, "connection: close\r\n"),
        twins.get(KEPT, "connection: keep-alive, close\r\n"),
        twins.get(KEPT, "connection: keep-alive\r\nconnection: close\r\n"),
        twins.get(KEPT, "").replace("HTTP/1.1", "HTTP/1.0"),
        twins.get("/parts", "").replace("HTTP/1.1", "HTTP/1.0"),
        twins.get("/parts", "connection: close\r\n"),
        twins.get("/last", ""),
        // Not all of the body is there, and nobody reads it.
        format!("{}GET / HTTP/1.1\r\n", post("content-length: 30000000\r\n")),
        format!("{}5\r\nhel", post("transfer-encoding: chunked\r\n")),
    ] {
        let requests = [twins.get(KEPT, ""), last, twins.get(KEPT, "")].concat();
        let said = twins.assert_alike(&[requests.as_bytes()]).await?;
        assert_eq!(said.matches("HTTP/1.").count(), 2, "{requests}\n{said}");
    }
    let broken = [
        twins.get(KEPT, ""),
        twins.get("/broken", ""),
        twins.get(KEPT, ""),
    ]
    .concat();
    twins.assert_alike(&[broken.as_bytes()]).await?;
    let kept_alive = twins.get(KEPT, "connection: keep-alive\r\n");
    let kept_alive = kept_alive.replace("HTTP/1.1", "HTTP/1.0");
    let said = twins
        .assert_alike(&[kept_alive.as_bytes(), LAST.as_bytes()])
        .await?;
    assert_eq!(said.matches("HTTP/1.").count(), 2, "{said}");
    Ok(())
}

/// Where two servers might disagree on where a request ends, the connection ends.
#[tokio::test]
async fn requests_nobody_should_send() -> TestResult {
    let twins = Twins::start().await?;
    let many: String = (0..101).map(|i| format!("x-{i}: y\r\n")).collect();
    for (lines, status) in [
        ("content-length: 5\r\ncontent-length: 6\r\n", "400"),
        ("content-length: 5, 6\r\n", "400"),
        ("content-length: -1\r\n", "400"),
        ("content-length: +1\r\n", "400"),
        ("content-length: 99999999999999999999\r\n", "400"),
        ("transfer-encoding: identity\r\n", "400"),
        ("transfer-encoding: chunked, gzip\r\n", "400"),
        ("folded: a\r\n b\r\n", "400"),
        (" folded: a\r\n", "400"),
        ("space : a\r\n", "400"),
        ("bare: a\rb\r\n", "400"),
        ("null: a\0b\r\n", "400"),
        ("no colon\r\n", "400"),
        (&many, "431"),
        (&format!("long: {}\r\n", "x".repeat(1 << 20)), "431"),
        // Allowed, and read by the rules of RFC 9112, section 6.3.
        ("content-length: 0\r\ncontent-length: 0\r\n", "200"),
        ("content-length: 3\r\ntransfer-encoding: chunked\r\n", "200"),
        ("authorization: Bearer other\r\n", "200"),
        ("folded:\r\n", "200"),
    ] {
        let request = twins.get(KEPT, lines);
        let pieces = [request.as_bytes(), b"0\r\n\r\n", LAST.as_bytes()];
        let said = twins.assert_alike(&pieces).await?;
        assert_eq!(said.get(9..12), Some(status), "{lines:.80?}\n{said:.200}");
    }
    for garbage in [
        "\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET\r\n\r\n",
        "\0\x01\x02 garbage",
        "GET / HTTP/1.2\r\n\r\n",
    ] {
        twins
            .assert_alike(&[garbage.as_bytes(), LAST.as_bytes()])
            .await?;
    }
    Ok(())
}

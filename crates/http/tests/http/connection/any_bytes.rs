//! Whatever is sent, both answer alike, and neither hangs.

use proptest::prelude::*;
use proptest::sample::select;

use super::twins::{LAST, Twins};

/// Requests after which it matters who knows where the next one begins. None has a token, because
/// a body is left unread where the request is refused.
const REQUESTS: [&str; 5] = [
    "GET /things HTTP/1.1\r\n\r\n",
    "HEAD /health/live HTTP/1.1\r\n\r\n",
    "POST /unread HTTP/1.1\r\ncontent-length: 99\r\n\r\n",
    "POST /unread HTTP/1.1\r\ncontent-length: 999\r\n\r\n",
    "POST /echo HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n",
];

/// What requests are made of. There is no wrong token among them, because the catalog does not
/// answer while the clock stands still.
const WORDS: [&str; 26] = [
    "GET ",
    "HEAD ",
    "POST ",
    "CONNECT ",
    "/picture/still",
    "/things",
    "/nothing",
    "/parts",
    "/echo",
    "/unread",
    "?",
    " HTTP/1.1\r\n",
    " HTTP/1.0\r\n",
    "host: lab\r\n",
    "connection: close\r\n",
    "connection: keep-alive\r\n",
    "connection: upgrade\r\nupgrade: x\r\n",
    "expect: 100-continue\r\n",
    "content-length: 5\r\n",
    "content-length: 0\r\n",
    "transfer-encoding: chunked\r\n",
    "5\r\nhello\r\n",
    "0\r\n\r\n",
    " ",
    "\r\n",
    "\r\n\r\n",
];

#[derive(Clone, Debug)]
enum Part {
    /// A request that is answered from memory.
    Kept,
    Bearer,
    Text(&'static str),
    Bytes(Vec<u8>),
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let part = prop_oneof![
        3 => Just(Part::Kept),
        1 => Just(Part::Bearer),
        3 => select(REQUESTS.to_vec()).prop_map(Part::Text),
        8 => select(WORDS.to_vec()).prop_map(Part::Text),
        1 => prop::collection::vec(any::<u8>(), 1..8).prop_map(Part::Bytes),
    ];
    prop::collection::vec(part, 1..16)
}

fn bytes(parts: &[Part], twins: &Twins) -> Vec<u8> {
    let kept = twins.get("/picture/still", "");
    let parts = parts.iter().map(|part| match part {
        Part::Kept => kept.as_bytes(),
        Part::Bearer => twins.bearer.as_bytes(),
        Part::Text(text) => text.as_bytes(),
        Part::Bytes(bytes) => bytes,
    });
    parts.chain([LAST.as_bytes()]).collect::<Vec<_>>().concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_answer_alike(parts in parts(), cut in any::<prop::sample::Index>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let alike = runtime.block_on(async {
            let twins = Twins::start().await?;
            tokio::time::pause();
            let bytes = bytes(&parts, &twins);
            let (first, second) = bytes.split_at(cut.index(bytes.len()));
            twins.assert_alike(&[first, second]).await
        });
        prop_assert!(alike.is_ok(), "{:?}", alike);
    }
}

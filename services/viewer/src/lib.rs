//! The built web app, embedded.

use std::borrow::Cow;

use rust_embed::{EmbeddedFile, RustEmbed};

/// A file of the web app, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    pub bytes: Cow<'static, [u8]>,
    pub content_type: &'static str,
    /// A strong entity tag, in its quotes: the sha256 of the bytes.
    pub etag: String,
}

/// The file at this path of a URL, with or without the leading slash; the page itself at `/`.
///
/// Where the web app was not built, the page says so and how to build it.
pub fn asset(path: &str) -> Option<Asset> {
    let name = match path.trim_start_matches('/') {
        "" => PAGE,
        name => name,
    };
    let file = match App::get(name) {
        None if name == PAGE => NotBuilt::get(PAGE)?,
        found => found?,
    };
    Some(Asset::new(name, file))
}

/// Whether this path never changes what it serves: its name holds a hash of its content.
pub fn is_immutable(path: &str) -> bool {
    path.trim_start_matches('/').starts_with("assets/")
}

/// The scripts that stand in a page itself, as they stand there. The server's content security policy
/// has to allow each.
pub fn scripts_in(page: &str) -> impl Iterator<Item = &str> {
    let begun = page.split("<script>").skip(1);
    begun.filter_map(|rest| rest.split_once("</script>").map(|(script, _)| script))
}

const PAGE: &str = "index.html";

#[derive(RustEmbed)]
#[folder = "dist"]
#[allow_missing = true]
struct App;

#[derive(RustEmbed)]
#[folder = "placeholder"]
struct NotBuilt;

impl Asset {
    fn new(name: &str, file: EmbeddedFile) -> Self {
        let hash: String = file
            .metadata
            .sha256_hash()
            .map(|byte| format!("{byte:02x}"))
            .concat();
        Self {
            bytes: file.data,
            content_type: content_type(name),
            etag: format!("\"{hash}\""),
        }
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json" | "map") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;

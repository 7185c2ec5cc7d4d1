use std::fmt::Write as _;

use axum::http::HeaderValue;
use bytes::Bytes;
use flow::Sha256Digest;

use super::Stored;

/// Hexadecimal digits of the boundary.
const BOUNDARY_DIGITS: usize = 40;

/// A message of several parts in the making.
pub(crate) struct Message {
    boundary: String,
    kind: &'static str,
    pieces: Vec<Piece>,
}

/// What a body is made of, in order.
#[derive(Clone)]
pub(crate) enum Piece {
    Bytes(Bytes),
    Stored(Stored),
}

impl Message {
    /// Of parts that are all of one `kind`. The boundary comes from a `digest` of what is in the
    /// parts, so nobody can have written it into one of them.
    pub(crate) fn new(kind: &'static str, digest: &Sha256Digest) -> Self {
        let mut boundary = digest.to_string();
        boundary.truncate(BOUNDARY_DIGITS);
        Self {
            boundary,
            kind,
            pieces: Vec::new(),
        }
    }

    pub(crate) fn content_type(&self) -> HeaderValue {
        let text = format!(
            "multipart/related; type=\"{}\"; boundary={}",
            self.kind, self.boundary
        );
        HeaderValue::try_from(text).expect("media types and digests are visible ASCII")
    }

    /// `content_type` and `location` must not hold line ends.
    pub(crate) fn add(&mut self, content_type: &str, location: &str, content: Piece) {
        let mut head = match self.pieces.is_empty() {
            true => String::new(),
            false => "\r\n".to_owned(),
        };
        // Writing to a string cannot fail.
        let _ = write!(
            head,
            "--{}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
             Content-Location: {location}\r\n\r\n",
            self.boundary,
            content.n_bytes(),
        );
        self.pieces.push(Piece::Bytes(head.into()));
        self.pieces.push(content);
    }

    /// The whole body.
    pub(crate) fn finish(mut self) -> Vec<Piece> {
        let end = format!("\r\n--{}--\r\n", self.boundary);
        self.pieces.push(Piece::Bytes(end.into()));
        self.pieces
    }
}

impl Piece {
    pub(crate) fn n_bytes(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Stored(stored) => stored.range.end - stored.range.start,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pieces: &[Piece]) -> String {
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                Piece::Stored(_) => String::new(),
            })
            .collect()
    }

    #[test]
    fn parts_stand_between_boundaries() {
        let digest = Sha256Digest::of(b"x");
        let mut message = Message::new("image/jpeg", &digest);
        let content_type = message.content_type();
        message.add("image/jpeg", "/1", Piece::Bytes(Bytes::from_static(b"one")));
        message.add(
            "image/jpeg",
            "/2",
            Piece::Bytes(Bytes::from_static(b"three")),
        );
        let boundary = &digest.to_string()[..40];
        assert_eq!(
            content_type,
            format!("multipart/related; type=\"image/jpeg\"; boundary={boundary}")
        );
        let pieces = message.finish();
        let expected = format!(
            "--{boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: 3\r\n\
             Content-Location: /1\r\n\r\none\r\n--{boundary}\r\nContent-Type: image/jpeg\r\n\
             Content-Length: 5\r\nContent-Location: /2\r\n\r\nthree\r\n--{boundary}--\r\n"
        );
        assert_eq!(text(&pieces), expected);
        let n_bytes: u64 = pieces.iter().map(Piece::n_bytes).sum();
        assert_eq!(n_bytes, expected.len() as u64);
    }
}

//! Sends what lies in storage: one piece as a body of its own, or several as parts of one.

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use flow::Sha256Digest;
use http::{EntityTag, Freshness, Reply};

use crate::error::DicomwebError;
use crate::media::{JPEG_BASELINE, Packaging};
use crate::multipart::{Message, Piece, body_of};

/// How something goes out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) packaging: Packaging,
    pub(super) kind: &'static str,
}

/// Pieces in the transfer syntax they are stored in, each with its address below the origin.
pub(super) struct StoredParts {
    /// Of everything in the study they are from.
    pub(super) digest: Sha256Digest,
    pub(super) parts: Vec<(String, Piece)>,
}

impl StoredParts {
    /// `tag` names them in this form. As a body of its own goes a single part.
    pub(super) async fn send(
        self,
        form: Form,
        tag: EntityTag,
        headers: &HeaderMap,
    ) -> Result<Response, DicomwebError> {
        let (content_type, pieces) = self.packed(form);
        let reply = Reply::of_type(content_type, Freshness::Immutable, tag).varying_by_accept();
        if let Some(response) = reply.if_held(headers) {
            return Ok(response);
        }
        let (body, n_bytes) = body_of(pieces).await?;
        Ok(reply.streamed(body, n_bytes))
    }

    fn packed(self, Form { packaging, kind }: Form) -> (HeaderValue, Vec<Piece>) {
        let part_type = format!("{kind}; transfer-syntax={JPEG_BASELINE}");
        match packaging {
            Packaging::Single => (
                HeaderValue::try_from(part_type).expect("a media type is visible ASCII"),
                self.parts.into_iter().map(|(_, piece)| piece).collect(),
            ),
            Packaging::Multipart => {
                let mut message = Message::new(kind, &self.digest);
                for (location, piece) in self.parts {
                    message.add(&part_type, &location, piece);
                }
                (message.content_type(), message.finish())
            }
        }
    }
}

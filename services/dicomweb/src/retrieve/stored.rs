//! Sends what there is: one piece as a body of its own, or several as parts of one.

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use flow::Sha256Digest;
use http::{EntityTag, Freshness, Packaging, Reply};

use crate::error::DicomwebError;
use crate::multipart::{Message, Piece, body_of};
use crate::study::Instance;

/// How something goes out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) packaging: Packaging,
    pub(super) kind: &'static str,
}

/// A piece in the transfer syntax that it has.
pub(super) struct Part {
    /// Its address below the origin.
    pub(super) location: String,
    pub(super) syntax: &'static str,
    pub(super) piece: Piece,
}

pub(super) struct Parts {
    /// Of everything in the instances they are from.
    pub(super) digest: Sha256Digest,
    pub(super) freshness: Freshness,
    pub(super) parts: Vec<Part>,
}

/// For how long what is in these instances may be kept: who may see results is asked each time.
pub(super) fn freshness_of(instances: &[Instance]) -> Freshness {
    let is_level = |instance: &Instance| matches!(instance, Instance::Level(_));
    match instances.iter().all(is_level) {
        true => Freshness::Immutable,
        false => Freshness::Revalidate,
    }
}

impl Parts {
    /// `tag` names them in this form. As a body of its own goes a single part.
    pub(super) async fn send(
        self,
        form: Form,
        tag: EntityTag,
        headers: &HeaderMap,
    ) -> Result<Response, DicomwebError> {
        let freshness = self.freshness;
        let (content_type, pieces) = self.packed(form);
        let reply = Reply::of_type(content_type, freshness, tag).varying_by_accept();
        if let Some(response) = reply.if_held(headers) {
            return Ok(response);
        }
        let (body, n_bytes) = body_of(pieces).await?;
        Ok(reply.streamed(body, n_bytes))
    }

    fn packed(self, Form { packaging, kind }: Form) -> (HeaderValue, Vec<Piece>) {
        let type_of = |part: &Part| format!("{kind}; transfer-syntax={}", part.syntax);
        match (packaging, &self.parts[..]) {
            (Packaging::Single, [first, ..]) => (
                HeaderValue::try_from(type_of(first)).expect("a media type is visible ASCII"),
                self.parts.into_iter().map(|part| part.piece).collect(),
            ),
            _ => {
                let mut message = Message::new(kind, &self.digest);
                for part in self.parts {
                    let part_type = type_of(&part);
                    message.add(&part_type, &part.location, part.piece);
                }
                (message.content_type(), message.finish())
            }
        }
    }
}

//! What is not in the form of a token.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coverslip_identity::Refusal;
use serde_json::json;

use super::{Attacks, GOOD, with};
use crate::lab::Lab;

pub(super) fn on_the_form(lab: &Lab, good: &str) -> Attacks {
    let key = &lab.provider.key;
    let (signed, signature) = good.rsplit_once('.').ok_or("no signature")?;
    let plus = STANDARD.encode([0xfb, 0xff, 0xfe]);
    let long = with(&lab.claims(), "x", json!("a".repeat(20_000)));
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    let twice = lab
        .claims()
        .to_string()
        .replacen('{', r#"{"aud":"coverslip-api","#, 1);
    let inside = lab
        .claims()
        .to_string()
        .replacen('{', r#"{"a":{"b":1,"b":2},"#, 1);
    Ok(vec![
        ("two parts", signed.to_owned(), Refusal::NotThreeParts),
        ("one part", "a".to_owned(), Refusal::NotThreeParts),
        ("a point behind", format!("{good}."), Refusal::NotThreeParts),
        (
            "two tokens",
            format!("{good}.{good}"),
            Refusal::NotThreeParts,
        ),
        ("encrypted", format!("{good}.a.b"), Refusal::Encrypted),
        ("padding", format!("{good}=="), Refusal::Encoding),
        ("a space before", format!(" {good}"), Refusal::Encoding),
        ("a line feed behind", format!("{good}\n"), Refusal::Encoding),
        (
            "letters of another base64",
            format!("{signed}.{plus}"),
            Refusal::Encoding,
        ),
        (
            "letters of no base64",
            format!("{signed}.{}", "%".repeat(342)),
            Refusal::Encoding,
        ),
        (
            "bits left over",
            with_bits_left_over(signed, signature),
            Refusal::Encoding,
        ),
        ("too long", key.token("JWT", &long)?, Refusal::TooLong),
        ("claims no JSON", key.sign(GOOD, "claims")?, Refusal::Json),
        ("claims a list", key.sign(GOOD, "[]")?, Refusal::Json),
        ("claims empty", key.sign(GOOD, "")?, Refusal::Json),
        (
            "claims too deep",
            key.sign(GOOD, &format!("{{\"a\":{deep}}}"))?,
            Refusal::Json,
        ),
        ("a claim twice", key.sign(GOOD, &twice)?, Refusal::Duplicate),
        (
            "a claim within a claim twice",
            key.sign(GOOD, &inside)?,
            Refusal::Duplicate,
        ),
    ])
}

/// The same bytes in other letters: 256 bytes leave four bits of the last letter over.
fn with_bits_left_over(signed: &str, signature: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = signature.split_at(signature.len() - 1);
    let value = LETTERS
        .iter()
        .position(|letter| last.as_bytes() == [*letter]);
    let next = char::from(LETTERS[value.unwrap_or_default() + 1]);
    format!("{signed}.{rest}{next}")
}

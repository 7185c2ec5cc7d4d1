//! Tokens whose signature is none, or none of the provider's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coverslip_identity::Refusal;
use serde_json::{Value, json};
use servers::{KeyKind, SigningKey};

use super::{Attacks, GOOD, named, with};
use crate::lab::Lab;

pub(super) fn on_the_algorithm(lab: &Lab, good: &str) -> Attacks {
    let key = &lab.provider.key;
    let claims = lab.claims().to_string();
    let with_header = |alg: Value| {
        let header = json!({"alg": alg, "kid": "first"}).to_string();
        SigningKey::unsigned(&header, &claims)
    };
    let signature = good.rsplit('.').next().unwrap_or_default();
    let hs256 = r#"{"alg":"HS256","kid":"first"}"#;
    let modulus = key.jwk()["n"].as_str().unwrap_or_default().to_owned();
    let jwk = key.jwk().to_string();
    let shared = r#"{"alg":"HS256","kid":"shared"}"#;
    let mut attacks = vec![
        ("alg none, no signature", with_header(json!("none")) + "."),
        ("alg None", with_header(json!("None")) + "."),
        ("alg NONE", with_header(json!("NONE")) + "."),
        ("alg nOnE", with_header(json!("nOnE")) + "."),
        ("alg none with a space", with_header(json!("none ")) + "."),
        (
            "alg none, a good signature",
            format!("{}.{signature}", with_header(json!("none"))),
        ),
        (
            "alg null",
            format!("{}.{signature}", with_header(Value::Null)),
        ),
        (
            "alg a list",
            format!("{}.{signature}", with_header(json!(["RS256"]))),
        ),
        (
            "alg a number",
            format!("{}.{signature}", with_header(json!(256))),
        ),
        (
            "alg empty",
            format!("{}.{signature}", with_header(json!(""))),
        ),
        (
            "HS256 with the public key",
            SigningKey::shared_secret(&key.public_bytes(), hs256, &claims),
        ),
        (
            "HS256 with the modulus",
            SigningKey::shared_secret(modulus.as_bytes(), hs256, &claims),
        ),
        (
            "HS256 with the JWK",
            SigningKey::shared_secret(jwk.as_bytes(), hs256, &claims),
        ),
        (
            "HS256 with no secret",
            SigningKey::shared_secret(b"", hs256, &claims),
        ),
        (
            "HS256 with a key of the set",
            SigningKey::shared_secret(b"secret", shared, &claims),
        ),
    ];
    for (name, alg) in [
        ("alg RS384", "RS384"),
        ("alg RS1", "RS1"),
        ("alg ES256K", "ES256K"),
        ("alg in small letters", "rs256"),
        ("alg with a space", " RS256"),
        ("alg with a zero", "RS256\0"),
        ("alg of key wrapping", "RSA-OAEP"),
    ] {
        let header = json!({"alg": alg, "kid": "first"}).to_string();
        attacks.push((name, key.sign(&header, &claims)?));
    }
    attacks.push(("no alg", key.sign(r#"{"kid":"first"}"#, &claims)?));
    Ok(named(attacks, Refusal::Algorithm))
}

pub(super) fn on_the_signature(lab: &Lab, good: &str) -> Attacks {
    let key = &lab.provider.key;
    let claims = lab.claims();
    let (signed, signature) = good.rsplit_once('.').ok_or("no signature")?;
    let other = key.token("JWT", &with(&claims, "sub", json!("somebody else")))?;
    let (other_signed, other_signature) = other.rsplit_once('.').ok_or("no signature")?;
    let bytes = URL_SAFE_NO_PAD.decode(signature)?;
    let mut flipped = bytes.clone();
    flipped[17] ^= 1;
    let again = |bytes: &[u8]| format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes));
    let es256 = SigningKey::unsigned(r#"{"alg":"ES256","kid":"second"}"#, &claims.to_string());
    let eddsa = SigningKey::unsigned(r#"{"alg":"EdDSA","kid":"third"}"#, &claims.to_string());
    let zeros = |n: usize| URL_SAFE_NO_PAD.encode(vec![0_u8; n]);
    let as_der = URL_SAFE_NO_PAD.encode(
        [
            &[0x30_u8, 0x44, 2, 0x20][..],
            &[1; 32],
            &[2, 0x20],
            &[1; 32],
        ]
        .concat(),
    );
    // r = s = the order of the group, which is zero to whoever reduces first.
    let order = hex::decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")?;
    let orders = URL_SAFE_NO_PAD.encode([&order[..], &order].concat());
    let stranger = SigningKey::new(KeyKind::Rsa, "first")?;
    let attacks = vec![
        ("no signature", format!("{signed}.")),
        (
            "another token's signature",
            format!("{signed}.{other_signature}"),
        ),
        (
            "another token's claims",
            format!("{other_signed}.{signature}"),
        ),
        ("a bit of the signature flipped", again(&flipped)),
        ("a signature cut short", again(&bytes[..255])),
        (
            "a signature with a byte more",
            again(&[&bytes[..], &[0]].concat()),
        ),
        ("a signature of zeros", again(&[0; 256])),
        ("a signature of ones", again(&[255; 256])),
        (
            "another header before a good signature",
            good.replacen(
                &URL_SAFE_NO_PAD.encode(GOOD),
                &URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"first"}"#),
                1,
            ),
        ),
        (
            "PS256 called RS256",
            key.sign(
                r#"{"alg":"RS256","kid":"first","x":"PS256"}"#,
                &claims.to_string(),
            )?,
        ),
        (
            "ES256 with a signature of zeros",
            format!("{es256}.{}", zeros(64)),
        ),
        ("ES256 with the group's order", format!("{es256}.{orders}")),
        ("ES256 with a signature as DER", format!("{es256}.{as_der}")),
        (
            "EdDSA with a signature of zeros",
            format!("{eddsa}.{}", zeros(64)),
        ),
        (
            "a stranger's key of our key's name",
            stranger.token("JWT", &claims)?,
        ),
    ];
    Ok(named(attacks, Refusal::Signature))
}

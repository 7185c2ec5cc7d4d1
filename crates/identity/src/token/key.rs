use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

use super::Refusal;
use super::algorithm::Algorithm;

/// A member of a set of keys (RFC 7517), as far as it matters here.
#[derive(Deserialize)]
pub(super) struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// A public key of the provider's, for one algorithm, or for both that RSA has.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) name: String,
    material: Material,
    /// The only algorithm it is for, where the provider says so.
    only: Option<Algorithm>,
}

#[derive(Clone)]
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// The point, not compressed.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Key {
    /// `None` for a key that cannot verify what is signed by an algorithm known here.
    pub(super) fn of(jwk: &Jwk) -> Option<Self> {
        let is_for_signatures = jwk
            .purpose
            .as_deref()
            .is_none_or(|purpose| purpose == "sig");
        let operations = jwk.key_ops.as_deref();
        let may_verify = operations.is_none_or(|all| all.iter().any(|one| one == "verify"));
        if !is_for_signatures || !may_verify {
            return None;
        }
        let only = match jwk.alg.as_deref() {
            Some(name) => Some(Algorithm::by_name(name)?),
            None => None,
        };
        let key = Self {
            name: jwk.kid.clone()?,
            material: Material::of(jwk)?,
            only,
        };
        only.is_none_or(|only| key.suits(only)).then_some(key)
    }

    pub(super) fn suits(&self, algorithm: Algorithm) -> bool {
        let is_of_kind = matches!(
            (&self.material, algorithm),
            (Material::Rsa { .. }, Algorithm::Rs256 | Algorithm::Ps256)
                | (Material::P256(_), Algorithm::Es256)
                | (Material::Ed25519(_), Algorithm::EdDsa)
        );
        is_of_kind && self.only.is_none_or(|only| only == algorithm)
    }

    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        signed: &[u8],
        signature: &[u8],
    ) -> Result<(), Refusal> {
        let verified =
            match (&self.material, algorithm) {
                (Material::Rsa { n, e }, Algorithm::Rs256) => RsaPublicKeyComponents { n, e }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature),
                (Material::Rsa { n, e }, Algorithm::Ps256) => RsaPublicKeyComponents { n, e }
                    .verify(&RSA_PSS_2048_8192_SHA256, signed, signature),
                (Material::P256(point), Algorithm::Es256) => {
                    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                        .verify(signed, signature)
                }
                (Material::Ed25519(point), Algorithm::EdDsa) => {
                    UnparsedPublicKey::new(&ED25519, point).verify(signed, signature)
                }
                _ => return Err(Refusal::KeyAlgorithm),
            };
        verified.map_err(|ring::error::Unspecified| Refusal::Signature)
    }
}

impl Material {
    fn of(jwk: &Jwk) -> Option<Self> {
        match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => Some(Self::Rsa {
                n: number(jwk.n.as_deref()?)?,
                e: number(jwk.e.as_deref()?)?,
            }),
            ("EC", Some("P-256")) => {
                let (x, y) = (
                    coordinate(jwk.x.as_deref()?)?,
                    coordinate(jwk.y.as_deref()?)?,
                );
                Some(Self::P256([&[4][..], &x, &y].concat()))
            }
            ("OKP", Some("Ed25519")) => Some(Self::Ed25519(coordinate(jwk.x.as_deref()?)?)),
            _ => None,
        }
    }
}

/// Some providers write zeros before it, which ring does not take.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let start = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[start..].to_owned())
}

fn coordinate(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (bytes.len() == 32).then_some(bytes)
}

use std::process::Command;
use std::sync::LazyLock;

use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

/// What a key is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    Rsa,
    P256,
    Ed25519,
}

/// A new pair of keys, to sign tokens with.
pub struct SigningKey {
    pub name: String,
    pair: Pair,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Not seeded, as keys must be.
static RANDOM: LazyLock<SystemRandom> = LazyLock::new(SystemRandom::new);

impl SigningKey {
    pub fn new(kind: KeyKind, name: &str) -> Result<Self> {
        let pair = match kind {
            KeyKind::Rsa => {
                let der = new_rsa(2048)?;
                // The one or the other, by the version of openssl.
                let pair = RsaKeyPair::from_der(&der).or_else(|_| RsaKeyPair::from_pkcs8(&der));
                Pair::Rsa(Box::new(pair.map_err(broken)?))
            }
            KeyKind::P256 => {
                let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &*RANDOM).map_err(broken)?;
                let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &*RANDOM);
                Pair::P256(pair.map_err(broken)?)
            }
            KeyKind::Ed25519 => {
                let pkcs8 = Ed25519KeyPair::generate_pkcs8(&*RANDOM).map_err(broken)?;
                let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref());
                Pair::Ed25519(pair.map_err(broken)?)
            }
        };
        let name = name.to_owned();
        Ok(Self { name, pair })
    }

    /// The public key as the provider gives it out.
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.pair {
            Pair::Rsa(pair) => {
                let public = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({"kty": "RSA", "kid": self.name, "use": "sig",
                       "n": text(&public.n), "e": text(&public.e)})
            }
            Pair::P256(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "kid": self.name, "alg": "ES256",
                       "x": text(&point[1..33]), "y": text(&point[33..])})
            }
            Pair::Ed25519(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "OKP", "crv": "Ed25519", "kid": self.name, "x": text(point)})
            }
        }
    }

    /// The bytes that an attacker has of it too.
    pub fn public_bytes(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            Pair::P256(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// A token, signed as its header says: by `RS256`, `PS256`, `ES256` or `EdDSA`, whatever the
    /// letters of the header are; where it says none of these, as the key would be used.
    pub fn sign(&self, header: &str, claims: &str) -> Result<String> {
        let signed = unsigned(header, claims);
        let signature = self.signature(signed.as_bytes(), header.contains("PS256"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// A good token with these claims.
    pub fn token(&self, kind: &str, claims: &Value) -> Result<String> {
        let algorithm = match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::P256(_) => "ES256",
            Pair::Ed25519(_) => "EdDSA",
        };
        let header = json!({"alg": algorithm, "kid": self.name, "typ": kind});
        self.sign(&header.to_string(), &claims.to_string())
    }

    fn signature(&self, message: &[u8], is_pss: bool) -> Result<Vec<u8>> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let done = match is_pss {
                    true => pair.sign(&RSA_PSS_SHA256, &*RANDOM, message, &mut signature),
                    false => pair.sign(&RSA_PKCS1_SHA256, &*RANDOM, message, &mut signature),
                };
                done.map_err(broken)?;
                Ok(signature)
            }
            Pair::P256(pair) => {
                let signature = pair.sign(&*RANDOM, message).map_err(broken)?;
                Ok(signature.as_ref().to_vec())
            }
            Pair::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        }
    }

    /// What stands before the signature.
    pub fn unsigned(header: &str, claims: &str) -> String {
        unsigned(header, claims)
    }

    /// A token whose signature is made with a secret that both sides would know.
    pub fn shared_secret(secret: &[u8], header: &str, claims: &str) -> String {
        let signed = unsigned(header, claims);
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let tag = hmac::sign(&key, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
    }
}

fn unsigned(header: &str, claims: &str) -> String {
    let text = |part: &str| URL_SAFE_NO_PAD.encode(part);
    format!("{}.{}", text(header), text(claims))
}

/// As DER. ring makes no keys of RSA.
pub(super) fn new_rsa(n_bits: usize) -> Result<Vec<u8>> {
    let size = format!("rsa_keygen_bits:{n_bits}");
    let made = Command::new("openssl")
        .args([
            "genpkey",
            "-algorithm",
            "RSA",
            "-outform",
            "DER",
            "-pkeyopt",
            &size,
        ])
        .output()
        .context("cannot run openssl, which makes keys of RSA: apt install openssl")?;
    ensure!(made.status.success(), "openssl made no key");
    Ok(made.stdout)
}

fn broken(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("a key cannot be made or used: {error}")
}

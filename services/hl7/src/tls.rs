use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use thiserror::Error;

/// Who we are on a line, and whom we trust there, in PEM files.
#[derive(Clone, Debug, Default)]
pub struct Certificates {
    /// Our certificate, with those that vouch for it, and its key.
    pub own: Option<(PathBuf, PathBuf)>,
    /// Those who vouch for others.
    pub authorities: Option<PathBuf>,
}

/// Why there is no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    #[error("{} holds no {what} in PEM", .file.display())]
    Pem {
        file: PathBuf,
        what: &'static str,
        source: PemError,
    },
    #[error("{} holds no certificate", .0.display())]
    Empty(PathBuf),
    #[error("the certificate and its key cannot be used")]
    Own(#[from] rustls::Error),
    #[error("{} holds nobody who could vouch for a certificate", .file.display())]
    Authorities {
        file: PathBuf,
        source: VerifierBuilderError,
    },
}

impl Certificates {
    /// For whoever connects to us: with our certificate, and asking for theirs where we know who would
    /// vouch for it. `None` without a certificate of ours.
    pub fn server(&self) -> Result<Option<Arc<ServerConfig>>, TlsError> {
        let Some((certificate, key)) = &self.own else {
            return Ok(None);
        };
        let provider = provider();
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions()?;
        let builder = match &self.authorities {
            None => builder.with_no_client_auth(),
            Some(file) => {
                let roots = Arc::new(roots(file)?);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build();
                builder.with_client_cert_verifier(verifier.map_err(|source| {
                    TlsError::Authorities {
                        file: file.clone(),
                        source,
                    }
                })?)
            }
        };
        let config = builder.with_single_cert(chain(certificate)?, private_key(key)?)?;
        Ok(Some(Arc::new(config)))
    }

    /// For whom we connect to: theirs must be vouched for, ours is shown if they ask. `None` where we
    /// trust nobody.
    pub fn client(&self) -> Result<Option<Arc<ClientConfig>>, TlsError> {
        let Some(authorities) = &self.authorities else {
            return Ok(None);
        };
        let builder = ClientConfig::builder_with_provider(provider());
        let builder = builder.with_safe_default_protocol_versions()?;
        let builder = builder.with_root_certificates(roots(authorities)?);
        let config = match &self.own {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                builder.with_client_auth_cert(chain(certificate)?, private_key(key)?)?
            }
        };
        Ok(Some(Arc::new(config)))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn roots(file: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in chain(file)? {
        roots.add(certificate)?;
    }
    Ok(roots)
}

fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let certificates: Vec<_> = certificates.map_err(no_pem(file, "certificate"))?;
    match certificates.is_empty() {
        true => Err(TlsError::Empty(file.to_owned())),
        false => Ok(certificates),
    }
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(file).map_err(no_pem(file, "private key"))
}

fn no_pem(file: &Path, what: &'static str) -> impl FnOnce(PemError) -> TlsError {
    let file = file.to_owned();
    move |source| TlsError::Pem { file, what, source }
}

//! Certificates of a test control plane.

use anyhow::{Context, Result};
use base64::Engine as _;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;

/// The object identifier of organizationName; rcgen keeps one value for each type, and a second type of the same
/// identifier gives a certificate with two groups.
const ORGANIZATION: [u64; 4] = [2, 5, 4, 10];

/// A certificate authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    /// Its certificate as PEM.
    pub(crate) pem: String,
}

/// A certificate and its key.
#[derive(Clone)]
pub(crate) struct Credential {
    /// The certificate as PEM.
    pub(crate) certificate_pem: String,
    /// The private key as PEM.
    pub(crate) key_pem: String,
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Authority {
    /// A new authority with the common name `name`.
    pub(crate) fn new(name: &str) -> Result<Self> {
        let mut params = CertificateParams::default();
        params.distinguished_name = subject(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages =
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        let (pem, certificate) = (certificate.pem(), certificate.der().clone());
        Ok(Self { issuer: Issuer::new(params, key), certificate, pem })
    }

    /// The authority's key as PEM.
    pub(crate) fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// A client certificate: common name is the user, organizations are the groups (at most two).
    pub(crate) fn client(&self, user: &str, groups: &[&str]) -> Result<Credential> {
        let mut params = CertificateParams::default();
        params.distinguished_name = subject(user, groups);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(params)
    }

    /// A server certificate for the names and addresses.
    pub(crate) fn server(&self, names: &[&str]) -> Result<Credential> {
        let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        params.distinguished_name = subject("server", &[]);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.issue(params)
    }

    /// A certificate with these parameters and a new key.
    pub(crate) fn issue(&self, params: CertificateParams) -> Result<Credential> {
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(Credential {
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            certificate: certificate.der().clone(),
            key: key.serialize_der(),
        })
    }

    /// TLS that trusts this authority and shows `credential`, if any.
    pub(crate) fn client_config(&self, credential: Option<&Credential>) -> Result<Arc<ClientConfig>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).context("own authority")?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots);
        Ok(Arc::new(match credential {
            None => builder.with_no_client_auth(),
            Some(credential) => builder
                .with_client_auth_cert(vec![credential.certificate.clone()], credential.private_key())?,
        }))
    }
}

impl Credential {
    /// A certificate that somebody else has signed, as PEM, and the key that it was asked for with.
    pub(crate) fn signed(pem: &str, key: &KeyPair) -> Result<Self> {
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = base64::engine::general_purpose::STANDARD.decode(body.trim())?;
        Ok(Self {
            certificate_pem: pem.to_owned(),
            key_pem: key.serialize_pem(),
            certificate: CertificateDer::from(der),
            key: key.serialize_der(),
        })
    }

    /// TLS of a server with this certificate; clients need not show one.
    pub(crate) fn server_config(&self) -> Result<Arc<ServerConfig>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], self.private_key())?;
        Ok(Arc::new(config))
    }

    fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()))
    }
}

/// A subject with a common name and up to two organizations.
pub(crate) fn subject(name: &str, organizations: &[&str]) -> DistinguishedName {
    let mut out = DistinguishedName::new();
    let kinds = [DnType::OrganizationName, DnType::CustomDnType(ORGANIZATION.to_vec())];
    for (kind, organization) in kinds.into_iter().zip(organizations) {
        out.push(kind, *organization);
    }
    if !name.is_empty() {
        out.push(DnType::CommonName, name);
    }
    out
}

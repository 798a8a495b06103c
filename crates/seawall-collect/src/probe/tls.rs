//! Versions, cipher and certificates of a TLS listener. Nobody is believed here: the chain is looked at, not trusted.

use super::hello::{Answer, OLD, TLS_1_0, TLS_1_1, TLS_1_2, WEAK, offer};
use super::wire::{connect, silent};
use super::{Findings, ProbeTarget};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned,
    SupportedProtocolVersion,
};
use serde_json::json;
use std::net::TcpStream;
use std::sync::Arc;

/// Certificates of a chain that are kept.
const CHAIN: usize = 10;

/// A certificate and its key, for a client.
pub(super) type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// A connection over which something may be asked.
pub(super) type Stream = StreamOwned<ClientConnection, TcpStream>;

/// Asks which versions are spoken, and for the certificates.
pub(super) fn ask(target: &ProbeTarget, findings: &mut Findings) {
    findings.say(format!("connect to {}", target.address()));
    if let Err(silence) = connect(target) {
        return silent(&silence, findings);
    }
    findings.set("answers", true);
    let (mut accepted, mut refused, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for (name, version) in [("TLSv1.0", TLS_1_0), ("TLSv1.1", TLS_1_1)] {
        let answer = offer(target, version, OLD);
        findings.say(format!("ClientHello of {name}: {}", words(&answer)));
        match answer {
            Answer::Taken(_) => accepted.push(name),
            Answer::Refused(_) => refused.push(name),
            Answer::NotTls => {
                findings.set("tls", false);
                return;
            }
            Answer::Unknown(_) => unknown.push(name),
        }
    }
    let weak = offer(target, TLS_1_2, WEAK);
    findings.say(format!("ClientHello of TLSv1.2 with weak ciphers alone: {}", words(&weak)));
    let mut certificates = String::new();
    let mut ciphers = Vec::new();
    for (name, version) in [("TLSv1.2", &rustls::version::TLS12), ("TLSv1.3", &rustls::version::TLS13)] {
        match handshake(target, &[version], None) {
            Ok(stream) => {
                accepted.push(name);
                let cipher =
                    stream.conn.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()));
                findings.say(format!("handshake of {name}: {}", cipher.as_deref().unwrap_or("done")));
                ciphers.extend(cipher);
                certificates = pem(stream.conn.peer_certificates().unwrap_or_default());
            }
            Err(why) => {
                findings.say(format!("handshake of {name}: {why}"));
                refused.push(name);
            }
        }
    }
    let mut tls = json!({ "accepted": accepted, "refused": refused, "unknown": unknown, "ciphers": ciphers });
    if let (Some(map), Answer::Taken(cipher)) = (tls.as_object_mut(), weak) {
        map.insert("weakCipher".to_owned(), format!("{cipher:#06x}").into());
    }
    findings.set("tls", tls);
    if !certificates.is_empty() {
        findings.set("certificates", certificates);
    }
}

fn words(answer: &Answer) -> String {
    match answer {
        Answer::Taken(cipher) => format!("accepted with cipher {cipher:#06x}"),
        Answer::Refused(why) => format!("refused ({why})"),
        Answer::NotTls => "the answer is no TLS".into(),
        Answer::Unknown(why) => format!("not known ({why})"),
    }
}

/// Shakes hands, whoever the server is.
pub(super) fn handshake(
    target: &ProbeTarget,
    versions: &[&'static SupportedProtocolVersion],
    identity: Option<Identity>,
) -> Result<Stream, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let schemes = provider.signature_verification_algorithms.supported_schemes();
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions);
    let builder = builder.map_err(|error| error.to_string())?.dangerous();
    let builder = builder.with_custom_certificate_verifier(Arc::new(Anybody { schemes }));
    let config = match identity {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|error| error.to_string())?,
        None => builder.with_no_client_auth(),
    };
    let name = ServerName::try_from(target.host.clone()).map_err(|error| error.to_string())?;
    let connection = ClientConnection::new(Arc::new(config), name).map_err(|error| error.to_string())?;
    let stream = connect(target).map_err(|silence| silence.words().to_owned())?;
    let mut stream = StreamOwned::new(connection, stream);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock).map_err(|error| error.to_string())?;
    }
    Ok(stream)
}

fn pem(chain: &[CertificateDer<'_>]) -> String {
    let mut out = String::new();
    for certificate in chain.iter().take(CHAIN) {
        out.push_str("-----BEGIN CERTIFICATE-----\n");
        out.push_str(&STANDARD.encode(certificate));
        out.push_str("\n-----END CERTIFICATE-----\n");
    }
    out
}

/// Takes every certificate: what is shown is the question, and nothing secret is sent.
#[derive(Debug)]
struct Anybody {
    schemes: Vec<SignatureScheme>,
}

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

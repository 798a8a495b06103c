//! Listeners on loopback that answer as they are told.

use super::{ProbeTarget, Role};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

/// A target on this machine.
pub(super) fn target(role: Role, port: u16) -> ProbeTarget {
    ProbeTarget { role, host: "127.0.0.1".into(), port, node: Some("a".into()), service: None }
}

/// A port on which nobody listens.
pub(super) fn closed() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Answers each connection with these bytes after having read something.
pub(super) fn plain(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let _ = socket.read(&mut [0; 1024]);
            let _ = socket.write_all(answer);
        }
    });
    port
}

/// A server of TLS 1.2 and 1.3 that answers each request with a status; `mutual` asks for a client certificate.
pub(super) fn tls(status: u16, mutual: bool) -> u16 {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, &key);
    let own = KeyPair::generate().unwrap();
    let leaf =
        CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&own, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let builder = if mutual {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(authority.der().to_vec())).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        builder.with_client_cert_verifier(verifier)
    } else {
        builder.with_no_client_auth()
    };
    let key = PrivateKeyDer::try_from(own.serialize_der()).unwrap();
    let config = Arc::new(builder.with_single_cert(vec![leaf.der().clone()], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let config = config.clone();
            std::thread::spawn(move || {
                let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), socket);
                if stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {
                    let _ = write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
                    stream.conn.send_close_notify();
                }
                let _ = stream.flush();
            });
        }
    });
    port
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::ask;
    use serde_json::Value;

    fn asked(role: Role, port: u16) -> Value {
        let findings = ask(&target(role, port), &Default::default());
        assert!(!findings.transcript.is_empty());
        Value::Object(findings.fields)
    }

    #[test]
    fn versions_and_certificates() {
        let answer = asked(Role::ApiServer, tls(401, false));
        assert_eq!(answer["answers"], true);
        assert_eq!(answer["tls"]["accepted"], serde_json::json!(["TLSv1.2", "TLSv1.3"]), "{answer:#}");
        assert_eq!(answer["tls"]["refused"], serde_json::json!(["TLSv1.0", "TLSv1.1"]), "{answer:#}");
        assert!(answer["tls"]["weakCipher"].is_null());
        assert!(answer["certificates"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE-----\n"));
        let nobody = asked(Role::ApiServer, closed());
        assert_eq!(nobody["answers"], false);
    }

    #[test]
    fn kubelets() {
        for status in [200, 401, 403] {
            assert_eq!(asked(Role::Kubelet, tls(status, false))["anonymous"]["status"], status);
        }
        let open = plain(b"HTTP/1.1 200 OK\r\n\r\n{}");
        assert_eq!(asked(Role::KubeletReadOnly, open)["anonymous"]["status"], 200);
        assert_eq!(asked(Role::KubeletReadOnly, closed())["answers"], false);
        assert!(asked(Role::KubeletReadOnly, plain(b"\x00\xff"))["anonymous"]["error"].is_string());
    }

    #[test]
    fn etcd() {
        let closed = asked(Role::Etcd, tls(200, true));
        assert_eq!(
            closed["clientCertificate"],
            serde_json::json!({"none": "refused", "foreign": "refused"}),
            "{closed:#}"
        );
        let open = asked(Role::Etcd, tls(200, false));
        assert_eq!(open["clientCertificate"], serde_json::json!({"none": "accepted", "foreign": "accepted"}));
        let plain = asked(Role::Etcd, plain(b"HTTP/1.0 200 OK\r\n\r\n{}"));
        assert_eq!(
            (&plain["tls"], &plain["clientCertificate"]["plain"]),
            (&false.into(), &"accepted".into()),
            "{plain:#}"
        );
    }

    #[test]
    fn node_ports_and_objects() {
        assert_eq!(asked(Role::NodePort, plain(b""))["answers"], true);
        let targets = [target(Role::NodePort, closed()), target(Role::Kubelet, tls(401, false))];
        let objects = crate::probe::probe(&targets, &Default::default());
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[0].well_known(), seawall_model::WellKnown::Probe);
        assert_eq!(objects[1].at().key("role").str(), Some("kubelet"));
        assert!(objects[1].at().key("transcript").items().count() >= 4);
    }
}

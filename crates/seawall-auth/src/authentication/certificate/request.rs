//! What a certificate signing request asks for (PKCS #10).

use super::super::pem;
use super::name::Subject;
use core::net::IpAddr;
use x509_parser::der_parser::asn1_rs::FromDer;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::X509CertificationRequest;

/// Larger requests are not read.
const MAX_DER: usize = 1 << 20;

/// The subject and names that somebody asks to be certified. The signature is not looked at: the API server does.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CertificateRequest {
    common_name: String,
    organizations: Vec<String>,
    names: Vec<String>,
}

impl CertificateRequest {
    /// Reads `spec.request` of a CertificateSigningRequest, decoded: the first PEM block, which must be a request
    /// (`k8s.io/kubernetes/pkg/apis/certificates`, `ParseCSR`).
    pub fn of_pem(text: &str) -> Option<Self> {
        let block = pem::blocks(text).into_iter().next()?;
        if block.kind != "CERTIFICATE REQUEST" || block.bytes.len() > MAX_DER {
            return None;
        }
        let (_, request) = X509CertificationRequest::from_der(&block.bytes).ok()?;
        let subject = Subject::read(&request.certification_request_info.subject).ok()?;
        let extensions = request.requested_extensions();
        let names = extensions.into_iter().flatten().filter_map(|extension| match extension {
            ParsedExtension::SubjectAlternativeName(names) => Some(&names.general_names),
            _ => None,
        });
        Some(Self {
            common_name: subject.common_name,
            organizations: subject.organizations,
            names: names.flatten().filter_map(name).collect(),
        })
    }

    /// The subject's common name: the user name.
    pub fn common_name(&self) -> &str {
        &self.common_name
    }

    /// The subject's organizations: the groups.
    pub fn organizations(&self) -> &[String] {
        &self.organizations
    }

    /// DNS names, and addresses as text.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let address = four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from)).ok()?;
            Some(address.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair, SanType};

    #[test]
    fn subject_and_names() {
        let mut params = CertificateParams::new(vec!["node-1".to_owned()]).unwrap();
        params.subject_alt_names.push(SanType::IpAddress("10.0.0.1".parse().unwrap()));
        params.distinguished_name.push(DnType::CommonName, "system:node:node-1");
        params.distinguished_name.push(DnType::OrganizationName, "system:nodes");
        let request = params.serialize_request(&KeyPair::generate().unwrap()).unwrap().pem().unwrap();
        let read = CertificateRequest::of_pem(&request).unwrap();
        assert_eq!(read.common_name(), "system:node:node-1");
        assert_eq!(read.organizations(), ["system:nodes"]);
        assert_eq!(read.names(), ["node-1", "10.0.0.1"]);
        for broken in ["", "x", &request.replace("CERTIFICATE REQUEST", "CERTIFICATE"), &request[..200]] {
            assert_eq!(CertificateRequest::of_pem(broken), None);
        }
    }
}

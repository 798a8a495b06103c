//! The extensions that decide.

use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::X509Extension;

/// What the extensions of a certificate say.
#[derive(Clone, Debug, Default)]
pub(super) struct Extensions {
    /// `basicConstraints`: whether it is an authority, and how many intermediates may follow.
    pub(super) basic: Option<(bool, Option<u32>)>,
    /// Whether `keyUsage` is there and not empty, and allows signing certificates.
    pub(super) key_usage: Option<bool>,
    /// Whether there is an extended key usage at all, and whether it is for clients (or anything).
    pub(super) client_usage: Option<bool>,
    pub(super) subject_key: Vec<u8>,
    pub(super) authority_key: Vec<u8>,
    /// The subject's alternative names, as written.
    pub(super) alternative_names: Option<Vec<u8>>,
    /// A critical extension that Go does not know.
    pub(super) unhandled: bool,
    pub(super) name_constraints: bool,
    /// An extension that some versions of Go look at and others refuse.
    pub(super) policies: bool,
}

impl Extensions {
    pub(super) fn read(extensions: &[X509Extension<'_>]) -> Result<Self, String> {
        let mut out = Self::default();
        let mut seen = std::collections::HashSet::new();
        for extension in extensions {
            if !seen.insert(extension.oid.to_id_string()) {
                return Err("x509: certificate contains duplicate extensions".into());
            }
            out.extension(extension)?;
        }
        Ok(out)
    }

    fn extension(&mut self, extension: &X509Extension<'_>) -> Result<(), String> {
        let invalid = |what: &str| Err(format!("x509: invalid {what}"));
        match extension.parsed_extension() {
            ParsedExtension::ParseError { .. } => return invalid("extension"),
            ParsedExtension::BasicConstraints(basic) => {
                self.basic = Some((basic.ca, basic.path_len_constraint));
            }
            ParsedExtension::KeyUsage(usage) if usage.flags != 0 => {
                self.key_usage = Some(usage.key_cert_sign());
            }
            ParsedExtension::KeyUsage(_) => {}
            ParsedExtension::ExtendedKeyUsage(usage) => {
                self.client_usage = Some(usage.client_auth || usage.any);
            }
            ParsedExtension::SubjectKeyIdentifier(id) => self.subject_key = id.0.to_vec(),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                self.authority_key = id.key_identifier.as_ref().map_or_else(Vec::new, |id| id.0.to_vec());
            }
            ParsedExtension::SubjectAlternativeName(names) => {
                self.alternative_names = Some(extension.value.to_vec());
                let known = |name: &GeneralName<'_>| {
                    matches!(
                        name,
                        GeneralName::DNSName(_)
                            | GeneralName::RFC822Name(_)
                            | GeneralName::IPAddress(_)
                            | GeneralName::URI(_)
                    )
                };
                self.unhandled |= extension.critical && !names.general_names.iter().any(known);
            }
            ParsedExtension::NameConstraints(_) => self.name_constraints = true,
            ParsedExtension::PolicyConstraints(_) => self.policies = true,
            ParsedExtension::PolicyMappings(_) | ParsedExtension::InhibitAnyPolicy(_) => {
                self.policies |= extension.critical;
            }
            ParsedExtension::CRLDistributionPoints(_) | ParsedExtension::CertificatePolicies(_) => {}
            ParsedExtension::AuthorityInfoAccess(_) if !extension.critical => {}
            _ => self.unhandled |= extension.critical,
        }
        Ok(())
    }
}

//! Whose key is in a certificate?

use x509_parser::pem::Pem;

/// The public key of a certificate, as its SubjectPublicKeyInfo in DER: algorithm, parameters and key.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct PublicKey(Box<[u8]>);

/// A file with more certificates is no cluster's CA.
const MOST: usize = 64;

/// The public keys of the certificates in a PEM text, in their order. `None` when there is none, when one of them
/// cannot be read, or when there are more than 64: then nothing is known of the file.
pub fn public_keys(pem: &str) -> Option<Vec<PublicKey>> {
    let mut keys = Vec::new();
    for block in Pem::iter_from_buffer(pem.as_bytes()) {
        let block = block.ok()?;
        if block.label != "CERTIFICATE" {
            continue;
        }
        if keys.len() == MOST {
            return None;
        }
        let certificate = block.parse_x509().ok()?;
        keys.push(PublicKey(certificate.tbs_certificate.subject_pki.raw.into()));
    }
    (!keys.is_empty()).then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two self-signed certificates of one key, and one of another; made with a common tool for this test.
    const CLUSTER: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBhjCCAS2gAwIBAgIUIsAbf5UPIdWwds11ceLWcrA8xHMwCgYIKoZIzj0EAwIw\n\
GDEWMBQGA1UEAwwNa3ViZXJuZXRlcy1jYTAgFw0yNjExMjExNzE1NTRaGA8yMTI2\n\
MTAyODE3MTU1NFowGDEWMBQGA1UEAwwNa3ViZXJuZXRlcy1jYTBZMBMGByqGSM49\n\
AgEGCCqGSM49AwEHA0IABOwktvUQxSxfbukhr9rg7e+AuOSVkGmjejhB2z5snHTH\n\
S+IyP06heEvluRxaBsOAfkfAEl2acBRRRrHopV7MGRujUzBRMB0GA1UdDgQWBBT4\n\
ta8Mc+293lXU3hub0ySR10KgAzAfBgNVHSMEGDAWgBT4ta8Mc+293lXU3hub0ySR\n\
10KgAzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIDpLJ4dk2WEg\n\
/5MjAuQI8PzVYIHHxbuCE9aeLPpIF80jAiAIOHa9icDHU1kjLA+3mT8A56v46Z5j\n\
qNJzLGj6Dq9aBA==\n\
-----END CERTIFICATE-----\n\
";
    const SAME_KEY: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBfDCCASGgAwIBAgIUdFDnAyRE4PkYUTTosHIfSSTTcwIwCgYIKoZIzj0EAwIw\n\
EjEQMA4GA1UEAwwHZXRjZC1jYTAgFw0yNjExMjExNzE1NTRaGA8yMTI2MTAyODE3\n\
MTU1NFowEjEQMA4GA1UEAwwHZXRjZC1jYTBZMBMGByqGSM49AgEGCCqGSM49AwEH\n\
A0IABOwktvUQxSxfbukhr9rg7e+AuOSVkGmjejhB2z5snHTHS+IyP06heEvluRxa\n\
BsOAfkfAEl2acBRRRrHopV7MGRujUzBRMB0GA1UdDgQWBBT4ta8Mc+293lXU3hub\n\
0ySR10KgAzAfBgNVHSMEGDAWgBT4ta8Mc+293lXU3hub0ySR10KgAzAPBgNVHRMB\n\
Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDSYtko0Eq9Cww1WJYFEzUiIEkT\n\
5ZYKK/ONVZcBbaaxHwIhAKrbkJ8lOeFYq6TcVQTF6uBIjDdxiaibmX9z/U7qMcwM\n\
-----END CERTIFICATE-----\n\
";
    const OTHER_KEY: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBezCCASGgAwIBAgIUYDLUks0+L5pN9/V6OghfiTyuyQUwCgYIKoZIzj0EAwIw\n\
EjEQMA4GA1UEAwwHZXRjZC1jYTAgFw0yNjExMjExNzE1NTRaGA8yMTI2MTAyODE3\n\
MTU1NFowEjEQMA4GA1UEAwwHZXRjZC1jYTBZMBMGByqGSM49AgEGCCqGSM49AwEH\n\
A0IABEklq+lSOel9uldOFr4LW+Q4LGuV6XEHrOUjc+8b2QsH91VGuVKT377MVpug\n\
ZgF9SHIj4CR5oSXHLNocxiYW3F6jUzBRMB0GA1UdDgQWBBRA6CvKf7TE/Qa0Jh6j\n\
KMQXxKKBSzAfBgNVHSMEGDAWgBRA6CvKf7TE/Qa0Jh6jKMQXxKKBSzAPBgNVHRMB\n\
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIFoEauWPT+U/JE9s9bk9GBWTkYO7\n\
qCyQHe0yHrN4jj+gAiEAunwK4Eq4YtbzEQ9M28ovPHVin/N1yBv3xOYw2Rin5sU=\n\
-----END CERTIFICATE-----\n\
";

    #[test]
    fn keys_are_compared_and_not_certificates() {
        let keys = |text: &str| public_keys(text).unwrap();
        assert_eq!(keys(CLUSTER), keys(SAME_KEY));
        assert_ne!(keys(CLUSTER), keys(OTHER_KEY));
        assert_eq!(keys(&format!("text before\n{CLUSTER}{OTHER_KEY}")).len(), 2);
    }

    #[test]
    fn nothing_is_said_of_broken_files() {
        assert_eq!(public_keys(""), None);
        assert_eq!(public_keys(&CLUSTER.replace("MII", "MIJ")), None);
        assert_eq!(public_keys(CLUSTER.get(..200).unwrap()), None);
        assert_eq!(public_keys(&CLUSTER.repeat(MOST + 1)), None);
        assert_eq!(public_keys("-----BEGIN CERTIFICATE-----\n\u{0}\n-----END CERTIFICATE-----\n"), None);
    }
}

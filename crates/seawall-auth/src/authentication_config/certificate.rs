//! Certificates in configuration: are there any, as far as their outline shows?

use seawall_model::decode::base64;

/// Upstream's `cert.NewPoolFromBytes`: at least one PEM block `CERTIFICATE` without headers, each a certificate.
/// Of the certificate only the outline is checked: a DER sequence of body, algorithm and signature.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    let mut found = false;
    for block in blocks(text) {
        if !is_certificate(&block) {
            return Err("x509: malformed certificate");
        }
        found = true;
    }
    if found { Ok(()) } else { Err("data does not contain any valid RSA or ECDSA certificates") }
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// The bytes of the certificate blocks. A block whose lines or base64 are broken is skipped, as Go's `pem.Decode`
/// does; so are blocks with headers.
fn blocks(text: &str) -> Vec<Vec<u8>> {
    let (mut out, mut open): (_, Option<(&str, String)>) = (Vec::new(), None);
    for line in text.split('\n') {
        let line = line.trim_end_matches(['\r', ' ', '\t']);
        if let Some(kind) = line.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix("-----")) {
            open = Some((kind, String::new()));
        } else if let Some(rest) = line.strip_prefix(END) {
            if let Some((kind, body)) = open.take()
                && rest.strip_suffix("-----") == Some(kind)
                && kind == "CERTIFICATE"
                && !body.contains(':')
                && let Some(bytes) = base64(&body)
            {
                out.push(bytes);
            }
        } else if let Some((_, body)) = &mut open {
            body.extend(line.chars().filter(|c| !matches!(c, ' ' | '\t')));
        }
    }
    out
}

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;

fn is_certificate(bytes: &[u8]) -> bool {
    let parts = || {
        let (outer, rest) = element(bytes, SEQUENCE)?;
        let (_, after) = element(outer, SEQUENCE)?;
        let (_, after) = element(after, SEQUENCE)?;
        let (_, end) = element(after, BIT_STRING)?;
        (rest.is_empty() && end.is_empty()).then_some(())
    };
    parts().is_some()
}

/// Content of the DER element of this tag at the start, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |sum, &digit| sum << 8 | usize::from(digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    (found == tag).then_some((content, rest))
}

//! Names as Go's `crypto/x509` `parseName` and `pkix.Name` read them.

use x509_parser::der_parser::asn1_rs::{Any, Tag};
use x509_parser::x509::X509Name;

const COMMON_NAME: &str = "2.5.4.3";
const ORGANIZATION: &str = "2.5.4.10";
/// Upstream's object identifier for a user's UID (`k8s.io/apimachinery/pkg/apis/asn1`).
const UID: &str = "1.3.6.1.4.1.57683.2";

/// What becomes of a subject.
#[derive(Default)]
pub(super) struct Subject {
    /// The last common name.
    pub(super) common_name: String,
    /// All organizations, in order.
    pub(super) organizations: Vec<String>,
    /// All UIDs, in order.
    pub(super) uids: Vec<String>,
}

impl Subject {
    /// Reads a name; every value must be a string of a kind that Go knows.
    pub(super) fn read(name: &X509Name<'_>) -> Result<Self, String> {
        let mut out = Self::default();
        for attribute in name.iter_attributes() {
            let value = text(attribute.attr_value())?;
            match attribute.attr_type().to_id_string().as_str() {
                COMMON_NAME => out.common_name = value,
                ORGANIZATION => out.organizations.push(value),
                UID => out.uids.push(value),
                _ => {}
            }
        }
        Ok(out)
    }
}

/// Go's `parseASN1String`.
fn text(value: &Any<'_>) -> Result<String, String> {
    let refused = |what| Err(format!("x509: invalid RDNSequence: invalid attribute value: {what}"));
    let data = value.data;
    let plain = || core::str::from_utf8(data).map(str::to_owned);
    match value.header.tag() {
        // T.61 is taken byte for byte; what is no UTF-8 becomes U+FFFD here.
        Tag::T61String => Ok(String::from_utf8_lossy(data).into_owned()),
        Tag::PrintableString if data.iter().all(|&byte| is_printable(byte)) => {
            plain().or_else(|_| refused("invalid PrintableString"))
        }
        Tag::PrintableString => refused("invalid PrintableString"),
        Tag::Utf8String => plain().or_else(|_| refused("invalid UTF-8 string")),
        Tag::Ia5String if data.is_ascii() => plain().or_else(|_| refused("invalid IA5String")),
        Tag::Ia5String => refused("invalid IA5String"),
        Tag::NumericString if data.iter().all(|&byte| byte == b' ' || byte.is_ascii_digit()) => {
            plain().or_else(|_| refused("invalid NumericString"))
        }
        Tag::NumericString => refused("invalid NumericString"),
        Tag::BmpString if data.len().is_multiple_of(2) => {
            let mut units: Vec<u16> = data
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |sum, &byte| sum << 8 | u16::from(byte)))
                .collect();
            if units.last() == Some(&0) {
                units.pop();
            }
            Ok(String::from_utf16_lossy(&units))
        }
        Tag::BmpString => refused("invalid BMPString"),
        other => refused(&format!("unsupported string type: {}", other.0)),
    }
}

/// The letters of a PrintableString, and the `*` and `&` that Go lets pass.
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(&byte)
}

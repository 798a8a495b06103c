//! Paths as URI references (RFC 3986), for SARIF.

use std::fmt::Write;

/// The percent-encoded form of a path: relative paths stay relative, absolute ones become `file:///…`.
pub(crate) fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut out = String::with_capacity(path.len() + 8);
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn encodes_all_but_unreserved() {
        assert_eq!(uri("./a b/ü%#?:[x].yaml"), "a%20b/%C3%BC%25%23%3F%3A%5Bx%5D.yaml");
        assert_eq!(uri("/etc/kubernetes/x.yaml"), "file:///etc/kubernetes/x.yaml");
        assert_eq!(uri("-"), "-");
        assert_eq!(uri("javascript:alert(1)"), "javascript%3Aalert%281%29");
    }
}

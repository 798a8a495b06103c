//! Names as `k8s.io/apimachinery/pkg/util/validation` checks them.

use super::shown;

/// A lower-case DNS label: letters, digits and `-`, no `-` at the ends, at most 63 bytes.
pub fn dns1123_label(text: &str) -> bool {
    text.len() <= 63 && label(text)
}

/// Labels joined by dots, at most 253 bytes together (a single label may be longer than 63 here, as upstream).
pub fn dns1123_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(label)
}

fn label(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// `domain/path`, upstream's `IsDomainPrefixedPath`; the error says what is wrong.
///
/// # Errors
/// When a part is missing or malformed.
pub fn domain_prefixed_path(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("is required".into());
    }
    let Some((host, path)) = text.split_once('/').filter(|(host, path)| !host.is_empty() && !path.is_empty())
    else {
        return Err("must be a domain-prefixed path (such as \"acme.io/foo\")".into());
    };
    if !dns1123_subdomain(host) {
        return Err(format!("`{}` is not a lower-case DNS subdomain", shown(host)));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
    if path.bytes().all(allowed) { Ok(()) } else { Err(format!("`{}` is not a URL path", shown(path))) }
}

#[cfg(test)]
mod tests {
    use super::{dns1123_subdomain, domain_prefixed_path};

    #[test]
    fn checks_names() {
        assert!(dns1123_subdomain("a.b-c.0"));
        assert!(dns1123_subdomain(&"a".repeat(253)));
        for name in ["", ".", "a.", "-a", "a-", "A", "a_b", "a..b", "é"] {
            assert!(!dns1123_subdomain(name), "{name}");
        }
        assert!(!dns1123_subdomain(&"a".repeat(254)));
        assert_eq!(domain_prefixed_path("example.org/foo/bar"), Ok(()));
        for path in ["", "foo", "/foo", "example.org/", "Example.org/foo", "example.org/a b"] {
            assert!(domain_prefixed_path(path).is_err(), "{path}");
        }
    }
}

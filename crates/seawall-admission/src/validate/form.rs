//! Forms of texts (`k8s.io/apimachinery/pkg/util/validation`).

use seawall_model::decode::dns1123_subdomain;

/// `IsQualifiedName`.
pub(crate) fn is_label_key(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => dns1123_subdomain(prefix) && is_name_part(name),
        None => is_name_part(text),
    }
}

/// `IsValidLabelValue`.
pub(crate) fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_name_part(text)
}

fn is_name_part(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 63 && text.bytes().all(inner) && edge(text.bytes().next()) && edge(text.bytes().next_back())
}

/// Whether a text is surely an image reference as `distribution/reference` parses it.
pub(crate) fn is_image(text: &str) -> bool {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    let sure_digest = |digest: &str| {
        digest.strip_prefix("sha256:").is_some_and(|hex| {
            hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        })
    };
    if digest.is_some_and(|digest| !sure_digest(digest)) || rest.len() > 250 {
        return false;
    }
    let mut parts: Vec<&str> = rest.split('/').collect();
    let Some(last) = parts.pop() else { return false };
    let (name, tag) = match last.split_once(':') {
        Some((name, tag)) => (name, Some(tag)),
        None => (last, None),
    };
    let is_tag = |tag: &str| {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        tag.len() <= 128
            && tag.bytes().next().is_some_and(word)
            && tag.bytes().all(|byte| word(byte) || b".-".contains(&byte))
    };
    let is_host = |host: &str| {
        let (name, port) = host.split_once(':').unwrap_or((host, "1"));
        dns1123_subdomain(&name.to_ascii_lowercase())
            && !port.is_empty()
            && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut components = parts.into_iter();
    if let Some(first) = components.next()
        && !is_component(first)
        && !is_host(first)
    {
        return false;
    }
    components.all(is_component) && is_component(name) && tag.is_none_or(is_tag)
}

/// A path component: words of lower-case letters and digits with single separators (`.`, `_`, `__`, dashes).
fn is_component(text: &str) -> bool {
    let alnum = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let edge = |byte: Option<u8>| byte.is_some_and(alnum);
    edge(text.bytes().next())
        && edge(text.bytes().next_back())
        && text.bytes().all(|byte| alnum(byte) || b"._-".contains(&byte))
        && !["..", "___", "._", "_.", "-.", ".-", "-_", "_-"].iter().any(|wrong| text.contains(wrong))
}

/// `IsValidPortName`.
pub(crate) fn is_port_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= 15
        && !text.is_empty()
        && text.bytes().all(inner)
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && !text.contains("--")
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// A name of an environment variable that every version takes (`IsEnvVarName`).
pub(crate) fn is_variable(text: &str) -> bool {
    let first = |byte: u8| byte.is_ascii_alphabetic() || b"_-.".contains(&byte);
    text.bytes().next().is_some_and(first)
        && text.bytes().all(|byte| first(byte) || byte.is_ascii_digit())
        && text != "."
        && !text.starts_with("..")
}

/// A key of a ConfigMap or Secret (`IsConfigMapKey`).
pub(crate) fn is_data_key(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    !text.is_empty() && text.len() <= 253 && text.bytes().all(inner) && text != "." && !text.starts_with("..")
}

#[cfg(test)]
mod tests {
    use super::{is_image, is_label_key, is_port_name, is_variable};

    #[test]
    fn forms() {
        for image in ["a", "a:1", "r.io/a/b:v1.2", "localhost:5000/a", "a/b__c", "k8s.gcr.io/pause"] {
            assert!(is_image(image), "{image}");
        }
        for image in ["", "A", "a b", "a:", "a//b", ":x", "a@sha256:1", "https://a/b"] {
            assert!(!is_image(image), "{image}");
        }
        assert!(
            is_label_key("a.b/c_d") && !is_label_key("/c") && !is_label_key("a/b/c") && !is_label_key("-a")
        );
        assert!(is_port_name("http") && !is_port_name("80") && !is_port_name("a--b"));
        assert!(is_variable("A_B") && !is_variable("1A") && !is_variable("..a"));
    }
}

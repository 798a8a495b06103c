//! How objects and places are called. The results are untrusted text: escape them for the format.

use seawall_model::{Finding, Object, Origin, UNSET_NAMESPACE};
use std::borrow::Cow;

/// `Deployment shop/web`; kinds without a name are the kind alone, or `KubeletConfiguration in ConfigMap
/// kube-system/kubelet-config`.
pub(crate) fn object(object: &Object) -> String {
    if let Some(host) = object.host() {
        let namespace = host.namespace.as_deref().map_or(String::new(), |namespace| format!("{namespace}/"));
        return format!("{} in ConfigMap {namespace}{}", object.kind(), host.name);
    }
    match (object.namespace(), object.name()) {
        (_, "") => object.kind().to_owned(),
        (Some(namespace), name) => format!("{} {namespace}/{name}", object.kind()),
        (None, name) => format!("{} {name}", object.kind()),
    }
}

/// `shop`, or `(unset)` for objects that could have a namespace and name none.
pub(crate) fn namespace(object: &Object) -> Option<&str> {
    if object.is_cluster_scoped() { None } else { Some(object.namespace().unwrap_or(UNSET_NAMESPACE)) }
}

/// The file, if the object stands in one.
pub(crate) fn file(object: &Object) -> Option<&str> {
    matches!(object.origin(), Origin::File).then(|| object.file())
}

/// The template or overlay of an object that Helm or Kustomize made: lines of the rendered text are not its lines.
pub(crate) fn template(object: &Object) -> Option<&str> {
    match object.origin() {
        Origin::Rendered { template } => Some(template),
        _ => None,
    }
}

/// What a person opens to change the object: its file, or what it was rendered from.
pub(crate) fn path(object: &Object) -> Option<&str> {
    file(object).or_else(|| template(object))
}

/// `deploy/web.yaml:45:7`; objects without a file are named by their field.
pub(crate) fn place(finding: &Finding) -> String {
    match file(&finding.at.object) {
        Some(file) => {
            let start = finding.at.location().start;
            format!("{file}:{}:{}", start.line, start.column)
        }
        None => {
            let template = template(&finding.at.object).map(|template| format!("{template}: "));
            let field = finding.at.field();
            format!("{}{} {field}", template.unwrap_or_default(), object(&finding.at.object))
        }
    }
}

/// `deploy/web.yaml:1`, the first line of an object.
pub(crate) fn object_place(object: &Object) -> String {
    match file(object) {
        Some(file) => format!("{file}:{}", object.root().place().line),
        None => template(object).unwrap_or_default().to_owned(),
    }
}

/// One word and its plural: `1 file`, `2 files`.
pub(crate) fn count(number: usize, one: &str) -> String {
    let plural = match number {
        1 => Cow::Borrowed(one),
        _ if one.ends_with("copy") => Cow::Owned(one.replace("copy", "copies")),
        _ if one.ends_with('x') => Cow::Owned(format!("{one}es")),
        _ => Cow::Owned(format!("{one}s")),
    };
    format!("{} {plural}", thousands(number))
}

/// `12,345`.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A word of a command line, quoted for a POSIX shell when needed, on one line.
pub(crate) fn shell(word: &str) -> String {
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | ',' | ':' | '=' | '+' | '@' | '%')
    };
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(count(1, "file"), "1 file");
        assert_eq!(count(2, "copy"), "2 copies");
        assert_eq!(shell("a b'c"), "'a b'\\''c'");
        assert_eq!(shell("deploy/web.yaml"), "deploy/web.yaml");
    }
}

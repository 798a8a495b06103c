use crate::{IngressAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # ingress-nginx-injection
///
/// ## What it finds
/// An Ingress whose path, or whose annotation for authentication, mirroring or rewriting, holds characters that end
/// a directive of nginx: a line break, a semicolon or a brace.
///
/// ## Why it matters
/// Versions of ingress-nginx before the fixes copy these values into the configuration without a check. Such text in
/// them is an attack: it runs code in the controller, which may read every Secret of the cluster
/// (CVE-2025-1097, CVE-2025-1098, CVE-2025-24514, CVE-2026-24512, CVE-2026-1580).
///
/// ## Fix
/// Find out who wrote the value. Remove it, and upgrade the controller.
///
/// ## References
/// - https://github.com/kubernetes/kubernetes/issues/131007
/// - https://github.com/kubernetes/kubernetes/issues/136678
#[control(since = "0.1.0", severity = High, practices = ["exposure", "third-party"], aliases = ["KCV-0093"])]
pub fn ingress_nginx_injection(ingress: IngressAt<'_>, _: &World, out: &mut Report) {
    // With a brace: a regular expression may stand there, which has them.
    const ANNOTATIONS: [(&str, bool); 8] = [
        ("nginx.ingress.kubernetes.io/auth-url", false),
        ("nginx.ingress.kubernetes.io/auth-signin", false),
        ("nginx.ingress.kubernetes.io/auth-method", false),
        ("nginx.ingress.kubernetes.io/auth-proxy-set-headers", false),
        ("nginx.ingress.kubernetes.io/auth-tls-match-cn", true),
        ("nginx.ingress.kubernetes.io/mirror-target", false),
        ("nginx.ingress.kubernetes.io/mirror-host", false),
        ("nginx.ingress.kubernetes.io/rewrite-target", false),
    ];
    for (key, is_expression) in ANNOTATIONS {
        let at = ingress.get("metadata.annotations").key(key);
        if at.text().is_some_and(|text| ends_directive(text, is_expression)) {
            let name = key.rsplit('/').next().unwrap_or(key);
            out.finding(at, format!("`{name}` holds characters that end a directive of nginx"));
        }
    }
    let paths = ingress.get("spec.rules").items().flat_map(|rule| rule.get("http.paths").items());
    for path in paths.map(|path| path.key("path")) {
        if path.text().is_some_and(|text| ends_directive(text, true)) {
            out.finding(path, "the path holds characters that end a directive of nginx");
        }
    }
}

fn ends_directive(text: &str, is_expression: bool) -> bool {
    // A block scalar ends with a line break that is trimmed.
    text.trim_end()
        .contains(|c: char| matches!(c, '\n' | '\r' | ';') || !is_expression && matches!(c, '{' | '}'))
}

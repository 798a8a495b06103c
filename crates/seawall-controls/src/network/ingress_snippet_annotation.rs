use crate::{IngressAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # ingress-snippet-annotation
///
/// ## What it finds
/// An Ingress with an annotation of ingress-nginx that puts text into the controller's configuration:
/// `configuration-snippet`, `server-snippet`, `location-snippet`, `stream-snippet`, `auth-snippet`,
/// `modsecurity-snippet`.
///
/// ## Why it matters
/// The text runs in the controller, which by default may read every Secret of the cluster: whoever may write an
/// Ingress can read them all (CVE-2021-25742).
///
/// ## Fix
/// Use the annotation made for the purpose (headers, redirects, limits) or set it in the controller's ConfigMap, and
/// keep `allow-snippet-annotations` off.
///
/// ## References
/// - https://github.com/kubernetes/ingress-nginx/issues/7837
/// - https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations-risk/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["exposure", "third-party"],
    aliases = ["CKV_K8S_152", "CKV_K8S_153", "CKV_K8S_154"],
    fix = Unsafe
)]
pub fn ingress_snippet_annotation(ingress: IngressAt<'_>, _: &World, out: &mut Report) {
    const SNIPPETS: [&str; 6] = [
        "nginx.ingress.kubernetes.io/configuration-snippet",
        "nginx.ingress.kubernetes.io/server-snippet",
        "nginx.ingress.kubernetes.io/location-snippet",
        "nginx.ingress.kubernetes.io/stream-snippet",
        "nginx.ingress.kubernetes.io/auth-snippet",
        "nginx.ingress.kubernetes.io/modsecurity-snippet",
    ];
    for key in SNIPPETS {
        let at = ingress.get("metadata.annotations").key(key);
        if at.text().is_some_and(|text| !text.trim().is_empty()) {
            let name = key.rsplit('/').next().unwrap_or(key);
            out.finding(at, format!("`{name}` writes into the configuration of the controller"))
                .unsafe_fix("remove the snippet", vec![at.remove()]);
        }
    }
}

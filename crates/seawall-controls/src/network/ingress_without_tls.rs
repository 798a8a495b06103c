use crate::{IngressAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Object, Report};

/// # ingress-without-tls
///
/// ## What it finds
/// An Ingress that serves hosts without TLS: no `spec.tls` at all, or rules for hosts that none of its entries lists.
/// Certificates that annotations of AWS, Google Cloud and OpenShift name count.
///
/// ## Why it matters
/// Passwords, session cookies and data pass in the clear, and whoever sits between can change them.
///
/// ## Fix
/// Add the host to an entry of `spec.tls` with a Secret that holds its certificate; cert-manager can keep it up to date.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/ingress/#tls
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["exposure", "application-ports"],
    aliases = ["polaris:tlsSettingsMissing"]
)]
pub fn ingress_without_tls(ingress: IngressAt<'_>, _: &World, out: &mut Report) {
    if has_certificate_elsewhere(ingress.object()) {
        return;
    }
    let (spec, tls) = (ingress.key("spec"), ingress.get("spec.tls"));
    if tls.items().next().is_none() {
        // The API server refuses an Ingress without rules and without default backend.
        let serves = ["rules", "defaultBackend", "backend"].into_iter().any(|key| spec.key(key).exists());
        if serves {
            out.finding(tls, "serves without TLS");
        }
        return;
    }
    // An entry without hosts is for all of them.
    let hosts: Vec<&str> =
        tls.items().flat_map(|entry| entry.key("hosts").items()).filter_map(At::str).collect();
    let any = tls.items().any(|entry| entry.key("hosts").items().next().is_none());
    for host in spec.key("rules").items().map(|rule| rule.key("host")) {
        let Some(name) = host.str().filter(|name| !name.is_empty() && !any) else { continue };
        if !hosts.iter().any(|known| covers(known, name)) {
            out.finding(host, format!("serves `{name}` without TLS: no entry of spec.tls lists it"))
                .related(tls, "the hosts with TLS");
        }
    }
}

/// Whether a host of `spec.tls` is for the host of a rule: the same, or a wildcard for its first label.
fn covers(known: &str, host: &str) -> bool {
    let parent = host.split_once('.').map(|(_, parent)| parent);
    known.eq_ignore_ascii_case(host)
        || known
            .strip_prefix("*.")
            .is_some_and(|known| parent.is_some_and(|parent| parent.eq_ignore_ascii_case(known)))
}

/// Whether an annotation tells the controller of a cloud where the certificate is.
fn has_certificate_elsewhere(ingress: &Object) -> bool {
    const ANNOTATIONS: [&str; 5] = [
        "alb.ingress.kubernetes.io/certificate-arn",
        "networking.gke.io/managed-certificates",
        "networking.gke.io/v1beta1.FrontendConfig",
        "ingress.gcp.kubernetes.io/pre-shared-cert",
        "route.openshift.io/termination",
    ];
    ANNOTATIONS.iter().any(|key| ingress.annotation(key).is_some_and(|value| !value.is_empty()))
}

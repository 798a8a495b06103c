use crate::{ServiceAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # service-external-ips
///
/// ## What it finds
/// A Service with `externalIPs`.
///
/// ## Why it matters
/// Every node sends traffic for these addresses to the Service, also traffic of pods to addresses that belong to
/// somebody else: whoever may write the field can take over connections to any address (CVE-2020-8554).
///
/// ## Fix
/// Remove the field and use a LoadBalancer, Ingress or Gateway. Switch the admission plugin DenyServiceExternalIPs
/// on where nobody needs the field.
///
/// ## References
/// - https://github.com/kubernetes/kubernetes/issues/97076
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#denyserviceexternalips
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["exposure", "network-policy"],
    aliases = ["KSV-0108"],
    fix = Unsafe
)]
pub fn service_external_ips(service: ServiceAt<'_>, _: &World, out: &mut Report) {
    let at = service.get("spec.externalIPs");
    let addresses: Vec<_> = at.items().filter_map(|item| item.text()).take(3).collect();
    if !addresses.is_empty() {
        out.finding(at, format!("takes traffic of every node for {}", addresses.join(", ")))
            .unsafe_fix("remove the addresses", vec![at.remove()]);
    }
}

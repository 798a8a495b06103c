use crate::support::component::plugins::off;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # event-rate-limit-off
///
/// ## What it finds
/// A kube-apiserver without the admission plugin EventRateLimit.
///
/// ## Why it matters
/// A broken controller or a tenant that writes events without end slows the API server and fills etcd for
/// everybody.
///
/// ## Fix
/// Enable EventRateLimit and give it limits per namespace and user in AdmissionConfiguration. API priority and
/// fairness, on by default, covers part of this.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#eventratelimit
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["resource-quota"],
    cis = ["1.2.9"],
    aliases = ["KCV-0010", "CKV_K8S_78"],
    fix = Unsafe
)]
pub fn event_rate_limit_off(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    off(&server, out, "EventRateLimit", "one client can fill etcd with events");
}

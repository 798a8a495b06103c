use crate::support::component::unknown;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # privileged-containers-allowed
///
/// ## What it finds
/// A kube-apiserver with `--allow-privileged=true`.
///
/// ## Why it matters
/// Network plugins need it, so most clusters have it. It means that only Pod Security labels or another
/// admission policy keep privileged pods out, namespace by namespace.
///
/// ## Fix
/// Keep it where the network plugin needs it, and label every namespace with a Pod Security level.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-admission/
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["pod-security"]
)]
pub fn privileged_containers_allowed(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let setting = server.setting("allow-privileged");
    if setting.bool() == Some(true) && setting.is_set() {
        out.finding(
            setting.at(),
            "kube-apiserver lets privileged containers in where no admission policy stops them",
        );
    } else {
        unknown(out, *server, &setting);
    }
}

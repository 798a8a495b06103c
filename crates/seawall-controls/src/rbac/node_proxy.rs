use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # node-proxy
///
/// ## What it finds
/// A rule that grants `nodes/proxy`: access to the kubelet's own API, through the API server or directly.
///
/// ## Why it matters
/// The kubelet runs commands in any container of its node for whoever holds `nodes/proxy`, and `get` is
/// enough, through a WebSocket. Such commands are neither audited as exec nor checked by admission, so
/// monitoring agents that hold it own every node they can name.
///
/// ## Fix
/// Grant the part that is needed instead: `nodes/metrics`, `nodes/stats`, `nodes/log`, and since Kubernetes
/// 1.33 `nodes/healthz`, `nodes/pods`, `nodes/configz`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation", "kubelet"],
    cis = ["5.1.10"],
    aliases = ["KSV-0047"]
)]
pub fn node_proxy(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[
        right(&["get", "create", "update", "patch", "delete", "proxy"], "", "nodes/proxy"),
        right(&["proxy"], "", "nodes"),
    ],
    cluster: Severity::Critical,
    namespace: Severity::Critical,
    named: Named::Lower,
    effect: "it runs commands in every pod of every node, past audit and admission",
};

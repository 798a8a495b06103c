use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # pod-exec
///
/// ## What it finds
/// A rule that lets its holder run commands in containers (`pods/exec`) or attach to them (`pods/attach`).
///
/// ## Why it matters
/// A shell in a container has its service account token, its Secrets and its network position. Before
/// Kubernetes 1.35 the verb `get` alone is enough, through a WebSocket.
///
/// ## Fix
/// Give it to people for the time of an incident and in the one namespace, not to workloads. For debugging
/// prefer a copy of the pod.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authorization/#request-verb-resource
/// - https://github.com/kubernetes/kubernetes/issues/78741
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation"],
    cis = ["5.1.10"],
    aliases = ["KSV-0053", "KSV-0054", "polaris:clusterrolePodExecAttach", "polaris:rolePodExecAttach", "CKV2_K8S_2"]
)]
pub fn pod_exec(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[right(&["create", "get"], "", "pods/exec"), right(&["create", "get"], "", "pods/attach")],
    cluster: Severity::High,
    namespace: Severity::Medium,
    named: Named::Lower,
    effect: "it runs commands in running containers",
};

use crate::support::pod_security::{finding, offences, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::ALLOW_PRIVILEGE_ESCALATION;
use seawall_controls_macros::control;
use seawall_model::{ContainerAt, Report};

/// The API server refuses `allowPrivilegeEscalation: false` together with these (kubernetes
/// `pkg/apis/core/validation` `ValidateSecurityContext`), and they are worse.
fn makes_it_moot(container: ContainerAt<'_>) -> bool {
    let context = container.security_context();
    context.key("privileged").is_true() || context.get("capabilities.add").contains("CAP_SYS_ADMIN")
}

/// # privilege-escalation-allowed
///
/// ## What it finds
/// A container that does not set `allowPrivilegeEscalation: false`. The default is true.
///
/// ## Why it matters
/// A program with the setuid bit, or with file capabilities, can make a process of the container root again,
/// whatever user the container starts as.
///
/// ## Fix
/// Set `allowPrivilegeEscalation: false`. Programs such as `sudo` and `ping` with the setuid bit stop working.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.2.6"],
    pss = "restricted",
    aliases = ["KSV-0001", "CKV_K8S_20", "kube-linter:privilege-escalation-container", "polaris:privilegeEscalationAllowed"],
    fix = Unsafe,
    group = "container-hardening"
)]
pub fn privilege_escalation_allowed(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &ALLOW_PRIVILEGE_ESCALATION, world) {
        if offence.container.is_some_and(makes_it_moot) {
            continue;
        }
        finding(out, &offence, format!("{} may gain privileges", who(&offence)))
            .unsafe_fix("forbid privilege escalation", vec![offence.at.set("false")]);
    }
}

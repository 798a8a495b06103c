use crate::support::capabilities::canonical;
use crate::support::pod_security::{finding, offences, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::CAPABILITIES_RESTRICTED;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # capabilities-not-dropped
///
/// ## What it finds
/// A container that does not drop the capability set `ALL`.
///
/// ## Why it matters
/// Container runtimes give root in a container about a dozen capabilities, some of which let it forge network
/// packets or change the owner of files. Few programs use any.
///
/// ## Fix
/// Drop `ALL` and add back what the program needs: mostly nothing, or `NET_BIND_SERVICE`.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-capabilities-for-a-container
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.2.8", "5.2.9"],
    pss = "restricted",
    aliases = ["KSV-0003", "KSV-0004", "KSV-0106", "CKV_K8S_28", "CKV_K8S_37", "kube-linter:drop-net-raw-capability"],
    fix = Unsafe,
    group = "container-hardening"
)]
pub fn capabilities_not_dropped(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in
        offences(pod, &CAPABILITIES_RESTRICTED, world).into_iter().filter(|offence| offence.field == "drop")
    {
        let drop = offence.at;
        // Runtimes understand other spellings, the restricted level does not.
        let spelt = drop.items().find(|item| canonical(item.text().unwrap_or("")) == "ALL");
        match spelt {
            Some(item) => {
                finding(out, &offence, format!("{} drops `ALL` in another spelling", who(&offence)))
                    .safe_fix("write `ALL`", vec![item.set("ALL")])
            }
            None => finding(out, &offence, format!("{} keeps the default capabilities", who(&offence)))
                .unsafe_fix("drop all capabilities", vec![drop.append("ALL")]),
        };
    }
}

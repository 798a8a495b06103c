use crate::support::rights::{Reach, judged_rules};
use crate::{RoleAt, World};
use seawall_auth::rbac::PolicyRule;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity, WellKnown};

/// # system-config-map-writable
///
/// ## What it finds
/// A rule that lets its holder change ConfigMaps of kube-system: a Role there, or one in the whole cluster.
///
/// ## Why it matters
/// ConfigMaps of kube-system configure the cluster: `coredns` decides where every name leads, `aws-auth`
/// (EKS) makes any cloud user a member of `system:masters`, `kube-proxy` and `extension-apiserver-
/// authentication` decide about traffic and trust.
///
/// ## Fix
/// Name the ConfigMaps in `resourceNames`, without these; grant the rest in Roles of other namespaces.
///
/// ## References
/// - https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html
/// - https://kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation", "cloud"],
    aliases = ["KSV-0049", "KSV-0115"]
)]
pub fn system_config_map_writable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    let object = role.object();
    let in_system = object.namespace() == Some("kube-system");
    if object.well_known() == WellKnown::Role && !in_system {
        return;
    }
    for rule in judged_rules(role, world) {
        let Some(grant) = rule.grants(&["update", "patch"], "", "configmaps") else { continue };
        let mut names = rule.resource_names().peekable();
        let all = names.peek().is_none();
        let named: Vec<&str> = names.filter(|name| SENSITIVE.contains(name)).collect();
        if grant.by_wildcard_resource() || !all && named.is_empty() {
            continue;
        }
        let reach = Reach::of(object, world, false);
        let severity = match reach {
            Reach::Namespace(_, false) => continue,
            _ => reach.severity(Severity::High, Severity::High),
        };
        let which =
            if all { "every ConfigMap of kube-system".into() } else { format!("`{}`", named.join("`, `")) };
        let message = format!("{} `{}` may change {which}", object.kind(), object.name());
        reach.explain(out.finding(grant.resource, message).severity(severity));
    }
}

const SENSITIVE: [&str; 6] = [
    "aws-auth",
    "coredns",
    "coredns-custom",
    "extension-apiserver-authentication",
    "kube-proxy",
    "kubeadm-config",
];

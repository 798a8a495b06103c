use crate::support::namespaces::{has_default_level, is_system};
use crate::{NamespaceAt, World};
use seawall_admission::pod_security::{Level, Mode, PolicyVersion, evaluate};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity, WellKnown};

/// # pod-security-not-enforced
///
/// ## What it finds
/// A Namespace without the label `pod-security.kubernetes.io/enforce`, where the cluster's own default (if
/// its configuration is in the input) enforces nothing either. Namespaces of Kubernetes itself are left
/// out.
///
/// ## Why it matters
/// Nothing is refused: whoever may create a pod in the namespace may create a privileged one and so own a
/// node. The labels `audit` and `warn` only tell of it.
///
/// ## Fix
/// Add `pod-security.kubernetes.io/enforce: restricted`, or `baseline` where workloads do not fit yet.
/// `kubectl label --dry-run=server` lists the pods that would be refused.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-admission/
/// - https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-namespace-labels/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "team-isolation"],
    cis = ["5.2.1"],
    fix = Unsafe
)]
pub fn pod_security_not_enforced(namespace: NamespaceAt<'_>, world: &World, out: &mut Report) {
    let Some(object) = namespace.object.filter(|_| !is_system(namespace.name)) else { return };
    let labels = object.get("metadata.labels");
    let at = labels.key(Mode::Enforce.level_label());
    if at.exists() || has_default_level(world) {
        return;
    }
    let name = namespace.name.unwrap_or("");
    let told = [Mode::Audit, Mode::Warn].into_iter().any(|mode| labels.key(mode.level_label()).exists());
    let message = if told {
        format!("namespace `{name}` tells of pods that break its Pod Security level but lets them in")
    } else {
        format!("namespace `{name}` lets in pods of any kind")
    };
    let level = strictest(world, namespace.name);
    let finding = out.finding(at, message).severity(if told { Severity::Low } else { Severity::Medium });
    // No level that the known pods would break; others may be elsewhere.
    if level > Level::Privileged {
        finding.unsafe_fix(format!("enforce the level `{level}`"), vec![at.set(level.as_str())]);
    }
}

/// The strictest level that all pods of the namespace in the input keep.
fn strictest(world: &World, namespace: Option<&str>) -> Level {
    let version = PolicyVersion::Latest.on(world.version());
    let pods = || {
        let workloads = WORKLOADS.iter().flat_map(|&kind| world.cluster().in_namespace(kind, namespace));
        workloads.flat_map(|object| object.pods())
    };
    // Too many to look at each for a suggestion.
    if pods().nth(MOST_PODS).is_some() {
        return Level::Privileged;
    }
    let keeps = |level: Level| pods().all(|pod| evaluate(pod, level, version).is_empty());
    [Level::Restricted, Level::Baseline].into_iter().find(|&level| keeps(level)).unwrap_or(Level::Privileged)
}

const MOST_PODS: usize = 200;

/// The kinds whose pods count.
const WORKLOADS: [WellKnown; 8] = [
    WellKnown::Pod,
    WellKnown::Deployment,
    WellKnown::DaemonSet,
    WellKnown::StatefulSet,
    WellKnown::ReplicaSet,
    WellKnown::ReplicationController,
    WellKnown::Job,
    WellKnown::CronJob,
];

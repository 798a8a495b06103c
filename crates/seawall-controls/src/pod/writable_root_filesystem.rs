use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::{ContainerSort, Report};

/// # writable-root-filesystem
///
/// ## What it finds
/// A container that does not set `readOnlyRootFilesystem: true`.
///
/// ## Why it matters
/// Whoever gets into the container can replace its programs and bring tools of their own, which then survive until
/// the container is replaced.
///
/// ## Fix
/// Set `readOnlyRootFilesystem: true` and mount an `emptyDir` where the program writes.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["container-privileges"],
    cis = ["5.6.3"],
    aliases = ["KSV-0014", "CKV_K8S_22", "kube-linter:no-read-only-root-fs", "polaris:notReadOnlyRootFilesystem", "kube-score:container-security-context-readonlyrootfilesystem"],
    fix = Unsafe,
    group = "container-hardening"
)]
pub fn writable_root_filesystem(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    // Windows has no such thing, and debugging containers live shortly.
    if container.sort() == ContainerSort::Ephemeral || container.pod().is_windows() {
        return;
    }
    let at = container.security_context().key("readOnlyRootFilesystem");
    if !at.is_true() {
        out.finding(at, format!("container `{}` can change its root file system", container.name()))
            .unsafe_fix("make the root file system read-only", vec![at.set("true")]);
    }
}

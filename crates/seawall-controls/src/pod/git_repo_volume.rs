use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # git-repo-volume
///
/// ## What it finds
/// A `gitRepo` volume. Low from 1.33 on, where the kubelet refuses it by default.
///
/// ## Why it matters
/// The kubelet runs `git clone` as root on the node. A prepared repository runs commands there (CVE-2024-10220).
///
/// ## Fix
/// Clone in an init container into an `emptyDir`.
///
/// ## References
/// - https://github.com/kubernetes/kubernetes/issues/128885
/// - https://kubernetes.io/docs/concepts/storage/volumes/#gitrepo
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["pod-security", "versions"],
    pss = "restricted"
)]
pub fn git_repo_volume(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for volume in pod.volumes() {
        let at = volume.key("gitRepo");
        if at.exists() {
            let finding = out.finding(at, "the kubelet clones a repository as root");
            if world.version().at_least(33) {
                finding.severity(Severity::Low);
            }
        }
    }
}

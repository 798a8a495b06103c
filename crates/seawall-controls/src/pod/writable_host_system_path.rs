use crate::support::host_path::is_writable;
use crate::support::host_path::{Danger, of_danger};
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # writable-host-system-path
///
/// ## What it finds
/// A writable `hostPath` volume inside the folders whose programs and configuration the node runs: `/etc`, `/usr`,
/// `/opt`, `/root`, `/home` and the like.
///
/// ## Why it matters
/// A job, a service, a login key or a replaced program there runs on the node, mostly as root.
///
/// ## Fix
/// Mount it read-only. Installers of network plugins that write to `/opt/cni` and `/etc/cni` belong in a namespace
/// of their own.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.2.11"],
    pss = "baseline",
    aliases = ["KSV-0121", "kube-linter:sensitive-host-mounts", "kube-linter:writable-host-mount"],
    fix = Unsafe
)]
pub fn writable_host_system_path(pod: PodAt<'_>, _: &World, out: &mut Report) {
    for volume in of_danger(pod, Danger::System) {
        let writable = volume.mounts.iter().map(|&(_, mount)| mount).filter(|&mount| is_writable(mount));
        let fix = writable.map(|mount| mount.key("readOnly").set("true")).collect();
        out.finding(volume.at, format!("the pod can change what the node runs through `{}`", volume.path))
            .unsafe_fix("mount it read-only", fix);
    }
}

use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Report};

/// # windows-container-administrator
///
/// ## What it finds
/// A Windows container that runs as `ContainerAdministrator` or as the system account.
///
/// ## Why it matters
/// The account owns everything in the container and is the one that known escapes of Windows containers start from.
///
/// ## Fix
/// Use `ContainerUser`, or an account of the image.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["container-privileges"],
    fix = Unsafe
)]
pub fn windows_container_administrator(pod: PodAt<'_>, _: &World, out: &mut Report) {
    let check = |at: At<'_>| {
        let name = at.str().unwrap_or("").to_ascii_lowercase();
        matches!(
            name.as_str(),
            "containeradministrator" | "nt authority\\system" | "nt authority\\localsystem"
        )
    };
    let at = pod.get("securityContext.windowsOptions.runAsUserName");
    if check(at) {
        out.finding(at, "the pod runs as an administrator")
            .unsafe_fix("run as an ordinary user", vec![at.set("ContainerUser")]);
    }
    for container in pod.containers() {
        let at = container.get("securityContext.windowsOptions.runAsUserName");
        if check(at) {
            out.finding(at, format!("container `{}` runs as an administrator", container.name()))
                .container(container.name())
                .unsafe_fix("run as an ordinary user", vec![at.set("ContainerUser")]);
        }
    }
}

//! No Windows HostProcess containers, the privileged containers of Windows (`policy/check_windowsHostProcess.go`).

use super::check::{Forbidden, Revision};
use super::text::setters;
use super::{Check, Level, Offence};
use seawall_model::{At, PodAt};

/// Baseline: `windowsOptions.hostProcess` stays false, in the pod and in containers.
pub static WINDOWS_HOST_PROCESS: Check = Check {
    id: "windowsHostProcess",
    level: Level::Baseline,
    revisions: &[Revision { since: 0, overrides: &[], run: host_process }],
};

fn set(context: At<'_>) -> Option<At<'_>> {
    context.get("windowsOptions.hostProcess").when(true)
}

fn host_process(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let mut offences: Vec<Offence<'_>> =
        set(pod.security_context()).map(|at| Offence::pod(at, "hostProcess")).into_iter().collect();
    offences.extend(pod.containers().filter_map(|container| {
        Some(Offence::container(container, set(container.security_context())?, "hostProcess"))
    }));
    (!offences.is_empty()).then(|| Forbidden {
        reason: "hostProcess",
        detail: format!(
            "{} must not set securityContext.windowsOptions.hostProcess=true",
            setters(&offences).join(" and ")
        ),
        offences,
    })
}

//! Folders and files of the node in a pod, for controls.

use seawall_model::PodAt;
use seawall_model::host_path::host_paths;
pub(crate) use seawall_model::host_path::{Danger, HostPath, danger_of, is_writable};

/// Those of one danger, for a control; none in the control plane's own pods, which need their files.
pub(crate) fn of_danger(pod: PodAt<'_>, danger: Danger) -> impl Iterator<Item = HostPath<'_>> {
    let paths = host_paths(pod);
    let own = !paths.is_empty() && is_component(pod);
    paths.into_iter().filter(move |path| !own && path.danger == danger)
}

/// Whether the pod is a part of the control plane itself, told by the program it runs.
pub(crate) fn is_component(pod: PodAt<'_>) -> bool {
    const PROGRAMS: [&str; 5] =
        ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "cloud-controller-manager"];
    pod.containers().any(|container| {
        let first = container.get("command").items().chain(container.get("args").items()).next();
        let program = first.and_then(|at| at.text()).unwrap_or("");
        PROGRAMS.contains(&program.rsplit('/').next().unwrap_or(""))
    })
}

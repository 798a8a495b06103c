//! Folders and files of the node in a pod, and how dangerous they are.

use crate::{At, ContainerAt, PodAt};
use std::collections::HashMap;

/// What a path of the node gives away, worst first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Danger {
    /// The whole file system.
    Root,
    /// The socket of the container runtime.
    RuntimeSocket,
    /// Keys, manifests or data of the control plane.
    ControlPlane,
    /// Keys of the kubelet, volumes of all pods.
    Kubelet,
    /// Writable: kernel modules, kernel settings.
    KernelModules,
    /// Processes, devices, boot files.
    Kernel,
    /// Writable: programs and configuration that the node runs.
    System,
    /// Nothing known.
    Other,
}

/// A `hostPath` volume and what containers see of it.
#[derive(Debug)]
pub struct HostPath<'a> {
    /// `hostPath.path` of the volume.
    pub at: At<'a>,
    /// The path as written.
    pub path: &'a str,
    /// The worst that any mount gives.
    pub danger: Danger,
    /// Whether any container may write to it.
    pub writable: bool,
    /// The mounts.
    pub mounts: Vec<(ContainerAt<'a>, At<'a>)>,
}

/// The `hostPath` volumes of a pod.
pub fn host_paths(pod: PodAt<'_>) -> Vec<HostPath<'_>> {
    let volumes: Vec<_> = pod.volumes().filter(|volume| volume.key("hostPath").exists()).collect();
    if volumes.is_empty() {
        return Vec::new();
    }
    let mut mounts: HashMap<&str, Vec<(ContainerAt<'_>, At<'_>)>> = HashMap::new();
    for container in pod.containers() {
        for mount in container.get("volumeMounts").items() {
            mounts.entry(mount.key("name").text().unwrap_or("")).or_default().push((container, mount));
        }
    }
    let paths = volumes.into_iter().map(|volume| {
        let at = volume.get("hostPath.path");
        let path = at.text().unwrap_or("");
        let mounts = mounts.remove(volume.key("name").text().unwrap_or("")).unwrap_or_default();
        let dangers = mounts.iter().map(|&(_, mount)| danger(&effective(path, mount), is_writable(mount)));
        let danger = dangers.min().unwrap_or(Danger::Other);
        let writable = mounts.iter().any(|&(_, mount)| is_writable(mount));
        HostPath { at, path, danger, writable, mounts }
    });
    paths.collect()
}

/// Whether a mount may be written to.
pub fn is_writable(mount: At<'_>) -> bool {
    !mount.key("readOnly").is_true()
}

/// The path that a mount shows: the volume's, and below it `subPath`, as far as it is fixed; the root is the empty
/// text.
pub fn effective(path: &str, mount: At<'_>) -> String {
    joined(path, mount.key("subPath").text().unwrap_or(""))
}

/// `path/sub` in its shortest form; the root is the empty text.
fn joined(path: &str, sub: &str) -> String {
    let mut out = String::new();
    for part in path.split('/').chain(sub.split('/')).filter(|part| !matches!(*part, "" | ".")) {
        out.push('/');
        out.push_str(part);
    }
    // On all current distributions /var/run is a link to /run.
    match out.strip_prefix("/var/run") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/run{rest}"),
        _ => out,
    }
}

/// What a path gives to whoever may write there.
pub fn danger_of(path: &str) -> Danger {
    danger(&joined(path, ""), true)
}

/// The sockets of container runtimes.
pub const SOCKETS: [&str; 8] = [
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/run/podman/podman.sock",
    "/run/dockershim.sock",
    "/var/snap/microk8s/common/run/containerd.sock",
];

const CONTROL_PLANE: [&str; 4] =
    ["/etc/kubernetes", "/var/lib/etcd", "/var/lib/rancher/k3s/server", "/var/lib/rancher/rke2/server"];

/// Folders below the kubelet's that hold no credentials.
const KUBELET_HARMLESS: [&str; 5] = [
    "/var/lib/kubelet/plugins",
    "/var/lib/kubelet/plugins_registry",
    "/var/lib/kubelet/device-plugins",
    "/var/lib/kubelet/pod-resources",
    "/var/lib/kubelet/seccomp",
];

const SYSTEM: [&str; 12] = [
    "/etc",
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/opt",
    "/root",
    "/home",
    "/var/spool/cron",
    "/var/lib/cloud",
    "/var/lib/systemd",
];

/// Files that nothing on the node executes or trusts.
const SYSTEM_HARMLESS: [&str; 4] =
    ["/etc/localtime", "/etc/machine-id", "/etc/os-release", "/usr/share/zoneinfo"];

/// Whether `path` is `target` or a folder above it.
pub fn covers(path: &str, target: &str) -> bool {
    target.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || path.is_empty())
}

/// What a path gives, in the form of [`effective`].
pub fn danger(path: &str, writable: bool) -> Danger {
    let covers = |target: &str| covers(path, target);
    // `path` is `target` or below it.
    let inside =
        |target: &str| path.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let touches = |target: &str| covers(target) || inside(target);
    if path.is_empty() {
        Danger::Root
    } else if SOCKETS.iter().any(|socket| covers(socket)) {
        Danger::RuntimeSocket
    } else if CONTROL_PLANE.iter().any(|folder| touches(folder)) {
        Danger::ControlPlane
    } else if touches("/var/lib/kubelet") && !KUBELET_HARMLESS.iter().any(|folder| inside(folder)) {
        Danger::Kubelet
    } else if writable
        && (touches("/lib/modules") || touches("/usr/lib/modules") || touches("/proc/sys") || covers("/sys"))
    {
        Danger::KernelModules
    } else if touches("/proc") || covers("/dev") || writable && touches("/boot") {
        Danger::Kernel
    } else if writable
        && SYSTEM.iter().any(|folder| touches(folder))
        && !SYSTEM_HARMLESS.iter().any(|file| inside(file))
    {
        Danger::System
    } else {
        Danger::Other
    }
}

#[cfg(test)]
mod tests {
    use super::{Danger, danger};

    #[test]
    fn dangers() {
        for (path, writable, expected) in [
            ("", false, Danger::Root),
            ("/run", false, Danger::RuntimeSocket),
            ("/run/containerd", true, Danger::RuntimeSocket),
            ("/run/xtables.lock", true, Danger::Other),
            ("/etc", false, Danger::ControlPlane),
            ("/etc/kubernetes/pki/ca.crt", false, Danger::ControlPlane),
            ("/var/lib", false, Danger::ControlPlane),
            ("/var/lib/kubelet", false, Danger::Kubelet),
            ("/var/lib/kubelet/pods", true, Danger::Kubelet),
            ("/var/lib/kubelet/plugins/csi.example", true, Danger::Other),
            ("/lib/modules", false, Danger::Other),
            ("/lib/modules", true, Danger::KernelModules),
            ("/usr", true, Danger::KernelModules),
            ("/proc", true, Danger::KernelModules),
            ("/proc", false, Danger::Kernel),
            ("/sys", true, Danger::KernelModules),
            ("/sys/fs/cgroup", true, Danger::Other),
            ("/dev", true, Danger::Kernel),
            ("/dev/dri", true, Danger::Other),
            ("/etc/cron.d", true, Danger::System),
            ("/etc/cron.d", false, Danger::Other),
            ("/etc/localtime", true, Danger::Other),
            ("/etcetera", true, Danger::Other),
            ("/var/log", true, Danger::Other),
        ] {
            assert_eq!(danger(path, writable), expected, "{path} {writable}");
        }
    }
}

//! From a container to its node. Conditions that one of them contains are one step, under the most direct name.

use crate::builder::{Builder, PodUnit, field};
use crate::evidence::Evidence;
use crate::fact::{Fact, Name};
use crate::right::Right;
use crate::row::Row;
use seawall_model::host_path::{Danger, SOCKETS, covers, danger, effective, is_writable};
use seawall_model::{At, ContainerAt, capability_name};

const SANDBOX: &str = "the pod's runtime class is no sandbox";
const ROOT: &str = "the image runs as root";
const SET_USER_ID: &str = "the image holds a program that makes its caller root";

pub(super) fn build(b: &mut Builder<'_>) {
    for unit in b.pods.clone() {
        let Some(pod) = unit.pod() else { continue };
        let below = b.below(unit.placed);
        for container in pod.containers() {
            let mut escapes = Vec::new();
            kernel(b, container, &mut escapes);
            for (row, evidence, requires) in escapes {
                b.step(row, &[unit.vertex], below, evidence, requires);
            }
            for mount in container.get("volumeMounts").items() {
                files(b, &unit, container, mount, below);
            }
        }
        let windows = pod.security_context().get("windowsOptions.hostProcess");
        let own = pod.containers().map(|one| one.security_context().get("windowsOptions.hostProcess"));
        for at in own.chain([windows]).filter(|at| at.is_true()) {
            b.step(Row::HostProcess, &[unit.vertex], below, [field(at)], []);
        }
    }
}

type Escape = (Row, Vec<Evidence>, Vec<&'static str>);

/// What a container's user can do with the capabilities that it has: without root they are not in effect.
fn user(container: ContainerAt<'_>) -> Vec<&'static str> {
    let uid = container.inherited("runAsUser").int();
    let not_root = container.inherited("runAsNonRoot").is_true();
    let privileged = container.security_context().key("privileged").is_true();
    let gains = privileged || !container.security_context().key("allowPrivilegeEscalation").is_false();
    match uid {
        Some(0) => Vec::new(),
        None if !not_root => vec![ROOT],
        _ if gains => vec![SET_USER_ID],
        _ => vec![NEVER],
    }
}

/// A mark for conditions that cannot come true.
const NEVER: &str = "";

/// CE-1 to CE-5 and CE-7: what the kernel lets the container do.
fn kernel(b: &Builder<'_>, container: ContainerAt<'_>, out: &mut Vec<Escape>) {
    let pod = container.pod();
    // In a user namespace of its own, root and capabilities mean nothing to the node.
    if pod.has_user_namespace() {
        return;
    }
    let user = user(container);
    if user.contains(&NEVER) {
        return;
    }
    let sandbox = pod.get("runtimeClassName").str().is_some_and(|name| !name.is_empty());
    let requires = || user.iter().copied().chain(sandbox.then_some(SANDBOX)).collect::<Vec<_>>();
    let context = container.security_context();
    let privileged = context.key("privileged");
    if privileged.is_true() {
        out.push((Row::Privileged, vec![field(privileged)], requires()));
    }
    let added: Vec<(String, At<'_>)> = context
        .get("capabilities.add")
        .items()
        .filter_map(|at| Some((capability_name(at.text()?), at)))
        .collect();
    let has = |name: &str| added.iter().find(|(own, _)| own == name || own == "ALL").map(|(_, at)| *at);
    let host_pid = pod.get("hostPID");
    let sees = host_pid.is_true();
    if let Some(at) = has("SYS_MODULE") {
        out.push((Row::ModuleLoad, vec![field(at)], requires()));
    }
    if let (Some(admin), Some(trace), true) = (has("SYS_ADMIN"), has("SYS_PTRACE"), sees) {
        out.push((Row::Nsenter, vec![field(host_pid), field(admin), field(trace)], requires()));
    }
    let confined = !is_unconfined(container);
    if let (Some(at), true) = (has("SYS_PTRACE"), sees) {
        // The default profile of AppArmor forbids to trace what is not under the same profile.
        let profile = confined && b.input.version.at_least(31);
        let extra =
            profile.then_some("no AppArmor profile holds the container, as on nodes without AppArmor");
        out.push((
            Row::Ptrace,
            vec![field(host_pid), field(at)],
            requires().into_iter().chain(extra).collect(),
        ));
    }
    if let Some(at) = has("SYS_ADMIN") {
        let extra = confined
            .then_some("no AppArmor profile forbids the container to mount, as on nodes without AppArmor");
        out.push((Row::Cgroup, vec![field(at)], requires().into_iter().chain(extra).collect()));
    }
    if let Some(at) = has("DAC_READ_SEARCH") {
        let extra = "a file of the node's disk is mounted, as /etc/hosts is, and a key on it opens the node";
        out.push((Row::DacReadSearch, vec![field(at)], requires().into_iter().chain([extra]).collect()));
    }
}

/// Whether the pod says itself that no AppArmor profile holds the container.
fn is_unconfined(container: ContainerAt<'_>) -> bool {
    if container.inherited("appArmorProfile").key("type").str() == Some("Unconfined") {
        return true;
    }
    let key = format!("container.apparmor.security.beta.kubernetes.io/{}", container.name());
    let annotations = container.pod().metadata().key("annotations");
    let profile = annotations.entries().find(|(own, _)| *own == key).and_then(|(_, at)| at.str());
    profile == Some("unconfined")
}

/// CE-6 and CE-8 to CE-12: files of the node.
fn files(b: &mut Builder<'_>, unit: &PodUnit, container: ContainerAt<'_>, mount: At<'_>, below: u32) {
    let name = mount.key("name").str();
    let pod = container.pod();
    let mut volumes = pod.volumes().filter(|volume| volume.key("name").str() == name);
    let Some(at) = volumes.next().map(|volume| volume.get("hostPath.path")).filter(|at| at.exists()) else {
        return;
    };
    let path = effective(at.text().unwrap_or(""), mount);
    let user = user(container);
    // Without root only what everybody may read is there to read; sockets and keys are root's.
    if user.contains(&NEVER) {
        return;
    }
    let writable = is_writable(mount);
    let evidence = || vec![field(at)];
    let own = [unit.vertex];
    let mut step = |row: Row, extra: Option<&str>| {
        b.step(row, &own, below, evidence(), user.iter().copied().chain(extra));
    };
    if writable {
        let sys = covers(&path, "/proc/sys/kernel/core_pattern") || path.starts_with("/proc/sys/kernel");
        match danger(&path, true) {
            _ if sys && !path.is_empty() => step(Row::CorePattern, None),
            Danger::Root | Danger::System | Danger::KernelModules | Danger::ControlPlane => {
                step(Row::HostWrite, None);
            }
            // Devices need more than a mount.
            Danger::Kernel if covers(&path, "/boot") || path.starts_with("/boot/") => {
                step(Row::HostWrite, None);
            }
            Danger::Kubelet if covers(&path, "/var/lib/kubelet") => step(Row::HostWrite, None),
            _ => {}
        }
    }
    if SOCKETS.iter().any(|socket| covers(&path, socket)) {
        // A read-only mount does not keep anybody from connecting to a socket.
        let extra = (!path.ends_with(".sock")).then_some("the runtime's socket lies in this folder");
        step(Row::RuntimeSock, extra.filter(|_| !path.is_empty()));
    }
    readable(b, unit, &path, writable, (evidence(), user));
}

/// What reading gives, and what the kubelet reads for a pod that may write links.
fn readable(
    b: &mut Builder<'_>,
    unit: &PodUnit,
    path: &str,
    writable: bool,
    (evidence, user): (Vec<Evidence>, Vec<&'static str>),
) {
    let nodes = b.nodes_of(unit.placed);
    for (node, extra) in nodes {
        let requires = || user.iter().copied().chain(extra).collect::<Vec<_>>();
        let identity = b.vertex(Fact::NodeIdentity(node));
        let keys = b.vertex(Fact::NodeKeys(node));
        let holds_key = covers(path, "/var/lib/kubelet/pki") || path.starts_with("/var/lib/kubelet/pki/");
        if holds_key {
            b.step(Row::HostRead, &[unit.vertex], identity, evidence.clone(), requires());
        }
        if covers(path, "/etc/kubernetes")
            || path == "/etc/kubernetes/pki"
            || path == "/etc/kubernetes/admin.conf"
        {
            b.step(Row::HostRead, &[unit.vertex], keys, evidence.clone(), requires());
        }
        if covers(path, "/var/lib/kubelet/pods") {
            let tokens = b.vertex(Fact::TokensOn(node));
            b.step(Row::KubeletDir, &[unit.vertex], tokens, evidence.clone(), requires());
        }
        if writable && covers(path, "/var/log") {
            let mut logs: Vec<u32> = b.can_for(Right::PodLogs, unit.namespace, unit.name);
            logs.extend(b.can_for(Right::NodeLogs, Name::EMPTY, node));
            for log in logs {
                for target in [identity, keys] {
                    b.step(Row::VarLog, &[unit.vertex, log], target, evidence.clone(), requires());
                }
            }
        }
    }
}

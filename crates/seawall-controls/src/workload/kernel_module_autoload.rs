use crate::World;
use seawall_controls_macros::control;
use seawall_model::{Object, Report, WellKnown};

/// # kernel-module-autoload
///
/// ## What it finds
/// Linux nodes of which it is not known whether their kernels load modules on demand of pods.
///
/// ## Why it matters
/// Without any privilege a program makes the kernel load a module by opening a socket of a rare family or mounting
/// an image of a rare file system, and rare modules are where holes are found. Seccomp and dropped capabilities
/// stop only a part.
///
/// ## Fix
/// Install a denylist on every node as `/etc/modprobe.d/kubernetes-blocklist.conf`, for example:
///
/// - `install dccp /bin/false`
/// - `install sctp /bin/false`
/// - `install rds /bin/false`
/// - `install tipc /bin/false`
/// - `install n_hdlc /bin/false`
/// - `install ax25 /bin/false`
/// - `install netrom /bin/false`
/// - `install x25 /bin/false`
/// - `install rose /bin/false`
/// - `install decnet /bin/false`
/// - `install econet /bin/false`
/// - `install af_802154 /bin/false`
/// - `install ipx /bin/false`
/// - `install appletalk /bin/false`
/// - `install psnap /bin/false`
/// - `install p8022 /bin/false`
/// - `install p8023 /bin/false`
/// - `install cramfs /bin/false`
/// - `install freevxfs /bin/false`
/// - `install jffs2 /bin/false`
/// - `install hfs /bin/false`
/// - `install hfsplus /bin/false`
/// - `install udf /bin/false`
///
/// Leave out what your programs use, SCTP for example. Or set `kernel.modules_disabled=1` once all needed modules
/// are loaded.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/securing-a-cluster/#preventing-containers-from-loading-unwanted-kernel-modules
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["kernel-modules"]
)]
pub fn kernel_module_autoload(world: &World, _: &World, out: &mut Report) {
    let mut nodes = world.cluster().of(WellKnown::Node).filter(|node| is_linux(node));
    let Some(first) = nodes.next() else { return };
    let message = match nodes.count() {
        0 => format!("whether pods make node `{}` load kernel modules is not known", first.name()),
        more => format!(
            "whether pods make node `{}` and {more} more load kernel modules is not known",
            first.name()
        ),
    };
    out.unknown(
        first.at().get("metadata.name"),
        message,
        "`/etc/modprobe.d` and `kernel.modules_disabled` on the nodes; `seawall explain` has a denylist to install",
    );
}

fn is_linux(node: &Object) -> bool {
    node.label("kubernetes.io/os") != Some("windows")
}

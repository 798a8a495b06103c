use crate::support::component::finding;
use crate::support::component::unknown;
use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{ComponentKind, Report, Safety};

/// # control-plane-port-open
///
/// ## What it finds
/// A kube-controller-manager or kube-scheduler that listens on all addresses, which is the default of `--bind-
/// address`, or on an address that is no loopback.
///
/// ## Why it matters
/// Nobody outside of the host needs these ports but monitoring. Open, they show metrics to whoever may
/// authenticate and are one more door into a process that holds keys of the cluster.
///
/// ## Fix
/// Set `--bind-address=127.0.0.1`. Where metrics are scraped from elsewhere, keep the port behind a firewall or
/// network policy.
///
/// ## References
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["exposure"],
    cis = ["1.3.7", "1.4.2"],
    aliases = ["KCV-0039", "KCV-0041", "CKV_K8S_113", "CKV_K8S_115"],
    fix = Unsafe
)]
pub fn control_plane_port_open(component: ComponentAt<'_>, _: &World, out: &mut Report) {
    if !matches!(component.kind(), ComponentKind::ControllerManager | ComponentKind::Scheduler) {
        return;
    }
    let (address, port) = (component.setting("bind-address"), component.setting("secure-port"));
    let loopback = |text: &str| text == "::1" || text.starts_with("127.") || text == "localhost";
    match address.text() {
        // Port 0 serves nothing.
        Some(text) if loopback(text) || port.text() == Some("0") => {}
        Some(_) => {
            let mend = (Safety::Unsafe, "listen on the loopback address only", "127.0.0.1");
            finding(out, component, &address, "its port can be reached from outside of the host", Some(mend));
        }
        None => unknown(out, component, &address),
    }
}

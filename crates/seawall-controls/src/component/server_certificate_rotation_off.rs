use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{ComponentKind, Report};

/// # server-certificate-rotation-off
///
/// ## What it finds
/// A kube-controller-manager or kubelet with the feature gate RotateKubeletServerCertificate switched off; it
/// is on by default.
///
/// ## Why it matters
/// Serving certificates of kubelets are then never renewed: they run out, or are made for years ahead.
///
/// ## Fix
/// Remove the gate from `--feature-gates` or `featureGates`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#certificate-rotation
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["certificate-rotation", "feature-gates"],
    cis = ["1.3.6", "4.2.11"],
    aliases = ["KCV-0038", "CKV_K8S_112"],
    fix = Unsafe
)]
pub fn server_certificate_rotation_off(component: ComponentAt<'_>, _: &World, out: &mut Report) {
    if !matches!(component.kind(), ComponentKind::ControllerManager | ComponentKind::Kubelet) {
        return;
    }
    let gates = component.gates();
    let Some(gate) = gates.iter().find(|gate| gate.name == "RotateKubeletServerCertificate") else { return };
    if !gate.enabled {
        let message = format!(
            "{}: serving certificates of kubelets are not rotated: the gate is off",
            component.program()
        );
        let found = out.finding(gate.at, message);
        if component.kind() == ComponentKind::Kubelet && gate.at.bool() == Some(false) {
            found.unsafe_fix("leave the gate on", vec![gate.at.remove()]);
        }
    }
}

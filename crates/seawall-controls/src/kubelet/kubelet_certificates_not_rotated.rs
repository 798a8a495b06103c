use crate::support::component::must_be;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # kubelet-certificates-not-rotated
///
/// ## What it finds
/// A kubelet with `rotateCertificates` off, which is the default of a configuration file; kubeadm switches it
/// on.
///
/// ## Why it matters
/// The kubelet's client certificate then runs out and the node falls out of the cluster, or, to avoid that, it
/// is made for years and stays good for whoever stole it.
///
/// ## Fix
/// Set `rotateCertificates: true`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["certificate-rotation", "kubelet"],
    cis = ["4.2.10"],
    aliases = ["KCV-0090", "CKV_K8S_149"],
    fix = Safe
)]
pub fn kubelet_certificates_not_rotated(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let mend = (Safety::Safe, "renew the certificate before it runs out", "true");
    must_be(out, *kubelet, "rotate-certificates", true, "its client certificate is not renewed", mend);
}

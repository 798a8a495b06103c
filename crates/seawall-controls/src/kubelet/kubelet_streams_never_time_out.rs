use crate::support::component::finding;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety, decode::GoDuration};

/// # kubelet-streams-never-time-out
///
/// ## What it finds
/// A kubelet whose streaming connections never time out: `--streaming-connection-idle-timeout=0`. In the
/// configuration file zero means the default of four hours.
///
/// ## Why it matters
/// Forgotten or abandoned exec and port-forward sessions stay open: they use up connections and can be taken
/// over on the client's side.
///
/// ## Fix
/// Remove the flag, or set a few minutes.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["kubelet"],
    cis = ["4.2.5"],
    aliases = ["CKV_K8S_143"],
    fix = Safe
)]
pub fn kubelet_streams_never_time_out(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let setting = kubelet.setting("streaming-connection-idle-timeout");
    // The file's defaulting takes zero for unset (v1beta1/defaults.go); only a flag makes it zero.
    let in_file =
        kubelet.config().is_some_and(|config| config.key("streamingConnectionIdleTimeout").exists());
    let by_flag = setting.label().starts_with("--");
    if setting.is_set()
        && (by_flag || !in_file)
        && setting.text().and_then(GoDuration::parse) == Some(GoDuration(0))
    {
        let mend = Some((Safety::Safe, "let idle streams time out", "4h0m0s"));
        finding(out, *kubelet, &setting, "idle exec and port-forward sessions stay open", mend);
    }
}

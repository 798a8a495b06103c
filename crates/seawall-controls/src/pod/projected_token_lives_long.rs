use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # projected-token-lives-long
///
/// ## What it finds
/// A pod that asks for a service-account token with a life of more than a day.
///
/// ## Why it matters
/// The kubelet renews the token long before it expires, so a short life costs nothing. A long one is only of use to
/// whoever steals the token: it works until it expires or the pod is gone, and for a foreign audience the receiver
/// does not even ask whether the pod is still there.
///
/// ## Fix
/// Leave `expirationSeconds` out (an hour), and let the program read the file again before each use.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["token-rotation"],
    fix = Unsafe
)]
pub fn projected_token_lives_long(pod: PodAt<'_>, _: &World, out: &mut Report) {
    const DAY: i64 = 86_400;
    for source in pod.volumes().flat_map(|volume| volume.get("projected.sources").items()) {
        let at = source.get("serviceAccountToken.expirationSeconds");
        let Some(seconds) = at.int().filter(|seconds| *seconds > DAY) else { continue };
        let audience = source.get("serviceAccountToken.audience").str().filter(|text| !text.is_empty());
        let receiver = audience.map_or(String::new(), |name| format!(" for `{name}`"));
        let severity = if seconds > 30 * DAY { Severity::Medium } else { Severity::Low };
        let message = format!("the token{receiver} is valid for {} days", seconds / DAY);
        out.finding(at, message)
            .severity(severity)
            .unsafe_fix("let the token live an hour", vec![at.set("3600")]);
    }
}

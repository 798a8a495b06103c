use crate::{ConfigMapAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Report};

/// # ingress-snippets-allowed
///
/// ## What it finds
/// A ConfigMap of ingress-nginx with `allow-snippet-annotations: "true"`, or with an `annotations-risk-level` that lets
/// critical annotations in.
///
/// ## Why it matters
/// Whoever may write an Ingress in any namespace can then put text into the controller's configuration, and through it
/// read every Secret that the controller may read: by default all of the cluster (CVE-2021-25742).
///
/// ## Fix
/// Set `allow-snippet-annotations: "false"` and `annotations-risk-level: High`, which are the defaults today.
///
/// ## References
/// - https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/#allow-snippet-annotations
#[control(since = "0.1.0", severity = Medium, practices = ["exposure", "third-party"], fix = Unsafe)]
pub fn ingress_snippets_allowed(config: ConfigMapAt<'_>, _: &World, out: &mut Report) {
    let data = config.key("data");
    let is = |at: At<'_>, value: &str| at.text().is_some_and(|text| text.trim().eq_ignore_ascii_case(value));
    let allowed = data.key("allow-snippet-annotations");
    if is(allowed, "true") {
        out.finding(allowed, "lets every Ingress write into the configuration of the controller")
            .unsafe_fix("ignore snippets", vec![allowed.set("\"false\"")]);
    }
    let level = data.key("annotations-risk-level");
    if is(level, "Critical") && allowed.exists() {
        out.finding(level, "accepts annotations of critical risk")
            .unsafe_fix("accept up to high risk", vec![level.set("High")]);
    }
}

use crate::support::component::finding;
use crate::support::component::unknown;
use crate::{KubeProxyAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # kube-proxy-metrics-exposed
///
/// ## What it finds
/// A kube-proxy whose metrics address is no loopback (`metricsBindAddress`); the default is 127.0.0.1:10249.
///
/// ## Why it matters
/// The port has neither TLS nor authentication. It shows how the cluster's Services are made up and serves
/// `/debug/pprof` when profiling is on.
///
/// ## Fix
/// Use the default. Where metrics are scraped from elsewhere, keep other pods away from the port.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["exposure"],
    cis = ["4.3.1"],
    fix = Unsafe
)]
pub fn kube_proxy_metrics_exposed(proxy: KubeProxyAt<'_>, _: &World, out: &mut Report) {
    let setting = proxy.setting("metrics-bind-address");
    let loopback = |text: &str| {
        text.starts_with("127.")
            || text.starts_with("localhost")
            || text.starts_with("[::1]")
            || text == "::1"
    };
    match setting.text() {
        Some(text) if text.is_empty() || loopback(text) => {}
        Some(_) => {
            let mend =
                Some((Safety::Unsafe, "serve metrics on the loopback address only", "127.0.0.1:10249"));
            finding(out, *proxy, &setting, "its metrics can be read from outside of the node", mend);
        }
        None => unknown(out, *proxy, &setting),
    }
}

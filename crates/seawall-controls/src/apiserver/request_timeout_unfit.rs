use crate::support::component::finding;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety, decode::GoDuration};

/// # request-timeout-unfit
///
/// ## What it finds
/// A kube-apiserver whose `--request-timeout` is zero or longer than five minutes; the default is one minute.
///
/// ## Why it matters
/// Requests that hang hold connections and memory. A handful of slow clients can then use up what the API
/// server has.
///
/// ## Fix
/// Use the default; raise it to a few minutes at most where very large answers need it.
///
/// ## References
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["exposure"],
    cis = ["1.2.20"],
    aliases = ["CKV_K8S_95"],
    fix = Unsafe
)]
pub fn request_timeout_unfit(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let setting = server.setting("request-timeout");
    let timeout = setting.text().filter(|_| setting.is_set()).and_then(GoDuration::parse);
    if timeout.is_some_and(|timeout| timeout.0 <= 0 || timeout > GoDuration::seconds(300)) {
        let mend = (Safety::Unsafe, "use the default", "1m0s");
        finding(out, *server, &setting, "hanging requests hold its memory and connections", Some(mend));
    }
}

use crate::support::probed::{name, silence, transcript};
use crate::{ProbeAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Report};

/// # listener-takes-old-tls
///
/// ## What it finds
/// A listener of the cluster that was asked (`scan --cluster --probe`) and speaks TLS 1.0 or 1.1.
///
/// ## Why it matters
/// Both are deprecated: they allow ciphers whose traffic can be read or changed by whoever stands between.
///
/// ## Fix
/// Set `--tls-min-version=VersionTLS12` (or `tlsMinVersion` of the kubelet) and restart the component.
///
/// ## References
/// - https://www.rfc-editor.org/rfc/rfc8996
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
#[control(since = "0.1.0", severity = Medium, practices = ["api-tls", "kubelet", "etcd"])]
pub fn listener_takes_old_tls(probe: ProbeAt<'_>, _: &World, out: &mut Report) {
    let accepted = probe.get("tls.accepted");
    let old: Vec<&str> = accepted.items().filter_map(At::str).filter(|one| OLD.contains(one)).collect();
    if !old.is_empty() {
        transcript(out.finding(accepted, format!("{} speaks {}", name(probe), old.join(" and "))), probe);
    } else if probe.get("tls.unknown").items().next().is_some() {
        let what = format!("whether {} speaks old versions of TLS", name(probe));
        transcript(
            out.unknown(probe.get("tls.unknown"), what, "no whole answer came to the offer of them"),
            probe,
        );
    } else if !matches!(probe.key("role").str(), Some("nodeWrite" | "nodePort" | "kubeletReadOnly")) {
        silence(probe, "the TLS versions", out);
    }
}

const OLD: [&str; 2] = ["TLSv1.0", "TLSv1.1"];

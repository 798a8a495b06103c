use crate::support::probed::{is, name, silence, transcript};
use crate::{ProbeAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Report};

/// # etcd-answers-anybody
///
/// ## What it finds
/// An etcd that was asked (`scan --cluster --probe`) and answers without TLS, without a client certificate, or with one
/// of an authority that it cannot know.
///
/// ## Why it matters
/// Whoever reaches it reads and writes every object past the API server: all Secrets, and any binding.
///
/// ## Fix
/// Set `--client-cert-auth=true` with `--trusted-ca-file` of an authority that is etcd's alone, and
/// `--listen-client-urls` with https only.
///
/// ## References
/// - https://etcd.io/docs/v3.6/op-guide/security/
/// - https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-etcd-clusters
#[control(since = "0.1.0", severity = Critical, practices = ["etcd", "authentication"], cis = ["2.2"])]
pub fn etcd_answers_anybody(probe: ProbeAt<'_>, _: &World, out: &mut Report) {
    if !is(probe, "etcd") {
        return;
    }
    let certificate = probe.key("clientCertificate");
    let (plain, none, foreign) =
        (certificate.key("plain"), certificate.key("none"), certificate.key("foreign"));
    let accepted = |at: &At<'_>| at.str() == Some("accepted");
    let found = [
        (plain, "answers without TLS"),
        (none, "answers without a client certificate"),
        (foreign, "takes a client certificate of an unknown authority"),
    ];
    if let Some((at, message)) = found.iter().find(|(at, _)| accepted(at)) {
        transcript(out.finding(*at, format!("{} {message}", name(probe))), probe);
        return;
    }
    let unknown = found.into_iter().find(|(at, _)| at.str() == Some("unknown"));
    // A refusal without TLS says nothing: no TLS was spoken either.
    let unclear = unknown.or_else(|| (plain.str() == Some("refused")).then_some((plain, "")));
    match unclear {
        Some((at, _)) => {
            let what = format!("whether {} refuses somebody unknown", name(probe));
            transcript(out.unknown(at, what, "no answer came that could be read"), probe);
        }
        None => silence(probe, "whom it lets in", out),
    }
}

//! What a listener of a cluster answered, and what that is worth.

use crate::target::ProbeAt;
use seawall_model::{At, FindingBuilder, Report};

/// Whether the probe asked this.
pub(crate) fn is(probe: ProbeAt<'_>, role: &str) -> bool {
    probe.key("role").str() == Some(role)
}

/// What the probe is about: `kubelet of worker-1 at 10.0.0.1:10250`.
pub(crate) fn name(probe: ProbeAt<'_>) -> String {
    seawall_model::decode::shown(probe.object().name())
}

/// Adds the lines that went over the wire.
pub(crate) fn transcript<'r>(finding: FindingBuilder<'r>, probe: ProbeAt<'_>) -> FindingBuilder<'r> {
    let lines = probe.key("transcript").items().filter_map(At::str).take(20);
    lines.fold(finding, |finding, line| finding.evidence(seawall_model::decode::shown(line)))
}

/// Says that it cannot be known where nothing came back.
pub(crate) fn silence(probe: ProbeAt<'_>, what: &str, out: &mut Report) {
    if let Some(why) = probe.key("error").str() {
        let why = seawall_model::decode::shown(why);
        let finding = out.unknown(probe.key("error"), format!("{what} of {}", name(probe)), why);
        transcript(finding, probe);
    }
}

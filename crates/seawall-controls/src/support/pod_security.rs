//! Controls that ask one check of the Pod Security Standards, with its latest revision in the world's version.

use crate::World;
use seawall_admission::pod_security::{Check, Offence, PolicyVersion};
use seawall_model::{FindingBuilder, PodAt, Report};

/// The places of `pod` that break `check`.
pub(crate) fn offences<'a>(pod: PodAt<'a>, check: &'static Check, world: &World) -> Vec<Offence<'a>> {
    let version = PolicyVersion::Latest.on(world.version());
    check.evaluate(pod, version).map_or_else(Vec::new, |violation| violation.offences)
}

/// Who is at fault, for messages: "container `web`" or "the pod".
pub(crate) fn who(offence: &Offence<'_>) -> String {
    offence
        .container
        .map_or_else(|| "the pod".to_owned(), |container| format!("container `{}`", container.name()))
}

/// A finding at the offending place, which names its container.
pub(crate) fn finding<'r>(
    out: &'r mut Report,
    offence: &Offence<'_>,
    message: impl Into<String>,
) -> FindingBuilder<'r> {
    let finding = out.finding(offence.at, message);
    match offence.container {
        Some(container) => finding.container(container.name()),
        None => finding,
    }
}

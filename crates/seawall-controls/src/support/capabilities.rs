//! Names of capabilities as container runtimes read them, and added ones by what they give.

use crate::World;
use seawall_admission::pod_security::{CAPABILITIES_BASELINE, Offence};
pub(crate) use seawall_model::capability_name as canonical;
use seawall_model::{FindingBuilder, PodAt, Report};

/// Capabilities that have a control of their own.
pub(crate) const NAMED: [&str; 4] = ["ALL", "SYS_ADMIN", "SYS_MODULE", "NET_RAW"];

/// The added capabilities that the baseline level forbids, by canonical name.
pub(crate) fn added<'a>(pod: PodAt<'a>, world: &World) -> Vec<(Offence<'a>, String)> {
    let offences = super::pod_security::offences(pod, &CAPABILITIES_BASELINE, world);
    offences.into_iter().map(|offence| (offence, canonical(offence.at.text().unwrap_or("")))).collect()
}

/// Reports each place where `name` is added; the fix takes it away.
pub(crate) fn report_added(pod: PodAt<'_>, world: &World, out: &mut Report, name: &str) {
    for (offence, _) in added(pod, world).into_iter().filter(|(_, added)| added == name) {
        removal(out, &offence, name);
    }
}

/// A finding on an added capability, whose fix takes it away.
pub(crate) fn removal<'r>(out: &'r mut Report, offence: &Offence<'_>, name: &str) -> FindingBuilder<'r> {
    let message = format!("{} adds the capability {name}", super::pod_security::who(offence));
    super::pod_security::finding(out, offence, message)
        .unsafe_fix("do not add the capability", vec![offence.at.remove()])
}

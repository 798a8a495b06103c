//! May one node change another? Asked of the API server as a dry run, impersonating the node.

use super::{Findings, ProbeTarget};
use crate::live::{ClusterInput, impersonated_patch};

/// The Node authorizer and the NodeRestriction plugin must refuse it.
pub(super) fn ask(target: &ProbeTarget, other: &str, input: &ClusterInput, findings: &mut Findings) {
    let node = target.node.as_deref().unwrap_or_default();
    let user = format!("system:node:{node}");
    findings.say(format!("PATCH /api/v1/nodes/{other}?dryRun=All as {user}, group system:nodes"));
    match impersonated_patch(input, &user, "system:nodes", other) {
        Err(why) => {
            findings.say(&why);
            findings.set("error", why);
        }
        Ok((status, message)) => {
            findings.say(format!("{status} {message}"));
            match (status, message.contains("cannot impersonate") || message.contains("impersonate:")) {
                (200..300, _) => findings.set("write", "accepted"),
                (403, false) => findings.set("write", "refused"),
                (403, true) => findings.set(
                    "error",
                    "whoever runs this may not impersonate nodes; add the rules {apiGroups: [\"\"], resources: [\"users\"], \
                     verbs: [\"impersonate\"]} and the same for groups",
                ),
                _ => findings.set("error", format!("the server answered {status}: {message}")),
            }
        }
    }
}

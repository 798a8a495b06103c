//! All capabilities are dropped, and at most one added (`policy/check_capabilities_restricted.go`).

use super::capabilities_baseline::{additions, must_not_include};
use super::check::{Forbidden, Revision};
use super::text::{container_names, containers, string};
use super::{Check, Level, Offence};
use seawall_model::PodAt;

/// Restricted, from 1.22: every container drops `ALL` and adds nothing but `NET_BIND_SERVICE`. Windows pods are
/// free of it from 1.25.
pub static CAPABILITIES_RESTRICTED: Check = Check {
    id: "capabilities_restricted",
    level: Level::Restricted,
    revisions: &[
        Revision { since: 22, overrides: OVERRIDES, run: drop_all },
        Revision {
            since: 25,
            overrides: OVERRIDES,
            run: |pod| if pod.is_windows() { None } else { drop_all(pod) },
        },
    ],
};

const OVERRIDES: &[&str] = &["capabilities_baseline"];

fn drop_all(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let mut offences = Vec::new();
    for container in pod.containers() {
        let drop = container.security_context().get("capabilities.drop");
        if !drop.items().any(|item| string(item) == "ALL") {
            offences.push(Offence::container(container, drop, "drop"));
        }
    }
    let mut details = Vec::new();
    if !offences.is_empty() {
        details.push(format!(
            "{} must set securityContext.capabilities.drop=[\"ALL\"]",
            containers(&container_names(&offences))
        ));
    }
    let added = additions(pod, |name| name == "NET_BIND_SERVICE");
    if !added.is_empty() {
        details.push(must_not_include(&added));
        offences.extend(added);
    }
    (!offences.is_empty()).then(|| Forbidden {
        reason: "unrestricted capabilities",
        detail: details.join("; "),
        offences,
    })
}
